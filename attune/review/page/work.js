// Seconds of work: during playback, and for up to 10 s after each key press or mouse movement.

const PAUSE = 10;

export class Work {
  constructor() {
    this.seconds = 0;
    this.last = -Infinity;
    this.playing = false;
  }

  start() {
    for (const name of ['keydown', 'pointerdown', 'pointermove', 'wheel']) {
      addEventListener(name, () => this.act(), { passive: true, capture: true });
    }
    this.counted = performance.now() / 1000; // opening a page does not count
    setInterval(() => this.count(), 1000);
  }

  act() {
    this.count();
    this.last = performance.now() / 1000;
  }

  count() {
    const now = performance.now() / 1000;
    const until = this.playing ? now : Math.min(now, this.last + PAUSE);
    this.seconds += Math.max(0, until - this.counted);
    this.counted = now;
  }

  // Seconds since the last call.
  take() {
    const seconds = this.seconds;
    this.seconds = 0;
    return Math.round(seconds * 10) / 10;
  }
}
