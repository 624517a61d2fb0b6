// Playback: speed, the step back on resuming, and the position.

const SPEEDS = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2];

export class Player {
  constructor(audio, url) {
    this.audio = audio;
    this.url = url;
    this.rewind = 1;
    this.ready = false;
    this.seconds = 0;
    this.wanted = 0; // where to start once the audio is decoded
    this.onTime = () => {};
    this.onPlaying = () => {};
    this.onSpeed = () => {};
    audio.preservesPitch = true;
    audio.addEventListener('playing', () => this.tick());
    for (const name of ['play', 'pause', 'ended']) {
      audio.addEventListener(name, () => this.onPlaying(this.playing));
    }
    audio.addEventListener('seeked', () => this.onTime(this.time));
  }

  // Wait until the server has decoded the recording. Returns the peaks; throws if it cannot.
  async prepare() {
    for (;;) {
      const answer = await fetch(`${this.url}/peaks`);
      if (answer.status === 200) {
        this.seconds = Number(answer.headers.get('X-Seconds'));
        const peaks = new Uint8Array(await answer.arrayBuffer());
        this.audio.src = `${this.url}/sound.wav`;
        this.ready = true;
        this.audio.currentTime = this.wanted;
        return peaks;
      }
      if (answer.status !== 202) throw new Error((await answer.json()).message);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  get time() {
    return this.ready ? this.audio.currentTime : this.wanted;
  }

  get playing() {
    return !this.audio.paused && !this.audio.ended;
  }

  seek(time) {
    const at = Math.max(0, Math.min(time, this.seconds || time));
    this.wanted = at;
    this.resumed = true; // playback starts exactly at a chosen position
    if (this.ready) this.audio.currentTime = at;
    this.onTime(at);
  }

  play() {
    if (!this.ready) return;
    this.audio.play().catch(() => {});
  }

  pause() {
    this.audio.pause();
    this.resumed = false;
  }

  toggle() {
    if (this.playing) {
      this.pause();
    } else {
      if (!this.resumed) this.seek(this.time - this.rewind);
      this.play();
    }
  }

  step(seconds) {
    this.seek(this.time + seconds);
  }

  change(direction) {
    const at = SPEEDS.indexOf(this.audio.playbackRate);
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at + direction))];
  }

  set speed(speed) {
    this.audio.defaultPlaybackRate = speed; // a new source starts with it
    this.audio.playbackRate = speed;
    this.onSpeed(speed);
  }

  tick() {
    if (!this.playing) return;
    this.onTime(this.time);
    requestAnimationFrame(() => this.tick());
  }
}
