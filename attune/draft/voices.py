"""Speaker embeddings: vectors of voices, independent of the words.

The encoder is Resemblyzer's (Apache-2.0), trained with the loss of Wan et al. (2018), "Generalized
end-to-end loss for speaker verification". Its package contains the weights, so nothing is
downloaded; its code is not used, since it needs packages that must be compiled.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import librosa
import numpy as np
import numpy.typing as npt
import torch

from stages.common.audio.level import gain_for, measure_level
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.errors import UserError

Embeddings = npt.NDArray[np.float32]
Window = tuple[float, float]
"""(start, end) in seconds."""

_MELS, _SIZE, _LAYERS = 40, 256, 3
_FRAME, _HOP = 400, 160
"""Samples of a frame of 25 ms, and of a step of 10 ms."""
_LEVEL_DBFS = -30.0
_WINDOW, _STEP = 1.5, 0.75
"""Seconds of speech per embedding, about as in the encoder's training, and between the starts of
two."""


def weights() -> Path:
    """The encoder's file. Raises: UserError if its package is not installed."""
    spec = find_spec("resemblyzer")
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder) / "pretrained.pt").is_file():
            return path
    raise UserError("the package resemblyzer (speaker embeddings) is missing; run `make setup`")


def embeddings(samples: Samples, speech: Sequence[Window]) -> tuple[list[Window], Embeddings]:
    """Windows of up to 1.5 s in each interval of speech, and the voice in each.

    Args:
        samples: 16 kHz mono, shape (samples,).
        speech: intervals without a pause, by start.

    Returns: the windows, by start, and unit vectors of shape (windows, 256).
    """
    windows: list[Window] = []
    found = [np.zeros((0, _SIZE), np.float32)]
    # To the level of the training data; quiet recordings only, as Resemblyzer does.
    gain = np.float32(10 ** (max(0.0, gain_for(*measure_level(samples), _LEVEL_DBFS)[0]) / 20))
    for start, end in speech:
        part = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        if len(part) < _FRAME:
            continue
        inside = _windows(end - start)
        windows += [(start + first, start + last) for first, last in inside]
        found.append(_encode(part * gain, inside))
    return windows, np.concatenate(found)


def _windows(seconds: float) -> list[Window]:
    """Windows of equal length that cover an interval."""
    last = max(0.0, seconds - _WINDOW)
    starts = np.linspace(0.0, last, 1 + int(np.ceil(last / _STEP)))
    return [(float(start), float(start) + min(seconds, _WINDOW)) for start in starts]


def _encode(part: Samples, windows: Sequence[Window]) -> Embeddings:
    mels = librosa.feature.melspectrogram(
        y=part, sr=SAMPLE_RATE, n_fft=_FRAME, hop_length=_HOP, n_mels=_MELS
    ).T
    frames = max(1, round((windows[0][1] - windows[0][0]) * SAMPLE_RATE) // _HOP)
    firsts = [round(start * SAMPLE_RATE) // _HOP for start, _ in windows]
    batch = np.stack([mels[first : first + frames] for first in firsts])
    with torch.inference_mode():
        vectors: Embeddings = _encoder()(torch.from_numpy(batch)).numpy()
    return vectors


class _Encoder(torch.nn.Module):
    """Resemblyzer's network."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(_MELS, _SIZE, _LAYERS, batch_first=True)
        self.linear = torch.nn.Linear(_SIZE, _SIZE)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        """mels: power, shape (windows, frames, 40) -> unit vectors, shape (windows, 256)."""
        _, (hidden, _) = self.lstm(mels)
        return torch.nn.functional.normalize(torch.relu(self.linear(hidden[-1])))


@cache
def _encoder() -> _Encoder:
    encoder = _Encoder()
    state = torch.load(weights(), map_location="cpu", weights_only=True)["model_state"]
    encoder.load_state_dict(
        {name: state[name] for name in encoder.state_dict()}  # two more are for training
    )
    encoder.eval()
    return encoder
