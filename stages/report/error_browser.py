"""The error browser: the most harmful clips with transcripts and audio, for whoever may read and
hear them. One file; its script only filters the clips."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

import jiwer

from stages.common.evaluation.harm import GROUPS, WEIGHTS, ClipHarm
from stages.common.text.normalizer import scoring_form
from stages.report.environment import TEMPLATES, render

MAX_CLIPS = 100
MAX_AUDIO_BYTES = 13_000_000
"""Of FLAC. Base64 adds a third, so that the page stays under 20 MB."""


class Chunk(NamedTuple):
    """Consecutive words of a hypothesis that match the reference, or one error."""

    kind: Literal["equal", "substitute", "delete", "insert"]
    reference: str
    hypothesis: str


def render_error_browser(
    clips: Sequence[ClipHarm], transcribed: int, audio: Callable[[str], bytes], language: str
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
        # No audio where the page would become too large.
        shown.append((clip, base64.b64encode(flac).decode() if left >= 0 else None))
    return render(
        TEMPLATES / "error_browser.html.j2",
        clips=shown,
        wrong=len(clips),
        transcribed=transcribed,
        silent=sum(flac is None for _, flac in shown),
        weights=WEIGHTS,
        groups={name: sum(name in clip.groups for clip, _ in shown) for name in GROUPS},
        scoring_form=partial(scoring_form, language=language),
        word_diff=partial(word_diff, language=language),
    )


def word_diff(reference: str, hypothesis: str, language: str) -> list[Chunk]:
    """The hypothesis aligned to the reference, both in the form in which they are scored."""
    output = jiwer.process_words(
        scoring_form(reference, language), scoring_form(hypothesis, language)
    )
    expected, actual = output.references[0], output.hypotheses[0]
    return [
        Chunk(
            chunk.type,
            " ".join(expected[chunk.ref_start_idx : chunk.ref_end_idx]),
            " ".join(actual[chunk.hyp_start_idx : chunk.hyp_end_idx]),
        )
        for chunk in output.alignments[0]
    ]
