"""Windows to validate on. A window costs the same however short it is, since Whisper's encoder
computes 30 s: five clips at once take a fifth of the time."""

from __future__ import annotations

from collections.abc import Sequence

import datasets
import numpy as np
import torch

from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.dataset.features import decode_clip
from stages.common.dataset.labels import Labeller
from stages.common.dataset.split_storage import Clip, join_clips
from stages.finetune.batches import FILLER, Item, make_item

_LONGEST, _SHORTEST = 29 * SAMPLE_RATE, 20 * SAMPLE_RATE
"""Samples of each piece of a long recording, but for its last."""
_QUIET = SAMPLE_RATE // 5
"""Samples of the quietest interval, at which a long recording is cut."""


class ValidationWindows(torch.utils.data.Dataset[Item]):
    """Neighbouring clips of a recording as one window, decoded on access; `FILLER` at indices past
    the last. The labels of a window are its text without timestamps."""

    def __init__(
        self, clips: datasets.Dataset, labeller: Labeller, seconds: float, longest: int
    ) -> None:
        """clips: the validation split, without prompts and timestamps; seconds: most of a window;
        longest: most labels of the clips of a window."""
        self._clips, self._labeller = clips, labeller
        rows = (Clip(**row, audio=b"") for row in clips.remove_columns("audio"))
        self.sizes = [len(window) for window in join_clips(rows, seconds, longest)]
        """The number of clips of each window."""
        self._ends = np.cumsum(self.sizes)

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> Item:
        if index >= len(self):
            return FILLER
        end = int(self._ends[index])
        clips = self._clips[end - self.sizes[index] : end]
        samples = np.concatenate([decode_clip(flac) for flac in clips["audio"]])
        start = len(self._labeller.prompt) + 1
        tokens = [token for labels in clips["labels"] for token in labels[start:-1]]
        labels = [*clips["labels"][0][:start], *tokens, self._labeller.end]
        return make_item(samples, np.asarray(labels, np.int64))


class UnlabelledWindows(torch.utils.data.Dataset[Item]):
    """Recordings to transcribe, cut into windows; `FILLER` at indices past the last. All samples
    are in memory: 230 MB for an hour."""

    def __init__(self, recordings: Sequence[Samples], labeller: Labeller) -> None:
        self._pieces: list[Samples] = []
        self.sizes: list[int] = []
        """The number of windows of each recording."""
        self._labels = np.asarray(labeller([], timed=False), np.int64)
        for samples in recordings:
            pieces = cut_at_pauses(samples)
            self._pieces += pieces
            self.sizes.append(len(pieces))

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, index: int) -> Item:
        if index >= len(self):
            return FILLER
        return make_item(self._pieces[index], self._labels)


def cut_at_pauses(samples: Samples) -> list[Samples]:
    """Pieces of up to 29 s, each cut at the quietest 0.2 s from its 20th second on.

    samples: 16 kHz, shape (n,).
    """
    pieces = []
    while len(samples) > _LONGEST:
        power = np.square(samples[_SHORTEST:_LONGEST], dtype=np.float64)
        sums = np.concatenate([[0.0], np.cumsum(power)])
        cut = _SHORTEST + int(np.argmin(sums[_QUIET:] - sums[:-_QUIET])) + _QUIET // 2
        pieces.append(samples[:cut])
        samples = samples[cut:]
    return [*pieces, samples]
