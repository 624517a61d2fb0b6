// The list of segments: one row per cue, with its text edited in place.

import { clock, element, oneLine } from './format.js';
import { Highlights } from './highlights.js';

export class CueList {
  constructor(list, model) {
    this.list = list;
    this.model = model;
    this.rows = new Map(); // cue's number -> its parts
    this.highlights = new Highlights();
    this.current = null; // number of the cue under the cursor
    this.typed = false; // whether the current cue's text was changed since it became current
    this.held = false; // whether a person acted in it, so that the cursor stays
    this.onCurrent = () => {};
    this.onCheck = () => {};
    list.addEventListener('focusin', (event) => this.focused(event));
    list.addEventListener('focusout', (event) => this.blurred(event));
    list.addEventListener('input', (event) => this.input(event));
    list.addEventListener('click', (event) => this.clicked(event));
    list.addEventListener('paste', (event) => {
      event.preventDefault(); // otherwise pasted line breaks would show until the focus leaves
      document.execCommand('insertText', false, oneLine(event.clipboardData.getData('text/plain')));
    });
  }

  // Show the model's cues. Remaining rows keep the focus and the caret.
  load() {
    const ids = new Set(this.model.cues.map((cue) => cue.id));
    for (const id of [...this.rows.keys()]) if (!ids.has(id)) this.drop(id);
    let next = this.list.firstChild;
    for (const cue of this.model.cues) {
      const row = this.rows.get(cue.id);
      if (row) this.fill(row, cue);
      const item = row?.item ?? this.make(cue);
      if (item === next) {
        next = next.nextSibling;
      } else {
        this.list.insertBefore(item, next);
        this.highlights.mark(cue, this.rows.get(cue.id).text.firstChild); // moving empties its ranges
      }
    }
    if (!ids.has(this.current)) this.current = null;
    else this.onCurrent(this.currentCue, false);
  }

  make(cue) {
    const time = element('button', { className: 'time', tabIndex: -1 });
    const speaker = element('span', { className: 'speaker' });
    const text = element('div', { className: 'text', spellcheck: false, tabIndex: -1 });
    text.setAttribute('contenteditable', 'plaintext-only'); // no spelling: some browsers send the text to a service
    text.setAttribute('role', 'textbox');
    const check = element('button', { className: 'check', tabIndex: -1 });
    const doubt = element('span', { className: 'doubt', hidden: true });
    const item = element('li', { className: 'cue' }, time, speaker, text, check, doubt);
    item.dataset.id = cue.id;
    const row = { item, time, speaker, text, check, doubt };
    this.rows.set(cue.id, row);
    this.fill(row, cue);
    return item;
  }

  fill(row, cue) {
    row.time.textContent = clock(cue.start);
    row.speaker.textContent = cue.speaker || '–';
    row.speaker.title = cue.speaker;
    if (oneLine(row.text.textContent) !== cue.text) row.text.textContent = cue.text;
    row.item.classList.toggle('checked', cue.checked);
    row.check.textContent = cue.checked ? '✓' : '○';
    row.check.setAttribute('aria-label', 'checked');
    row.check.setAttribute('aria-pressed', String(cue.checked));
    row.text.setAttribute('aria-label', `${cue.speaker || 'no speaker'}, ${clock(cue.start)}${cue.checked ? ', checked' : ''}`);
    const doubt = cue.checked ? '' : cue.doubt;
    row.doubt.hidden = !doubt;
    row.doubt.textContent = doubt;
    this.highlights.mark(cue, row.text.firstChild);
  }

  // Bring the rows up to date after splices.
  splice(splices) {
    for (const { at, remove, insert } of splices) {
      const stays = new Set(insert.map((cue) => cue.id));
      for (const { id } of remove) if (!stays.has(id)) this.drop(id);
      insert.forEach((change, offset) => {
        const cue = this.model.cues[this.model.index(change.id)];
        if (!cue) return; // a later splice removed it
        const row = this.rows.get(change.id);
        if (row) this.fill(row, cue);
        else this.place(this.make(cue), at + offset);
      });
    }
    if (!this.rows.has(this.current)) {
      const at = Math.min(splices.at(-1)?.at ?? 0, this.model.cues.length - 1);
      if (at >= 0) this.select(this.model.cues[at].id);
    } else {
      this.onCurrent(this.currentCue, false);
    }
  }

  place(item, at) {
    const following = this.model.cues.slice(at + 1).find((cue) => this.rows.get(cue.id)?.item.parentNode);
    this.list.insertBefore(item, following ? this.rows.get(following.id).item : null);
  }

  drop(id) {
    this.rows.get(id)?.item.remove();
    this.rows.delete(id);
    this.highlights.drop(id);
  }

  update(cues) {
    for (const cue of cues) this.fill(this.rows.get(cue.id), cue);
  }

  get currentCue() {
    return this.model.cues[this.model.index(this.current)];
  }

  get currentIndex() {
    return this.model.index(this.current);
  }

  // Make a cue the current one. caret: a position in its text, or null to leave the focus alone.
  // scroll: bring it into view.
  select(id, caret = 0, scroll = true) {
    const row = this.rows.get(id);
    if (!row) return;
    if (this.current !== id) {
      if (this.typed) this.lastEdit = { id: this.current, before: this.before };
      const last = this.rows.get(this.current);
      last?.item.classList.remove('current');
      if (last) last.text.tabIndex = -1;
      row.item.classList.add('current');
      row.text.tabIndex = 0; // Tab moves between the buttons and this segment
      this.current = id;
      this.typed = false;
      this.held = false;
      this.before = this.currentCue.text;
      this.onCurrent(this.currentCue, true);
    }
    if (caret !== null) {
      row.text.focus({ preventScroll: true });
      this.setCaret(row.text, caret);
    }
    if (scroll) row.item.scrollIntoView({ block: 'nearest' });
  }

  // Playback resumes: the current text counts as corrected.
  resumed() {
    if (this.typed) this.lastEdit = { id: this.current, before: this.before };
    this.typed = false;
    this.held = false;
    this.before = this.currentCue?.text;
  }

  setCaret(text, position) {
    const node = text.firstChild ?? text;
    getSelection().collapse(node, Math.min(position, node.length ?? 0));
  }

  // The caret's position in the current cue's text, in its one-line form.
  get caret() {
    const text = this.rows.get(this.current)?.text;
    const selection = getSelection();
    if (!text || !selection.rangeCount || !text.contains(selection.focusNode)) return null;
    const range = document.createRange();
    range.selectNodeContents(text);
    range.setEnd(selection.focusNode, selection.focusOffset);
    return Math.min(oneLine(`${range}.`).length - 1, this.currentCue.text.length);
  }

  // Whether an arrow up (-1) or down (1) would leave the current text.
  isAtEdge(direction) {
    const { text } = this.rows.get(this.current);
    const box = text.getBoundingClientRect();
    const line = parseFloat(getComputedStyle(text).lineHeight);
    const caret = getSelection().rangeCount ? getSelection().getRangeAt(0).getClientRects()[0] : null;
    if (!caret || box.height < 1.8 * line) return true;
    return direction < 0 ? caret.top - box.top < 0.8 * line : box.bottom - caret.bottom < 0.8 * line;
  }

  get hasFocus() {
    return this.list.contains(document.activeElement);
  }

  id(event) {
    return Number(event.target.closest('.cue')?.dataset.id);
  }

  focused(event) {
    const id = this.id(event);
    // The browser has scrolled for the keyboard; under a pressed mouse nothing may move.
    if (id && id !== this.current) this.select(id, null, false);
  }

  blurred(event) {
    if (!event.target.classList.contains('text')) return;
    const cue = this.model.cues[this.model.index(this.id(event))];
    if (cue && event.target.textContent !== cue.text) event.target.textContent = cue.text;
    if (cue) this.highlights.mark(cue, event.target.firstChild);
  }

  input(event) {
    const id = this.id(event);
    this.typed = true;
    this.model.change('text', this.model.index(id), { text: oneLine(event.target.textContent) }, `text-${id}`);
  }

  clicked(event) {
    const id = this.id(event);
    if (!id) return;
    this.held = event.target.classList.contains('text'); // a click chooses where to type
    if (event.target.classList.contains('time')) this.select(id, 0);
    if (event.target.classList.contains('check')) this.onCheck(id);
  }

  lock(readOnly) {
    this.list.classList.toggle('locked', readOnly);
    for (const { text } of this.rows.values()) {
      text.setAttribute('contenteditable', readOnly ? 'false' : 'plaintext-only');
      text.setAttribute('aria-readonly', String(readOnly));
    }
  }
}
