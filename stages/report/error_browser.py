"""The error browser: the most harmful clips with transcripts and audio, for whoever may read and
hear them. One file; its script only filters the clips."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import jiwer

from stages.common.evaluation.harm import GROUPS, WEIGHTS, ClipHarm
from stages.common.text.normalizer import scoring_form
from stages.report.environment import TEMPLATES, render

MAX_CLIPS = 100
MAX_AUDIO_BYTES = 13_000_000
"""Of FLAC. Base64 adds a third, so that the page stays under 20 MB."""


@dataclass(frozen=True)
class Chunk:
    """Consecutive words of a hypothesis that match the reference, or one error."""

    kind: Literal["equal", "substitute", "delete", "insert"]
    reference: str
    hypothesis: str


@dataclass(frozen=True)
class _Clip:
    id: str
    start: float
    """Seconds from the recording's start."""
    seconds: float
    reference: str
    base: list[Chunk]
    tuned: list[Chunk]
    base_errors: int
    tuned_errors: int
    harm: int
    kinds: Mapping[str, int]
    """Errors of the tuned model by kind."""
    groups: Sequence[str]
    """The filters that show the clip."""
    audio: str | None
    """FLAC as base64; None where the page would become too large."""


def render_error_browser(
    clips: Sequence[ClipHarm], transcribed: int, audio: Callable[[str], bytes]
) -> str:
    """The whole page.

    Args:
        clips: those with errors of the tuned model, the most harmful first.
        transcribed: the number of all clips.
        audio: returns a clip's FLAC by its id.
    """
    shown, left = [], MAX_AUDIO_BYTES
    for clip in clips[:MAX_CLIPS]:
        flac = audio(clip.tuned.id)
        left -= len(flac)
        shown.append(_clip(clip, flac if left >= 0 else None))
    return render(
        TEMPLATES / "error_browser.html.j2",
        clips=shown,
        wrong=len(clips),
        transcribed=transcribed,
        silent=sum(clip.audio is None for clip in shown),
        weights=WEIGHTS,
        groups={name: sum(name in clip.groups for clip in shown) for name in GROUPS},
    )


def _clip(clip: ClipHarm, flac: bytes | None) -> _Clip:
    base, tuned = clip.base, clip.tuned
    return _Clip(
        id=tuned.id,
        start=tuned.start,
        seconds=tuned.seconds,
        reference=scoring_form(tuned.reference),
        base=word_diff(base.reference, base.hypothesis),
        tuned=word_diff(tuned.reference, tuned.hypothesis),
        base_errors=base.errors,
        tuned_errors=tuned.errors,
        harm=clip.harm,
        kinds=clip.errors,
        groups=clip.groups,
        audio=None if flac is None else base64.b64encode(flac).decode(),
    )


def word_diff(reference: str, hypothesis: str) -> list[Chunk]:
    """The hypothesis aligned to the reference, both in the form in which they are scored."""
    output = jiwer.process_words(scoring_form(reference), scoring_form(hypothesis))
    expected, actual = output.references[0], output.hypotheses[0]
    return [
        Chunk(
            chunk.type,
            " ".join(expected[chunk.ref_start_idx : chunk.ref_end_idx]),
            " ".join(actual[chunk.hyp_start_idx : chunk.hyp_end_idx]),
        )
        for chunk in output.alignments[0]
    ]
