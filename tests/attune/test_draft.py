"""`attune draft` with Whisper tiny.en: drafts, their order, and reruns."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from attune.draft.write import write_drafts
from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id
from stages.common.transcripts import srt
from tests.support.long_recording import LongRecording
from tests.support.mini_project import KEY, MiniProject


@pytest.fixture
def mini(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, long_recording: LongRecording, aligner: Path
) -> MiniProject:
    monkeypatch.chdir(tmp_path)
    mini = MiniProject(tmp_path)
    mini.prepare()
    shutil.copytree(aligner, tmp_path / "models" / "base-ct2")
    mini.audio("Ann Smith 1.wav", long_recording.samples)
    mini.audio("Ann Smith 2.wav", long_recording.samples[: 20 * 16_000])
    return mini


def made(mini: MiniProject) -> dict[str, bytes]:
    folder = mini.root / "data" / "drafts"
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def table(mini: MiniProject, name: str) -> list[dict[str, str]]:
    with (mini.root / "data" / "drafts" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_drafts_words_and_order(
    mini: MiniProject, long_recording: LongRecording, capfd: pytest.CaptureFixture[str]
) -> None:
    mini.valid("has one")
    write_drafts()
    assert sorted(made(mini)) == [
        ".made.json", "Ann Smith 1.srt", "Ann Smith 1.words.csv", "Ann Smith 2.srt",
        "Ann Smith 2.words.csv", "order.csv",
    ]  # fmt: skip
    cues = srt.parse(made(mini)["Ann Smith 1.srt"].decode())
    seconds = len(long_recording.samples) / 16_000
    assert len(cues) >= 6
    assert not [c for c in cues if not 0 <= c.start < c.end <= seconds + 0.5]
    assert sum(cue.end - cue.start <= 10 for cue in cues) >= len(cues) - 1
    words = table(mini, "Ann Smith 1.words.csv")
    chances = [float(row["probability"]) for row in words]
    assert chances == sorted(chances) and 20 <= len(words) <= 50
    assert all(row["word"] in cues[int(row["cue"]) - 1].text for row in words)
    order = table(mini, "order.csv")
    assert {row["recording"] for row in order} == {"Ann Smith 1", "Ann Smith 2"}
    certain = [float(row["mean_log_probability"]) for row in order]
    assert certain == sorted(certain)
    out, err = capfd.readouterr()
    assert "Smith" not in out + err and cues[0].text not in out + err


def test_drafts_are_not_repeated_and_two_runs_agree(mini: MiniProject) -> None:
    write_drafts()
    first = made(mini)
    path = mini.root / "data/drafts/Ann Smith 1.srt"
    before = path.stat().st_mtime_ns
    write_drafts()
    assert path.stat().st_mtime_ns == before and made(mini) == first
    shutil.rmtree(mini.root / "data")
    write_drafts()
    assert made(mini) == first


def test_an_edited_draft_is_left_alone(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    write_drafts()
    path = mini.root / "data/drafts/Ann Smith 1.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\ncorrected\n", encoding="utf-8")
    model = mini.root / "models"
    shutil.copytree(model / "base-ct2", model / "ct2")
    (model / "ct2" / "vocabulary.json").touch()
    (model / "ct2" / "note.txt").write_text("another model", encoding="utf-8")
    write_drafts()
    assert "corrected" in path.read_text(encoding="utf-8")
    shown = capsys.readouterr().out
    assert f"{recording_id(KEY, 'Ann Smith 1')}: its draft was edited" in shown
    assert "1 draft(s) written" in shown  # the other one, by the new model


def test_a_recording_with_a_transcript_leaves_the_order(mini: MiniProject) -> None:
    write_drafts()
    shutil.move(mini.root / "data/drafts/Ann Smith 1.srt", mini.sessions / "transcripts")
    write_drafts()
    assert [row["recording"] for row in table(mini, "order.csv")] == ["Ann Smith 2"]


def test_drafts_never_enter_training(mini: MiniProject) -> None:
    mini.valid()
    write_drafts()
    metrics = mini.segment().metrics
    assert metrics["kept"] == 1 and metrics["dropped_recordings"] == {"no_transcript": 2}


def test_broken_audio_is_one_line_and_the_rest_continues(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.raw("Bob.wav", b"not audio at all")
    write_drafts()
    shown = capsys.readouterr().out
    assert f"{recording_id(KEY, 'Bob')}: the recording is damaged" in shown and "Bob" not in shown
    assert "2 draft(s) written" in shown


def test_without_a_model_it_says_what_to_run(mini: MiniProject) -> None:
    shutil.rmtree(mini.root / "models")
    with pytest.raises(UserError, match="dvc repro fetch_base"):
        write_drafts()


def test_a_killed_run_resumes(mini: MiniProject) -> None:
    argv = [sys.executable, "-m", "attune", "draft"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    started = subprocess.Popen(
        argv, cwd=mini.root, env=environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    note = mini.root / "data/drafts/.made.json"
    try:
        for _ in range(1200):
            if note.exists():
                break
            time.sleep(0.02)
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    first = mini.root / "data/drafts/Ann Smith 1.srt"
    before = first.stat().st_mtime_ns
    write_drafts()
    assert first.stat().st_mtime_ns == before
    assert len(table(mini, "order.csv")) == 2
