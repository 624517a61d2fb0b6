"""Whole recordings: what they hold, and what is measured on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from demo.speech import SAMPLE_RATE, Voice, speak
from stages.common.convert import to_ctranslate2
from stages.common.listen import open_model
from stages.common.long_form import _nearest, score_recordings
from stages.common.manifest import Segment, audio_path
from stages.common.whole import read_recordings, samples_of, save_recordings
from tests.imports import ROOT

LINES = (
    "How did the first week at the new school go?",
    "The children were kind to me, but I slept badly every night.",
    "That sounds like a heavy week.",
    "My sister came on Saturday and we walked along the river.",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    for name in "ab":
        parts, segments, at = [np.zeros(SAMPLE_RATE, np.float32)], [], 1.0
        for number, text in enumerate(LINES):
            said = 0.5 * speak(text, Voice("en-us+m3", 150))
            end = at + len(said) / SAMPLE_RATE
            segments.append(Segment(f"{name}-{number}", name, at, end, text, ""))
            parts += [said, np.zeros(SAMPLE_RATE, np.float32)]
            at = end + 1.0
        path = audio_path(folder / "source", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.concatenate(parts), SAMPLE_RATE, subtype="PCM_16")
        if name == "a":
            save_recordings(folder / "source", folder / "test", segments[::-1])
    return folder


def test_only_what_is_asked_for_is_kept_and_in_order(place: Path) -> None:
    found = read_recordings(place / "test")
    assert list(found) == ["a"] and [row["text"] for row in found["a"]] == list(LINES)
    assert [path.name for path in (place / "test" / "audio").iterdir()] == ["a.flac"]
    whole, _ = soundfile.read(audio_path(place / "source", "a"), dtype="float32")
    assert np.array_equal(samples_of(place / "test", "a"), whole)


def test_a_model_that_hears_well_ends_where_speech_ends(place: Path, tmp_path: Path) -> None:
    to_ctranslate2(ROOT / "demo" / "base", tmp_path / "ct2", "float32")
    model = open_model(tmp_path / "ct2", "cpu")
    found = score_recordings(model, place / "test", "en", 5)
    assert 0 < found["wer_long_form"] < 0.8
    assert 0 <= found["timestamp_error"] < 1
    assert score_recordings(model, place / "test", "en", 5) == found


def test_the_nearest_end_counts() -> None:
    assert _nearest(2.0, [1.5, 4.0]) == 0.5
    assert _nearest(0.0, [1.5, 4.0]) == 1.5
    assert _nearest(9.0, [1.5, 4.0]) == 5.0
