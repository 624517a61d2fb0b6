"""Synthetic sound to train on: audio of many kinds, and no clip of the hallucination tests."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.audio.background import background
from stages.common.audio.nonspeech import probe_clips

SOUNDS = [background(6.0, np.random.default_rng(seed)) for seed in range(60)]


def dbfs(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def test_they_are_audio_of_the_length_asked_for() -> None:
    for samples in SOUNDS:
        assert samples.shape == (96_000,) and samples.dtype == np.float32
        assert np.isfinite(samples).all() and np.abs(samples).max() <= 0.99


def test_levels_are_between_minus_70_and_minus_25_or_none() -> None:
    levels = [dbfs(samples) for samples in SOUNDS if samples.any()]
    assert 0.02 < 1 - len(levels) / len(SOUNDS) < 0.25, "some are digital silence"
    assert min(levels) == pytest.approx(-70, abs=5) and max(levels) == pytest.approx(-25, abs=5)


def test_a_seed_decides_every_sample() -> None:
    again = [background(6.0, np.random.default_rng(seed)) for seed in range(60)]
    assert all(np.array_equal(a, b) for a, b in zip(SOUNDS, again, strict=True))
    assert len({samples.tobytes() for samples in SOUNDS if samples.any()}) > 40


def test_no_clip_of_the_hallucination_tests_is_among_them() -> None:
    """Nor one that differs only in level."""
    length = 5 * 16_000
    probes = [p.samples[:length] for p in probe_clips(0) if p.samples.any()]
    for samples in SOUNDS:
        for probe in probes:
            if samples.any():
                product = float(np.dot(samples[:length], probe))
                norms = float(np.linalg.norm(samples[:length]) * np.linalg.norm(probe))
                assert abs(product) < 0.5 * norms
