// The cues of the recording. Every change is a list of splices, which the server applies too.

const FIELDS = ['id', 'start', 'end', 'speaker', 'text', 'checked'];

export function wire(cue) {
  return Object.fromEntries(FIELDS.map((field) => [field, cue[field]]));
}

export class Model {
  constructor() {
    this.cues = [];
    this.onSplices = () => {}; // the view: (splices, from) => void
    this.onEdit = () => {}; // the saver: ({kind, group, splices}) => void
  }

  load(cues) {
    this.cues = cues;
    this.nextId = 1 + Math.max(0, ...cues.map((cue) => cue.id));
  }

  index(id) {
    return this.cues.findIndex((cue) => cue.id === id);
  }

  newId() {
    return this.nextId++;
  }

  // A person's edit: shown at once, then saved.
  edit(kind, splices, group = '') {
    if (!splices.length) return;
    this.apply(splices);
    this.onEdit({ kind, group, splices });
  }

  // Replace the cue at a position by a changed copy.
  change(kind, at, changes, group = '') {
    const cue = this.cues[at];
    if (Object.entries(changes).every(([field, value]) => cue[field] === value)) return;
    this.edit(kind, [{ at, remove: [wire(cue)], insert: [{ ...wire(cue), ...changes }] }], group);
  }

  apply(splices) {
    for (const { at, remove, insert } of splices) {
      const old = new Map(this.cues.slice(at, at + remove.length).map((cue) => [cue.id, cue]));
      const fresh = insert.map((cue) => {
        const before = old.get(cue.id);
        const same = before && before.text === cue.text;
        // Until the server answers, a changed text has no times of words.
        return { words: same ? before.words : [], doubt: before?.doubt ?? '', ...cue };
      });
      this.cues.splice(at, remove.length, ...fresh);
      for (const cue of insert) this.nextId = Math.max(this.nextId, cue.id + 1);
    }
    this.onSplices(splices);
  }

  // The server's answer: times of words for cues that still have that text.
  enrich(cues) {
    const changed = [];
    for (const answer of cues) {
      const cue = this.cues[this.index(answer.id)];
      if (!cue || cue.text !== answer.text) continue;
      cue.words = answer.words;
      cue.doubt = answer.doubt;
      changed.push(cue);
    }
    return changed;
  }

  get speakers() {
    const counts = new Map();
    for (const { speaker } of this.cues) if (speaker) counts.set(speaker, 1);
    const names = [...counts.keys()];
    for (const role of ['Therapist', 'Client']) {
      if (names.length < 2 && !counts.has(role)) names.push(role);
    }
    return names.slice(0, 9);
  }
}
