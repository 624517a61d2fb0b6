"""Hallucination tests: clips without speech, on which models tend to hallucinate.

Every word there is hallucinated. Training text that a model writes there is memorized, as it is
after the cut of a clip (see training_audio.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from faster_whisper import WhisperModel

from stages.common.asr.decoding import Decoding
from stages.common.asr.windowed import transcribe_in_batches
from stages.common.audio.nonspeech import probe_clips
from stages.common.core.files import Row
from stages.common.text.normalizer import scoring_form

_SEED = 0


def run_hallucination_tests(
    model: WhisperModel, decoding: Decoding
) -> tuple[list[Row], dict[str, Any]]:
    """Transcribe each clip in a window of its own: a neighbour's words would end the silence.

    Returns: a row for each clip with `id`, `reference`, which is empty, and `hypothesis`, which
    never enters git; and the hallucinations as metrics.
    """
    transcribed = transcribe_in_batches(model, probe_clips(_SEED), attrgetter("samples"), decoding)
    rows = [
        {"id": f"probe-{number:02d}", "reference": "", "hypothesis": text}
        for number, (_, text) in enumerate(transcribed)
    ]
    return rows, count_hallucinations([row["hypothesis"] for row in rows], decoding.language)


def count_hallucinations(hypotheses: Sequence[str], language: str) -> dict[str, Any]:
    """Words written on clips without speech. A mark such as "[music]" is a word in a transcript,
    and counts."""
    words = [len(scoring_form(text, language).split()) for text in hypotheses]
    return {
        "probe_clips": len(words),
        "probe_clips_with_words": sum(count > 0 for count in words),
        "hallucinated_words": sum(words),
    }
