"""Each segment is assigned to the span it was decoded from, however faster-whisper rounds."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import Segment
from hypothesis import given
from hypothesis import strategies as st

from attune.speak.espeak import Voice, speak
from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.decoding import Decoding
from stages.common.asr.spans import span_index, transcribe_spans, with_speech
from stages.common.asr.windowed import transcribe_audio

RATE = 16_000
TEN_MINUTES = np.arange(600 * RATE)


@pytest.mark.parametrize("half_sample", [0.0, 0.5])
@pytest.mark.parametrize("rounding", [np.trunc, np.rint, np.ceil, np.floor])
def test_every_sample_of_ten_minutes(rounding: np.ufunc, half_sample: float) -> None:
    """The nearest start is the right one, with neighbours 30 ms before and after it."""
    starts = (TEN_MINUTES + half_sample) / RATE
    # As in BatchedInferencePipeline.
    offsets = (starts * RATE).astype(np.int64) / RATE
    seeks = rounding(offsets * 100)
    # A neighbour is at least 3 frames away, so it is never nearer.
    assert np.abs(starts * 100 - seeks).max() < 1.01


@given(
    first=st.integers(0, 600 * RATE),
    gaps=st.lists(st.integers(480, 30 * RATE), min_size=1, max_size=8),
    rounding=st.sampled_from([math.trunc, round, math.ceil]),
)
def test_every_span_is_identified(first: int, gaps: list[int], rounding: object) -> None:
    starts = (np.cumsum([first, *gaps]) + 0.5) / RATE
    for number, start in enumerate(starts):
        offset = int(start * RATE) / RATE
        assert span_index(starts, rounding(offset * 100)) == number  # type: ignore[operator]


def test_a_start_that_is_rounded_down() -> None:
    """`int(141.2 * 100)` is 14119, a frame before the window's start."""
    starts = (np.array([113.0, 141.2, 160.0]) * RATE + 0.5) / RATE
    assert int(141.2 * 100) == 14119
    assert [span_index(starts, seek) for seek in (11300, 14119, 14120, 16000)] == [0, 1, 1, 2]


def test_a_seek_that_is_no_start_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="no span's start"):
        span_index(np.array([1.0, 2.0]), 150)


def test_each_window_keeps_its_own_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, english: Path
) -> None:
    """Through the real pipeline, with a decoder that numbers the windows in order."""
    to_ctranslate2(english, tmp_path / "ct2", "float32")
    model = WhisperModel(str(tmp_path / "ct2"), device="cpu", cpu_threads=1)
    decoded = 0

    def numbers(_: object, features: np.ndarray, tokenizer: Tokenizer, options: object) -> object:
        nonlocal decoded
        texts = [f" {decoded + index}" for index in range(len(features))]
        decoded += len(features)
        tokens = [tokenizer.encode(text) for text in texts]
        return None, [{"tokens": t, "avg_logprob": 0.0, "no_speech_prob": 0.0} for t in tokens]

    monkeypatch.setattr(BatchedInferencePipeline, "generate_segment_batched", numbers)
    rng = np.random.default_rng(0)
    # The last starts are multiples of 0.1 s, some of which are rounded down.
    lengths = [*rng.integers(1, 4_000, 20), *rng.integers(1, 3, 278) * 1_600]
    before = sum(max(1_600, length) for length in lengths[:20])
    lengths.insert(20, 3_200 - before % 1_600)
    sounds = [np.zeros(int(length), np.float32) for length in lengths]
    assert transcribe_audio(model, sounds, Decoding("en", 1, 30.0, -22.0)) == [
        str(number) for number in range(299)
    ]


def test_spans_that_overlap_are_decoded_like_any_others(tiny_en: Path) -> None:
    """Speech without a pause, whose windows are padded, is longer than its recording."""
    model = WhisperModel(str(tiny_en), device="cpu", cpu_threads=1)
    speech = speak("We walked along the river and talked about the summer.", Voice("en-us"))
    seconds = len(speech) / RATE

    def decoded(spans: list[tuple[float, float]]) -> list[tuple[int, str]]:
        found = transcribe_spans(model, speech, spans, "en", beam_size=1, batch_size=8)
        return [(index, segment.text) for index, segment in found]

    whole, part = (0.0, seconds), (0.5, seconds)
    (alone,), (shorter,) = decoded([whole]), decoded([part])
    assert "river" in alone[1]
    assert decoded([whole, part]) == [alone, (1, shorter[1])]
    many = decoded([(0.03 * number, seconds) for number in range(12)])
    assert [index for index, _ in many] == list(range(12))
    assert decoded([]) == []


@pytest.mark.parametrize(
    ("no_speech", "log_probability", "kept"),
    [(0.9, -1.2, False), (0.9, -0.8, True), (0.5, -1.2, True), (0.1, -0.1, True)],
)
def test_windows_without_speech_are_dropped(
    no_speech: float, log_probability: float, kept: bool
) -> None:
    segment = Segment(
        id=0, seek=0, start=0.0, end=1.0, text=" you", tokens=[], words=None, temperature=0.0,
        compression_ratio=1.0, no_speech_prob=no_speech, avg_logprob=log_probability,
    )  # fmt: skip
    assert list(with_speech([segment])) == ([segment] if kept else [])
