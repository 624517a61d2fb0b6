"""Transcription of speech intervals, each alone or several in a window."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel

from stages.segment.alignment.speech_intervals import utterance_intervals, windows
from stages.segment.alignment.transcribe import open_aligner, transcribe_intervals
from stages.segment.alignment.transcript_words import to_letters
from tests.support.long_recording import LINES, LongRecording

SECONDS = 9.0


@pytest.fixture(scope="module")
def model(aligner: Path) -> WhisperModel:
    return open_aligner(aligner)


def count_windows(
    model: WhisperModel, monkeypatch: pytest.MonkeyPatch
) -> tuple[list[int], list[int]]:
    """Number of windows in each call of the encoder and of the pipeline from now on."""
    encoded: list[int] = []
    asked: list[int] = []
    encode, transcribe = model.encode, BatchedInferencePipeline.transcribe

    def counted(features: Any) -> Any:
        encoded.append(len(features))
        return encode(features)

    def noted(*args: Any, **options: Any) -> Any:
        asked.append(len(options["clip_timestamps"]))
        return transcribe(*args, **options)

    monkeypatch.setattr(model, "encode", counted)
    monkeypatch.setattr(BatchedInferencePipeline, "transcribe", noted)
    return encoded, asked


def test_each_interval_has_its_words_and_each_window_is_encoded_once(
    model: WhisperModel, long_recording: LongRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    intervals = utterance_intervals(long_recording.samples, 0.5)
    encoded, asked = count_windows(model, monkeypatch)
    hypotheses = transcribe_intervals(model, long_recording.samples, intervals, "en", SECONDS)
    assert [(h.start, h.end) for h in hypotheses] == intervals
    assert all(h.text and 0 < h.confidence <= 1 for h in hypotheses)
    # First the windows, then the intervals that the model skipped: which ones can differ from one
    # processor to another.
    assert asked[0] == len(windows(intervals, SECONDS)) < len(intervals)
    assert sum(encoded) == sum(asked) < len(intervals)
    # The hypothesis for a line is more like that line than any other.
    for (_, line), (start, end) in zip(LINES, long_recording.spans, strict=True):
        hypothesis = "".join(
            to_letters(h.text) for h in hypotheses if start - 0.2 <= h.start and h.end <= end + 0.2
        )
        assert max((text for _, text in LINES), key=lambda t: _similarity(t, hypothesis)) == line


def _similarity(text: str, hypothesis: str) -> float:
    return SequenceMatcher(None, to_letters(text), hypothesis, autojunk=False).ratio()


def test_intervals_that_a_window_skips_are_decoded_alone(
    model: WhisperModel, long_recording: LongRecording, monkeypatch: pytest.MonkeyPatch
) -> None:
    intervals = utterance_intervals(long_recording.samples, 0.5)
    alone = transcribe_intervals(model, long_recording.samples, intervals, "en", 0.1)
    assert all(len(hypothesis.parts) == len(hypothesis.text.split()) for hypothesis in alone)
    find_alignment = model.find_alignment
    firsts = [first for first, _ in windows(intervals, SECONDS)]

    def ends_early(*asked: Any) -> Any:
        return [words[:1] for words in find_alignment(*asked)]

    monkeypatch.setattr(model, "find_alignment", ends_early)
    hypotheses = transcribe_intervals(model, long_recording.samples, intervals, "en", SECONDS)
    for at, hypothesis in enumerate(hypotheses):
        if at in firsts:
            assert len(hypothesis.text.split()) == 1
        else:
            (part,) = hypothesis.parts  # without word times
            assert part.text.strip() == alone[at].text
    assert len(firsts) > 1
