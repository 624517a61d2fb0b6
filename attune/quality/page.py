"""One recording's page: its waveform with the segments, what was lost, what to listen to first."""

from __future__ import annotations

import html
from collections.abc import Sequence

from attune.quality.view import PEAKS_A_SECOND, Passage, View, rows_of
from stages.common.core.reasons import CUE
from stages.report.page_style import opening

ROW_SECONDS = 120.0
_HEIGHT, _WAVE, _LANE = 64, 44, 16
"""Of a row, its waveform and the lane of segments below, in units of the drawing."""
_WIDTH = 1200

_STYLE = """
svg { display: block; width: 100%; height: 64px; } svg path { fill: #8889; }
rect { cursor: pointer; stroke: #0006; stroke-width: 1; vector-effect: non-scaling-stroke; }
rect:hover, rect:focus, rect.on { stroke: currentColor; stroke-width: 3; outline: none; }
.s0 { fill: #b2541c; } .s1 { fill: #e8b04a; } .s2 { fill: #8fc1de; } .s3 { fill: #2f74b5; }
.timed { fill: #6b9c78; } .lost { fill: none; stroke: #c0392b; stroke-dasharray: 3 2; }
.k0 { background: #b2541c; } .k1 { background: #e8b04a; } .k2 { background: #8fc1de; }
.k3 { background: #2f74b5; } .kt { background: #6b9c78; } .kl { border: 2px dashed #c0392b; }
.row { display: grid; grid-template-columns: 3.5rem 1fr; align-items: center; }
#said { min-height: 5rem; border-left: 4px solid #8886; padding: 0 1rem; }
#said p { margin: .2rem 0; }
"""
_SCRIPT = """
const audio = document.querySelector("audio"), said = document.querySelector("#said");
let stop = Infinity, on = null;
audio.addEventListener("timeupdate", () => { if (audio.currentTime >= stop) audio.pause(); });
function play(start, end) {
  audio.currentTime = start; stop = Math.max(end, start + 1); audio.play().catch(() => {});
}
function choose(rect) {
  if (on) on.classList.remove("on");
  on = rect; rect.classList.add("on");
  said.textContent = "";
  const about = document.createElement("small"), text = document.createElement("p");
  about.textContent = rect.dataset.about; text.textContent = rect.dataset.text; text.dir = "auto";
  said.append(about, text);
  play(+rect.dataset.start, +rect.dataset.end);
}
document.addEventListener("click", e => {
  const at = e.target;
  if (at.matches("rect")) choose(at);
  if (at.matches("button")) play(+at.dataset.start, +at.dataset.end);
});
document.addEventListener("keydown", e => {
  if (e.target.matches("rect") && (e.key === "Enter" || e.key === " ")) {
    e.preventDefault(); choose(e.target);
  }
});
document.documentElement.dataset.drawn = Math.round(performance.now());
"""


def clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f}:{rest:04.1f}"


def page(view: View) -> str:
    """The whole page, one file."""
    rows = "".join(_row(view, start, end) for start, end in rows_of(view.seconds, ROW_SECONDS))
    median = "" if view.score_median is None else f" Median score {view.score_median:.2f}."
    return (
        f"{opening(view.recording, _STYLE)}"
        f'<p><a href="index.html">All recordings</a><h1>{view.recording}</h1>'
        f"<p>{view.seconds / 60:.1f} minutes, {view.speech_seconds / 60:.1f} of them speech, "
        f"{view.untexted_seconds / 60:.1f} of that without text. {len(view.kept)} segments hold "
        f"{view.kept_share:.1%} of the transcript's words.{median} "
        "This page holds transcripts: keep it where the recordings are kept."
        f'<p><audio controls preload="none" src="{html.escape(view.audio)}"></audio>'
        "<p>Score: "
        '<span class="key k0"></span>under 0.3 <span class="key k1"></span>to 0.5 '
        '<span class="key k2"></span>to 0.7 <span class="key k3"></span>above '
        '<span class="key kt"></span>times of its own <span class="key kl"></span>lost'
        f'{rows}<div id="said"><small>Choose a segment to read and hear it.</small></div>'
        f"<h2>To listen to first</h2>{_articles(view.suspicious())}"
        f"<h2>What was lost</h2>{_losses(view)}<script>{_SCRIPT}</script></html>\n"
    )


def _row(view: View, start: float, end: float) -> str:
    """A stretch of the recording: the waveform, under it a box for each passage."""
    scale = _WIDTH / ROW_SECONDS
    first, last = round(start * PEAKS_A_SECOND), round(end * PEAKS_A_SECOND)
    step, half = _WIDTH / ROW_SECONDS / PEAKS_A_SECOND, _WAVE / 2
    bars = "".join(
        f"M{n * step:.0f} {half - peak * half / 100:.0f}h{step * 0.8:.1f}v{peak * _WAVE / 100:.0f}"
        f"h-{step * 0.8:.1f}z"
        for n, peak in enumerate(view.peaks[first:last])
        if peak > 2
    )
    boxes = "".join(
        _box(passage, start, scale) for passage in view.passages if _in_row(passage, start, end)
    )
    return (
        f'<div class="row"><small>{clock(start)}</small><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'preserveAspectRatio="none"><path d="{bars}"/>{boxes}</svg></div>'
    )


def _in_row(passage: Passage, start: float, end: float) -> bool:
    return passage.start < end and max(passage.end, passage.start + 0.01) > start


def _box(passage: Passage, row_start: float, scale: float) -> str:
    left = max(0.0, (passage.start - row_start) * scale)
    right = min(float(_WIDTH), (passage.end - row_start) * scale)
    about = html.escape(_about(passage))
    return (
        f'<rect tabindex="0" role="button" class="{_class(passage)}" x="{left:.1f}" '
        f'y="{_HEIGHT - _LANE}" width="{max(4.0, right - left):.1f}" height="{_LANE - 1}" '
        f'data-start="{passage.start:.2f}" data-end="{passage.end:.2f}" data-about="{about}" '
        f'data-text="{html.escape(passage.text)}"><title>{about}</title></rect>'
    )


def _class(passage: Passage) -> str:
    if passage.reason:
        return "lost"
    if passage.score is None:
        return "timed"
    return f"s{sum(passage.score >= limit for limit in (0.3, 0.5, 0.7))}"


def _about(passage: Passage) -> str:
    parts = [f"{clock(passage.start)} to {clock(passage.end)}"]
    parts += [passage.speaker] if passage.speaker else []
    parts += [f"score {passage.score:.2f}"] if passage.score is not None else []
    if passage.confidence is not None:
        parts.append(f"the model was {passage.confidence:.0%} sure of what it heard")
    if passage.end > passage.start:
        parts.append(f"{passage.words / (passage.end - passage.start):.1f} words a second")
    if passage.reason:
        parts.append(f"lost: its words {CUE[passage.reason]}")
    return ", ".join(parts)


def _articles(passages: Sequence[Passage]) -> str:
    if not passages:
        return "<p>Nothing was scored, and nothing was lost."
    return "".join(
        f'<article><button data-start="{p.start:.2f}" data-end="{p.end:.2f}">Play</button> '
        f'<small>{html.escape(_about(p))}</small><p dir="auto">{html.escape(p.text)}</p></article>'
        for p in passages
    )


def _losses(view: View) -> str:
    if not view.lost:
        return "<p>No words."
    seconds = {r: 0.0 for r in view.lost_words()}
    for passage in view.lost:
        seconds[passage.reason] += passage.end - passage.start
    rows = "".join(
        f"<tr><td>They {html.escape(CUE[reason])}<td>{words}<td>{seconds[reason] / 60:.1f}"
        for reason, words in sorted(view.lost_words().items())
    )
    return (
        f'<div class="wide"><table><tr><th>Why<th>Words<th>Minutes{rows}</table></div>'
        f"<details><summary>All that was lost</summary>{_articles(view.lost)}</details>"
    )
