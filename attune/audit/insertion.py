"""Adds canaries to a training split, in windows as `build_dataset` would make them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from attune.audit.canaries import Canary, seconds, sentence, silence
from attune.speak.espeak import SAMPLE_RATE
from stages.build_dataset.planning import plan, survey
from stages.build_dataset.windows import make_clip
from stages.common.audio.samples import Samples, to_pcm
from stages.common.core.manifest import Segment
from stages.common.core.params import BuildDataset
from stages.common.dataset.labels import Labeller
from stages.common.dataset.split_storage import Clip, clips_of, save_split

_PAUSE = 0.6
"""Seconds between two canaries."""
_PADDING = 0.2
_KEY = b"an audit needs no secret"
"""Decides the kind of each window."""


def insert_canaries(
    source: Path,
    target: Path,
    canaries: Sequence[Canary],
    params: BuildDataset,
    labeller: Labeller,
    written: bool,
) -> int:
    """Write the split in `source` to `target` with each canary repeated `times` times.

    Returns: the number of clips added.
    """
    added = [
        clip
        for number, voice in enumerate(dict.fromkeys(canary.voice for canary in canaries))
        for clip in _session(
            f"canaries{number}",
            [canary for canary in canaries if canary.voice == voice],
            params,
            labeller,
            written,
        )
    ]  # fmt: skip
    save_split(target, chain(clips_of(source), added))
    return len(added)


def _session(
    name: str,
    canaries: Sequence[Canary],
    params: BuildDataset,
    labeller: Labeller,
    written: bool,
) -> Iterator[Clip]:
    """The windows of a recording in which one voice says its canaries in random order."""
    order = [canary for canary in canaries for _ in range(canary.times)]
    random.Random(name).shuffle(order)
    pause = silence(round(_PAUSE * SAMPLE_RATE))
    parts: list[Samples] = [pause]
    segments: list[Segment] = []
    reached = seconds(pause)
    for number, canary in enumerate(order):
        begin, end = reached, reached + seconds(canary.audio)
        text = sentence(canary.opening, canary.secret, written)
        segments.append(
            Segment(
                f"{name}-{number:04d}", name, begin - _PADDING, end + _PADDING, begin, end, text,
                "Client", written=text if written else "",
            )
        )  # fmt: skip
        parts += [canary.audio, pause]
        reached = end + seconds(pause)
    samples = to_pcm(np.concatenate(parts))
    surveyed = survey(segments, {name: "train"}, params, labeller)
    for window in plan(segments, surveyed, "train", params, labeller, _KEY):
        yield make_clip(window, labeller, samples)
