"""Building blocks of synthetic audio against what their parameters promise."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.audio.synthesis import (
    add_at,
    at_unit_rms,
    band_pass,
    colour_noise,
    limit_peak,
    reverberate,
    reverberation_tail,
    rms,
    unit_norm,
)

RATE = 16_000


def white(seconds: int = 10) -> np.ndarray:
    return np.random.default_rng(5).standard_normal(seconds * RATE)


def power_db(wave: np.ndarray, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(wave)) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / RATE)
    return float(10 * np.log10(spectrum[(hertz >= low) & (hertz < high)].mean() + 1e-20))


@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0])
def test_noise_falls_by_its_slope(slope: float) -> None:
    noise = colour_noise(white(), slope)
    fall = power_db(noise, 400, 800) - power_db(noise, 3_200, 6_400)
    assert fall == pytest.approx(3 * 3.01 * slope, abs=0.5)


def test_a_cutoff_removes_what_is_lower() -> None:
    assert power_db(colour_noise(white(), 2.0, 50.0), 1, 49) < -100
    assert power_db(colour_noise(white(), 2.0), 1, 19) > 0


def test_band_pass() -> None:
    passed = band_pass(white(), 500, 1_000)
    within = power_db(passed, 550, 950)
    assert power_db(passed, 225, 275) == pytest.approx(within - 12, abs=1)
    assert power_db(passed, 3_800, 4_200) == pytest.approx(within - 24, abs=1)


def test_a_tail_decays_by_60_db() -> None:
    tail = reverberation_tail(0.5, np.random.default_rng(1))
    assert len(tail) == 0.5 * RATE - 1
    assert np.linalg.norm(unit_norm(tail)) == pytest.approx(1)
    early, late = (rms(part) for part in (tail[:400], tail[-400:]))
    assert 20 * np.log10(early / late) == pytest.approx(60 * 0.95, abs=2)


def test_reverberation_keeps_direct_sound_and_length() -> None:
    impulse = np.zeros(1_000)
    impulse[100] = 1.0
    tail = np.array([0.0, 0.5, -0.25])
    wet = reverberate(impulse, tail)
    assert len(wet) == 1_000
    assert wet[100:105] == pytest.approx([1.0, 0.0, 0.5, -0.25, 0.0])
    assert wet[:100] == pytest.approx(0.0, abs=1e-12)


def test_levels() -> None:
    assert rms(np.full(10, -0.5, np.float32)) == 0.5 and rms(np.zeros(0)) == 0.0
    assert rms(at_unit_rms(0.01 * white())) == pytest.approx(1.0)
    assert not at_unit_rms(np.zeros(10)).any()
    quiet, loud = np.array([0.5, -0.9]), np.array([1.0, -2.0])
    assert limit_peak(quiet) == pytest.approx(quiet) and limit_peak(quiet).dtype == np.float32
    assert limit_peak(loud) == pytest.approx([0.495, -0.99])
    assert len(limit_peak(np.zeros(0))) == 0


def test_a_sound_past_the_end_is_cut() -> None:
    wave = np.zeros(RATE)
    add_at(wave, 0.5, np.ones(100), 2.0)
    add_at(wave, 1 - 10 / RATE, np.ones(100), 1.0)
    add_at(wave, 2.0, np.ones(100), 1.0)
    assert wave.sum() == 200 + 10 and wave[8_000] == 2.0 and wave[-10] == 1.0
