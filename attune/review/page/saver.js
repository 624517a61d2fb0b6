// Sends edits to the server, one after the other, until each is on its disk.

import { wire } from './model.js';

const BEAT = 2000; // ms between signs of life, by which the server knows who writes
const RETRY = 1000;

export class Saver {
  constructor(url, activity) {
    this.url = url;
    this.activity = activity; // seconds of work since it was last asked
    this.page = crypto.randomUUID();
    this.version = 0;
    this.queue = [];
    this.sending = false;
    this.writer = false;
    this.problem = '';
    this.onState = () => {}; // saved, saving, or not saved and why
    this.onAnswer = () => {}; // (answer, item) after an item was saved
    this.onStale = () => {}; // the file changed elsewhere; gets the items that were not saved
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
        const answer = await this.post('hold', { force: false, seconds: this.activity() });
        if (answer.body?.held === false) this.lose();
        else if (answer.body && answer.body.version !== this.version && !this.queue.length && !this.sending) this.onStale([]);
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
    while (this.queue.length && this.writer) {
      const item = this.queue[0];
      this.state();
      const { status, body } = await this.post(item.path ?? 'edit', this.message(item));
      if (status === 200) {
        this.problem = '';
        this.queue.shift();
        this.version = body.version;
        this.onAnswer(body, item);
      } else if (status === 423) {
        this.lose();
      } else if (status === 409 || status === 422) {
        const lost = this.queue.splice(0);
        this.onStale(lost.filter((each) => each.kind));
      } else {
        this.problem = body?.message ?? 'not saved: the server does not answer';
        this.state();
        await new Promise((resolve) => setTimeout(resolve, RETRY));
      }
    }
    this.sending = false;
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

  // Until all is saved; rejects if this page may not write.
  async settled() {
    while (this.queue.length || this.sending) {
      if (!this.writer) throw new Error('held');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  lose() {
    this.writer = false;
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
