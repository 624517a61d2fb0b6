// Keys: the defaults, those that a person chose, and the key of an event.

export const COMMANDS = {
  play: ['Play or stop', 'Escape'],
  back: ['Back 3 s', 'F1'],
  forward: ['Forward 3 s', 'F2'],
  slower: ['Slower', 'F3'],
  faster: ['Faster', 'F4'],
  check: ['Mark as checked and play the next segment', 'Ctrl+Enter'],
  previous: ['Previous segment', 'Ctrl+ArrowUp'],
  next: ['Next segment', 'Ctrl+ArrowDown'],
  replay: ['Play the segment from its start', 'Alt+R'],
  toggle: ['Mark as checked or unchecked', 'Alt+C'],
  doubt: ['Next doubtful word', 'Alt+D'],
  split: ['Split at the cursor', 'Alt+S'],
  merge: ['Merge with the next segment', 'Alt+M'],
  inaudible: ['Insert [inaudible]', 'Alt+I'],
  name: ['Insert [NAME]', 'Alt+N'],
  speaker1: ['Speaker 1', 'Alt+1'],
  speaker2: ['Speaker 2', 'Alt+2'],
  speaker3: ['Speaker 3', 'Alt+3'],
  speaker4: ['Speaker 4', 'Alt+4'],
  speaker5: ['Speaker 5', 'Alt+5'],
  speaker6: ['Speaker 6', 'Alt+6'],
  speaker7: ['Speaker 7', 'Alt+7'],
  speaker8: ['Speaker 8', 'Alt+8'],
  speaker9: ['Speaker 9', 'Alt+9'],
  rename: ["Rename the segment's speaker everywhere", 'Alt+0'],
  startEarlier: ['Start 0.1 s earlier', 'Alt+ArrowLeft'],
  startLater: ['Start 0.1 s later', 'Alt+ArrowRight'],
  endEarlier: ['End 0.1 s earlier', 'Alt+Shift+ArrowLeft'],
  endLater: ['End 0.1 s later', 'Alt+Shift+ArrowRight'],
  insert: ['Insert a segment at the playback position', 'Alt+Insert'],
  remove: ['Delete the segment', 'Alt+Delete'],
  undo: ['Undo', 'Ctrl+Z'],
  redo: ['Redo', 'Ctrl+Shift+Z'],
  find: ['Find and replace', 'Ctrl+H'],
  alike: ['Apply the last correction to all matches', 'Alt+A'],
  done: ['Done with this recording', 'Alt+Enter'],
  help: ['Keys and settings', 'Alt+H'],
};

const MODIFIERS = new Set(['Control', 'Alt', 'Shift', 'Meta', 'AltGraph', 'CapsLock']);

// "Ctrl+Shift+Z" of a keydown event; "" for a modifier alone or a character to type.
export function keyOf(event) {
  if (MODIFIERS.has(event.key) || event.getModifierState('AltGraph')) return '';
  const command = event.ctrlKey || event.metaKey;
  let key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // Alt and non-Latin layouts change the character that a letter's key produces.
  const physical = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code);
  if (physical && (event.altKey || !/^[A-Z0-9]$/.test(key))) key = physical[1];
  if (key === ' ') key = 'Space';
  const plain = event.key.length === 1 && !command && !event.altKey;
  if (plain) return '';
  return [command && 'Ctrl', event.altKey && 'Alt', event.shiftKey && 'Shift', key].filter(Boolean).join('+');
}

// A key as people read it.
export function shown(key) {
  const arrows = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };
  return key.replace(/Arrow\w+|Escape/, (name) => arrows[name]);
}

export class Keys {
  constructor(chosen) {
    this.chosen = chosen; // command -> key that differs from the default
    this.index();
  }

  index() {
    this.commands = new Map();
    for (const [command, [, key]] of Object.entries(COMMANDS)) {
      const used = this.chosen[command] ?? key;
      if (used) this.commands.set(used, command);
    }
    if (!this.commands.has('Ctrl+Y')) this.commands.set('Ctrl+Y', 'redo');
  }

  command(event) {
    return this.commands.get(keyOf(event));
  }

  key(command) {
    return this.chosen[command] ?? COMMANDS[command][1];
  }

  // Assign a key to a command. Returns the command that loses it, if any.
  choose(command, key) {
    const before = key ? this.commands.get(key) : undefined;
    if (before && before !== command) this.chosen[before] = '';
    if (key === COMMANDS[command][1]) delete this.chosen[command];
    else this.chosen[command] = key;
    this.index();
    return before === command ? undefined : before;
  }

  reset() {
    for (const command of Object.keys(this.chosen)) delete this.chosen[command];
    this.index();
  }
}
