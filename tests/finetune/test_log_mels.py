"""Log-mels of a batch equal production's and those of Whisper's own extractor."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import WhisperFeatureExtractor

from attune.speak.espeak import Voice, speak
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.dataset.features import FRAMES, log_mel
from stages.finetune.log_mels import LENGTH, LogMels, padded, with_edges

TEXT = "We walked along the river and talked about the week that lies before us. "


def speech(seconds: float) -> np.ndarray:
    spoken = speak(TEXT * 8, Voice("en"))
    return np.resize(spoken, round(seconds * SAMPLE_RATE)).astype(np.float32)


def ours(clips: list[np.ndarray], mels: int = 80) -> np.ndarray:
    log_mels = LogMels(FeatureExtractor(feature_size=mels))
    return np.asarray(log_mels(*padded([with_edges(clip) for clip in clips])))


@pytest.mark.parametrize("mels", [80, 128])
def test_they_equal_productions(mels: int) -> None:
    clips = [speech(seconds) for seconds in (0.5, 3.21, 29.9, 30.0)]
    extractor = FeatureExtractor(feature_size=mels)
    for features, clip in zip(ours(clips, mels), clips, strict=True):
        expected = log_mel(extractor, clip)
        assert features.shape == expected.shape == (mels, FRAMES)
        assert np.abs(features - expected).max() < 1e-4


@pytest.mark.parametrize("mels", [80, 128])
def test_they_equal_whispers_within_the_clip(mels: int) -> None:
    clips = [speech(seconds) for seconds in (4.0, 30.0)]
    extractor = WhisperFeatureExtractor(feature_size=mels)
    for features, clip in zip(ours(clips, mels), clips, strict=True):
        whispers = extractor(clip, sampling_rate=SAMPLE_RATE, return_tensors="np").input_features[0]
        # The last frames reach beyond the clip: into a mirror image here, into silence there.
        inside = len(clip) // 160 - 2
        assert np.abs(features[:, :inside] - whispers[:, :inside]).max() < 1e-4


@given(st.lists(st.integers(400, 30 * SAMPLE_RATE), min_size=1, max_size=3), st.integers(0, 9))
@settings(max_examples=10, deadline=None)
def test_other_clips_of_a_batch_change_nothing(lengths: list[int], seed: int) -> None:
    generator = np.random.default_rng(seed)
    clips = [generator.uniform(-0.5, 0.5, n).astype(np.float32) for n in lengths]
    together = ours(clips)
    assert np.isfinite(together).all()
    for row, clip in zip(together, clips, strict=True):
        assert np.abs(row - ours([clip])[0]).max() < 1e-5


def test_silence_is_constant() -> None:
    (features,) = ours([np.zeros(SAMPLE_RATE, np.float32)])
    assert np.unique(features[:, :101]).tolist() == [-1.5]
    assert not features[:, 101:].any()


def test_the_longest_window_fits() -> None:
    batch, frames = padded([with_edges(np.zeros(30 * SAMPLE_RATE, np.float32))])
    assert batch.shape == (1, LENGTH) and frames.tolist() == [FRAMES]
    assert batch.dtype == torch.float32
