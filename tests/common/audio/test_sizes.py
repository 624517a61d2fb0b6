"""Files with more audio than their header or first link states: all of it is read."""

from __future__ import annotations

import contextlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest

from stages.common.audio.decode import decode
from stages.common.audio.ogg import FileWindow, count_audio_streams, find_links
from stages.common.audio.samples import Samples
from stages.common.core.rejections import RecordingRejected
from tests.support.containers import write_container
from tests.support.mini_project import MiniProject, tone, voice

PLACEHOLDERS = [0, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x7FFFF000, 0xFFFFFFDB]
"""As recorders write them before they know the size."""


def wav(mini: MiniProject, subtype: str = "PCM_16", form: str = "WAV") -> bytes:
    return mini.audio("x.wav", two_tones(), 16_000, subtype, form).read_bytes()


def two_tones() -> Samples:
    """Two seconds of 440 Hz, then one at half the level; shape (48000,)."""
    return np.concatenate([tone(2)[:, 0], 0.5 * tone(1)[:, 0]])


def with_size(data: bytes, size: int) -> bytes:
    at = data.rindex(b"data", 0, 200) + 4
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


def with_rf64_size(data: bytes, size: int) -> bytes:
    return data[:28] + struct.pack("<Q", size) + data[36:]


def assert_whole(mini: MiniProject, data: bytes, notices: list[str]) -> None:
    decoded = decode(mini.raw("x.wav", data))
    assert len(decoded.samples) == 48_000
    assert float(np.abs(decoded.samples - two_tones()).max()) < 1e-3
    assert decoded.notices == notices


@pytest.mark.parametrize("size", PLACEHOLDERS)
def test_a_placeholder_is_no_size(mini: MiniProject, size: int) -> None:
    assert_whole(mini, with_size(wav(mini), size), [])


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize("size", [8, 1_001, 48_000])
def test_a_size_that_is_too_small(mini: MiniProject, subtype: str, size: int) -> None:
    """A recorder writes it now and then, and was cut off."""
    assert_whole(mini, with_size(wav(mini, subtype), size), ["audio_size_wrong"])


def test_a_w64_file_that_was_cut_off(mini: MiniProject) -> None:
    data = mini.audio("x.w64", two_tones(), form="W64").read_bytes()
    assert decode(mini.raw("x.w64", data)).notices == []
    assert decode(mini.raw("x.w64", data[:-2_000])).notices == ["audio_tail_missing"]
    with pytest.raises(RecordingRejected, match="audio_truncated"):
        decode(mini.raw("x.w64", data[: len(data) // 2]))


def test_a_chunk_of_absurd_length_prints_nothing(
    mini: MiniProject, capfd: pytest.CaptureFixture[str]
) -> None:
    """The libraries seek to where it should end, and print what Python's files raise then."""
    data = mini.audio("x.aiff", two_tones(), form="AIFF").read_bytes()
    chunk = data.index(b"SSND")
    for length in (0x7FFFFFFF, 0x80000000, 0xFFFFFFF8):
        broken = data[:chunk] + b"abcd" + struct.pack(">I", length) + data[chunk:]
        with contextlib.suppress(RecordingRejected):
            decode(mini.raw("x.aiff", broken))
    seeks = FileWindow(io.BytesIO(b"abc"), 1, 3)
    assert seeks.seek(-5, io.SEEK_CUR) == 0 and seeks.read() == b"bc"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("size", [0, 8, 48_000])
def test_rf64_with_a_size_that_is_too_small(mini: MiniProject, size: int) -> None:
    data = wav(mini, form="RF64")
    assert_whole(mini, data, [])
    assert_whole(mini, with_rf64_size(data, size), ["audio_size_wrong"])


def chunk(name: bytes, length: int) -> bytes:
    content = np.random.default_rng(1).bytes(length)
    return name + struct.pack("<I", length) + content + bytes(length & 1)


@pytest.mark.parametrize(
    "tail",
    [chunk(b"LIST", 3_000), chunk(b"bext", 3_001) + chunk(b"id3 ", 2_001), bytes(5_000),
     chunk(b"cue ", 28) + bytes(4_000), b"ID3\x04" + bytes(range(256)) * 9],
    ids=["chunk", "chunks", "zeros", "chunk and zeros", "tag"],
)  # fmt: skip
def test_metadata_after_the_audio_is_not_audio(mini: MiniProject, tail: bytes) -> None:
    assert_whole(mini, wav(mini) + tail, [])


def test_a_file_that_misses_bytes_is_still_rejected(mini: MiniProject) -> None:
    data = wav(mini)
    with pytest.raises(RecordingRejected, match="audio_truncated"):
        decode(mini.raw("x.wav", data[: len(data) // 2]))


def link(mini: MiniProject, samples: Samples, subtype: str, rate: int) -> bytes:
    return mini.audio("link.ogg", samples, rate, subtype, "OGG").read_bytes()


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_all_links_of_a_chain(mini: MiniProject, subtype: str) -> None:
    """Each is what it is alone, the first included."""
    links = [link(mini, level * tone(2, 48_000), subtype, 48_000) for level in (1.0, 0.5, 0.25)]
    alone = [decode(mini.raw("alone.ogg", data)) for data in links]
    chain = decode(mini.raw("x.ogg", b"".join(links)))
    expected = np.concatenate([decoded.samples for decoded in alone])
    assert [len(decoded.samples) for decoded in alone] == [32_000] * 3
    # The resampler goes on at the joints, where the links alone end.
    inner = np.ones(96_000, bool)
    for joint in (32_000, 64_000):
        inner[joint - 200 : joint + 200] = False
    assert len(chain.samples) == 96_000
    assert np.allclose(chain.samples[inner], expected[inner], atol=1e-4)
    assert np.array_equal(chain.samples[:31_000], expected[:31_000])
    assert chain.notices == ["audio_joined"] and alone[0].notices == []


def test_links_of_different_rates_and_channels(mini: MiniProject) -> None:
    links = [
        link(mini, tone(2, 48_000, 2), "VORBIS", 48_000),
        link(mini, tone(3, 16_000), "VORBIS", 16_000),
    ]
    decoded = decode(mini.raw("x.ogg", b"".join(links)))
    assert len(decoded.samples) == 5 * 16_000 and decoded.notices == ["audio_joined"]
    assert float(np.sqrt(np.mean(decoded.samples**2))) == pytest.approx(0.1414, rel=0.01)


def test_bytes_between_links_are_skipped(mini: MiniProject) -> None:
    first, second = (link(mini, tone(2), "VORBIS", 16_000) for _ in range(2))
    path = mini.raw("x.ogg", first + b"\1" * 100_000 + second)
    with path.open("rb") as file:
        starts = [start for start, _ in find_links(file, path.stat().st_size)]
    assert starts == [0, len(first) + 100_000]
    assert len(decode(path).samples) == 4 * 16_000


def test_a_chain_whose_last_link_is_cut(mini: MiniProject) -> None:
    links = [link(mini, np.tile(voice(), 3), "VORBIS", 16_000) for _ in range(2)]
    path = mini.raw("x.ogg", links[0] + links[1][: len(links[1]) // 2])
    with pytest.raises(RecordingRejected, match="audio_truncated"):
        decode(path)


def test_one_link_is_read_as_it_is(tmp_path: Path, mini: MiniProject) -> None:
    path = mini.audio("x.ogg", np.tile(voice(), 3), 16_000, "OPUS", "OGG")
    with path.open("rb") as file:
        assert find_links(file, path.stat().st_size) == [(0, path.stat().st_size)]


def test_streams_that_play_together_are_one_link(tmp_path: Path) -> None:
    streams = [[(0.0, np.tile(voice(), 3))], [(0.0, np.tile(voice(), 3))]]
    path = write_container(tmp_path / "x.ogg", streams, "libopus")
    size = path.stat().st_size
    with path.open("rb") as file:
        assert find_links(file, size) == [(0, size)] and count_audio_streams(file, size) == 2
