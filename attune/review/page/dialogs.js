// The dialogs: find and replace, a speaker's name, done, keys.

import { element, oneLine } from './format.js';
import { COMMANDS, keyOf, shown } from './keys.js';

const byId = (id) => document.getElementById(id);

// Open a dialog. Resolves to the button's value, or "" on Escape.
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
    byId('places').textContent = '…';
    byId('replace-all').textContent = replacementField.value ? 'Replace all' : 'Delete all';
    const asked = { find: findField.value, replacement: replacementField.value, dry: true };
    const [here, others] = await Promise.all([
      saver.post('replace', asked),
      elsewhere.checked ? saver.post('replace-elsewhere', asked) : null,
    ]);
    if (asked.find !== findField.value) return;
    const told = [`${here.body?.places ?? 0} here`];
    if (others) told.push(`${others.body?.places ?? 0} in ${others.body?.recordings ?? 0} other recordings`);
    if (others?.body?.held) told.push(`${others.body.held} recordings are open in another page and are skipped`);
    byId('places').textContent = told.join(', ');
  };
  for (const field of fields) field.oninput = count;
  count();
  const answer = await ask(byId('find-dialog'), find ? replacementField : findField);
  if (answer !== 'replace' || !findField.value.trim()) return null;
  return { find: findField.value, replacement: replacementField.value, elsewhere: elsewhere.checked };
}

// text: the segments that the name applies to. Returns the name on one line, or null.
export async function askSpeaker(name, text) {
  byId('speaker-name').value = name;
  byId('speaker-text').textContent = text;
  const answer = await ask(byId('speaker-dialog'), byId('speaker-name'));
  return answer === 'name' ? oneLine(byId('speaker-name').value) : null;
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
  const told = (text) => {
    byId('key-told').textContent = text;
  };
  const fill = (focus) => {
    byId('keys').replaceChildren(...Object.entries(COMMANDS).flatMap(([command, [name]]) => [
      element('span', { id: `name-${command}`, textContent: name }), chooser(command),
    ]));
    if (focus) byId(`key-${focus}`).focus();
  };
  // A button that shows the command's key; after Enter or a click it takes the next key.
  const chooser = (command) => {
    const button = element('button', { type: 'button', id: `key-${command}`, textContent: shown(keys.key(command)) || '–' });
    button.setAttribute('aria-labelledby', `name-${command} key-${command}`);
    let waits = false;
    button.onclick = () => {
      waits = true;
      button.textContent = 'press a key …';
    };
    button.onblur = () => {
      if (waits) fill();
    };
    button.onkeydown = (event) => {
      if (!waits) return;
      event.preventDefault();
      event.stopPropagation();
      const key = event.key === 'Backspace' ? '' : keyOf(event);
      if (event.key.length === 1 && !key) told('A character alone cannot be a command: hold Ctrl or Alt.');
      if (!key && event.key !== 'Backspace') return;
      waits = false;
      const before = keys.choose(command, key);
      told(before ? `"${COMMANDS[before][0]}" has no key now.` : '');
      store();
      fill(command);
    };
    return button;
  };
  told('');
  fill();
  byId('reset-keys').onclick = () => {
    keys.reset();
    store();
    fill();
  };
  await ask(byId('help-dialog'), byId('help-title'));
}
