"""A place in which `baseline` and `evaluate` run on models that say what a test wrote for them."""

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

from demo.speech import SAMPLE_RATE, Voice, speak
from stages.baseline import __main__ as baseline
from stages.common.core.files import Row, write_rows, write_text
from stages.common.core.metrics import read_metrics
from stages.common.dataset.split import Clip, save_split
from stages.evaluate import __main__ as evaluate
from tests.support.imports import ROOT
from tests.support.scripted_models import scripted

# Of the words that the tokenizer was trained on, so that each can be said.
GENERAL = "what went through your mind at that moment"
"""What the base says, and what is said in the guard."""
SPOKEN = "we talked about breathing slowly before the meeting"
"""What is said in the test split."""
LEARNED = "my sister called on tuesday and i argued again"
"""What is said on the training side alone."""
RECORDINGS, CLIPS = 2, 2


@dataclass(frozen=True)
class Place:
    """Two recordings of two clips to test, one clip to have trained on."""

    folder: Path

    def judge(self, tuned: str, base: str = GENERAL) -> tuple[Row, Row]:
        """The metrics of the tuned model and of the base, each of which says one text only."""
        for name, text in (("base-ct2", base), ("ct2", tuned)):
            shutil.rmtree(self.folder / "models" / name, ignore_errors=True)
            scripted(self.folder / "models" / name, text)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            baseline.main()
            evaluate.main()
            return read_metrics("evaluate"), read_metrics("baseline")


def make_place(folder: Path) -> Place:
    dataset = folder / "data" / "dataset"
    dataset.mkdir(parents=True)
    sound = _speech(SPOKEN)
    clips = [
        _clip(f"r{number}", index, SPOKEN, sound)
        for number in range(RECORDINGS)
        for index in range(CLIPS)
    ]
    save_split(dataset / "test", clips)
    save_split(dataset / "train", [_clip("r9", 0, LEARNED, sound)])
    write_text(dataset / "test_set", "planted")
    write_rows(dataset / "test_slices.jsonl", ({"id": c.id, "speaker": "client"} for c in clips))
    _save_whole(dataset / "test_recordings", clips, sound)
    shutil.copyfile(ROOT / "data" / "terms.txt", folder / "data" / "terms.txt")
    params = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    # As long as one clip, so that each is heard alone: a model says its text once a window.
    params["evaluate"] |= {
        "beam_size": 2, "device": "cpu", "window_seconds": _seconds(sound),
        "guard": _save_guard(folder / "guard"),
    }  # fmt: skip
    params["data"]["key"] = "key"
    write_text(folder / "key", "a key that everybody may know")
    write_text(folder / "params.yaml", yaml.safe_dump(params))
    return Place(folder)


def _save_guard(folder: Path) -> str:
    """English that is nobody's session, in which the base is good."""
    for part in ("audio", "transcripts"):
        (folder / part).mkdir(parents=True)
    for number in range(2):
        (folder / "audio" / f"general_{number}.flac").write_bytes(_flac(_speech(GENERAL)))
        (folder / "transcripts" / f"general_{number}.txt").write_text(GENERAL, encoding="utf-8")
    return folder.name


def _speech(text: str) -> np.ndarray:
    return speak(text, Voice("en-us+m3"))


def _seconds(samples: np.ndarray) -> float:
    return len(samples) / SAMPLE_RATE


def _flac(samples: np.ndarray) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
    return out.getvalue()


def _clip(recording: str, index: int, text: str, sound: np.ndarray) -> Clip:
    seconds = _seconds(sound)
    return Clip(
        f"{recording}-{index}", recording, index * seconds, seconds, text, [], 0, _flac(sound)
    )


def _save_whole(folder: Path, clips: Sequence[Clip], sound: np.ndarray) -> None:
    (folder / "audio").mkdir(parents=True)
    for recording in sorted({clip.recording for clip in clips}):
        whole = np.tile(sound, CLIPS)
        (folder / "audio" / f"{recording}.flac").write_bytes(_flac(whole))
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
