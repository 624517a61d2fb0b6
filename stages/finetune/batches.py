"""Training windows: dataset, order and batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from datasets import Dataset

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.dataset.features import decode_clip
from stages.finetune.log_mels import padded, with_edges
from stages.finetune.loss import IGNORED

_ROUND = 16
"""The length of a batch is a multiple of this (Whisper's 448 positions are one): oneDNN compiles
kernels for each new shape, which took longer than the decoder's products themselves."""

Augmentation = Callable[[np.ndarray, np.ndarray, int, int], tuple[np.ndarray, np.ndarray]]
"""(samples, labels, epoch, index of the window) -> augmented samples and labels."""


Item = dict[str, np.ndarray]
"""samples: float32 as from `log_mels.with_edges`; labels: token ids, shape (tokens,); prompt: the
number of tokens before the start token, shape (); no_speech: the target at the start token in a
non-speech window, `IGNORED` in others, shape ()."""


def make_item(
    samples: np.ndarray, labels: np.ndarray, prompt: int = 0, no_speech: int = IGNORED
) -> Item:
    """samples: float32 at 16 kHz, shape (n,), n <= 480,000."""
    return {
        "samples": with_edges(samples),
        "labels": labels,
        "prompt": np.asarray(prompt),
        "no_speech": np.asarray(no_speech),
    }


FILLER = make_item(np.zeros(SAMPLE_RATE, np.float32), np.zeros(1, np.int64))
"""Silence without supervision."""


class WindowDataset(torch.utils.data.Dataset[Item]):
    """The clips of one split, decoded on access; `FILLER` at indices past the last."""

    def __init__(
        self, clips: Dataset, no_speech: int, augmentation: Augmentation | None = None
    ) -> None:
        """no_speech: see `Labeller`."""
        self.clips = clips
        self._no_speech = no_speech
        self._augmentation = augmentation
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> Item:
        if index >= len(self):
            return FILLER
        clip = self.clips[index]
        samples, labels = decode_clip(clip["audio"]), np.asarray(clip["labels"], np.int64)
        if self._augmentation:
            samples, labels = self._augmentation(samples, labels, self._epoch, index)
        no_speech = IGNORED if clip["text"] else self._no_speech
        return make_item(samples, labels, clip["prompt"], no_speech)


class WindowSampler(torch.utils.data.Sampler[int]):
    """Indices 0 to `windows` - 1, shuffled in each epoch if there is a `seed`, then indices from
    `windows` on up to a multiple of `multiple`.

    Every process must get the same number of batches. accelerate would fill up with windows of the
    same epoch, on which a single process would not train twice.
    """

    def __init__(self, windows: int, multiple: int, seed: int | None = None) -> None:
        self.windows = windows
        self.length = -(-windows // multiple) * multiple
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        order = list(range(self.windows))
        if self.seed is not None:
            generator = torch.Generator().manual_seed(self.seed + self.epoch)
            order = torch.randperm(self.windows, generator=generator).tolist()
        return iter([*order, *range(self.windows, self.length)])


def batch_length(longest: int) -> int:
    """Tokens in each row of a batch whose longest row has `longest`."""
    return -(-longest // _ROUND) * _ROUND


def collate(clips: list[Item]) -> dict[str, torch.Tensor]:
    """A batch of `WindowDataset` items.

    The decoder's input is the sequence without its last token, its target the sequence without its
    first, so the start token occurs once and the end token is supervised. Whisper's padding and end
    token have the same id; padding is masked by its position, never by its id. There is no
    supervision for a sequence of one label, for a prompt, or for the start token after a prompt. In
    a non-speech window the target at the start token is `<|nospeech|>`, as in Whisper's own
    training; decoders drop such windows by its probability.

    Returns: samples and frames as from `log_mels.padded`; decoder_input_ids and labels, int64 of
    shape (clips, length), labels with `IGNORED` where there is no supervision.
    """
    length = batch_length(max(1, max(len(clip["labels"]) for clip in clips) - 1))
    inputs = np.zeros((len(clips), length), np.int64)
    labels = np.full((len(clips), length), IGNORED, np.int64)
    for row, clip in enumerate(clips):
        end = len(clip["labels"]) - 1
        inputs[row] = clip["labels"][-1]
        inputs[row, :end] = clip["labels"][:-1]
        labels[row, :end] = clip["labels"][1:]
        labels[row, : clip["prompt"]] = IGNORED
        if clip["no_speech"] != IGNORED:
            labels[row, clip["prompt"]] = clip["no_speech"]
    samples, frames = padded([clip["samples"] for clip in clips])
    return {
        "samples": samples,
        "frames": frames,
        "decoder_input_ids": torch.from_numpy(inputs),
        "labels": torch.from_numpy(labels),
    }
