// Doubtful words are underlined and the spoken word is highlighted without elements of their own:
// the text stays one node, so that the caret keeps its place.

const DOUBTFUL = 0.5; // as in attune/review/words.py
const supported = typeof Highlight !== 'undefined' && CSS.highlights;

export class Highlights {
  constructor() {
    this.ranges = new Map(); // cue's number -> ranges of its doubtful words
    this.doubtful = supported ? new Highlight() : null;
    this.spoken = supported ? new Highlight() : null;
    if (supported) {
      CSS.highlights.set('doubtful', this.doubtful);
      CSS.highlights.set('spoken', this.spoken);
    }
  }

  drop(id) {
    for (const range of this.ranges.get(id) ?? []) this.doubtful?.delete(range);
    this.ranges.delete(id);
  }

  mark(cue, node) {
    if (!supported) return;
    this.drop(cue.id);
    if (!node || cue.checked) return;
    const ranges = doubtfulWords(cue).map((word) => rangeOf(cue, node, word)).filter(Boolean);
    for (const range of ranges) this.doubtful.add(range);
    if (ranges.length) this.ranges.set(cue.id, ranges);
  }

  speak(cue, node, time) {
    if (!supported) return;
    const word = cue?.words.find(([, , start, end]) => start <= time && time < end + 0.05);
    const key = word ? `${cue.id} ${word[0]}` : '';
    if (key === this.key) return;
    this.key = key;
    this.spoken.clear();
    const range = word && node && rangeOf(cue, node, word);
    if (range) this.spoken.add(range);
  }
}

export function doubtfulWords(cue) {
  return cue.words.filter(([, , , , probability]) => probability !== null && probability < DOUBTFUL);
}

// The server counts characters, the browser UTF-16 units.
export function unit(text, position) {
  if (!/[\ud800-\udfff]/.test(text)) return position;
  return [...text].slice(0, position).join('').length;
}

function rangeOf(cue, node, [first, last]) {
  const from = unit(cue.text, first);
  const to = unit(cue.text, last);
  if (node.data !== cue.text || to > node.length) return null;
  const range = document.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  return range;
}
