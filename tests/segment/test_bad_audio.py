"""Audio that is rejected, or kept with a notice: each by its reason; other recordings are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.common.audio.decode import decode
from stages.common.core.ids import recording_id
from stages.common.core.rejections import RecordingRejected
from tests.common.audio.test_decode import encode
from tests.support.mini_project import KEY, MiniProject, tone, voice


def reason_for(path: Path) -> str:
    with pytest.raises(RecordingRejected) as drop:
        decode(path)
    return drop.value.reason


def float_wav(mini: MiniProject, value: float) -> Path:
    """A fiftieth of its samples have the value."""
    samples = voice().copy()
    samples[::50] = value
    return mini.audio("bad.wav", samples, subtype="FLOAT")


def half(path: Path) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


BAD: dict[str, Callable[[MiniProject], Path]] = {
    "audio_empty": lambda mini: mini.raw("bad.wav", b""),
    "audio_undecodable": lambda mini: mini.raw("bad.wav", b"RIFF\x10\0\0\0WAVEfmt \x10\0"),
    "audio_truncated": lambda mini: half(mini.audio("bad.wav")),
    "audio_silent": lambda mini: mini.audio("bad.wav", np.zeros(48_000, np.float32)),
    "audio_nan": lambda mini: float_wav(mini, np.nan),
}


@pytest.mark.parametrize("reason", BAD)
def test_the_stage_rejects_it_by_its_reason_and_goes_on(
    mini: MiniProject, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = mini.valid()
    BAD[reason](mini)
    mini.transcript("bad.txt")
    result = mini.segment()
    assert result.metrics["dropped_recordings"] == {reason: 1}
    assert [row["id"] for row in result.recordings] == [kept]
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("r")]
    assert len(lines) == 1 and lines[0].startswith(f"{recording_id(KEY, 'bad')}: ")
    assert "; " in lines[0]


def test_empty_by_its_header(mini: MiniProject) -> None:
    assert reason_for(mini.audio("x.wav", np.zeros(0, np.float32))) == "audio_empty"
    assert reason_for(mini.audio("x.flac", np.zeros(0, np.float32))) == "audio_empty"


@pytest.mark.parametrize(
    "data", [b"\0" * 5000, b"just some words\n" * 99, b"<html></html>", b"OggS", b"x"]
)
def test_no_audio_at_all(mini: MiniProject, data: bytes) -> None:
    assert reason_for(mini.raw("x.mp3", data)) == "audio_undecodable"


def test_a_broken_header(mini: MiniProject) -> None:
    data = bytearray(mini.audio("x.flac").read_bytes())
    data[:40] = b"\xff" * 40
    assert reason_for(mini.raw("x.flac", bytes(data[:2000]))) == "audio_undecodable"


def test_a_playlist_is_not_followed(mini: MiniProject) -> None:
    """FFmpeg would open what a playlist names: another file, or an address on the network."""
    other = mini.audio("other.mp3", tone(2))
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{other}\n#EXT-X-ENDLIST\n"
    assert reason_for(mini.raw("x.mp3", playlist.encode())) == "audio_undecodable"
    concat = f"ffconcat version 1.0\nfile '{other}'\n"
    assert reason_for(mini.raw("x.wav", concat.encode())) == "audio_undecodable"


def test_a_video_without_sound(mini: MiniProject) -> None:
    import av

    path = mini.sessions / "audio" / "x.mp4"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert reason_for(path) == "audio_undecodable"


@pytest.mark.parametrize("name", ["x.wav", "x.aiff", "x.flac", "x.ogg", "x.caf", "x.au"])
def test_a_truncated_file(mini: MiniProject, name: str) -> None:
    assert reason_for(half(mini.audio(name, np.tile(voice(), 3)))) == "audio_truncated"


def test_nothing_but_a_header(mini: MiniProject) -> None:
    data = mini.audio("x.wav").read_bytes()
    assert reason_for(mini.raw("x.wav", data[: data.index(b"data") + 8])) == "audio_truncated"


def test_a_truncated_rf64(mini: MiniProject) -> None:
    assert reason_for(half(mini.audio("x.wav", form="RF64"))) == "audio_truncated"


@pytest.mark.parametrize(
    ("name", "codec"), [("x.mka", "flac"), ("x.webm", "libopus"), ("x.mp3", "libmp3lame")]
)
def test_a_truncated_container(mini: MiniProject, name: str, codec: str) -> None:
    path = encode(mini.sessions / "audio" / name, codec, 48_000, seconds=6)
    assert reason_for(half(path)) == "audio_truncated"


def test_a_truncated_mp4(mini: MiniProject) -> None:
    """Its index is lost, unless it is at the beginning of the file."""
    path = encode(mini.sessions / "audio" / "x.m4a", "aac", 44_100, seconds=6)
    assert reason_for(half(path)) == "audio_undecodable"
    path = encode(mini.sessions / "audio" / "y.m4a", "aac", 44_100, 6, movflags="faststart")
    assert reason_for(half(path)) == "audio_truncated"


def test_a_few_lost_bytes_are_a_notice(mini: MiniProject) -> None:
    for name in ("x.wav", "x.flac"):
        path = mini.audio(name, np.concatenate([voice(), voice()]))
        path.write_bytes(path.read_bytes()[:-20])
        assert decode(path).notices == ["audio_tail_missing"]


def test_infinity_everywhere(mini: MiniProject) -> None:
    assert reason_for(float_wav(mini, np.inf)) == "audio_nan"


def test_clipping_is_a_notice(mini: MiniProject) -> None:
    clipped = np.clip(voice() * 30, -1, 1)
    assert decode(mini.audio("x.wav", clipped)).notices == ["audio_clipped"]
    assert decode(mini.audio("x.wav", clipped, subtype="PCM_U8")).notices == ["audio_clipped"]
    mini.audio("good.wav", clipped)
    mini.transcript("good.txt")
    result = mini.segment()
    assert result.metrics["kept"] == 1 and result.metrics["notices"] == {"audio_clipped": 1}


def test_very_soft_speech_is_not_silence(mini: MiniProject) -> None:
    mini.audio("soft.wav", voice() * 0.004, subtype="PCM_24")
    mini.transcript("soft.txt")
    result = mini.segment()
    assert result.metrics["kept"] == 1
    assert result.metrics["speech_seconds"] > 1


def test_a_tone_is_neither_speech_nor_silence(mini: MiniProject) -> None:
    mini.audio("tone.wav", tone(3))
    mini.transcript("tone.txt")
    result = mini.segment()
    assert result.metrics["kept"] == 1 and result.metrics["segment_seconds"] == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(mini: MiniProject) -> None:
    path = mini.audio("x.wav")
    path.chmod(0)
    assert reason_for(path) == "audio_unreadable"


def test_the_libraries_print_nothing(mini: MiniProject, capfd: pytest.CaptureFixture[str]) -> None:
    for number, name in enumerate(["x.wav", "x.flac", "x.ogg"]):
        path = half(mini.audio(f"{number}{name}", np.tile(voice(), 2)))
        assert reason_for(path) == "audio_truncated"
    for name, codec in (("x.m4a", "aac"), ("x.mp3", "libmp3lame")):
        reason_for(half(encode(mini.sessions / "audio" / name, codec, 44_100)))
    reason_for(mini.raw("x.mp3", b"ID3\x03\0\0\0\0\x7f\x7f" + b"\xff\xfb\x90\0" * 99))
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
