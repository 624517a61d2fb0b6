"""Hallucination tests: clips without speech, and test clips cut in half.

In both a model tends to write on by itself. On clips without speech every word is hallucinated.
Training text that a model writes there, or after a cut, is memorized.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from stages.common.asr.decoding import Decoding
from stages.common.asr.windowed import transcribe_in_batches
from stages.common.audio.nonspeech import probe_clips
from stages.common.audio.samples import first_half
from stages.common.core.files import Row
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split_storage import load_split
from stages.common.text.normalizer import scoring_form

MAX_CUT_CLIPS = 30
"""Each costs a window, as much as several clips that are decoded together."""
_SEED = 0


@dataclass(frozen=True)
class HallucinationTest:
    id: str
    samples: np.ndarray
    """16 kHz, shape (n,), at most 30 s."""
    reference: str
    """The whole clip's, so that words after the cut are no memory either. "" without speech."""


def run_hallucination_tests(
    model: WhisperModel, test: Path, decoding: Decoding
) -> tuple[list[Row], dict[str, Any]]:
    """Transcribe each clip in a window of its own: a neighbour's words would end the silence.

    test: the folder of the test split.
    Returns: a row for each clip with `id`, `reference` and `hypothesis`, which never enter git; and
    the hallucinations on clips without speech, as metrics.
    """
    nonspeech = [
        HallucinationTest(f"probe-{number:02d}", clip.samples, "")
        for number, clip in enumerate(probe_clips(_SEED))
    ]
    hypotheses = transcribe_in_batches(
        model,
        chain(nonspeech, cut_clips(test)),
        attrgetter("samples"),
        decoding,
    )
    rows = [
        {"id": each.id, "reference": each.reference, "hypothesis": text}
        for each, text in hypotheses
    ]
    return rows, count_hallucinations(
        [row["hypothesis"] for row in rows[: len(nonspeech)]], decoding.language
    )


def count_hallucinations(hypotheses: Sequence[str], language: str) -> dict[str, Any]:
    """Words written on clips without speech. A mark such as "[music]" is a word in a transcript,
    and counts."""
    words = [len(scoring_form(text, language).split()) for text in hypotheses]
    return {
        "probe_clips": len(words),
        "probe_clips_with_words": sum(count > 0 for count in words),
        "hallucinated_words": sum(words),
    }


def cut_clips(test: Path, most: int = MAX_CUT_CLIPS) -> Iterator[HallucinationTest]:
    """First halves of at most `most` clips, spread evenly over the test split."""
    split = load_split(test)
    count = min(most, len(split))
    for number in range(count):
        row = split[number * len(split) // count]
        yield HallucinationTest(row["id"], first_half(decode_clip(row["audio"])), row["text"])
