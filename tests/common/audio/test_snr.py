"""Signal-to-noise ratio of mixtures with a known ratio."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.audio.snr import HIGHEST, LOWEST, noise_power, snr_db

RATE = 16_000
SECONDS = 40


def coloured(slope: float, seed: int) -> np.ndarray:
    """Noise at an RMS of 1; its power falls by 3 dB an octave times `slope`."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(SECONDS * RATE))
    hertz = np.maximum(np.fft.rfftfreq(SECONDS * RATE, 1 / RATE), 20.0)
    wave = np.fft.irfft(spectrum * hertz ** (-slope / 2), SECONDS * RATE)
    normalized: np.ndarray = wave / np.sqrt(np.mean(wave**2))
    return normalized


def speech(talks: float, pauses: float, seed: int = 1) -> np.ndarray:
    """Noise with four syllables a second, in phrases (seconds), at an RMS of 1 over the phrases."""
    at = np.arange(SECONDS * RATE) / RATE
    talking = at % (talks + pauses) < talks
    wave = coloured(1.5, seed) * np.sin(2 * np.pi * 2 * at) ** 2 * talking
    normalized: np.ndarray = wave / np.sqrt(np.mean(wave[talking] ** 2))
    return normalized


def mixed(snr: float, slope: float, talks: float = 1.5, pauses: float = 0.7) -> np.ndarray:
    noise = 10 ** (-snr / 20) * coloured(slope, 2)
    mixture: np.ndarray = (0.02 * (speech(talks, pauses) + noise)).astype(np.float32)
    return mixture


@pytest.mark.parametrize(
    ("snr", "slope", "within"),
    [(snr, slope, 2) for snr in (0, 5, 10, 15, 20, 30, 40) for slope in (0, 1)]
    # Brown noise is mostly rumble, which swells and fades.
    + [(0, 2, 3), (5, 2, 2), (10, 2, 2), (20, 2, 2), (40, 2, 2)],
)
def test_mixtures_of_a_known_ratio(snr: float, slope: float, within: float) -> None:
    recording = mixed(snr, slope)
    noise = noise_power(recording)
    # Long and short clips, with pauses and without.
    for start, end in ((0.0, 30.0), (10.0, 18.0), (22.0, 23.5)):
        clip = recording[round(start * RATE) : round(end * RATE)]
        assert snr_db(clip, noise) == pytest.approx(snr, abs=within)


def test_a_recording_of_few_pauses() -> None:
    recording = mixed(20, 1, talks=6, pauses=1)
    assert snr_db(recording[: 5 * RATE], noise_power(recording)) == pytest.approx(20, abs=2)


def test_the_level_does_not_matter() -> None:
    recording = mixed(15, 1)
    soft = (recording / 10).astype(np.float32)
    loud = snr_db(recording[: 9 * RATE], noise_power(recording))
    assert snr_db(soft[: 9 * RATE], noise_power(soft)) == pytest.approx(loud, abs=0.1)


def test_a_clip_is_held_against_its_recording() -> None:
    # Not against itself: this one has no pause.
    recording = mixed(20, 0)
    phrase = recording[round(2.2 * RATE) : round(3.7 * RATE)]
    assert snr_db(phrase, noise_power(recording)) == pytest.approx(20, abs=2)


def test_breaths_and_rustling_are_not_speech() -> None:
    # 25 dB under the voice, and well over the noise: they do not make the voice weaker.
    levels = np.repeat([1.0, 10 ** (-25 / 20)], [2 * RATE, 4 * RATE])
    clip = (0.1 * coloured(0, 1)[: 6 * RATE] * levels).astype(np.float32)
    assert snr_db(clip, 0.01 * 10 ** (-40 / 10)) == pytest.approx(40, abs=1)


def test_digital_silence_is_no_noise() -> None:
    recording = mixed(10, 0)
    padded = np.concatenate([np.zeros(20 * RATE, np.float32), recording])
    assert noise_power(padded) == pytest.approx(noise_power(recording))


@pytest.mark.parametrize("length", [0, 1, 100, 600, 3 * RATE])
def test_no_speech_is_the_lowest(length: int) -> None:
    noise = (0.01 * coloured(0, 1)).astype(np.float32)
    assert snr_db(noise[:length], noise_power(noise)) == LOWEST
    silence = np.zeros(length, np.float32)
    assert snr_db(silence, noise_power(silence)) == LOWEST


def test_no_noise_is_the_highest() -> None:
    clean = (0.1 * speech(1.5, 0.7)).astype(np.float32)
    assert snr_db(clean[: 2 * RATE], noise_power(np.zeros(RATE, np.float32))) == HIGHEST
    # A clip shorter than the hangover is still measured.
    assert snr_db(clean[2_000:3_000], 1e-8) > 30
