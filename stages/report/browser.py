"""The error browser: a page with transcripts and audio, for the person who may read and hear them.

One file, nothing loaded from elsewhere; its script only hides clips.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

from stages.common.evaluation.harm import GROUPS, WEIGHTS, ClipHarm
from stages.common.text.normalizer import scoring_form
from stages.report.marked import marked
from stages.report.markup import table, text
from stages.report.page_style import opening

SHOWN = 100
_AUDIO_BYTES = 13_000_000
"""Of FLAC; as text in the page a third more, so that the page stays under 20 MB."""
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; media-src data:; '
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
)
_STYLE = """
body { max-width: 62rem; }
.private { border: 3px solid #c0392b; padding: .5rem 1rem; font-weight: 700; }
article { margin: 1.4rem 0; overflow-wrap: anywhere; break-inside: avoid; }
article p { display: grid; grid-template-columns: 6rem 1fr; } article p > b { font-weight: 600; }
audio { display: block; height: 2.2rem; width: 100%; max-width: 26rem; margin: .3rem 0; }
ins { background: #4a90d944; } del { background: #d9534f44; }
mark { background: #e8a33d55; color: inherit; border-bottom: 2px dotted currentColor; }
button { padding: .2rem .8rem; margin: 0 .4rem .4rem 0; }
button[aria-pressed="true"] { font-weight: 700; outline: 2px solid currentColor; }
@media (max-width: 40rem) { article p { grid-template-columns: 1fr; } }
"""
_SCRIPT = """
const buttons = document.querySelectorAll("button"), clips = document.querySelectorAll("article");
for (const chosen of buttons) chosen.addEventListener("click", () => {
  for (const one of buttons) one.setAttribute("aria-pressed", one === chosen);
  const kind = chosen.dataset.kind;
  for (const clip of clips) clip.hidden = kind && !clip.dataset.kinds.split(",").includes(kind);
});
"""


def browser(found: Sequence[ClipHarm], clips: int, audio: Callable[[str], bytes]) -> str:
    """The page.

    Args:
        found: clips with errors, the most harmful first.
        clips: how many clips were heard.
        audio: a clip's FLAC by its id.
    """
    shown = found[:SHOWN]
    left, silent, articles = _AUDIO_BYTES, 0, []
    for clip in shown:
        sound = audio(clip.tuned.id)
        left -= len(sound)
        silent += left < 0
        articles.append(_article(clip, sound if left >= 0 else None))
    buttons = "".join(
        _button(name, name.capitalize(), sum(name in clip.groups for clip in shown))
        for name in GROUPS
    )
    weights = [(text(kind.capitalize()), str(weight)) for kind, weight in WEIGHTS.items()]
    return (
        f"{opening('PRIVATE: errors, clip by clip', _STYLE)}{_POLICY}<main>"
        '<p class="private">PRIVATE: this page holds words and voices of sessions. Keep it where '
        "the recordings are kept, and send it to nobody.</p>"
        "<h1>Errors, the most harmful first</h1>"
        f"<p>{_said(len(shown), len(found), clips, silent)}</p>"
        "<details><summary>What harm means</summary><p>Each fault of the tuned model has a weight; "
        "a clip's harm is their sum. A wrong number of a dose counts as both. The weights only "
        f"order the clips.</p>{table(('Fault', 'Weight'), weights)}</details>"
        "<p><mark>replaced</mark> <ins>added</ins> <del>left out</del></p>"
        f"<p>{_button('', 'All', len(shown), pressed=True)}{buttons}</p>"
        f"{''.join(articles)}<script>{_SCRIPT}</script></main></html>\n"
    )


def _said(shown: int, wrong: int, clips: int, silent: int) -> str:
    said = f"{wrong:,} of {clips:,} clips have errors of the tuned model."
    if wrong > shown:
        said += f" These are the {shown} most harmful; {wrong - shown:,} are left out."
    if silent:
        said += f" {silent} of them have no audio here, so that the page stays small."
    return said


def _button(kind: str, name: str, number: int, *, pressed: bool = False) -> str:
    return (
        f'<button type="button" data-kind="{kind}" aria-pressed="{str(pressed).lower()}">{name} '
        f"{number}</button>"
    )


def _article(clip: ClipHarm, sound: bytes | None) -> str:
    minutes, seconds = divmod(clip.tuned.start, 60)
    faults = ", ".join(f"{kind}: {number}" for kind, number in clip.errors.items())
    player = "<p>Its audio is left out.</p>"
    if sound is not None:
        data = base64.b64encode(sound).decode()
        player = f'<audio controls preload="none" src="data:audio/flac;base64,{data}"></audio>'
    return (
        f'<article data-kinds="{",".join(clip.groups)}"><strong>Harm {clip.harm}</strong> '
        f"({text(faults)})<br><small>{text(clip.tuned.id)}, from {minutes:.0f}:{seconds:04.1f}, "
        f"{clip.tuned.seconds:.1f} s; errors of the base {clip.base.errors}, of the tuned model "
        f"{clip.tuned.errors}</small>{player}"
        f"<p><b>Said</b> <span>{text(scoring_form(clip.tuned.reference))}</span>"
        f"<p><b>Base</b> <span>{marked(clip.tuned.reference, clip.base.hypothesis)}</span>"
        f"<p><b>Tuned</b> <span>{marked(clip.tuned.reference, clip.tuned.hypothesis)}</span></article>"
    )
