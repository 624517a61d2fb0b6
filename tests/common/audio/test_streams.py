"""Several audio streams in a file: people with a stream each, or one recording in several forms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soxr

from stages.common.audio.blocks import Block, Facts
from stages.common.audio.decode import Decoded, decode
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.audio.streams import combine_streams
from stages.common.audio.track import read_track
from stages.common.core.rejections import RecordingRejected
from tests.common.audio.test_channels import (
    FULL,
    assert_turns,
    conversation,
    hum,
    levels,
    noise,
)
from tests.support.containers import RATE, write_container

FILES = [
    ("x.mkv", "aac"), ("x.mp4", "aac"), ("x.mka", "pcm_s16le"), ("x.ts", "aac"),
    ("x.ogg", "libopus"), ("x.ogg", "flac"),
]  # fmt: skip


def recorded(path: Path, codec: str, *streams: Samples, starts: tuple[float, ...] = ()) -> Decoded:
    """A file with 48 kHz streams of the given 16 kHz samples."""
    parts = []
    for number, samples in enumerate(streams):
        start = starts[number] if starts else 0.0
        wave = soxr.resample(samples, SAMPLE_RATE, RATE).astype(np.float32)
        parts.append([(start, wave[round(start * RATE) :])])
    return decode(write_container(path, parts, codec))


@pytest.mark.parametrize(("name", "codec"), FILES)
def test_a_person_a_stream(tmp_path: Path, name: str, codec: str) -> None:
    one, other, lines = conversation()
    result = recorded(tmp_path / name, codec, one + 0.03 * other, other + 0.03 * one)
    assert result.notices == ["audio_stream_added"]
    assert levels(result.samples) == pytest.approx([FULL, FULL], abs=1)
    assert_turns(result, lines)


def test_a_stream_that_starts_late_is_placed(tmp_path: Path) -> None:
    """The second person joined after the first three lines."""
    one, other, lines = conversation()
    start = lines[3][0] - 0.2
    result = recorded(tmp_path / "x.mkv", "aac", one, other, starts=(0.0, start))
    assert result.notices == ["audio_gaps", "audio_stream_added"]
    first, last = (round(time * SAMPLE_RATE) for time in lines[3][:2])
    line, expected = result.samples[first:last], other[first:last]
    lag = int(np.argmax(np.correlate(line, expected, "full"))) - (len(expected) - 1)
    assert abs(lag) / SAMPLE_RATE < 0.02
    assert 10 * np.log10(np.mean(line**2)) == pytest.approx(FULL, abs=1)


def test_three_people(tmp_path: Path) -> None:
    one, other, lines = conversation()
    third = np.zeros_like(one)
    start, end = (round(time * SAMPLE_RATE) for time in lines[4][:2])
    third[start:end] = one[start:end]
    first = one - third
    result = recorded(tmp_path / "x.mkv", "aac", first, other, third)
    assert result.notices == ["audio_stream_added"]
    assert levels(result.samples) == pytest.approx([FULL, FULL], abs=1)
    assert {channel for _, _, channel in result.turns} == {0, 1, 2}


def test_a_mix_before_its_parts_is_all_there_is(tmp_path: Path) -> None:
    """As a program that records a call writes it: both, then each person alone."""
    one, other, _ = conversation()
    mix = one + other
    alone = recorded(tmp_path / "alone.mkv", "pcm_s16le", mix)
    result = recorded(tmp_path / "x.mkv", "pcm_s16le", mix, one, other)
    assert result.notices == [] and result.turns == []
    assert np.array_equal(result.samples, alone.samples)


@pytest.mark.parametrize(
    "second", [lambda: 0 * hum(0), lambda: hum(-40), lambda: conversation()[0]],
    ids=["silence", "hum", "the same"],
)  # fmt: skip
def test_a_second_stream_without_other_speech(tmp_path: Path, second: object) -> None:
    assert callable(second)
    one, _, _ = conversation()
    alone = recorded(tmp_path / "alone.mka", "pcm_s16le", one)
    result = recorded(tmp_path / "x.mka", "pcm_s16le", one, second())
    assert result.notices == [] and np.array_equal(result.samples, alone.samples)


def test_a_first_stream_that_is_dead(tmp_path: Path) -> None:
    one, other, _ = conversation()
    result = recorded(tmp_path / "x.mka", "pcm_s16le", noise(1, -70), one + other)
    assert result.notices == ["audio_stream_added"]
    assert levels(result.samples) == pytest.approx([FULL, FULL], abs=0.5)


def test_a_stream_with_other_content_gives_a_notice(tmp_path: Path) -> None:
    """Neither stream is ever the louder one."""
    one, _, _ = conversation()
    envelope = np.sqrt(np.convolve(one**2, np.ones(800) / 800, "same"))
    alone = recorded(tmp_path / "alone.mka", "pcm_s16le", one)
    result = recorded(tmp_path / "x.mka", "pcm_s16le", one, envelope * noise(5, 0))
    assert result.notices == ["audio_stream_unused"]
    assert np.array_equal(result.samples, alone.samples)


def test_a_stream_of_an_unknown_codec_gives_a_notice(tmp_path: Path) -> None:
    """As telephones write it for sound in space, beside the usual stream."""
    one, _, _ = conversation()
    expected = recorded(tmp_path / "x.mp4", "aac", one, one)
    data = (tmp_path / "x.mp4").read_bytes()
    at = data.rindex(b"mp4a")
    rest = data[at:].replace(b"mp4a", b"apac").replace(b"esds", b"dapa")
    (tmp_path / "y.mp4").write_bytes(data[:at] + rest)
    result = decode(tmp_path / "y.mp4")
    assert expected.notices == [] and result.notices == ["audio_stream_unused"]
    assert np.array_equal(result.samples, expected.samples)


@pytest.mark.parametrize("lost_seconds", [0.1, 2.0])
def test_a_persons_stream_that_ends_too_early(lost_seconds: float) -> None:
    one, other, _ = conversation()
    waves = one + noise(1), other + noise(2)

    def read(number: int, facts: Facts) -> Iterator[Block]:
        facts.streams, seconds = 2, len(one) / SAMPLE_RATE
        facts.stated_seconds = seconds + number * lost_seconds
        for at in range(0, len(one), 1600):
            yield waves[number][at : at + 1600, None], SAMPLE_RATE

    first = read_track(partial(read, 0), lambda seconds: None)
    if lost_seconds > 0.5:
        with pytest.raises(RecordingRejected, match="audio_truncated"):
            combine_streams(first, read, lambda seconds: None)
    else:
        combined = combine_streams(first, read, lambda seconds: None)
        assert combined.notices == {"audio_stream_added"}
