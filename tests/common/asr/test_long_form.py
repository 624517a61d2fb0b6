"""Full recordings: saving, reading, and long-form metrics."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from faster_whisper import BatchedInferencePipeline

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from stages.common.asr.decoding import Decoding
from stages.common.asr.long_form import transcribe_recordings
from stages.common.asr.model import open_model
from stages.common.asr.spans import DECODING
from stages.common.audio.level import levelled
from stages.common.audio.samples import Pcm16, to_pcm, write_flac
from stages.common.core.manifest import Segment, audio_path
from stages.common.dataset.full_recordings import read_recordings, samples_of, save_recordings
from stages.common.evaluation.calibration import calibration
from stages.common.evaluation.recording_scores import long_form_metrics, nearest, score_recordings
from stages.common.text.normalizer import scoring_form
from stages.common.text.wer import score
from stages.common.text.word_alignment import align

LINES = (
    "How did the first week at the new school go?",
    "The children were kind to me, but I slept badly every night.",
    "That sounds like a heavy week.",
    "My sister came on Saturday and we walked along the river.",
)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    audio: dict[str, Pcm16] = {}
    for name in "ab":
        parts: list[np.ndarray] = [np.zeros(SAMPLE_RATE, np.float32)]
        segments: list[Segment] = []
        start = 1.0
        for number, text in enumerate(LINES):
            speech = 0.5 * speak(text, Voice("en-us+m3", 150))
            end = start + len(speech) / SAMPLE_RATE
            times = start - 0.2, end + 0.2, start, end
            speaker = ("Therapist", "Client")[number % 2]
            segments.append(Segment(f"{name}-{number}", name, *times, text, speaker))
            parts += [speech, np.zeros(SAMPLE_RATE, np.float32)]
            start = end + 1.0
        path = audio_path(folder / "source", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        audio[name] = to_pcm(np.concatenate(parts))
        write_flac(path, audio[name])
        if name == "a":
            save_recordings(folder / "test", segments[::-1], audio.__getitem__)
    return folder


def test_only_the_given_recordings_are_saved_in_order(recordings: Path) -> None:
    rows = read_recordings(recordings / "test")
    assert list(rows) == ["a"] and [row["text"] for row in rows["a"]] == list(LINES)
    seconds = [len(speak(text, Voice("en-us+m3", 150))) / SAMPLE_RATE for text in LINES]
    ends = [number + sum(seconds[:number]) for number in range(1, 5)]
    assert [(row["id"], row["speaker"]) for row in rows["a"]] == [
        (f"a-{n}", ("Therapist", "Client")[n % 2]) for n in range(4)
    ]
    # Ends of the words, without the padding of the segments.
    assert [row["end"] for row in rows["a"]] == pytest.approx(ends, abs=0.01)
    assert [path.name for path in (recordings / "test" / "audio").iterdir()] == ["a.flac"]
    whole, _ = soundfile.read(audio_path(recordings / "source", "a"), dtype="float32")
    assert np.array_equal(samples_of(recordings / "test", "a"), whole)


def test_long_form_metrics_are_those_of_the_decoded_segments(
    recordings: Path, tiny_en: Path
) -> None:
    model = open_model(tiny_en, "cpu")
    hypotheses = transcribe_recordings(model, recordings / "test", Decoding("en", 5, 10.0, -22.0))
    scores = score_recordings(hypotheses, read_recordings(recordings / "test"), "en")
    metrics = long_form_metrics(scores)
    decoded, _ = BatchedInferencePipeline(model).transcribe(
        levelled(samples_of(recordings / "test", "a"), -22.0), language="en", beam_size=5,
        **DECODING, chunk_length=10.0, word_timestamps=True, batch_size=1,
    )  # fmt: skip
    ends = [row["end"] for row in read_recordings(recordings / "test")["a"]]
    segments = list(decoded)
    errors = [min(abs(end - segment.end) for end in ends) for segment in segments]
    # Batches of another size round differently, which can move a word by a step of 20 ms.
    assert segments
    assert metrics["timestamp_error"] == pytest.approx(float(np.median(errors)), abs=0.02)
    text = " ".join(segment.text.strip() for segment in segments)
    assert metrics["wer_long_form"] == score([" ".join(LINES)], [text]).wer
    # The calibration counts the same words.
    bins = calibration(scores)
    correct = align(" ".join(LINES), text).correct
    assert sum(b.words for b in bins) == len(correct) == len(scoring_form(text).split())
    assert round(sum(b.words * b.correct for b in bins)) == sum(correct) > 0


def test_nearest_end() -> None:
    assert nearest(2.0, [1.5, 4.0]) == 0.5
    assert nearest(0.0, [1.5, 4.0]) == 1.5
    assert nearest(9.0, [1.5, 4.0]) == 5.0
