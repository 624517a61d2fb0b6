"""Whole recordings: what they hold, and what is measured on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from faster_whisper import BatchedInferencePipeline

from demo.speech import SAMPLE_RATE, Voice, speak
from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.long_form import transcribe_recordings
from stages.common.asr.model import open_model
from stages.common.audio.samples import Pcm16, to_pcm, write_flac
from stages.common.core.manifest import Segment, audio_path
from stages.common.core.params import Evaluate
from stages.common.dataset.full_recordings import read_recordings, samples_of, save_recordings
from stages.common.evaluation.calibration import calibration
from stages.common.evaluation.recording_scores import long_form_metrics, nearest, score_recordings
from stages.common.text.normalizer import scoring_form
from stages.common.text.wer import score
from stages.common.text.word_alignment import align
from tests.support.imports import ROOT

LINES = (
    "How did the first week at the new school go?",
    "The children were kind to me, but I slept badly every night.",
    "That sounds like a heavy week.",
    "My sister came on Saturday and we walked along the river.",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    audio: dict[str, Pcm16] = {}
    for name in "ab":
        parts: list[np.ndarray] = [np.zeros(SAMPLE_RATE, np.float32)]
        segments: list[Segment] = []
        at = 1.0
        for number, text in enumerate(LINES):
            said = 0.5 * speak(text, Voice("en-us+m3", 150))
            end = at + len(said) / SAMPLE_RATE
            times = at - 0.2, end + 0.2, at, end
            speaker = ("Therapist", "Client")[number % 2]
            segments.append(Segment(f"{name}-{number}", name, *times, text, speaker))
            parts += [said, np.zeros(SAMPLE_RATE, np.float32)]
            at = end + 1.0
        path = audio_path(folder / "source", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        audio[name] = to_pcm(np.concatenate(parts))
        write_flac(path, audio[name])
        if name == "a":
            save_recordings(folder / "test", segments[::-1], audio.__getitem__)
    return folder


def test_only_what_is_asked_for_is_kept_and_in_order(place: Path) -> None:
    found = read_recordings(place / "test")
    assert list(found) == ["a"] and [row["text"] for row in found["a"]] == list(LINES)
    spoken = [len(speak(text, Voice("en-us+m3", 150))) / SAMPLE_RATE for text in LINES]
    ends = [number + sum(spoken[:number]) for number in range(1, 5)]
    assert [(row["id"], row["speaker"]) for row in found["a"]] == [
        (f"a-{n}", ("Therapist", "Client")[n % 2]) for n in range(4)
    ]
    # Those of the words: what a segment is padded by is no speech.
    assert [row["end"] for row in found["a"]] == pytest.approx(ends, abs=0.01)
    assert [path.name for path in (place / "test" / "audio").iterdir()] == ["a.flac"]
    whole, _ = soundfile.read(audio_path(place / "source", "a"), dtype="float32")
    assert np.array_equal(samples_of(place / "test", "a"), whole)


def test_what_is_measured_is_what_the_model_puts_out(place: Path, tmp_path: Path) -> None:
    to_ctranslate2(ROOT / "demo" / "base", tmp_path / "ct2", "float32")
    model = open_model(tmp_path / "ct2", "cpu")
    way = Evaluate(beam_size=5, window_seconds=10.0, device="cpu", guard="", gates={})
    heard_by_name = transcribe_recordings(model, place / "test", "en", way)
    scores = score_recordings(heard_by_name, read_recordings(place / "test"))
    found = long_form_metrics(scores)
    segments, _ = BatchedInferencePipeline(model).transcribe(
        samples_of(place / "test", "a"), language="en", beam_size=5, temperature=0.0,
        chunk_length=10.0, word_timestamps=True, batch_size=1,
    )  # fmt: skip
    ends = [row["end"] for row in read_recordings(place / "test")["a"]]
    heard = list(segments)
    errors = [min(abs(end - segment.end) for end in ends) for segment in heard]
    assert heard and found["timestamp_error"] == pytest.approx(float(np.median(errors)))
    said = " ".join(segment.text.strip() for segment in heard)
    assert found["wer_long_form"] == score([" ".join(LINES)], [said]).wer
    # And the words that its confidence is of are those that are counted.
    tenths = calibration(scores)
    right = align(" ".join(LINES), said).correct
    assert sum(tenth.words for tenth in tenths) == len(right) == len(scoring_form(said).split())
    assert round(sum(tenth.words * tenth.correct for tenth in tenths)) == sum(right) > 0


def test_the_nearest_end_counts() -> None:
    assert nearest(2.0, [1.5, 4.0]) == 0.5
    assert nearest(0.0, [1.5, 4.0]) == 1.5
    assert nearest(9.0, [1.5, 4.0]) == 5.0
