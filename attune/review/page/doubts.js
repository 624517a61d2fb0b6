// The next doubtful word, in this recording and then in others.

import { doubtfulWords, unit } from './highlights.js';

// The first doubtful place after a position, else from the start; null if there is none.
export function nextDoubt(cues, from, caret) {
  return search(cues, from, cues.length, from, caret) ?? search(cues, 0, Math.min(from + 1, cues.length), -1, -1);
}

function search(cues, first, end, from, caret) {
  for (let at = first; at < end; at += 1) {
    const cue = cues[at];
    if (cue.checked) continue;
    for (const [start, last] of doubtfulWords(cue)) {
      const place = unit(cue.text, start);
      if (at !== from || place > caret) return { cue, place, word: cue.text.slice(place, unit(cue.text, last)) };
    }
    if (cue.doubt && (at !== from || caret < 0)) return { cue, place: 0, word: cue.doubt };
  }
  return null;
}

// The next recording in the list with doubtful words left; undefined if there is none.
export async function nextRecording(id) {
  const { recordings } = await (await fetch('/api/recordings')).json();
  const at = recordings.findIndex((each) => each.id === id);
  const order = [...recordings.slice(at + 1), ...recordings.slice(0, Math.max(0, at))];
  return order.find((each) => each.doubtful && each.can_open && !each.done);
}
