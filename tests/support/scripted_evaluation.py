"""The stages `baseline` and `evaluate` on models that transcribe any audio as one given text."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from stages.baseline import __main__ as baseline
from stages.common.core.files import Row, write_rows, write_text
from stages.common.core.metrics import read_metrics
from stages.common.dataset.split_storage import Clip, save_split
from stages.evaluate import __main__ as evaluate
from tests.support.imports import ROOT
from tests.support.scripted_models import scripted

# In words that the tokenizer was trained on, so that a model can write each.
GENERAL_TEXT = "what went through your mind at that moment"
"""The reference of the out-of-domain set, and what the base model transcribes."""
TEST_TEXT = "we talked about breathing slowly before the meeting"
"""The reference of the test split."""
TRAIN_TEXT = "my sister called on tuesday and i argued again"
"""The reference of the training split."""
VALIDATION_TEXT = "it was easier than last time but i still felt tense"
"""The reference of the validation clips."""
RECORDINGS, CLIPS = 2, 2
PAIRS = 2
"""Of a training and a validation clip."""


@dataclass(frozen=True)
class ScriptedEvaluation:
    """A workspace with four test clips of two recordings, one training clip, and two pairs of a
    training and a validation clip."""

    folder: Path

    def run(self, tuned: str, base: str = GENERAL_TEXT) -> tuple[Row, Row]:
        """Metrics of the tuned and the base model, which transcribe everything as these texts."""
        for name, text in (("base-ct2", base), ("ct2", tuned)):
            shutil.rmtree(self.folder / "models" / name, ignore_errors=True)
            scripted(self.folder / "models" / name, text)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            baseline.main()
            evaluate.main()
            return read_metrics("evaluate"), read_metrics("baseline")


def make_evaluation(folder: Path) -> ScriptedEvaluation:
    dataset = folder / "data" / "dataset"
    dataset.mkdir(parents=True)
    speech = _speech(TEST_TEXT)
    clips = [
        _clip(f"r{number}", index, TEST_TEXT, speech)
        for number in range(RECORDINGS)
        for index in range(CLIPS)
    ]
    save_split(dataset / "test", clips)
    save_split(dataset / "train", [_clip("r9", 0, TRAIN_TEXT, speech)])
    _save_pairs(dataset / "membership")
    write_text(dataset / "test_set", "scripted")
    write_rows(dataset / "test_slices.jsonl", ({"id": c.id, "speaker": "client"} for c in clips))
    _save_full_recordings(dataset / "test_recordings", clips, speech)
    shutil.copyfile(ROOT / "data" / "terms.txt", folder / "data" / "terms.txt")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    # As long as one clip, so that each is transcribed alone: a model writes its text once a window.
    params["evaluate"] |= {
        "beam_size": 2, "device": "cpu", "window_seconds": _seconds(speech),
        "guard": _save_out_of_domain_set(folder / "guard"),
    }  # fmt: skip
    params["data"]["key"] = "key"
    write_text(folder / "key", "a key that everybody may know")
    write_text(folder / "params.yaml", yaml.safe_dump(params))
    return ScriptedEvaluation(folder)


def _save_pairs(folder: Path) -> None:
    """Each clip in a recording of its own."""
    for side, text in (("train", TRAIN_TEXT), ("validation", VALIDATION_TEXT)):
        speech = _speech(text)
        save_split(folder / side, [_clip(f"{side}{n}", 0, text, speech) for n in range(PAIRS)])
    write_rows(
        folder / "pairs.jsonl",
        ({side: f"{side}{n}-0" for side in ("train", "validation")} for n in range(PAIRS)),
    )


def _save_out_of_domain_set(folder: Path) -> str:
    """Recordings that the base model transcribes without an error."""
    for part in ("audio", "transcripts"):
        (folder / part).mkdir(parents=True)
    for number in range(2):
        (folder / "audio" / f"general_{number}.flac").write_bytes(_flac(_speech(GENERAL_TEXT)))
        (folder / "transcripts" / f"general_{number}.txt").write_text(
            GENERAL_TEXT, encoding="utf-8"
        )
    return folder.name


def _speech(text: str) -> np.ndarray:
    return speak(text, Voice("en-us+m3"))


def _seconds(samples: np.ndarray) -> float:
    return len(samples) / SAMPLE_RATE


def _flac(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return out.getvalue()


def _clip(recording: str, index: int, text: str, speech: np.ndarray) -> Clip:
    seconds = _seconds(speech)
    return Clip(
        f"{recording}-{index}", recording, index * seconds, seconds, text, [], 0, _flac(speech),
        f"{text.capitalize()}.",
    )  # fmt: skip


def _save_full_recordings(folder: Path, clips: Sequence[Clip], speech: np.ndarray) -> None:
    (folder / "audio").mkdir(parents=True)
    for recording in sorted({clip.recording for clip in clips}):
        (folder / "audio" / f"{recording}.flac").write_bytes(_flac(np.tile(speech, CLIPS)))
    write_rows(
        folder / "segments.jsonl",
        (
            {
                "id": c.id,
                "recording": c.recording,
                "end": c.start + c.seconds,
                "text": c.text,
                "speaker": "Client",
            }
            for c in clips
        ),
    )
