"""Log-mels of a batch are those of production, and of Whisper's own extractor."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import WhisperFeatureExtractor

from demo.speech import Voice, speak
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.dataset.features import FRAMES, log_mel
from stages.finetune.log_mels import LENGTH, LogMels, padded, with_edges

TEXT = "We walked along the river and talked about the week that lies before us. "


def speech(seconds: float) -> np.ndarray:
    said = speak(TEXT * 8, Voice("en"))
    return np.resize(said, round(seconds * SAMPLE_RATE)).astype(np.float32)


def ours(clips: list[np.ndarray], mels: int = 80) -> np.ndarray:
    made = LogMels(FeatureExtractor(feature_size=mels))
    return np.asarray(made(*padded([with_edges(clip) for clip in clips])))


@pytest.mark.parametrize("mels", [80, 128])
def test_they_are_productions(mels: int) -> None:
    clips = [speech(seconds) for seconds in (0.5, 3.21, 29.9, 30.0)]
    extractor = FeatureExtractor(feature_size=mels)
    for got, clip in zip(ours(clips, mels), clips, strict=True):
        expected = log_mel(extractor, clip)
        assert got.shape == expected.shape == (mels, FRAMES)
        assert np.abs(got - expected).max() < 1e-4


@pytest.mark.parametrize("mels", [80, 128])
def test_where_there_is_sound_they_are_whispers_own(mels: int) -> None:
    clips = [speech(seconds) for seconds in (4.0, 30.0)]
    extractor = WhisperFeatureExtractor(feature_size=mels)
    for got, clip in zip(ours(clips, mels), clips, strict=True):
        whispers = extractor(clip, sampling_rate=SAMPLE_RATE, return_tensors="np").input_features[0]
        # The last frames of sound see what lies behind it: a mirror here, silence there.
        sound = len(clip) // 160 - 2
        assert np.abs(got[:, :sound] - whispers[:, :sound]).max() < 1e-4


@given(st.lists(st.integers(400, 30 * SAMPLE_RATE), min_size=1, max_size=3), st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_neighbours_in_a_batch_change_nothing(lengths: list[int], seed: int) -> None:
    draw = np.random.default_rng(seed)
    clips = [draw.uniform(-0.5, 0.5, n).astype(np.float32) for n in lengths]
    together = ours(clips)
    assert np.isfinite(together).all()
    for row, clip in zip(together, clips, strict=True):
        assert np.abs(row - ours([clip])[0]).max() < 1e-5


def test_silence_is_even() -> None:
    (made,) = ours([np.zeros(SAMPLE_RATE, np.float32)])
    assert np.unique(made[:, :101]).tolist() == [-1.5]
    assert not made[:, 101:].any()


def test_the_longest_window_fits() -> None:
    batch, frames = padded([with_edges(np.zeros(30 * SAMPLE_RATE, np.float32))])
    assert batch.shape == (1, LENGTH) and frames.tolist() == [FRAMES]
    assert batch.dtype == torch.float32
