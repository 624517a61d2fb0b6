// What keys and buttons do.

import { askDone, askReplacement, askSpeaker, showKeys } from './dialogs.js';
import { Edits } from './edits.js';
import { shown } from './keys.js';
import { doubtfulWords, unit } from './highlights.js';

const STEP = 3; // seconds of F1 and F2
const NUDGE = 0.1; // seconds that a key moves a border
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
    // A button does not take the caret out of the text.
    document.querySelector('.bar').addEventListener('pointerdown', (event) => event.preventDefault());
  }

  // The buttons tell the keys of their commands.
  nameKeys() {
    for (const button of document.querySelectorAll('[data-command]')) {
      button.title = shown(this.keys.key(button.dataset.command));
    }
  }

  pressed(event) {
    if (document.querySelector('dialog[open]') || event.isComposing) return;
    const command = this.keys.command(event);
    if (command) {
      event.preventDefault();
      event.stopPropagation();
      this.run(command);
    } else if (event.key === 'Enter' && this.list.hasFocus && event.target.classList.contains('text')) {
      event.preventDefault(); // a cue is one line
    }
  }

  run(command) {
    const changes = CHANGING.has(command) || /^speaker\d$/.test(command);
    if (changes && !this.saver.writer) return this.tell('read-only');
    if (changes && !this.model.cues.length && !['undo', 'redo', 'insert'].includes(command)) return undefined;
    const number = /^speaker(\d)$/.exec(command)?.[1];
    return number ? this.edits.speaker(Number(number)) : this[`do_${command}`]();
  }

  do_play() {
    this.list.resumed();
    this.player.toggle();
  }

  do_back() {
    this.player.step(-STEP);
  }

  do_forward() {
    this.player.step(STEP);
  }

  do_slower() {
    this.player.change(-1);
  }

  do_faster() {
    this.player.change(1);
  }

  do_check() {
    const next = this.edits.checkNext();
    if (next) this.playCue(next);
    else this.tell('checked; this was the last segment');
  }

  do_replay() {
    if (this.list.currentCue) this.playCue(this.list.currentCue);
  }

  playCue(cue) {
    this.list.select(cue.id, this.list.current === cue.id ? (this.list.caret ?? 0) : 0);
    this.player.seek(cue.start);
    this.player.play();
  }

  do_previous() {
    this.go(-1);
  }

  do_next() {
    this.go(1);
  }

  go(direction) {
    const cue = this.model.cues[this.list.currentIndex + direction];
    if (!cue) return;
    this.list.select(cue.id, 0);
    this.player.seek(cue.start);
  }

  do_toggle() {
    this.toggle(this.list.current);
  }

  toggle(cueId) {
    if (!this.saver.writer) return;
    const cue = this.model.cues[this.model.index(cueId)];
    this.edits.check(cueId, !cue.checked);
    this.tell(cue.checked ? 'not checked' : 'checked');
  }

  // The next doubtful word or segment after the caret, here or in the next recording that has one.
  async do_doubt() {
    const from = this.list.currentIndex;
    const caret = this.list.caret ?? -1;
    for (let at = Math.max(0, from); at < this.model.cues.length; at += 1) {
      const cue = this.model.cues[at];
      if (cue.checked) continue;
      const words = doubtfulWords(cue).map(([first]) => unit(cue.text, first));
      const place = words.find((first) => at > from || first > caret) ?? (cue.doubt && at > from ? 0 : undefined);
      if (place === undefined) continue;
      this.list.select(cue.id, place);
      this.player.seek(cue.start);
      return this.tell('doubtful');
    }
    return this.nextRecording();
  }

  async nextRecording() {
    const { recordings } = await (await fetch('/api/recordings')).json();
    const at = recordings.findIndex((each) => each.id === this.id);
    const order = [...recordings.slice(at + 1), ...recordings.slice(0, Math.max(0, at))];
    const next = order.find((each) => each.doubtful && each.can_open && !each.done);
    if (!next) return this.tell('no doubtful word is left');
    await this.saver.settled().catch(() => {});
    location.assign(`/review/${next.id}?doubt`);
    return undefined;
  }

  // Called when the page is shown: `?doubt` asks for the first doubtful word.
  arrived() {
    if (location.search !== '?doubt' || !this.model.cues.length) return;
    history.replaceState(null, '', location.pathname);
    this.list.select(this.model.cues[0].id, 0);
    if (!doubtfulWords(this.model.cues[0]).some(([first]) => first === 0)) this.do_doubt();
  }

  do_split() {
    this.edits.split();
  }

  do_merge() {
    this.edits.merge();
  }

  do_insert() {
    this.edits.insert();
  }

  do_remove() {
    this.edits.remove();
  }

  do_inaudible() {
    this.edits.mark('[inaudible]');
  }

  do_name() {
    this.edits.mark('[NAME]');
  }

  async do_rename() {
    const old = this.list.currentCue.speaker;
    const name = await askSpeaker(old);
    if (name !== null) this.edits.rename(old, name.replace(/\s+/g, ' ').trim());
    this.list.select(this.list.current, this.list.caret ?? 0);
  }

  do_startEarlier() {
    this.edits.nudge(this.wave, 'start', -NUDGE);
  }

  do_startLater() {
    this.edits.nudge(this.wave, 'start', NUDGE);
  }

  do_endEarlier() {
    this.edits.nudge(this.wave, 'end', -NUDGE);
  }

  do_endLater() {
    this.edits.nudge(this.wave, 'end', NUDGE);
  }

  do_undo() {
    this.saver.add({ path: 'undo', redo: false });
  }

  do_redo() {
    this.saver.add({ path: 'undo', redo: true });
  }

  async do_find() {
    const selected = this.list.hasFocus ? `${getSelection()}`.trim() : '';
    await this.replace(selected, '');
  }

  // Offer the last correction of a word to all places that have the same.
  async do_alike() {
    const change = this.lastChange();
    if (!change) return this.tell('correct a word first');
    return this.replace(change.old, change.new);
  }

  // The words that the last edit of a text changed, in the current segment or an earlier one.
  lastChange() {
    const { typed, lastEdit, current, before } = this.list;
    const edited = typed ? { id: current, before } : lastEdit;
    const cue = this.model.cues[this.model.index(edited?.id)];
    if (!cue) return null;
    const [old, fresh] = [edited.before, cue.text].map((text) => text.split(' '));
    let first = 0;
    while (first < Math.min(old.length, fresh.length) && old[first] === fresh[first]) first += 1;
    let last = 0;
    while (last < Math.min(old.length, fresh.length) - first && old.at(-1 - last) === fresh.at(-1 - last)) last += 1;
    const plain = (words) => words.slice(first, words.length - last).join(' ').replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    return plain(old) ? { old: plain(old), new: plain(fresh) } : null;
  }

  async replace(find, replacement) {
    await this.saver.settled().catch(() => {});
    const asked = await askReplacement(this.saver, find, replacement);
    this.list.select(this.list.current, this.list.caret ?? 0);
    if (!asked || !this.saver.writer) return;
    const { body } = await this.saver.post('replace', { find: asked.find, replacement: asked.replacement, dry: false });
    this.model.edit('replace', body?.splices ?? []);
    let told = `${body?.places ?? 0} replaced`;
    if (asked.elsewhere) {
      const others = await this.saver.post('replace-elsewhere', { find: asked.find, replacement: asked.replacement, dry: false });
      told += others.body?.places === undefined
        ? `; in other recordings not: ${others.body?.message ?? 'the server does not answer'}`
        : `, ${others.body.places} in ${others.body.recordings} other recordings`;
    }
    this.tell(told);
  }

  async do_done() {
    try {
      await this.saver.settled();
    } catch {
      return;
    }
    const open = this.model.cues.filter((cue) => !cue.checked).length;
    const told = open ? `${open} of ${this.model.cues.length} segments are not checked. ` : 'All segments are checked. ';
    const sure = await askDone(`${told}The transcript moves to transcripts/, marked as reviewed: segment takes it as it is.`, !open);
    if (!sure) return this.list.select(this.list.current, this.list.caret ?? 0);
    const { status, body } = await this.saver.post('finish', { seconds: 0 });
    if (status === 200) location.assign('/');
    else this.tell(body?.message ?? 'the server does not answer');
  }

  async do_help() {
    const store = () => {
      this.player.rewind = this.settings.rewind;
      this.nameKeys();
      fetch('/api/settings', {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(this.settings),
      });
    };
    await showKeys(this.keys, this.settings, store);
    if (this.list.current) this.list.select(this.list.current, this.list.caret ?? 0);
  }

  seek(time) {
    this.player.seek(time);
    const cue = this.model.cues.findLast((each) => each.start <= time && time < each.end);
    if (cue) this.list.select(cue.id, this.list.hasFocus ? 0 : null);
  }

  // The cursor follows the sound, unless its segment's text was changed: then the sound waits.
  followed(time) {
    const cue = this.list.currentCue;
    if (!cue) return;
    const playing = this.player.playing;
    const spoken = this.spokenCue(cue, time);
    this.list.highlights.speak(spoken, this.list.rows.get(spoken?.id)?.text.firstChild, playing ? time : -1);
    if (!playing || time < cue.end) return;
    if (this.list.typed) {
      this.player.pause();
      return;
    }
    const next = this.model.cues[this.list.currentIndex + 1];
    if (next && time >= next.start) this.list.select(next.id, this.list.hasFocus ? 0 : null);
  }

  spokenCue(current, time) {
    if (current.start <= time && time < current.end) return current;
    return this.model.cues.find((cue) => cue.start <= time && time < cue.end);
  }
}
