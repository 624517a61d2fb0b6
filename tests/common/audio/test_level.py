"""RMS over speech and peak, the gain to a level, and the gain applied when audio is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from attune.speak.espeak import Voice, speak
from stages.common.audio.level import PEAK, gain_for, levelled, measure_level
from stages.common.audio.samples import FULL_SCALE, Samples, read_pcm, to_pcm, write_flac
from stages.common.audio.voice_activity import speech_intervals
from tests.support.mini_project import tone, voice

RMS = 0.2 / np.sqrt(2)
"""Of the tone."""


@pytest.mark.parametrize("gain", [1.0, 0.01])
def test_pauses_do_not_count(gain: float) -> None:
    samples = gain * tone(12)[:, 0]
    samples[16_000 * 4 :] /= 100
    assert measure_level(samples)[0] == pytest.approx(gain * RMS, rel=1e-3)
    assert measure_level(to_pcm(samples))[0] == pytest.approx(gain * RMS, rel=1e-2)


def test_soft_and_loud_speech_count() -> None:
    samples = tone(4)[:, 0]
    samples[32_000:] /= 2
    assert measure_level(samples)[0] == pytest.approx(RMS * np.sqrt((1 + 1 / 4) / 2), rel=1e-3)


@pytest.mark.parametrize("noise_dbfs", [-90.0, -50.0])
def test_it_agrees_with_the_voice_activity_detector(noise_dbfs: float) -> None:
    """Within half a decibel, for speech with pauses of twice its length."""
    lines = ("I have been sleeping badly since the move.", "Work is hard, and I worry at night.")
    rest = np.zeros(5 * 16_000, np.float32)
    parts = [part for line in lines for part in (speak(line, Voice("en")), rest)]
    speech = 0.3 * np.concatenate(parts)
    noise = np.random.default_rng(1).normal(0, 10 ** (noise_dbfs / 20), len(speech))
    samples: Samples = (speech + noise).astype(np.float32)
    spoken = np.concatenate(
        [
            samples[round(16_000 * start) : round(16_000 * end)]
            for start, end in speech_intervals(samples, 0.5, pad_ms=0)
        ]
    )
    ratio = measure_level(samples)[0] / np.sqrt(np.mean(np.square(spoken, dtype=np.float64)))
    assert abs(20 * np.log10(ratio)) < 0.5


@pytest.mark.parametrize("code", [-FULL_SCALE, -300, 300, FULL_SCALE - 1])
def test_the_peak_counts_wherever_it_lies(code: int) -> None:
    pcm = np.zeros(32_000, np.int16)
    pcm[31_999] = code
    assert measure_level(pcm)[1] == abs(code) / FULL_SCALE


@pytest.mark.parametrize("samples", [0, 10, 6_399, 6_401])
def test_short_and_silent_audio(samples: int) -> None:
    assert measure_level(np.zeros(samples, np.int16)) == (0.0, 0.0)
    assert not levelled(np.zeros(samples, np.float32), -22.0).any()
    if samples:
        assert measure_level(np.full(samples, 0.5, np.float32)) == (0.5, 0.5)


@pytest.mark.parametrize("gain", [1.0, 0.1, 0.01])
def test_recordings_of_any_level_come_out_alike(gain: float) -> None:
    given = (gain * np.tile(voice(), 4)).astype(np.float32)
    kept = given.copy()
    result = levelled(given, -30.0)
    assert np.array_equal(given, kept) and result.dtype == np.float32
    assert 20 * np.log10(measure_level(result)[0]) == pytest.approx(-30, abs=1e-3)
    assert np.allclose(result, levelled(result, -30.0), atol=1e-6)


def test_the_gain_brings_the_speech_to_the_level() -> None:
    gain, limited = gain_for(0.2, 0.5, -20.0)
    assert not limited and 0.2 * 10 ** (gain / 20) == pytest.approx(0.1)


def test_a_peak_limits_the_gain() -> None:
    gain, limited = gain_for(0.01, 0.9, -10.0)
    assert limited and 0.9 * 10 ** (gain / 20) == pytest.approx(PEAK)


def test_silence_gets_no_gain() -> None:
    assert gain_for(0.0, 0.0, -22.0) == (0.0, False)


@pytest.mark.parametrize("gain_db", [-31.0, -0.4, 0.0, 4.1641])
def test_a_gain_at_reading_equals_audio_written_with_it(tmp_path: Path, gain_db: float) -> None:
    """In any block: 70 s are more than are converted at once."""
    samples = np.tile(voice(), 18)[: 70 * 16_000]
    write_flac(tmp_path / "raw.flac", to_pcm(samples))
    stored = (to_pcm(samples) / FULL_SCALE).astype(np.float32)
    stored *= np.float32(10 ** (gain_db / 20))
    write_flac(tmp_path / "loud.flac", to_pcm(stored))
    write_flac(tmp_path / "read.flac", read_pcm(tmp_path / "raw.flac", gain_db))
    assert (tmp_path / "read.flac").read_bytes() == (tmp_path / "loud.flac").read_bytes()


def test_a_gain_beyond_full_scale_clips(tmp_path: Path) -> None:
    pcm = np.array([-20_000, -1, 0, 1, 20_000], np.int16)
    write_flac(tmp_path / "a.flac", pcm)
    assert read_pcm(tmp_path / "a.flac", 20.0).tolist() == [-32_768, -10, 0, 10, 32_767]
