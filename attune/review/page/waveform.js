// The waveform: a close view with the borders of the current cue, and the whole recording below.

import { clock } from './format.js';

const MIN = 0.05; // seconds, the shortest cue
const TOUCHING = 0.011; // borders that are closer move together
const COLOURS = ['raised', 'current', 'paper', 'line', 'wave', 'danger', 'accent', 'checked'];

export class Waveform {
  constructor({ zoom, overview, borders, model, player }) {
    Object.assign(this, { zoom, overview, borders, model, player });
    this.peaks = new Uint8Array();
    this.perSecond = 100;
    this.from = 0;
    this.span = 20; // seconds in the close view
    this.current = null;
    this.onMove = () => {}; // (group, cue's position, changes, neighbour's position, its changes)
    this.onSeek = () => {};
    this.handles = { start: this.handle('start'), end: this.handle('end') };
    new ResizeObserver(() => this.resize()).observe(zoom);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.resize());
    zoom.addEventListener('pointerdown', (event) => this.onSeek(this.timeAt(event.clientX)));
    overview.addEventListener('pointerdown', (event) => {
      const box = overview.getBoundingClientRect();
      this.onSeek(((event.clientX - box.left) / box.width) * this.seconds);
    });
    overview.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: 30, PageUp: -30, Home: -Infinity, End: Infinity }[event.key];
      if (!step || event.ctrlKey || event.altKey) return;
      event.preventDefault();
      this.onSeek(player.time + step);
    });
  }

  get seconds() {
    return this.player.seconds || Math.max(1, ...this.model.cues.map((cue) => cue.end));
  }

  load(peaks, perSecond) {
    this.peaks = peaks;
    this.perSecond = perSecond;
    this.resize();
  }

  resize() {
    // Read once: while drawing, each read would force a layout.
    const style = getComputedStyle(document.documentElement);
    this.colours = Object.fromEntries(COLOURS.map((name) => [name, style.getPropertyValue(`--${name}`)]));
    this.span = this.zoom.clientWidth < 600 ? 8 : 20;
    for (const canvas of [this.zoom, this.overview]) {
      canvas.width = canvas.clientWidth * devicePixelRatio;
      canvas.height = canvas.clientHeight * devicePixelRatio;
    }
    this.whole = null;
    this.marks = null;
    this.close = null;
    this.draw();
  }

  select(cue) {
    this.current = cue;
    this.close = null;
    if (cue && (cue.start < this.from || Math.min(cue.end, cue.start + this.span) > this.from + this.span)) {
      this.from = Math.max(0, (cue.start + cue.end) / 2 - this.span / 2);
    }
    this.draw();
  }

  at(time) {
    if (time < this.from || time > this.from + this.span) this.from = Math.max(0, time - this.span / 10);
    this.draw();
  }

  timeAt(x) {
    const box = this.zoom.getBoundingClientRect();
    return this.from + ((x - box.left) / box.width) * this.span;
  }

  draw() {
    if (this.drawing) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = 0;
      if (!this.colours) return;
      this.drawZoom();
      this.drawOverview();
      this.placeHandles();
    });
  }

  drawZoom() {
    const { width, height } = this.zoom;
    const context = this.zoom.getContext('2d');
    if (this.close?.from !== this.from) this.close = { from: this.from, image: this.drawClose(width, height) };
    context.drawImage(this.close.image, 0, 0);
    context.fillStyle = this.colours.danger;
    const at = ((this.player.time - this.from) / this.span) * width;
    context.fillRect(at - 1, 0, 2 * devicePixelRatio, height);
  }

  // The static part of the close view, drawn once and reused in each frame of playback.
  drawClose(width, height) {
    const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
    const context = canvas.getContext('2d');
    const x = (time) => ((time - this.from) / this.span) * width;
    context.fillStyle = this.colours.raised;
    context.fillRect(0, 0, width, height);
    for (const cue of this.model.cues) {
      if (cue.end < this.from || cue.start > this.from + this.span) continue;
      context.fillStyle = cue.id === this.current?.id ? this.colours.current : this.colours.paper;
      context.fillRect(x(cue.start), 0, x(cue.end) - x(cue.start), height);
      context.fillStyle = this.colours.line;
      context.fillRect(x(cue.start), 0, 1, height);
      context.fillRect(x(cue.end), 0, 1, height);
    }
    context.fillStyle = this.colours.wave;
    const first = Math.floor(this.from * this.perSecond);
    const bar = Math.max(1, width / this.span / this.perSecond);
    for (let n = 0; n <= this.span * this.perSecond; n += 1) {
      const tall = ((this.peaks[first + n] ?? 0) / 100) * height;
      context.fillRect(x((first + n) / this.perSecond), (height - tall) / 2, bar, Math.max(1, tall));
    }
    return canvas;
  }

  drawOverview() {
    const { width, height } = this.overview;
    const context = this.overview.getContext('2d');
    this.whole ??= this.drawWhole(width, height);
    this.marks ??= this.drawMarks(width, height);
    context.clearRect(0, 0, width, height);
    context.drawImage(this.whole, 0, 0);
    context.drawImage(this.marks, 0, 0);
    const x = (time) => (time / this.seconds) * width;
    context.strokeStyle = this.colours.accent;
    context.strokeRect(x(this.from), 0.5, Math.max(3, x(this.span)), height - 1);
    context.fillStyle = this.colours.danger;
    context.fillRect(x(this.player.time), 0, 2 * devicePixelRatio, height);
    if (this.overview.ariaValueText === clock(this.player.time)) return;
    this.overview.ariaValueMin = '0';
    this.overview.ariaValueMax = String(Math.round(this.seconds));
    this.overview.ariaValueNow = String(Math.round(this.player.time));
    this.overview.ariaValueText = clock(this.player.time);
  }

  // The waveform of the whole recording, drawn once: an edit does not change it.
  drawWhole(width, height) {
    const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
    const context = canvas.getContext('2d');
    context.fillStyle = this.colours.wave;
    for (let n = 0; n < width; n += 1) {
      const from = Math.floor((n / width) * this.peaks.length);
      const to = Math.max(from + 1, Math.floor(((n + 1) / width) * this.peaks.length));
      let loudest = 0;
      for (let at = from; at < to; at += 1) loudest = Math.max(loudest, this.peaks[at] ?? 0);
      const tall = (loudest / 100) * (height - 4);
      context.fillRect(n, (height - 4 - tall) / 2, 1, tall);
    }
    return canvas;
  }

  // The checked segments, drawn after each edit.
  drawMarks(width, height) {
    const canvas = new OffscreenCanvas(Math.max(1, width), Math.max(1, height));
    const context = canvas.getContext('2d');
    context.fillStyle = this.colours.checked;
    for (const cue of this.model.cues) {
      if (!cue.checked) continue;
      const left = (cue.start / this.seconds) * width;
      context.fillRect(left, height - 3, Math.max(1, ((cue.end - cue.start) / this.seconds) * width), 3);
    }
    return canvas;
  }

  changed() {
    this.marks = null;
    this.close = null;
    this.draw();
  }

  handle(side) {
    const made = document.createElement('div');
    made.className = 'border';
    made.dataset.side = side;
    this.borders.append(made);
    made.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      event.stopPropagation();
      made.setPointerCapture(event.pointerId);
      this.dragged = { side, time: this.current[side] };
    });
    made.addEventListener('pointermove', (event) => {
      if (this.dragged?.side !== side) return;
      this.dragged.time = this.limited(side, this.timeAt(event.clientX));
      this.placeHandles();
    });
    made.addEventListener('pointerup', () => {
      if (!this.dragged) return;
      const { time } = this.dragged;
      this.dragged = null;
      this.move(side, time);
    });
    made.addEventListener('pointercancel', () => {
      this.dragged = null;
      this.draw();
    });
    return made;
  }

  placeHandles() {
    for (const [side, handle] of Object.entries(this.handles)) {
      const time = this.dragged?.side === side ? this.dragged.time : this.current?.[side];
      const share = time === undefined ? -1 : (time - this.from) / this.span;
      handle.hidden = share < 0 || share > 1;
      handle.style.left = `${100 * share}%`;
    }
  }

  // Cues stay in the order of their starts, and a cue stays longer than MIN.
  limited(side, time) {
    const at = this.model.index(this.current.id);
    const [before, cue, after] = [at - 1, at, at + 1].map((n) => this.model.cues[n]);
    if (side === 'end') return Math.max(cue.start + MIN, Math.min(time, this.seconds));
    const lowest = before ? before.start + MIN : 0;
    return Math.max(lowest, Math.min(time, cue.end - MIN, after?.start ?? Infinity));
  }

  // Move a border of the current cue, and the neighbour's if the two touch.
  move(side, time, group = '') {
    const at = this.model.index(this.current.id);
    const cue = this.model.cues[at];
    const to = Math.round(this.limited(side, time) * 1000) / 1000;
    const other = at + (side === 'start' ? -1 : 1);
    const neighbour = this.model.cues[other];
    const opposite = side === 'start' ? 'end' : 'start';
    const touches = neighbour && Math.abs(neighbour[opposite] - cue[side]) < TOUCHING;
    const roomy = touches && (side === 'start' ? to - neighbour.start : neighbour.end - to) >= MIN;
    if (roomy) this.onMove(group, at, { [side]: to }, other, { [opposite]: to });
    else this.onMove(group, at, { [side]: to });
  }
}
