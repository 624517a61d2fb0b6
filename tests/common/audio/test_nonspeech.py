"""Probes have the spectrum, level and rhythm of their kind."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from stages.common.audio.nonspeech import probe_clips

RATE = 16_000
PROBES = probe_clips(1)
KINDS = {
    "silence": 2, "white noise": 3, "pink noise": 3, "brown noise": 3, "hum": 3, "breathing": 3,
    "music": 3, "drums": 2, "clicks": 2, "knocks": 2, "far voices": 4,
}  # fmt: skip


def of(kind: str) -> list[np.ndarray]:
    return [probe.samples for probe in PROBES if probe.kind == kind]


def dbfs(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def power(samples: np.ndarray, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(spectrum[(hertz >= low) & (hertz < high)].sum() / spectrum.sum())


def envelope(samples: np.ndarray) -> np.ndarray:
    """RMS of each 10 ms."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    rms: np.ndarray = np.sqrt(np.mean(np.square(frames, dtype=np.float64), axis=1))
    return rms


def test_there_are_thirty_of_six_minutes() -> None:
    assert Counter(probe.kind for probe in PROBES) == KINDS
    seconds = [len(probe.samples) / RATE for probe in PROBES]
    assert min(seconds) >= 5 and max(seconds) <= 30 and 330 <= sum(seconds) <= 390


def test_they_are_audio() -> None:
    for probe in PROBES:
        assert probe.samples.dtype == np.float32 and probe.samples.ndim == 1
        assert np.isfinite(probe.samples).all() and np.abs(probe.samples).max() <= 0.99
    assert len({probe.samples.tobytes() for probe in PROBES}) == len(PROBES)


def test_a_seed_decides_every_sample() -> None:
    again, other = probe_clips(1), probe_clips(2)
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(PROBES, again, strict=True))
    differ = [a.kind for a, b in zip(PROBES, other, strict=True) if (a.samples != b.samples).any()]
    assert set(differ) == set(KINDS) - {"silence"}
    assert [len(p.samples) for p in PROBES] == [len(p.samples) for p in other]


def test_silence_is_digital() -> None:
    assert not any(samples.any() for samples in of("silence"))


@pytest.mark.parametrize(
    ("kind", "slope"), [("white noise", 0), ("pink noise", 1), ("brown noise", 2)]
)
def test_noise_has_its_levels_and_its_slope(kind: str, slope: int) -> None:
    assert [round(dbfs(samples)) for samples in of(kind)] == [-60, -40, -20]
    # An octave's power doubles for white, stays for pink, halves for brown noise.
    ratio = power(of(kind)[1], 1_000, 2_000) / power(of(kind)[1], 500, 1_000)
    assert ratio == pytest.approx(2 ** (1 - slope), rel=0.15)


def test_hum_is_of_the_mains() -> None:
    for samples, mains in zip(of("hum"), (50, 50, 60), strict=True):
        lines = sum(power(samples, mains * k - 1, mains * k + 1) for k in range(1, 9))
        assert lines > 0.95


def test_breath_comes_twelve_to_eighteen_times_a_minute() -> None:
    for samples, a_minute in zip(of("breathing"), (12, 15, 18), strict=True):
        slow = envelope(samples)
        slow = slow - slow.mean()
        lags = range(200, 700)
        best = max(lags, key=lambda lag: float(np.dot(slow[lag:], slow[:-lag])) / (len(slow) - lag))
        assert best / 100 == pytest.approx(60 / a_minute, rel=0.2)


def test_music_has_pitch_and_drums_a_pulse() -> None:
    for samples in of("music"):
        spectrum = np.sort(np.abs(np.fft.rfft(samples)) ** 2)[::-1]
        assert spectrum[: len(spectrum) // 20].sum() > 0.9 * spectrum.sum()
    for samples in of("drums"):
        loud = envelope(samples)
        assert loud.max() > 10 * np.median(loud)


@pytest.mark.parametrize("kind", ["clicks", "knocks"])
def test_clicks_and_knocks_are_short(kind: str) -> None:
    for samples in of(kind):
        loud = envelope(samples)
        assert np.mean(loud > 0.1 * loud.max()) < 0.5
        assert np.mean(loud > 0.5 * loud.max()) < 0.15


def test_far_voices_have_syllables_and_no_highs() -> None:
    for samples in of("far voices"):
        assert power(samples, 100, 1_500) > 0.9
        loud = envelope(samples)
        spectrum = np.abs(np.fft.rfft(loud - loud.mean())) ** 2
        hertz = np.fft.rfftfreq(len(loud), 0.01)
        syllables = spectrum[(hertz > 2.5) & (hertz < 5.5)].mean()
        assert syllables > 3 * spectrum[(hertz > 8) & (hertz < 20)].mean()
