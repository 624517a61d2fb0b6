"""Decoding: every sample rate, bit depth, channel count and container becomes 16 kHz mono."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from stages.common.audio.decode import decode
from stages.common.audio.samples import read_flac, to_pcm, write_flac
from tests.support.mini_project import MiniProject, tone, voice


def loudest_frequency(samples: Any) -> float:
    """Hz of the strongest part of 16 kHz samples."""
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum) * 16_000 / len(samples))


def assert_tone(samples: Any, seconds: float, slack: float = 0.002) -> None:
    """Check that the output is the 440 Hz input tone: length, pitch and level."""
    assert samples.dtype == np.float32 and samples.ndim == 1
    assert abs(len(samples) / 16_000 - seconds) <= slack
    assert abs(loudest_frequency(samples) - 440) < 2
    assert float(np.sqrt(np.mean(samples**2))) == pytest.approx(0.2 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000])
def test_every_rate(mini: MiniProject, rate: int) -> None:
    decoded = decode(mini.audio("x.wav", tone(2, rate), rate))
    assert_tone(decoded.samples, 2)
    assert decoded.notices == []


@pytest.mark.parametrize("channels", range(1, 9))
def test_every_number_of_channels(mini: MiniProject, channels: int) -> None:
    assert_tone(decode(mini.audio("x.wav", tone(1, 48_000, channels), 48_000)).samples, 1)


def test_channels_are_averaged(mini: MiniProject) -> None:
    both = np.stack([voice(), 0.4 * voice()], axis=1)
    decoded = decode(mini.audio("x.wav", both))
    assert np.allclose(decoded.samples, 0.7 * voice(), atol=1e-4)
    assert decoded.notices == [] and decoded.turns == []


@pytest.mark.parametrize(
    "subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW"]
)
def test_every_depth(mini: MiniProject, subtype: str) -> None:
    assert_tone(decode(mini.audio("x.wav", tone(1), subtype=subtype)).samples, 1)


@pytest.mark.parametrize(
    ("name", "form"),
    [("x.WAV", "WAV"), ("x.flac", "FLAC"), ("x.aiff", "AIFF"), ("x.ogg", "OGG"),
     ("x.caf", "CAF"), ("x.au", "AU"), ("x.w64", "W64"), ("x.wav", "RF64")],
)  # fmt: skip
def test_what_soundfile_writes(mini: MiniProject, name: str, form: str) -> None:
    decoded = decode(mini.audio(name, tone(2, 44_100, 2), 44_100, form=form))
    assert_tone(decoded.samples, 2, slack=0.06)
    assert decoded.notices == []


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("x.m4a", "aac", 44_100), ("x.mp4", "aac", 48_000), ("x.aac", "aac", 44_100),
     ("x.webm", "libopus", 48_000), ("x.mp3", "libmp3lame", 44_100),
     ("x.mka", "flac", 16_000), ("x.wma", "wmav2", 44_100)],
)  # fmt: skip
def test_what_pyav_reads(mini: MiniProject, name: str, codec: str, rate: int) -> None:
    path = encode(mini.sessions / "audio" / name, codec, rate)
    decoded = decode(path)
    assert_tone(decoded.samples, 2, slack=0.15)
    assert decoded.notices == []


def encode(path: Path, codec: str, rate: int, seconds: float = 2, **options: str) -> Path:
    """The tone in stereo, written by FFmpeg."""
    import av

    form = "adts" if path.suffix == ".aac" else None
    with av.open(str(path), "w", format=form, options=options) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="stereo")
        stream.bit_rate = 128_000
        wave = tone(seconds, rate, 2).T
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave), "fltp", layout="stereo")
        frame.sample_rate = rate
        frame.pts = 0
        resampler = av.AudioResampler(
            stream.format or "fltp", "stereo", rate, stream.frame_size or 1024
        )
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def test_16_bits_at_16_khz_pass_unchanged(mini: MiniProject) -> None:
    given = np.random.default_rng(1).integers(-32768, 32768, 16_000).astype(np.int16)
    path = mini.audio("x.wav", given)
    write_flac(mini.root / "out.flac", to_pcm(decode(path).samples))
    kept, rate = soundfile.read(mini.root / "out.flac", dtype="int16")
    assert rate == 16_000 and np.array_equal(kept, given)
    assert soundfile.info(mini.root / "out.flac").subtype == "PCM_16"


def test_flac_comes_back(mini: MiniProject) -> None:
    write_flac(mini.root / "out.flac", to_pcm(voice()))
    assert np.max(np.abs(read_flac(mini.root / "out.flac") - voice())) <= 1 / 32768


def test_a_float_file_beyond_full_scale_is_scaled_not_clipped(mini: MiniProject) -> None:
    loud = tone(1) * 10
    samples = decode(mini.audio("x.wav", loud, subtype="FLOAT")).samples
    assert float(np.max(np.abs(samples))) == pytest.approx(1.0)
    assert samples == pytest.approx(loud[:, 0] / 2, abs=1e-3)


@pytest.mark.parametrize(("name", "form"), [("x.mp3", "WAV"), ("x.wav", "FLAC"), ("x.m4a", "OGG")])
def test_a_wrong_suffix_is_read_by_content(mini: MiniProject, name: str, form: str) -> None:
    decoded = decode(mini.audio(name, tone(1), form=form))
    assert_tone(decoded.samples, 1, slack=0.01)
    assert decoded.notices == ["audio_wrong_extension"]


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF, 0x7FFFF000])
def test_a_header_that_was_streamed_promises_nothing(mini: MiniProject, length: int) -> None:
    data = bytearray(mini.audio("x.wav", tone(1)).read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", length)
    data[4:8] = struct.pack("<I", 0xFFFFFFFF)
    assert_tone(decode(mini.raw("x.wav", bytes(data))).samples, 1)


@pytest.mark.parametrize("gain", [0.8, -1.0])
def test_samples_take_their_memory_once(mini: MiniProject, gain: float) -> None:
    """Also of a file that is read twice, as its second channel is inverted."""
    import tracemalloc

    speech = np.tile(voice(), 60)
    path = mini.audio("x.flac", np.stack([speech, gain * speech], axis=1))
    decode(path)  # what the libraries keep
    tracemalloc.start()
    samples = decode(path).samples
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(samples) == len(speech)
    assert peak < 1.6 * samples.nbytes  # a minute of samples is added at once
