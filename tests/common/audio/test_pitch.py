"""Median pitch of synthetic voices with a known fundamental, and of sounds without pitch."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.audio.pitch import median_pitch

RATE = 16_000
AT = np.arange(2 * RATE) / RATE


def pulses(hertz: float) -> np.ndarray:
    wave: np.ndarray = np.diff(np.floor(hertz * AT), prepend=0.0)
    return wave


def tone(hertz: float, harmonics: range = range(1, 2)) -> np.ndarray:
    wave: np.ndarray = np.sum([np.sin(2 * np.pi * hertz * k * AT) for k in harmonics], axis=0)
    return wave


def with_noise(wave: np.ndarray, snr_db: float) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal(len(wave))
    mixture: np.ndarray = wave + noise * np.sqrt(np.mean(wave**2)) * 10 ** (-snr_db / 20)
    return mixture


def pitch_of(wave: np.ndarray) -> float | None:
    return median_pitch((0.1 * wave).astype(np.float32))


@pytest.mark.parametrize("hertz", [80, 100, 130, 160, 170, 210, 260, 350])
def test_pitch(hertz: float) -> None:
    for wave in (tone(hertz), tone(hertz, range(1, 6)), pulses(hertz)):
        assert pitch_of(wave) == pytest.approx(hertz, rel=0.02)
    assert pitch_of(with_noise(pulses(hertz), 10)) == pytest.approx(hertz, rel=0.02)


@pytest.mark.parametrize("hertz", [90, 120, 200, 240])
def test_pitch_without_its_fundamental(hertz: float) -> None:
    # A telephone passes nothing under 300 Hz.
    assert pitch_of(tone(hertz, range(4, 12))) == pytest.approx(hertz, rel=0.02)


def test_the_median_over_time_pauses_left_out() -> None:
    wave = np.concatenate([pulses(120)[:RATE], np.zeros(RATE), pulses(220)[: RATE // 4]])
    assert pitch_of(wave) == pytest.approx(120, rel=0.02)


def test_a_vowel_that_has_a_strong_second_harmonic() -> None:
    assert pitch_of(tone(110) + 3 * tone(220)) == pytest.approx(110, rel=0.02)


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_noise_has_no_pitch(slope: float) -> None:
    spectrum = np.fft.rfft(np.random.default_rng(3).standard_normal(10 * RATE))
    hertz = np.maximum(np.fft.rfftfreq(10 * RATE, 1 / RATE), 20.0)
    assert pitch_of(np.fft.irfft(spectrum * hertz**-slope)) is None


@pytest.mark.parametrize("length", [0, 1, 719, 3_000, RATE])
def test_silence_and_scraps_have_no_pitch(length: int) -> None:
    assert median_pitch(np.zeros(length, np.float32)) is None
    assert length > 3_000 or pitch_of(pulses(120)[:length]) is None
