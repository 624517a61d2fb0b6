"""Log-mels as production computes them.

faster-whisper pads the features with zeros where transformers pads the audio with silence: two
different inputs for one clip. Training on production's own features keeps the two alike.
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

# Whisper's own. Not taken from audio.py: how files are decoded is no reason to train anew.
FRAMES = 3_000


def load_extractor(model: Path) -> FeatureExtractor:
    """For the model in folder `model`, whose preprocessor file says 80 or 128 mels."""
    said = read_json(model / "preprocessor_config.json")
    return FeatureExtractor(feature_size=int(said["feature_size"]))


def log_mel(extractor: FeatureExtractor, samples: np.ndarray) -> np.ndarray:
    """samples: float32 mono at 16 kHz, at most 30 s -> float32 (mels, 3000)."""
    return np.asarray(pad_or_trim(extractor(samples), FRAMES), np.float32)


def decode_clip(flac: bytes) -> np.ndarray:
    """A clip of the dataset -> float32 mono at 16 kHz."""
    samples, rate = soundfile.read(io.BytesIO(flac), dtype="float32")
    if rate != SAMPLE_RATE:
        raise ValueError(f"a clip of the dataset has {rate} Hz, expected {SAMPLE_RATE}")
    return np.asarray(samples)
