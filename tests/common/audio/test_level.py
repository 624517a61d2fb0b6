"""RMS over speech and peak of 16-bit audio, and the gain applied when it is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stages.common.audio.samples import FULL_SCALE, read_pcm, to_pcm, write_flac
from stages.common.audio.voice_activity import SpeechInterval, measure_level
from tests.support.mini_project import tone, voice

RMS = 0.2 / np.sqrt(2)
"""Of the tone."""


def test_only_speech_is_measured() -> None:
    samples = tone(4)[:, 0]
    samples[32_000:] /= 100
    assert measure_level(to_pcm(samples), [(0.0, 2.0)])[0] == pytest.approx(RMS, rel=1e-3)
    both = [(0.0, 1.0), (3.0, 4.0)]
    expected = RMS * np.sqrt((1 + 1e-4) / 2)
    assert measure_level(to_pcm(samples), both)[0] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("speech", [[], [(5.0, 6.0)]])
def test_without_speech_all_is_measured(speech: list[SpeechInterval]) -> None:
    assert measure_level(to_pcm(tone(2)[:, 0]), speech)[0] == pytest.approx(RMS, rel=1e-3)


@pytest.mark.parametrize("code", [-FULL_SCALE, -300, 300, FULL_SCALE - 1])
def test_the_peak_counts_wherever_it_lies(code: int) -> None:
    pcm = np.zeros(32_000, np.int16)
    pcm[31_000] = code
    assert measure_level(pcm, [(0.0, 1.0)]) == (0.0, abs(code) / FULL_SCALE)


def test_nothing_has_no_level() -> None:
    assert measure_level(np.zeros(0, np.int16), []) == (0.0, 0.0)


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
