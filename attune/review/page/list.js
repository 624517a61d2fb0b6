// The list of recordings: progress and remaining work.

import { clock, element, minutes } from './format.js';

const SOURCES = { draft: 'draft', transcript: 'transcript', '': 'no transcript: run attune draft' };

function row(recording) {
  const name = recording.can_open
    ? element('a', { href: `/review/${recording.id}`, textContent: recording.name })
    : element('span', { textContent: recording.name });
  const share = Math.floor(100 * recording.checked_share);
  const checked = recording.done
    ? ['done']
    : [element('progress', { value: recording.checked_share, ariaLabel: 'checked' }), ` ${share} %`];
  const cells = [
    ['', [name]],
    ['', [recording.can_open || recording.from !== 'transcript' ? SOURCES[recording.from] : 'transcript not placed: run dvc repro segment']],
    ['', [recording.length ? clock(recording.length) : '']],
    ['doubtful', [recording.done ? '' : String(recording.doubtful)]],
    ['', checked],
    ['work', [recording.work_seconds ? minutes(recording.work_seconds) : '']],
  ];
  const made = element('tr', { className: recording.done ? 'done' : '' });
  for (const [head, children] of cells) {
    const cell = element('td', {}, ...children);
    if (head && cell.textContent) cell.dataset.head = head;
    made.append(cell);
  }
  return made;
}

function total(list) {
  const done = list.recordings.filter((recording) => recording.done).length;
  const parts = [
    `${done} of ${list.recordings.length} done`,
    `${Math.round(list.unchecked_minutes)} min of audio unchecked`,
  ];
  if (list.minutes_per_minute !== null) {
    parts.push(`${list.minutes_per_minute.toFixed(1)} min of work per minute of audio`);
    parts.push(`about ${(list.remaining_minutes / 60).toFixed(1)} h remain`);
  }
  return parts.join(' · ');
}

// Loaded separately: comparing all corrected drafts with their corrections takes longer.
async function showWorth() {
  const { lines } = await (await fetch('/api/worth')).json();
  const worth = document.getElementById('worth');
  worth.hidden = !lines.length;
  worth.replaceChildren(...lines.map((line) => element('li', { textContent: line })));
}

async function show() {
  const answer = await fetch('/api/recordings');
  const list = await answer.json();
  document.getElementById('total').textContent = answer.ok ? total(list) : list.message;
  document.getElementById('recordings').replaceChildren(...(list.recordings ?? []).map(row));
  document.querySelector('#recordings a')?.focus();
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
  showWorth();
}

addEventListener('pageshow', (event) => {
  if (event.persisted) show();
});
show();
