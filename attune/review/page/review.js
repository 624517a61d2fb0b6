// The review of one recording: connects the parts.

import { CueList } from './cue_list.js';
import { Commands } from './commands.js';
import { clock, element, minutes } from './format.js';
import { Keys } from './keys.js';
import { Model } from './model.js';
import { Player } from './player.js';
import { rebase } from './rebase.js';
import { Saver } from './saver.js';
import { Waveform } from './waveform.js';
import { Work } from './work.js';

const byId = (id) => document.getElementById(id);
const id = location.pathname.split('/').at(-1);
const url = `/api/recordings/${id}`;

const model = new Model();
const work = new Work();
const list = new CueList(byId('cues'), model);
const player = new Player(byId('audio'), url);
const saver = new Saver(url, () => work.take());
const wave = new Waveform({
  zoom: byId('zoom'), overview: byId('overview'), borders: byId('borders'), model, player,
});
let recording;
let commands;

// Shown for 6 s; cleared first, so that screen readers announce a repeated text again.
function tell(text) {
  clearTimeout(tell.timer);
  byId('told').textContent = '';
  requestAnimationFrame(() => {
    byId('told').textContent = text;
  });
  tell.timer = setTimeout(() => {
    byId('told').textContent = '';
  }, 6000);
}

function notice(text, action, act) {
  const box = byId('notice');
  box.hidden = !text;
  box.replaceChildren(text);
  if (action) box.append(element('button', { textContent: action, onclick: act }));
}

function showProgress() {
  const total = model.cues.reduce((sum, cue) => sum + cue.end - cue.start, 0);
  const checked = model.cues.filter((cue) => cue.checked);
  const seconds = checked.reduce((sum, cue) => sum + cue.end - cue.start, 0);
  const parts = [`${checked.length} of ${model.cues.length} segments checked`];
  const worked = recording.work_seconds;
  if (seconds >= 30) {
    const rate = worked / seconds;
    parts.push(`${rate.toFixed(1)} min of work per minute of audio`, `about ${minutes(rate * (total - seconds))} remain`);
  }
  byId('progress').textContent = parts.join(' · ');
  wave.changed();
}

function showSpeakers() {
  const current = list.currentCue?.speaker;
  const names = model.speakers;
  const box = byId('speakers');
  // Buttons are reused, since one may have the focus.
  while (box.children.length > names.length) box.lastChild.remove();
  names.forEach((name, at) => {
    const button = box.children[at] ?? box.appendChild(element('button', { onclick: () => commands.run(`speaker${at + 1}`) }));
    button.textContent = `${at + 1} ${name}`;
    button.setAttribute('aria-pressed', String(name === current));
  });
}

function showState(answer) {
  Object.assign(recording, answer);
  document.querySelector('[data-command="undo"]').disabled = !recording.can_undo && !saver.pending;
}

async function fetchRecording() {
  const answer = await fetch(url).catch(() => {
    throw new Error('the server is not responding');
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return body;
}

// Show the server's recording with the unsaved edits reapplied.
function show(fresh, unsaved = []) {
  recording = fresh;
  saver.version = fresh.version;
  const { cues, again, lost } = rebase(fresh.cues, unsaved);
  model.load(cues);
  list.load();
  list.lock(!saver.writer);
  again.forEach((item) => saver.add(item));
  showState({});
  showProgress();
  showSpeakers();
  return lost;
}

// The server's cues differ from this page's. isOutside: another program changed them. Returns whether a notice is shown.
async function reload(isOutside, givenUp = []) {
  let fresh;
  while (!fresh) {
    try {
      fresh = await fetchRecording();
    } catch (error) {
      saver.fail(error.message);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  const unsaved = saver.take();
  const lost = [
    ...show(fresh, unsaved),
    ...givenUp.flatMap((item) => item.splices?.flatMap(({ insert }) => insert.map((cue) => cue.text)) ?? []),
  ];
  if (!list.current && model.cues.length) list.select(model.cues[0].id, 0);
  saver.problem = '';
  saver.state();
  const told = [];
  if (isOutside) told.push('The file was changed by another program; this is its text.');
  if (isOutside && unsaved.length) told.push('Your unsaved edits were applied to it.');
  if (lost.length) told.push(`Not saved, because the segment has changed: ${lost.join(' / ')}`);
  if (told.length) notice(told.join(' '), 'OK', () => notice(''));
  return told.length > 0;
}

async function hold(force) {
  saver.stale = true; // until its cues are shown
  if (await saver.start(force)) {
    if (!await reload(false)) notice('');
    if (!list.hasFocus && (force || document.activeElement === document.body)) list.select(list.current, list.caret ?? 0);
  } else {
    readOnly('Read-only: this recording is open in another page.');
  }
}

// Until the other page is closed or this one takes over.
function readOnly(text) {
  list.lock(true);
  notice(text, 'Edit here instead', () => hold(true));
  clearTimeout(readOnly.timer);
  readOnly.timer = setTimeout(async () => {
    if (saver.writer) return;
    if (await saver.start()) await hold(false);
    else readOnly(text);
  }, 2000);
}

function connect() {
  model.onSplices = (splices) => {
    list.splice(splices);
    showProgress();
    showSpeakers();
  };
  model.onEdit = (item) => saver.add(item);
  list.onCurrent = (cue, moved) => {
    wave.select(cue);
    if (moved) {
      if (!player.playing) player.seek(cue.start);
      showSpeakers();
    }
  };
  list.onCheck = (cueId) => commands.toggle(cueId);
  wave.onMove = (...moved) => {
    if (saver.writer) commands.edits.border(...moved);
    else tell('read-only');
    wave.draw();
  };
  wave.onSeek = (time) => commands.seek(time);
  player.onTime = (time) => {
    const shown = `${clock(time)} / ${clock(wave.seconds)}`;
    if (byId('clock').textContent !== shown) byId('clock').textContent = shown;
    wave.at(time);
    commands.followed(time);
  };
  player.onPlaying = (playing) => {
    byId('play').textContent = playing ? 'Stop' : 'Play';
    work.playing = playing;
  };
  player.onSpeed = (speed) => {
    byId('speed').textContent = `${speed}×`;
  };
  saver.onState = (text, isProblem) => {
    if (isProblem && byId('saved').textContent !== text) tell(text);
    byId('saved').textContent = text;
    byId('saved').classList.toggle('unsaved', isProblem);
  };
  saver.onAnswer = (answer, item) => {
    if (answer.splices) {
      showUndone(answer.splices, item.redo);
    }
    list.update(model.enrich(answer.cues));
    showState({ version: answer.version, work_seconds: answer.work_seconds, can_undo: answer.can_undo, can_redo: answer.can_redo });
  };
  saver.onStale = reload;
  saver.onHeld = () => readOnly('Read-only: another page took over this recording.');
  new ResizeObserver(([{ target }]) => {
    document.documentElement.style.setProperty('--top', `${target.offsetHeight}px`);
  }).observe(byId('top'));
  addEventListener('pagehide', () => saver.release());
  addEventListener('beforeunload', (event) => {
    if (saver.pending) event.preventDefault();
  });
}

// The caret stays if the current segment was changed, else it moves to the change.
function showUndone(splices, redo) {
  if (!splices.length) {
    tell(redo ? 'nothing to redo' : 'nothing to undo');
    return;
  }
  const { current, caret } = list;
  model.apply(splices);
  const { at, insert } = splices.at(-1);
  const changed = insert.find((cue) => cue.id === current) ?? insert[0] ?? model.cues[Math.min(at, model.cues.length - 1)];
  if (changed) list.select(changed.id, changed.id === current ? (caret ?? 0) : 0);
  tell(redo ? 'redone' : 'undone');
}

async function main() {
  await saver.start();
  try {
    recording = await fetchRecording();
  } catch (error) {
    notice(error.message);
    return;
  }
  document.title = `Review: ${recording.id}`; // the browser's history keeps it
  byId('name').textContent = recording.name;
  const keys = new Keys(recording.settings.keys);
  player.rewind = recording.settings.rewind;
  commands = new Commands({ model, list, player, saver, wave, keys, settings: recording.settings, tell, id });
  connect();
  show(recording);
  const asked = Number(location.hash.slice(1));
  const start = model.cues.find((cue) => cue.id === asked) ?? model.cues.find((cue) => !cue.checked) ?? model.cues[0];
  if (start) list.select(start.id, 0);
  if (recording.done) notice('This recording is done. Choose Done again to pass further changes to the pipeline.', 'OK', () => notice(''));
  if (!saver.writer) readOnly('Read-only: this recording is open in another page.');
  player.speed = recording.settings.speed;
  player.onTime(player.time);
  saver.state();
  work.start();
  commands.arrived();
  requestAnimationFrame(() => {
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
  });
  try {
    wave.load(await player.prepare(), recording.peaks_per_second);
    document.documentElement.dataset.sound = String(Math.round(performance.now()));
  } catch (error) {
    notice(`No audio: ${error.message}`);
  }
}

main();
