"""The real dvc: a change to the code runs the stage again, and transcribes no recording again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import soundfile

from stages.common.core.files import read_rows
from tests.support.dvc_project import make_project, repro, set_params
from tests.support.long_recording import LINES, LongRecording

pytestmark = pytest.mark.pipeline


@pytest.fixture
def project(tmp_path: Path, long_recording: LongRecording, aligner: Path) -> Path:
    """A workspace in which one recording has a plain transcript, with a sum of money."""
    folder = make_project(tmp_path / "project")
    shutil.copytree(aligner, folder / "aligner")
    set_params(folder, {"segment": {"aligner": "aligner", "min_score": 0.0}})
    sessions = folder / "data" / "sessions"
    soundfile.write(sessions / "audio" / "long.wav", long_recording.samples, 16_000)
    text = "\n".join(f"{role}: {text}" for role, text in LINES)
    text = text.replace("pay the garage", "pay the garage £4")
    (sessions / "transcripts" / "long.txt").write_text(text, encoding="utf-8")
    return folder


def cached(project: Path) -> tuple[bytes, int, int]:
    """The one cached transcription, and what differs once it has been written again."""
    (file,) = (project / ".state" / "aligner").glob("*.json")
    return file.read_bytes(), file.stat().st_ino, file.stat().st_mtime_ns


def scores(project: Path) -> dict[str, float]:
    """Score of each aligned segment, by its text."""
    rows = read_rows(project / "data" / "segments" / "segments.jsonl")
    return {row["text"]: row["score"] for row in rows if row["score"] is not None}


def test_a_change_to_the_normalizer_transcribes_nothing(project: Path) -> None:
    assert repro(project, "segment") == ["segment"]
    made, before = cached(project), scores(project)
    rules = project / "stages" / "common" / "text" / "money.py"
    code = rules.read_text(encoding="utf-8")
    rules.write_text(code.replace('"pound", "pounds"', '"buck", "bucks"'), encoding="utf-8")
    assert repro(project, "segment") == ["segment"]
    assert cached(project) == made
    # The new rule took effect on the cached words: the sum's segment alone has another score.
    after = scores(project)
    assert {text for text in after if after[text] != before[text]} == {
        text for text in before if "£4" in text
    }
    assert len(after) == len(before) > 5
