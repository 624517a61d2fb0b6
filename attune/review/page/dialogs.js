// The dialogs: find and replace, a speaker's name, done, keys.

import { element } from './format.js';
import { COMMANDS, keyOf, shown } from './keys.js';

const byId = (id) => document.getElementById(id);

// Open a dialog; resolves to the button's value, "" for Escape.
function ask(dialog, focus) {
  return new Promise((resolve) => {
    dialog.returnValue = '';
    dialog.onclose = () => resolve(dialog.returnValue);
    dialog.showModal();
    focus?.focus();
    focus?.select?.();
  });
}

export async function askReplacement(saver, find = '', replacement = '') {
  const fields = [byId('find'), byId('replacement'), byId('elsewhere')];
  const [findField, replacementField, elsewhere] = fields;
  findField.value = find;
  replacementField.value = replacement;
  elsewhere.checked = false;
  const count = async () => {
    const asked = { find: findField.value, replacement: replacementField.value, dry: true };
    const [here, others] = await Promise.all([
      saver.post('replace', asked),
      elsewhere.checked ? saver.post('replace-elsewhere', asked) : null,
    ]);
    if (asked.find !== findField.value) return;
    const told = [`${here.body?.places ?? 0} here`];
    if (others) told.push(`${others.body?.places ?? 0} in ${others.body?.recordings ?? 0} other recordings`);
    if (others?.body?.held) told.push(`${others.body.held} recordings are open in another page and stay as they are`);
    byId('places').textContent = told.join(', ');
  };
  for (const field of fields) field.oninput = count;
  count();
  const answer = await ask(byId('find-dialog'), find ? replacementField : findField);
  if (answer !== 'replace' || !findField.value.trim()) return null;
  return { find: findField.value, replacement: replacementField.value, elsewhere: elsewhere.checked };
}

export async function askSpeaker(name) {
  byId('speaker-name').value = name;
  const answer = await ask(byId('speaker-dialog'), byId('speaker-name'));
  return answer === 'rename' ? byId('speaker-name').value : null;
}

export async function askDone(text, isComplete) {
  byId('done-text').textContent = text;
  return (await ask(byId('done-dialog'), byId(isComplete ? 'sure' : 'not-yet'))) === 'done';
}

export async function showKeys(keys, settings, store) {
  const rewind = byId('rewind');
  rewind.value = settings.rewind;
  rewind.onchange = () => {
    const seconds = Math.max(0, Math.min(10, Number(rewind.value) || 0));
    settings.rewind = seconds;
    store();
  };
  const fill = () => byId('keys').replaceChildren(...Object.entries(COMMANDS).flatMap(([command, [told]]) => {
    const field = element('input', { id: `key-${command}`, value: shown(keys.key(command)), readOnly: true });
    field.onkeydown = (event) => {
      const key = event.key === 'Backspace' ? '' : keyOf(event) || (event.key.length === 1 ? null : undefined);
      if (event.key === 'Escape' || (event.key === 'Tab' && !event.ctrlKey)) {
        // Escape closes and Tab moves on; a second press, within the field, takes them.
        if (field.armed !== event.key) {
          field.armed = event.key;
          if (event.key === 'Tab') return;
        }
      }
      event.preventDefault();
      event.stopPropagation();
      if (key === undefined) return;
      if (key === null) {
        byId('key-told').textContent = 'A character alone cannot be a command: hold Ctrl or Alt.';
        return;
      }
      const before = keys.choose(command, key);
      byId('key-told').textContent = before ? `"${COMMANDS[before][0]}" has no key now.` : '';
      store();
      fill();
      byId(`key-${command}`).focus();
    };
    return [element('label', { htmlFor: field.id, textContent: told }), field];
  }));
  fill();
  byId('reset-keys').onclick = () => {
    keys.reset();
    store();
    fill();
  };
  await ask(byId('help-dialog'), byId('help-title'));
}
