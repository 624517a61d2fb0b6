"""What a model hears in the stretches of a recording, one by one or several in a window."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from faster_whisper import BatchedInferencePipeline, WhisperModel

from stages.segment.alignment.speech_intervals import utterances, windows
from stages.segment.alignment.transcribe import open_aligner, transcribe_intervals
from stages.segment.alignment.transcript_words import form
from tests.support.talk import LINES, Talk

SECONDS = 9.0


@pytest.fixture(scope="module")
def model(aligner: Path) -> WhisperModel:
    return open_aligner(aligner)


def spied(model: WhisperModel, monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], list[int]]:
    """How many windows each call of the encoder and of the pipeline is given from now on."""
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


def test_each_stretch_has_its_words_and_each_window_is_encoded_once(
    model: WhisperModel, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretches = utterances(talk.samples, 0.5)
    encoded, asked = spied(model, monkeypatch)
    heard = transcribe_intervals(model, talk.samples, stretches, "en", SECONDS)
    assert all(text and 0 < confidence <= 1 for text, confidence in heard)
    # First the windows of several stretches, then what stands alone or was left out: which a model
    # leaves out can differ from one processor to another.
    several = [end - first for first, end in windows(stretches, SECONDS) if end - first > 1]
    assert asked[0] == len(several) < sum(several)
    assert sum(encoded) == sum(asked) < len(stretches)
    # The model is small: what it hears in a line's stretches is more like that line than any other.
    for (_, line), (start, end) in zip(LINES, talk.spans, strict=True):
        inside = "".join(
            form(text)
            for (first, last), (text, _) in zip(stretches, heard, strict=True)
            if start - 0.2 <= first and last <= end + 0.2
        )
        assert max((line for _, line in LINES), key=lambda said: _alike(said, inside)) == line


def _alike(said: str, heard: str) -> float:
    return SequenceMatcher(None, form(said), heard, autojunk=False).ratio()


def test_what_a_window_left_out_is_heard_alone(
    model: WhisperModel, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stretches = utterances(talk.samples, 0.5)
    alone = transcribe_intervals(model, talk.samples, stretches, "en", 0.1)
    align = model.find_alignment
    firsts = [first for first, end in windows(stretches, SECONDS) if end - first > 1]

    def ends_early(*asked: Any) -> Any:
        return [words[:1] for words in align(*asked)]

    monkeypatch.setattr(model, "find_alignment", ends_early)
    heard = transcribe_intervals(model, talk.samples, stretches, "en", SECONDS)
    for at, (text, confidence) in enumerate(heard):
        if at in firsts:
            assert len(text.split()) == 1
        else:
            assert (text, confidence) == alone[at]
    assert len(firsts) > 1
