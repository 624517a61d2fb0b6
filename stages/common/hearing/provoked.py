"""Models provoked to say what nobody said: probes without speech, and test clips cut in half.

Both are where a model talks on by itself. In the probes every word is hallucinated; and what stands
in training texts, there or behind a cut, is memorized.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from faster_whisper import WhisperModel

from stages.common.dataset.features import decode_clip
from stages.common.dataset.side import load_side
from stages.common.files import Row
from stages.common.hearing.joined import in_batches
from stages.common.hearing.probes import hallucinated, probe_clips
from stages.common.params import Evaluate
from stages.common.scoring.memorized import Memorized, Trained, cut_off, memorized

MOST_CUT = 100
"""Of the test clips: each costs a window, as much as several clips that are heard joined."""
_PROBES_SEED = 0


@dataclass(frozen=True)
class Provocation:
    id: str
    samples: np.ndarray
    """16 kHz, shape (n,), at most 30 s."""
    reference: str
    """All that a cut clip said before it was cut: what it says behind the cut is no memory either.
    Of a probe nothing."""


def hear_provoked(
    model: WhisperModel, test: Path, language: str, evaluate: Evaluate
) -> tuple[list[Row], dict[str, Any]]:
    """Hear the probes and the cut clips, each by itself: a neighbour's words would end the silence.

    test: the folder of the test side.
    Returns: a row for each, with `id`, `reference` and `hypothesis`, which never enter git; and the
    hallucinations in the probes, as metrics.
    """
    probes = probe_clips(_PROBES_SEED)
    silent = (Provocation(f"probe-{n:02d}", probe.samples, "") for n, probe in enumerate(probes))
    heard = in_batches(
        model, chain(silent, cut_clips(test)), _samples_of, language, evaluate.beam_size
    )
    rows = [
        {"id": each.id, "reference": each.reference, "hypothesis": text} for each, text in heard
    ]
    kinds = hallucinated(probes, [row["hypothesis"] for row in rows[: len(probes)]]).values()
    return rows, {
        "probe_clips": len(probes),
        "probe_clips_with_words": sum(kind.clips_with for kind in kinds),
        "hallucinated_words": sum(kind.words for kind in kinds),
    }


def cut_clips(test: Path, most: int = MOST_CUT) -> Iterator[Provocation]:
    """First halves of at most so many clips, spread evenly over the side."""
    side = load_side(test)
    count = min(most, len(side))
    for number in range(count):
        row = side[number * len(side) // count]
        yield Provocation(row["id"], cut_off(decode_clip(row["audio"])), row["text"])


def _samples_of(each: Provocation) -> np.ndarray:
    return each.samples


def memory(trained: Trained, tuned: Sequence[Row], base: Sequence[Row]) -> dict[str, Any]:
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
