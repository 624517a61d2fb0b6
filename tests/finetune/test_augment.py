"""Augmentation: each kind does what it is named for, from seed, epoch and window index alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.common.core.params import Augment
from stages.finetune.augment import (
    add_noise,
    add_reverberation,
    augment,
    change_speed,
    limit_to_telephone_band,
    window_generator,
)
from tests.support.tuning import make_tuning, outputs, run_finetune, set_augment, set_finetune

RATE = 16_000
FIRST = 1_000
OFF: dict[str, Any] = {
    "speed": 0, "speed_factors": (0.8, 1.25), "reverb": 0, "noise": 0, "noise_snr_db": (0, 20),
    "telephone": 0, "gain": 0, "gain_db": (-20, 20),
}  # fmt: skip
KINDS = ("speed", "reverb", "noise", "telephone", "gain")


def tone(hertz: float, seconds: float = 2.0) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def decibels(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-12)))


@pytest.mark.parametrize("snr", [0.0, 10.0, 25.0])
def test_noise_has_the_signal_to_noise_ratio(snr: float) -> None:
    clean = tone(440)
    noise = add_noise(clean, snr, window_generator(1, 0, 0)) - clean
    assert decibels(rms(clean) / rms(noise)) == pytest.approx(snr, abs=1.0)


@pytest.mark.parametrize(
    ("hertz", "passes"), [(100, False), (1_000, True), (3_000, True), (4_500, False)]
)
def test_the_telephone_band_is_limited(hertz: float, passes: bool) -> None:
    clean = tone(hertz)
    left = decibels(rms(limit_to_telephone_band(clean)[RATE // 2 : -RATE // 2]) / rms(clean))
    assert abs(left) < 1 if passes else left < -30


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.1, 1.25])
def test_speed_changes_length_and_timestamps_together(factor: float) -> None:
    labels = np.array([7, FIRST, 42, FIRST + 50, FIRST + 60, 43, FIRST + 100, 9])
    samples, moved = change_speed(tone(440), labels, FIRST, factor)
    assert len(samples) == pytest.approx(2 * RATE / factor, abs=2)
    assert moved[[0, 2, 5, 7]].tolist() == [7, 42, 43, 9]
    times = (moved[[1, 3, 4, 6]] - FIRST) * 0.02
    assert times == pytest.approx(np.array([0, 1, 1.2, 2]) / factor, abs=0.011)


def test_a_window_never_exceeds_30_s() -> None:
    labels = np.array([FIRST, FIRST + 1_450])
    samples, moved = change_speed(tone(440, 29.0), labels, FIRST, 0.5)
    assert len(samples) == pytest.approx(30 * RATE, abs=2) and len(samples) <= 30 * RATE
    assert moved.tolist() == [FIRST, FIRST + 1_500]


def test_reverberation_follows_the_direct_sound() -> None:
    click = np.zeros(RATE, np.float32)
    click[RATE // 4] = 0.5
    wet = np.abs(add_reverberation(click, window_generator(1, 0, 0)))
    assert abs(int(np.argmax(wet)) - RATE // 4) <= 0.002 * RATE
    assert not wet[: RATE // 4 - 1].max() > 1e-6
    early, late = wet[RATE // 4 + 1 :][:800], wet[-800:]
    assert rms(early) > 10 * rms(late) > 0


def test_gain_is_in_decibels_and_never_clips() -> None:
    quiet, _ = run(tone(440), gain=1, gain_db=(-6, -6))
    assert decibels(rms(quiet) / rms(tone(440))) == pytest.approx(-6.0)
    loud, _ = run(tone(440), gain=1, gain_db=(40, 40))
    assert 0.9 < np.max(np.abs(loud)) <= 1


def run(samples: np.ndarray, index: int = 0, **on: Any) -> tuple[np.ndarray, np.ndarray]:
    labels = np.array([7, FIRST + 10])
    return augment(samples, labels, FIRST, Augment(**OFF | on), window_generator(1, 0, index))


def test_all_off_nothing_changes() -> None:
    samples, labels = run(tone(440))
    assert np.array_equal(samples, tone(440)) and labels.tolist() == [7, FIRST + 10]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_applied_with_its_probability_and_repeats(kind: str) -> None:
    first, again = (
        [run(tone(440, 0.2), index, **{kind: 0.5})[0] for index in range(200)] for _ in range(2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    changed = sum(not np.array_equal(samples, tone(440, 0.2)) for samples in first)
    assert 70 <= changed <= 130


def test_the_probability_of_one_kind_changes_no_other() -> None:
    alone = [run(tone(440, 0.2), index, gain=0.5)[0] for index in range(20)]
    beside = [run(tone(440, 0.2), index, gain=0.5, telephone=1e-9)[0] for index in range(20)]
    assert all(np.array_equal(a, b) for a, b in zip(alone, beside, strict=True))


@given(st.integers(1, 31 * RATE), st.integers(0, 10_000), st.sampled_from([0.0, 0.01, 1.0]))
@settings(max_examples=25, deadline=None)
def test_the_result_is_valid_audio(length: int, seed: int, level: float) -> None:
    generator = np.random.default_rng(seed)
    samples = (level * generator.uniform(-1, 1, min(length, 30 * RATE))).astype(np.float32)
    out, labels = run(samples, seed, **dict.fromkeys(KINDS, 1.0))
    assert out.dtype == np.float32 and np.isfinite(out).all()
    assert 1 <= len(out) <= 30 * RATE or length < 3
    assert np.max(np.abs(out), initial=0.0) <= 1
    assert labels[0] == 7 and FIRST <= labels[1] <= FIRST + 1_500


def test_workers_get_the_same_augmentation(tmp_path: Path) -> None:
    folder = make_tuning(tmp_path, train=24, validation=4)
    models = []
    for workers in (0, 2):
        set_finetune(folder, dataloader_num_workers=workers)
        set_augment(folder, speed=0.5, noise=0.5)
        run_finetune(folder)
        models.append(outputs(folder)["model.safetensors"])
    assert models[0] == models[1]
