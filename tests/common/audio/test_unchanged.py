"""Files as recorders usually make them give the decoder's own samples: none added, none dropped.

The expected samples are computed here in the plainest way: all of the decoder's samples, the mean
of the channels, one resampler.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from stages.common.audio.decode import decode
from stages.common.audio.samples import SAMPLE_RATE, Samples
from tests.common.audio.test_decode import encode
from tests.support.containers import RATE, write_container
from tests.support.mini_project import MiniProject, tone, voice

SHARED = Path(os.environ.get("ATTUNE_SHARED", "../shared")).resolve() / "speech" / "formats"


def mixed(samples: Samples, rate: int) -> Samples:
    """(samples, channels) at `rate` -> (samples,) at 16 kHz."""
    mono: Samples = samples.mean(axis=1, dtype=np.float32)
    if rate != SAMPLE_RATE:
        resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, "float32", "HQ")
        mono = resampler.resample_chunk(mono, last=True)
    return mono


def from_libsndfile(path: Path) -> Samples:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return mixed(samples, rate)


def from_ffmpeg(path: Path) -> Samples:
    import av

    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    parts = []
    for frame in frames:
        values = frame.to_ndarray()
        if not frame.format.is_planar:
            values = values.reshape(-1, len(frame.layout.channels)).T
        if values.dtype.kind == "i":
            values = values / -float(np.iinfo(values.dtype).min)
        parts.append(values.T.astype(np.float32))
    return mixed(np.concatenate(parts), frames[0].sample_rate)


def assert_equal(samples: Samples, expected: Samples) -> None:
    peak = np.float32(max(1.0, float(np.abs(expected).max())))
    assert len(samples) == len(expected) and np.array_equal(samples, expected / peak)


def stereo(rate: int) -> Samples:
    """Speech in a room, as two microphones of one device hear it."""
    speech = soxr.resample(np.tile(voice(), 2), SAMPLE_RATE, rate)
    noise = np.random.default_rng(1).normal(0, 0.003, (len(speech), 2))
    late = np.roll(speech, 9)
    return (np.stack([speech, 0.8 * late], axis=1) + noise + 0.0005).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize(
    ("name", "subtype"),
    [("x.wav", "PCM_16"), ("x.wav", "PCM_24"), ("x.wav", "FLOAT"), ("x.wav", "PCM_U8"),
     ("x.flac", "PCM_16"), ("x.aiff", "PCM_24"), ("x.ogg", "VORBIS")],
)  # fmt: skip
def test_libsndfile(mini: MiniProject, name: str, subtype: str, rate: int) -> None:
    path = mini.audio(name, stereo(rate), rate, subtype)
    decoded = decode(path)
    assert_equal(decoded.samples, from_libsndfile(path))
    assert decoded.notices == [] and decoded.turns == []


def test_opus_in_ogg(mini: MiniProject) -> None:
    path = mini.audio("x.opus", stereo(RATE), RATE, "OPUS", "OGG")
    assert_equal(decode(path).samples, from_libsndfile(path))


@pytest.mark.parametrize(
    ("name", "codec"),
    [("x.m4a", "aac"), ("x.mp4", "libopus"), ("x.webm", "libopus"), ("x.mkv", "aac"),
     ("x.mka", "pcm_s16le"), ("x.mkv", "libmp3lame"), ("x.ts", "aac"), ("x.avi", "libmp3lame")],
)  # fmt: skip
@pytest.mark.parametrize("video_seconds", [0.0, 12.0])
def test_ffmpeg(tmp_path: Path, name: str, codec: str, video_seconds: float) -> None:
    parts = [(0.0, stereo(RATE))]
    path = write_container(tmp_path / name, [parts], codec, video_seconds)
    decoded = decode(path)
    assert_equal(decoded.samples, from_ffmpeg(path))
    assert decoded.notices == [] and decoded.turns == []


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("x.mp3", "libmp3lame", 44_100), ("x.aac", "aac", 44_100), ("x.wma", "wmav2", 44_100),
     ("x.m4a", "aac", 44_100), ("x.m4a", "aac", 16_000)],
)  # fmt: skip
def test_audio_files_by_ffmpeg(mini: MiniProject, name: str, codec: str, rate: int) -> None:
    path = encode(mini.sessions / "audio" / name, codec, rate)
    assert_equal(decode(path).samples, from_ffmpeg(path))


def test_a_tone_of_every_number_of_channels(mini: MiniProject) -> None:
    for channels in range(1, 9):
        path = mini.audio("x.wav", tone(1, RATE, channels), RATE)
        assert_equal(decode(path).samples, from_libsndfile(path))


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs recordings of others at ATTUNE_SHARED")
@pytest.mark.parametrize("suffix", [".wav", ".flac", ".aiff", ".mp3", ".mp4", ".ogg", ".webm"])
def test_recordings_of_others(suffix: str) -> None:
    ours = {".mp3", ".mp4", ".webm"}
    damaged = SHARED / "p001.flac"
    paths = [*SHARED.glob(f"p001{suffix}"), *SHARED.glob(f"audio-*{suffix}")]
    for path in sorted(set(paths) - {damaged}):
        expected = from_ffmpeg(path) if suffix in ours else from_libsndfile(path)
        assert_equal(decode(path).samples, expected)
