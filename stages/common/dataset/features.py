"""Log-mel spectrograms as faster-whisper, which runs in production, computes them.

faster-whisper pads the features with zeros, transformers pads the audio with silence: two different
inputs for the same clip. Training therefore uses faster-whisper's features.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import soundfile
from faster_whisper.audio import pad_or_trim
from faster_whisper.feature_extractor import FeatureExtractor

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.files import read_json

FRAMES = 3_000
"""Frames of the encoder's input: 30 s in steps of 10 ms."""
MAX_SAMPLES = FRAMES * 160


def load_extractor(model: Path) -> FeatureExtractor:
    """The feature extractor of the model in folder `model`, with its number of mels (80 or 128).

    Raises: UserError if its preprocessor file is missing or damaged.
    """
    config = read_json(model / "preprocessor_config.json")
    return FeatureExtractor(feature_size=int(config["feature_size"]))


def log_mel(extractor: FeatureExtractor, samples: np.ndarray) -> np.ndarray:
    """(n,) float32 at 16 kHz, at most 30 s -> (mels, 3000) float32."""
    return np.asarray(pad_or_trim(extractor(samples), FRAMES), np.float32)


def decode_clip(flac: bytes) -> np.ndarray:
    """A dataset clip's samples, float32 mono at 16 kHz, shape (n,).

    Raises: ValueError for another sample rate.
    """
    samples, rate = soundfile.read(io.BytesIO(flac), dtype="float32")
    if rate != SAMPLE_RATE:
        raise ValueError(f"a clip of the dataset has {rate} Hz, expected {SAMPLE_RATE}")
    return np.asarray(samples)
