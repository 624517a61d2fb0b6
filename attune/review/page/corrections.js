// Find and replace, also with the last correction of a word.

import { askReplacement } from './dialogs.js';

// The words that the last edit of a text changed, in the current segment or an earlier one; null if there are none.
export function lastCorrection(list, model) {
  const { typed, lastEdit, current, before } = list;
  const edited = typed ? { id: current, before } : lastEdit;
  const cue = model.cues[model.index(edited?.id)];
  if (!cue) return null;
  const [old, fresh] = [edited.before, cue.text].map((text) => text.split(' '));
  let first = 0;
  while (first < Math.min(old.length, fresh.length) && old[first] === fresh[first]) first += 1;
  let last = 0;
  while (last < Math.min(old.length, fresh.length) - first && old.at(-1 - last) === fresh.at(-1 - last)) last += 1;
  const plain = (words) => words.slice(first, words.length - last).join(' ').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
  const change = { old: plain(old), new: plain(fresh) };
  return change.old && change.old !== change.new ? change : null;
}

// Ask, replace here and, on request, elsewhere. Returns the message to show, or "".
export async function replaceAll({ saver, model }, find, replacement) {
  await saver.settled().catch(() => {});
  const asked = await askReplacement(saver, find, replacement);
  if (!asked || !saver.writer) return '';
  const message = { find: asked.find, replacement: asked.replacement, dry: false };
  const { body } = await saver.post('replace', message);
  model.edit('replace', body?.splices ?? []);
  const told = `${body?.places ?? 0} replaced`;
  if (!asked.elsewhere) return told;
  const others = (await saver.post('replace-elsewhere', message)).body;
  if (others?.places === undefined) return `${told}; not in other recordings: ${others?.message ?? 'the server is not responding'}`;
  return `${told}, ${others.places} in ${others.recordings} other recordings`;
}
