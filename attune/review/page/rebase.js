// Unsaved edits, reapplied to cues that changed meanwhile.

import { Model, wire } from './model.js';

const MIN = 0.05; // seconds, the shortest cue

// cues: the server's now. items: edits of earlier cues, in order. Returns the edited cues, the edits as they apply
// now, and the texts of edits whose cues are gone.
export function rebase(cues, items) {
  const model = new Model();
  model.load(cues);
  const again = [];
  const lost = [];
  const numbers = new Map(); // a new cue's number that was taken meanwhile -> its replacement
  model.onEdit = (item) => again.push(item);
  for (const { kind, group, splices } of items) {
    const fitting = fit(model, splices, numbers);
    if (fitting) model.edit(kind, fitting, group);
    else lost.push(...splices.flatMap(({ insert }) => insert.map((cue) => cue.text)));
  }
  return { cues: model.cues, again, lost };
}

function fit(model, splices, numbers) {
  const working = [...model.cues];
  const fitting = [];
  for (const { remove, insert } of splices) {
    const gone = remove.map((cue) => ({ ...cue, id: numbers.get(cue.id) ?? cue.id }));
    const at = gone.length ? working.findIndex((cue) => cue.id === gone[0].id) : place(working, insert[0]);
    const present = working.slice(Math.max(0, at), at + gone.length);
    if (at < 0 || gone.some((cue, n) => cue.id !== present[n]?.id)) return null;
    const fresh = insert.map((cue) => {
      const id = numbers.get(cue.id) ?? cue.id;
      const n = gone.findIndex((old) => old.id === id);
      if (n >= 0) return merged({ ...cue, id }, gone[n], present[n]);
      if (!working.some((other) => other.id === id)) return { ...cue, id };
      numbers.set(cue.id, model.newId());
      return { ...cue, id: numbers.get(cue.id) };
    });
    if (fresh.some((cue) => cue.end - cue.start < MIN)) return null;
    fitting.push({ at, remove: present.map(wire), insert: fresh });
    working.splice(at, gone.length, ...fresh);
  }
  return fitting;
}

function place(cues, { start }) {
  const at = cues.findIndex((cue) => cue.start > start);
  return at < 0 ? cues.length : at;
}

// The fields that the edit changed; the others as they are now.
function merged(cue, before, now) {
  const changes = Object.entries(cue).filter(([field, value]) => before[field] !== value);
  return { ...wire(now), ...Object.fromEntries(changes) };
}
