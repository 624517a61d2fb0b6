// Edits of cues beyond typing: split, merge, insert, delete, speakers, marks.

import { wire } from './model.js';
import { clock } from './format.js';

const MIN = 0.05;
const milli = (seconds) => Math.round(seconds * 1000) / 1000;

export class Edits {
  constructor(model, list, player, tell) {
    Object.assign(this, { model, list, player, tell });
  }

  // Split at the caret, at the time between the words around it.
  split() {
    const at = this.list.currentIndex;
    const cue = this.model.cues[at];
    const caret = this.list.caret ?? cue.text.length;
    const left = cue.text.slice(0, caret).trim();
    const right = cue.text.slice(caret).trim();
    if (cue.end - cue.start < 2 * MIN) return this.tell('too short to split');
    const time = this.timeAt(cue, left.length);
    const first = { ...wire(cue), text: left, end: time, checked: false };
    const second = { ...wire(cue), id: this.model.newId(), text: right, start: time, checked: false };
    this.model.edit('split', [{ at, remove: [wire(cue)], insert: [first, second] }]);
    this.list.select(second.id, 0);
    this.tell(`split at ${clock(time)}`);
  }

  timeAt(cue, position) {
    const after = cue.words.find(([first]) => first >= position);
    const before = cue.words.findLast(([, last]) => last <= position);
    let time = cue.start + ((cue.end - cue.start) * position) / Math.max(1, cue.text.length);
    if (before && after) time = (before[3] + after[2]) / 2;
    return milli(Math.max(cue.start + MIN, Math.min(cue.end - MIN, time)));
  }

  merge() {
    const at = this.list.currentIndex;
    const [cue, next] = this.model.cues.slice(at, at + 2);
    if (!next) return this.tell('there is no next segment');
    const caret = cue.text ? cue.text.length + 1 : 0;
    const text = [cue.text, next.text].filter(Boolean).join(' ');
    const speaker = cue.speaker || next.speaker;
    const merged = {
      ...wire(cue), text, end: Math.max(cue.end, next.end), checked: false, speaker,
    };
    this.model.edit('merge', [{ at, remove: [wire(cue), wire(next)], insert: [merged] }]);
    this.list.select(cue.id, caret);
    const differ = cue.speaker && next.speaker && cue.speaker !== next.speaker;
    this.tell(differ ? `merged; the speaker is ${speaker}` : 'merged');
  }

  // A cue of up to 2 s at the playback position, for speech without one.
  insert() {
    const start = milli(this.player.time);
    const found = this.model.cues.findIndex((cue) => cue.start > start);
    const at = found < 0 ? this.model.cues.length : found;
    const room = found < 0 ? this.player.seconds || start + 2 : this.model.cues[at].start;
    const end = milli(Math.max(start + 0.2, Math.min(start + 2, room)));
    const speaker = this.model.cues[at - 1]?.speaker ?? '';
    const cue = { id: this.model.newId(), start, end, speaker, text: '', checked: false };
    this.model.edit('insert', [{ at, remove: [], insert: [cue] }]);
    this.list.select(cue.id, 0);
    this.tell(`new segment at ${clock(start)}`);
  }

  remove() {
    const at = this.list.currentIndex;
    this.model.edit('delete', [{ at, remove: [wire(this.model.cues[at])], insert: [] }]);
    this.tell('deleted; undo restores it');
  }

  speaker(name) {
    this.model.name(name);
    this.model.change('speaker', this.list.currentIndex, { speaker: name });
    this.tell(name || 'no speaker');
  }

  rename(old, name) {
    this.model.rename(old, name);
    const splices = this.model.cues.flatMap((cue, at) =>
      cue.speaker === old ? [{ at, remove: [wire(cue)], insert: [{ ...wire(cue), speaker: name }] }] : []);
    if (name !== old) this.model.edit('speaker', splices);
    this.tell(`${splices.length} segments have the speaker ${name || 'none'}`);
  }

  mark(text) {
    const cue = this.list.currentCue;
    const selection = getSelection();
    const caret = this.list.caret ?? cue.text.length;
    // The mark replaces a selection, which lies within one node: the text.
    const chosen = this.list.hasFocus ? `${selection}`.length : 0;
    const from = chosen && selection.focusOffset > selection.anchorOffset ? caret - chosen : caret;
    // Inside a word, the mark goes after the word.
    const inside = chosen ? 0 : /^[^\s]*/.exec(/\S$/.test(cue.text.slice(0, from)) ? cue.text.slice(from) : '')[0].length;
    const left = cue.text.slice(0, Math.max(0, from) + inside).trimEnd();
    const right = cue.text.slice(Math.max(0, from) + inside + chosen).trimStart();
    this.list.typed = true;
    const gap = /^[.,;:?!]/.test(right) ? '' : ' ';
    const changed = `${left} ${text}${right && gap}${right}`.trim();
    this.model.change('text', this.list.currentIndex, { text: changed }, `text-${cue.id}`);
    this.list.select(cue.id, (left ? left.length + 1 : 0) + text.length);
  }

  check(id, checked) {
    this.model.change('checked', this.model.index(id), { checked });
  }

  // Marks the segment as checked; returns the next one.
  checkNext() {
    const at = this.list.currentIndex;
    this.check(this.model.cues[at].id, true);
    return this.model.cues[at + 1];
  }

  nudge(wave, side, seconds) {
    wave.move(side, this.list.currentCue[side] + seconds, `border-${side}-${this.list.current}`);
    const cue = this.list.currentCue;
    const next = this.model.cues[this.list.currentIndex + 1];
    const overlaps = next && cue.end > next.start ? '; overlaps the next segment' : '';
    this.tell(`${side} ${cue[side].toFixed(1)} s${overlaps}`);
  }

  border(group, at, changes, other, otherChanges) {
    const pairs = other === undefined ? [[at, changes]] : [[at, changes], [other, otherChanges]];
    const splices = pairs
      .filter(([n, change]) => Object.entries(change).some(([field, value]) => this.model.cues[n][field] !== value))
      .map(([n, change]) => ({ at: n, remove: [wire(this.model.cues[n])], insert: [{ ...wire(this.model.cues[n]), ...change }] }));
    this.model.edit('border', splices, group);
  }
}
