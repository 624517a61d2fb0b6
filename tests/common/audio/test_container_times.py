"""Files whose audio starts late or has gaps: every frame is placed at its own time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stages.common.audio.decode import Decoded, decode, decode_file
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.rejections import RecordingRejected
from tests.support.containers import RATE, Part, write_container
from tests.support.mini_project import tone

CASES = [
    ("x.m4a", "aac"), ("x.mp4", "aac"), ("x.mov", "aac"), ("x.mp4", "libopus"),
    ("x.webm", "libopus"), ("x.mkv", "aac"), ("x.mkv", "libmp3lame"), ("x.mka", "pcm_s16le"),
]  # fmt: skip
WITH_VIDEO = [("x.mp4", "aac"), ("x.mkv", "libopus"), ("x.ts", "aac"), ("x.ts", "libmp3lame")]
LATE, GAP = [4.0], [0.0, 5.0, 11.5]
"""Starts of tones of 1.2 s (60 frames of Opus)."""


def parts(starts: list[float]) -> list[Part]:
    return [(start, tone(1.2, RATE)[:, 0]) for start in starts]


def onsets(samples: Samples) -> list[float]:
    """Seconds at which the tone begins after silence."""
    loud = np.abs(samples) > 0.05
    quiet_before = np.convolve(loud, np.ones(4000), "full")[: len(loud)] - loud == 0
    return [float(at) / SAMPLE_RATE for at in np.flatnonzero(loud & quiet_before)]


def slack(path: Path) -> float:
    """A transport stream starts with the encoder's priming samples, and the picture comes later."""
    return 0.027 if path.suffix == ".ts" else 0.02


def assert_placed(
    decoded: Decoded, starts: list[float], notices: list[str], slack: float = 0.02
) -> None:
    assert onsets(decoded.samples) == pytest.approx(starts, abs=slack)
    assert len(decoded.samples) / SAMPLE_RATE == pytest.approx(starts[-1] + 1.2, abs=0.1)
    assert decoded.notices == notices
    between = decoded.samples[int((starts[0] + 1.3) * SAMPLE_RATE) :]
    if len(starts) > 1:
        assert float(np.abs(between[: 3 * SAMPLE_RATE]).max()) < 0.002


@pytest.mark.parametrize(("name", "codec"), CASES)
@pytest.mark.parametrize("starts", [LATE, GAP], ids=["late", "gap"])
def test_sound_alone(tmp_path: Path, name: str, codec: str, starts: list[float]) -> None:
    path = write_container(tmp_path / name, [parts(starts)], codec)
    assert_placed(decode(path), starts, ["audio_gaps"])


@pytest.mark.parametrize(("name", "codec"), WITH_VIDEO)
@pytest.mark.parametrize("starts", [LATE, GAP], ids=["late", "gap"])
def test_sound_with_a_picture(tmp_path: Path, name: str, codec: str, starts: list[float]) -> None:
    path = write_container(tmp_path / name, [parts(starts)], codec, video_seconds=20)
    assert_placed(decode(path), starts, ["audio_gaps"], slack(path))


@pytest.mark.parametrize(("name", "codec"), WITH_VIDEO)
def test_a_picture_that_outlasts_the_sound(tmp_path: Path, name: str, codec: str) -> None:
    path = write_container(tmp_path / name, [parts([0.0])], codec, video_seconds=60)
    assert_placed(decode(path), [0.0], [], slack(path))


@pytest.mark.parametrize(("name", "codec"), [*WITH_VIDEO, ("x.mkv", "aac"), ("x.webm", "libopus")])
def test_sound_that_starts_after_what_ffmpeg_probes(tmp_path: Path, name: str, codec: str) -> None:
    path = write_container(tmp_path / name, [parts([40.0])], codec, video_seconds=90)
    assert_placed(decode(path), [40.0], ["audio_gaps"], slack(path))


def test_a_broadcast_counts_from_anywhere(tmp_path: Path) -> None:
    """Its times begin at those of its picture."""
    path = tmp_path / "x.ts"
    write_container(path, [parts([2.0])], "aac", video_seconds=5, first_pts=3 * 3600.0)
    assert_placed(decode(path), [2.0], ["audio_gaps"])


def test_a_capture_of_a_live_stream_counts_from_anywhere(tmp_path: Path) -> None:
    path = write_container(tmp_path / "x.mkv", [parts(GAP)], "aac", first_pts=5 * 3600.0)
    assert_placed(decode(path), GAP, ["audio_gaps"])


def test_recordings_of_a_broadcast_that_were_joined(tmp_path: Path) -> None:
    path = write_container(tmp_path / "x.ts", [parts([0.0, 5.0])], "aac")
    path.write_bytes(2 * path.read_bytes())
    decoded = decode(path)
    length = len(decoded.samples) / 2 / SAMPLE_RATE
    # The second recording's first tone follows the last one of the first.
    assert onsets(decoded.samples) == pytest.approx([0, 5, length + 5], abs=0.03)
    assert decoded.notices == ["audio_clock_set", "audio_gaps"]


def test_a_broadcast_that_ends_within_a_frame(tmp_path: Path) -> None:
    """Wherever it is cut: with a picture it states no length."""
    path = write_container(tmp_path / "x.ts", [parts([0.0, 3.0])], "aac", video_seconds=3.5)
    data = path.read_bytes()
    notices = set()
    for cut in range(13_000, 14_000, 60):
        path.write_bytes(data[:-cut])
        decoded = decode(path)
        assert onsets(decoded.samples) == pytest.approx([0.0, 3.0], abs=0.027)
        notices |= set(decoded.notices)
    assert notices == {"audio_gaps", "audio_tail_missing"}


@pytest.mark.parametrize("video_seconds", [0.0, 3.0])
def test_a_matroska_file_that_was_copied_in_part(tmp_path: Path, video_seconds: float) -> None:
    path = write_container(tmp_path / "x.mkv", [parts(GAP)], "aac", video_seconds)
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 3])
    with pytest.raises(RecordingRejected, match="audio_truncated"):
        decode(path)


def test_the_check_sees_a_gap_before_it_fills_the_memory(tmp_path: Path) -> None:
    """As the service refuses audio that is too long."""
    path = write_container(tmp_path / "x.m4a", [parts([0.0, 3000.0])], "aac")
    reached: list[float] = []

    def check(seconds: float) -> None:
        reached.append(seconds)
        if seconds > 60:
            raise TimeoutError

    with path.open("rb") as file, pytest.raises(TimeoutError):
        decode_file(file, ".m4a", check)
    assert 60 < reached[-1] < 62 and max(np.diff(reached)) < 1.1
