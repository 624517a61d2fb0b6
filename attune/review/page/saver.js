// Sends edits to the server one at a time, until each is on disk.

import { wire } from './model.js';

const BEAT = 2000; // ms between heartbeats, which tell the server which page writes
const RETRY = 1000;

export class Saver {
  constructor(url, activity) {
    this.url = url;
    this.activity = activity; // seconds of work since the last call
    this.page = crypto.randomUUID();
    this.version = 0;
    this.queue = [];
    this.sending = false;
    this.writer = false;
    this.stale = false; // nothing is sent until `take`
    this.refused = 0; // answers in a row that the edit is invalid
    this.problem = '';
    this.onState = () => {}; // saved, saving, or not saved and why
    this.onAnswer = () => {}; // (answer, item) after an item was saved
    this.onStale = () => {}; // the server's cues differ: (whether another program changed them, edits that are given up)
    this.onHeld = () => {}; // another page writes
  }

  get pending() {
    return this.queue.length;
  }

  async start(force = false) {
    const answer = await this.post('hold', { force, seconds: 0 });
    this.writer = Boolean(answer.body?.held);
    if (answer.body?.version !== undefined && this.writer) this.version = answer.body.version;
    if (this.writer) this.beat();
    return this.writer;
  }

  beat() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      if (this.writer && !this.sending) {
        const before = this.version;
        const { status, body } = await this.post('hold', { force: false, seconds: this.activity() });
        const idle = !this.sending && this.version === before;
        if (status === 200 && !body.held) this.lose();
        else if (status === 200 && idle && body.version !== before) this.fallBehind(true);
      }
      if (this.writer) this.beat();
    }, BEAT);
  }

  release() {
    if (!this.writer) return;
    const body = JSON.stringify({ page: this.page, seconds: this.activity() });
    navigator.sendBeacon(`${this.url}/release`, new Blob([body], { type: 'application/json' }));
  }

  add(item) {
    const last = this.queue.at(-1);
    const unsent = last && !(this.sending && this.queue.length === 1);
    if (unsent && item.kind === 'text' && last.kind === 'text' && item.group === last.group) {
      last.splices[0].insert = item.splices[0].insert; // typed on before it was sent
    } else {
      this.queue.push({ ...item, request: crypto.randomUUID() });
    }
    this.send();
  }

  async send() {
    if (this.sending || !this.queue.length) return;
    this.sending = true;
    while (this.queue.length && this.writer && !this.stale) {
      const item = this.queue[0];
      this.state();
      const { status, body } = await this.post(item.path ?? 'edit', this.message(item));
      if (status === 200) {
        this.problem = '';
        this.refused = 0;
        this.queue.shift();
        const isNext = body.version <= this.version + 1;
        this.version = body.version;
        // Edits queued behind an undo were made on the cues before it.
        const isBehind = !isNext || (!item.kind && this.queue.some((each) => each.kind));
        if (isBehind) this.fallBehind(!isNext);
        else this.onAnswer(body, item);
      } else if (status === 423) {
        this.lose();
      } else if (status === 409 || status === 422) {
        this.refused = status === 422 ? this.refused + 1 : 0;
        this.fallBehind(status === 409, this.refused > 1 ? [this.queue.shift()] : []);
      } else {
        this.problem = body?.message ?? 'not saved: the server is not responding';
        this.state();
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
    this.sending = false;
    this.state();
  }

  fallBehind(isOutside, givenUp = []) {
    if (this.stale) return;
    this.stale = true;
    this.onStale(isOutside, givenUp);
  }

  // Returns the unsaved edits and empties the queue; sending resumes.
  take() {
    this.stale = false;
    return this.queue.splice(0).filter((item) => item.kind);
  }

  fail(problem) {
    this.problem = `not saved: ${problem}`;
    this.state();
  }

  message({ request, kind, group, splices, redo }) {
    const common = { base: this.version, request, seconds: this.activity() };
    return kind ? { ...common, kind, group, splices: splices.map(plain) } : { ...common, redo };
  }

  async post(path, message) {
    try {
      const answer = await fetch(`${this.url}/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ page: this.page, ...message }),
      });
      return { status: answer.status, body: await answer.json() };
    } catch {
      return { status: 0, body: null };
    }
  }

  // Resolves when all is saved; rejects if this page may not write.
  async settled() {
    while (this.queue.length || this.sending || this.stale) {
      if (!this.writer) throw new Error('held');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  lose() {
    this.writer = false;
    this.problem = this.queue.length ? 'not saved: another page took over' : '';
    this.onHeld();
    this.state();
  }

  state() {
    this.onState(this.problem || (this.queue.length ? 'saving' : 'saved'), Boolean(this.problem));
  }
}

function plain({ at, remove, insert }) {
  return { at, remove: remove.map(wire), insert: insert.map(wire) };
}
