"""Models provoked to say what nobody said: probes without speech, and test clips cut in half.

Both are where a model talks on by itself. In the probes every word is hallucinated; and what stands
in training texts, there or behind a cut, is memorized.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from stages.common.asr.windowed import transcribe_in_batches
from stages.common.audio.nonspeech import Probe, probe_clips
from stages.common.audio.samples import SAMPLE_RATE, first_half
from stages.common.core.files import Row
from stages.common.core.params import Evaluate
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split import load_split
from stages.common.evaluation.memorization import Memorized, TrainingNgrams, memorized
from stages.common.text.normalizer import scoring_form

MOST_CUT = 100
"""Of the test clips: each costs a window, as much as several clips that are heard joined."""
_PROBES_SEED = 0


@dataclass(frozen=True)
class HallucinationTest:
    id: str
    samples: np.ndarray
    """16 kHz, shape (n,), at most 30 s."""
    reference: str
    """All that a cut clip said before it was cut: what it says behind the cut is no memory either.
    Of a probe nothing."""


def run_hallucination_tests(
    model: WhisperModel, test: Path, language: str, evaluate: Evaluate
) -> tuple[list[Row], dict[str, Any]]:
    """Hear the probes and the cut clips, each by itself: a neighbour's words would end the silence.

    test: the folder of the test side.
    Returns: a row for each, with `id`, `reference` and `hypothesis`, which never enter git; and the
    hallucinations in the probes, as metrics.
    """
    probes = probe_clips(_PROBES_SEED)
    silent = (
        HallucinationTest(f"probe-{n:02d}", probe.samples, "") for n, probe in enumerate(probes)
    )
    heard = transcribe_in_batches(
        model, chain(silent, cut_clips(test)), _samples_of, language, evaluate.beam_size
    )
    rows = [
        {"id": each.id, "reference": each.reference, "hypothesis": text} for each, text in heard
    ]
    kinds = count_hallucinations(
        probes, [row["hypothesis"] for row in rows[: len(probes)]]
    ).values()
    return rows, {
        "probe_clips": len(probes),
        "probe_clips_with_words": sum(kind.clips_with for kind in kinds),
        "hallucinated_words": sum(kind.words for kind in kinds),
    }


def cut_clips(test: Path, most: int = MOST_CUT) -> Iterator[HallucinationTest]:
    """First halves of at most so many clips, spread evenly over the side."""
    side = load_split(test)
    count = min(most, len(side))
    for number in range(count):
        row = side[number * len(side) // count]
        yield HallucinationTest(row["id"], first_half(decode_clip(row["audio"])), row["text"])


def _samples_of(each: HallucinationTest) -> np.ndarray:
    return each.samples


def memory(trained: TrainingNgrams, tuned: Sequence[Row], base: Sequence[Row]) -> dict[str, Any]:
    """How much of the training texts comes out of either model, as runs of words and as their share
    of all runs that it wrote. The base never saw them: the tuned one's excess is the measure.

    tuned, base: the rows of `hear_provoked`.
    """
    by_tuned, by_base = (
        sum((memorized(trained, row["hypothesis"], row["reference"]) for row in rows), Memorized())
        for rows in (tuned, base)
    )
    return {
        "memorized": by_tuned.trained,
        "memorized_by_base": by_base.trained,
        "memorized_share": by_tuned.share,
        "memorized_share_by_base": by_base.share,
    }


@dataclass(frozen=True)
class Hallucinations:
    """What was heard in the probes of one kind."""

    clips: int
    seconds: float
    clips_with: int
    """Those in which at least a word was heard."""
    words: int


def count_hallucinations(
    probes: Iterable[Probe], hypotheses: Iterable[str]
) -> dict[str, Hallucinations]:
    """By kind, in the probes' order, the words that a model writes where there are none.

    Args: hypotheses: one for each probe. A mark such as "[music]" is a word in a transcript, and
    counts.
    Raises: ValueError if the two differ in length.
    """
    found: dict[str, Hallucinations] = {}
    for probe, text in zip(probes, hypotheses, strict=True):
        words = len(scoring_form(text).split())
        before = found.get(probe.kind, Hallucinations(0, 0.0, 0, 0))
        found[probe.kind] = Hallucinations(
            before.clips + 1,
            before.seconds + len(probe.samples) / SAMPLE_RATE,
            before.clips_with + (words > 0),
            before.words + words,
        )
    return found
