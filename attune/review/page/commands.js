// What keys and buttons do.

import { lastCorrection, replaceAll } from './corrections.js';
import { askDone, askSpeaker, showKeys } from './dialogs.js';
import { nextDoubt, nextRecording } from './doubts.js';
import { Edits } from './edits.js';
import { shown } from './keys.js';

const STEP = 3; // seconds of F1 and F2
const NUDGE = 0.1; // seconds that a key moves a border
const REACTION = 700; // ms after the cursor moved on during which Ctrl+Enter still means the previous segment
const CHANGING = new Set(`check toggle split merge inaudible name rename startEarlier startLater endEarlier endLater
  insert remove undo redo alike done`.split(/\s+/));

export class Commands {
  constructor(parts) {
    Object.assign(this, parts);
    this.edits = new Edits(parts.model, parts.list, parts.player, parts.tell);
    addEventListener('keydown', (event) => this.pressed(event), { capture: true });
    document.addEventListener('click', (event) => {
      const command = event.target.closest?.('[data-command]')?.dataset.command;
      if (command) this.run(command);
    });
    this.nameKeys();
    this.simple = this.simpleCommands();
    // A button does not take the caret out of the text.
    document.querySelector('.bar').addEventListener('pointerdown', (event) => event.preventDefault());
  }

  simpleCommands() {
    const { edits, list, player, saver, wave } = this;
    return {
      back: () => this.step(-STEP),
      forward: () => this.step(STEP),
      slower: () => this.changeSpeed(-1),
      faster: () => this.changeSpeed(1),
      previous: () => this.go(-1),
      next: () => this.go(1),
      toggle: () => this.toggle(list.current),
      split: () => edits.split(),
      merge: () => edits.merge(),
      insert: () => edits.insert(),
      remove: () => edits.remove(),
      inaudible: () => edits.mark('[inaudible]'),
      name: () => edits.mark('[NAME]'),
      startEarlier: () => edits.nudge(wave, 'start', -NUDGE),
      startLater: () => edits.nudge(wave, 'start', NUDGE),
      endEarlier: () => edits.nudge(wave, 'end', -NUDGE),
      endLater: () => edits.nudge(wave, 'end', NUDGE),
      undo: () => saver.add({ path: 'undo', redo: false }),
      redo: () => saver.add({ path: 'undo', redo: true }),
    };
  }

  // The tooltip of a button is its command's key.
  nameKeys() {
    for (const button of document.querySelectorAll('[data-command]')) {
      button.title = shown(this.keys.key(button.dataset.command));
    }
  }

  pressed(event) {
    if (document.querySelector('dialog[open]') || event.isComposing) return;
    const inText = event.target.classList?.contains('text');
    const command = this.keys.command(event);
    // On a button, Tab moves on, even where it plays.
    if (command && (inText || !/^(Shift\+)?Tab$/.test(this.keys.key(command)))) {
      event.preventDefault();
      event.stopPropagation();
      this.run(command);
    } else if (inText) {
      this.inText(event);
    }
  }

  // Keys of the text itself. Once a person moves the cursor in a segment, it stays there.
  inText(event) {
    if (['Control', 'Alt', 'Shift', 'Meta'].includes(event.key)) return;
    this.list.held = true;
    if (event.key === 'Enter') event.preventDefault(); // a cue is one line
    const direction = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!direction || event.shiftKey || event.ctrlKey || event.altKey || !this.list.isAtEdge(direction)) return;
    event.preventDefault();
    this.go(direction);
  }

  run(command) {
    const changes = CHANGING.has(command) || /^speaker\d$/.test(command);
    if (changes && !this.saver.writer) return this.tell('read-only');
    if (changes && !this.model.cues.length && !['undo', 'redo', 'insert'].includes(command)) return undefined;
    if (changes) this.list.held = true;
    const number = /^speaker(\d)$/.exec(command)?.[1];
    if (number) return this.speaker(Number(number));
    return this.simple[command]?.() ?? this[`do_${command}`]?.();
  }

  do_play() {
    this.list.resumed();
    this.player.toggle();
  }

  // The cursor moves too, unless something was done in its segment.
  step(seconds) {
    const time = this.player.time + seconds;
    if (this.list.held || this.list.typed) this.player.seek(time);
    else this.seek(time);
  }

  // The next free number asks for a name, for this segment alone.
  async speaker(number) {
    const names = this.model.speakers;
    if (number <= names.length) return this.edits.speaker(names[number - 1]);
    const caret = this.list.caret;
    const name = await askSpeaker('', 'For this segment only; leave empty for no speaker.');
    if (name !== null) this.edits.speaker(name);
    return this.back(caret);
  }

  // To the text, after a dialog.
  back(caret) {
    if (this.list.current) this.list.select(this.list.current, caret ?? 0);
  }

  do_check() {
    const { advanced } = this;
    if (advanced && performance.now() - advanced.at < REACTION && this.model.index(advanced.id) >= 0) {
      this.advanced = null;
      this.edits.check(advanced.id, true);
      this.list.held = false;
      return this.tell('checked');
    }
    const next = this.edits.checkNext();
    this.tell(next ? 'checked' : 'checked; this is the last segment');
    if (next) this.playCue(next);
    return undefined;
  }

  do_replay() {
    if (this.list.currentCue) this.playCue(this.list.currentCue);
  }

  playCue(cue) {
    this.list.select(cue.id, this.list.current === cue.id ? (this.list.caret ?? 0) : 0);
    this.player.seek(cue.start);
    this.player.play();
  }

  go(direction) {
    const cue = this.model.cues[this.list.currentIndex + direction];
    if (!cue) return;
    this.list.select(cue.id, 0);
    this.player.seek(cue.start);
  }

  toggle(cueId) {
    if (!this.saver.writer) return;
    const cue = this.model.cues[this.model.index(cueId)];
    this.edits.check(cueId, !cue.checked);
    this.tell(cue.checked ? 'not checked' : 'checked');
  }

  // The next doubtful word or segment, here or in the next recording that has one.
  async do_doubt() {
    const found = nextDoubt(this.model.cues, this.list.currentIndex, this.list.caret ?? -1);
    if (found) {
      this.list.select(found.cue.id, found.place);
      this.player.seek(found.cue.start);
      return this.tell(`doubtful: ${found.word}`);
    }
    const next = await nextRecording(this.id);
    if (!next) return this.tell('no doubtful words left');
    await this.saver.settled().catch(() => {});
    location.assign(`/review/${next.id}?doubt`);
    return undefined;
  }

  // Called when the page is shown: `?doubt` asks for the first doubtful word.
  arrived() {
    if (location.search !== '?doubt' || !this.model.cues.length) return;
    history.replaceState(null, '', location.pathname);
    const found = nextDoubt(this.model.cues, 0, -1);
    if (!found) return;
    this.list.select(found.cue.id, found.place);
    this.player.seek(found.cue.start);
  }

  async do_rename() {
    const caret = this.list.caret;
    const old = this.list.currentCue.speaker;
    const count = this.model.cues.filter((cue) => cue.speaker === old).length;
    const name = await askSpeaker(old, `Applies to ${count} segments ${old ? `of ${old}` : 'without a speaker'}.`);
    if (name !== null) this.edits.rename(old, name);
    this.back(caret);
  }

  async do_find() {
    await this.replace(this.list.hasFocus ? `${getSelection()}`.trim() : '', '');
  }

  // Offer to apply the last correction to all other places with the same words.
  async do_alike() {
    const change = lastCorrection(this.list, this.model);
    if (!change) return this.tell('correct a word first');
    return this.replace(change.old, change.new);
  }

  async replace(find, replacement) {
    const caret = this.list.caret;
    const told = await replaceAll(this, find, replacement);
    this.back(caret);
    if (told) this.tell(told);
  }

  async do_done() {
    const caret = this.list.caret;
    this.player.pause();
    try {
      await this.saver.settled();
    } catch {
      return;
    }
    const open = this.model.cues.filter((cue) => !cue.checked).length;
    const told = open ? `${open} of ${this.model.cues.length} segments are not checked. ` : 'All segments are checked. ';
    const sure = await askDone(`${told}The transcript will be written to transcripts/ and marked as reviewed.`, !open);
    if (!sure) return this.back(caret);
    const { status, body } = await this.saver.post('finish', { seconds: 0 });
    if (status === 200) location.assign('/');
    else this.tell(body?.message ?? 'the server is not responding');
  }

  changeSpeed(direction) {
    this.player.change(direction);
    this.settings.speed = this.player.audio.playbackRate;
    this.store();
  }

  store() {
    this.player.rewind = this.settings.rewind;
    this.nameKeys();
    fetch('/api/settings', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(this.settings),
    });
  }

  async do_help() {
    const caret = this.list.caret;
    await showKeys(this.keys, this.settings, () => this.store());
    this.back(caret);
  }

  seek(time) {
    this.player.seek(time);
    const cue = this.model.cues.findLast((each) => each.start <= this.player.time) ?? this.model.cues[0];
    if (cue) this.list.select(cue.id, this.list.hasFocus ? 0 : null);
  }

  // The cursor follows playback. If the text of its segment was changed, playback pauses instead.
  followed(time) {
    const cue = this.list.currentCue;
    if (!cue) return;
    const playing = this.player.playing;
    const spoken = this.spokenCue(cue, time);
    this.list.highlights.speak(spoken, this.list.rows.get(spoken?.id)?.text.firstChild, playing ? time : -1);
    if (!playing || time < cue.end) return;
    if (this.list.typed || this.list.held) {
      this.player.pause();
      return;
    }
    const next = this.model.cues[this.list.currentIndex + 1];
    if (!next || time < next.start) return;
    this.advanced = { id: cue.id, at: performance.now() };
    this.list.select(next.id, this.list.hasFocus ? 0 : null);
  }

  spokenCue(current, time) {
    if (current.start <= time && time < current.end) return current;
    return this.model.cues.find((cue) => cue.start <= time && time < cue.end);
  }
}
