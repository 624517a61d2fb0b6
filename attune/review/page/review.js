// The review of one recording: brings the parts together.

import { CueList } from './cue_list.js';
import { Commands } from './commands.js';
import { clock, element, minutes } from './format.js';
import { Keys } from './keys.js';
import { Model } from './model.js';
import { Player } from './player.js';
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

function tell(text) {
  byId('told').textContent = text;
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
  byId('speakers').replaceChildren(...model.speakers.map((name, at) => element('button', {
    textContent: `${at + 1} ${name}`, ariaPressed: String(name === current), onclick: () => commands.run(`speaker${at + 1}`),
  })));
}

function showState(answer) {
  Object.assign(recording, answer);
  document.querySelector('[data-command="undo"]').disabled = !recording.can_undo && !saver.pending;
}

async function fetchRecording() {
  const answer = await fetch(url);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.message);
  return body;
}

// Show what the server has; called at the start and when the file changed elsewhere.
async function load(cueId) {
  recording = await fetchRecording();
  saver.version = recording.version;
  model.load(recording.cues);
  list.load();
  list.lock(!saver.writer);
  list.current = null;
  const start = model.cues.find((cue) => cue.id === cueId) ?? model.cues.find((cue) => !cue.checked) ?? model.cues[0];
  if (start) list.select(start.id, 0);
  showState({});
  showProgress();
  showSpeakers();
}

// Another program changed the file: show it, and say again what was not saved.
async function reload(unsaved) {
  const typed = unsaved.flatMap((item) => item.splices.flatMap((splice) => splice.insert));
  await load(list.current);
  let lost = [];
  for (const cue of typed) {
    const at = model.index(cue.id);
    if (at >= 0) model.change('text', at, { text: cue.text, speaker: cue.speaker }, `text-${cue.id}`);
    else lost = [...lost, cue.text];
  }
  const told = ['The file was changed by another program; its text is shown, and your last edits were applied to it.'];
  if (lost.length) told.push(`Not saved, since the segment is gone: ${lost.join(' / ')}`);
  notice(told.join(' '), 'OK', () => notice(''));
}

async function hold(force) {
  const held = await saver.start(force);
  list.lock(!held);
  if (held) {
    if (force) await load(list.current);
    notice('');
  } else {
    notice('Read-only: this recording is open in another page.', 'Edit here instead', () => hold(true));
  }
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
  wave.onMove = (...moved) => commands.edits.border(...moved);
  wave.onSeek = (time) => commands.seek(time);
  player.onTime = (time) => {
    byId('clock').textContent = `${clock(time)} / ${clock(wave.seconds)}`;
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
    byId('saved').textContent = text;
    byId('saved').classList.toggle('unsaved', isProblem);
  };
  saver.onAnswer = (answer, item) => {
    if (answer.splices) {
      model.apply(answer.splices);
      const first = answer.splices.at(-1)?.insert[0] ?? model.cues[answer.splices.at(-1)?.at ?? 0];
      if (first) list.select(first.id, first.text.length);
      tell(item.redo ? 'redone' : 'undone');
    }
    list.update(model.enrich(answer.cues));
    showState({ version: answer.version, work_seconds: answer.work_seconds, can_undo: answer.can_undo, can_redo: answer.can_redo });
  };
  saver.onStale = reload;
  saver.onHeld = () => {
    list.lock(true);
    notice('Read-only: another page took over this recording.', 'Edit here instead', () => hold(true));
  };
  addEventListener('pagehide', () => saver.release());
  addEventListener('beforeunload', (event) => {
    if (saver.pending) event.preventDefault();
  });
}

async function main() {
  try {
    recording = await fetchRecording();
  } catch (error) {
    notice(error.message);
    return;
  }
  document.title = `Review: ${recording.name}`;
  byId('name').textContent = recording.name;
  const keys = new Keys(recording.settings.keys);
  player.rewind = recording.settings.rewind;
  commands = new Commands({ model, list, player, saver, wave, keys, settings: recording.settings, tell, id });
  connect();
  await saver.start();
  await load(Number(location.hash.slice(1)) || undefined);
  list.lock(!saver.writer);
  if (!saver.writer) await hold(false);
  player.onSpeed(1);
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
    notice(`No sound: ${error.message}`);
  }
}

main();
