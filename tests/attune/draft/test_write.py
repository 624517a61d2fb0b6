"""`attune draft` with Whisper tiny.en: drafts, their order, and reruns."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from attune.draft import write
from attune.draft.drafts import Word, read_record, read_words
from attune.draft.write import write_drafts
from stages.common.core.errors import UserError
from stages.common.core.files import sha256
from stages.common.core.forgotten import add_forgotten
from stages.common.core.ids import recording_id
from stages.common.transcripts import vtt
from tests.support.imports import ROOT
from tests.support.long_recording import LongRecording
from tests.support.mini_project import KEY, MiniProject

LONG, SHORT = "Ann Smith 1", "Ann Smith 2"
DRAFTS = Path("data/drafts")


@pytest.fixture(scope="module")
def drafted(
    tmp_path_factory: pytest.TempPathFactory, long_recording: LongRecording, aligner: Path
) -> SimpleNamespace:
    """A project with drafts of two recordings, and what `attune draft` printed."""
    mini = MiniProject(tmp_path_factory.mktemp("drafted"))
    mini.prepare()
    (mini.root / "models").mkdir()
    (mini.root / "models" / "base-ct2").symlink_to(aligner)
    mini.audio(f"{LONG}.wav", long_recording.samples)
    mini.audio(f"{SHORT}.wav", long_recording.samples[: 8 * 16_000])
    return SimpleNamespace(root=mini.root, shown=draft(mini.root))


def draft(root: Path) -> str:
    """Standard output and error of `attune draft` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "attune", "draft"], cwd=root, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def mini(drafted: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MiniProject:
    """A copy of `drafted`, as working directory."""
    monkeypatch.chdir(tmp_path)
    mini = MiniProject(tmp_path)
    shutil.copytree(drafted.root, tmp_path, symlinks=True, dirs_exist_ok=True)
    mini.params()
    return mini


def made() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(DRAFTS.iterdir())}


def order() -> list[dict[str, str]]:
    with (DRAFTS / "order.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def use_another_model() -> None:
    """A tuned model that decodes alike but has another digest."""
    models = Path("models")
    shutil.copytree(models / "base-ct2", models / "ct2")
    (models / "ct2" / "note.txt").write_text("another model", encoding="utf-8")


def test_drafts_words_and_order(
    mini: MiniProject, drafted: SimpleNamespace, long_recording: LongRecording
) -> None:
    assert sorted(made()) == [
        ".made.json", f"{LONG}.vtt", f"{LONG}.words.jsonl", f"{SHORT}.vtt", f"{SHORT}.words.jsonl",
        "order.csv",
    ]  # fmt: skip
    cues, words = vtt.parse(made()[f"{LONG}.vtt"].decode()), read_words(DRAFTS, LONG)
    assert " ".join(cue.text.strip() for cue in cues) == " ".join(word.text for word in words)
    seconds = len(long_recording.samples) / 16_000
    assert len(cues) >= 6
    assert not [c for c in cues if not 0 <= c.start < c.end <= seconds + 0.5]
    assert sum(cue.end - cue.start <= 10 for cue in cues) >= len(cues) - 1
    assert {cue.speaker for cue in cues} == {"Speaker 1", "Speaker 2"}
    assert cues[0].speaker == "Speaker 1" and cues[1].speaker == "Speaker 2"
    assert [word.start for word in words] == sorted(word.start for word in words)
    record = read_record(DRAFTS)
    assert {known.model for known in record.values()} == {"base"}
    assert record[LONG].words == len(words)
    assert record[LONG].doubt == pytest.approx(sum(1 - word.probability for word in words), abs=0.1)
    rate = [float(row["expected_wrong_words"]) / float(row["seconds"]) for row in order()]
    assert {row["recording"] for row in order()} == {LONG, SHORT}
    assert rate == sorted(rate, reverse=True)
    assert "Smith" not in drafted.shown and cues[0].text.strip() not in drafted.shown
    assert "2 draft(s) written" in drafted.shown and "about" in drafted.shown


def test_drafts_are_not_repeated_and_two_runs_agree(mini: MiniProject) -> None:
    first, path = made(), DRAFTS / f"{LONG}.vtt"
    before = path.stat().st_mtime_ns
    write_drafts()
    assert path.stat().st_mtime_ns == before and made() == first
    (DRAFTS / f"{SHORT}.vtt").unlink()
    write_drafts()
    assert made() == first


def test_a_forgotten_recording_gets_no_draft(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    add_forgotten(KEY, [LONG], [])
    (DRAFTS / f"{LONG}.vtt").unlink()
    write_drafts()
    assert not (DRAFTS / f"{LONG}.vtt").exists()
    assert f"{recording_id(KEY, LONG)}: the recording or its client" in capsys.readouterr().out


def test_what_people_work_on_is_left_alone(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """An edited draft, one of an earlier version as well, and one whose review has begun."""
    use_another_model()
    path = DRAFTS / f"{LONG}.vtt"
    path.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\ncorrected\n", encoding="utf-8")
    mini.audio("Bob.wav")
    old = DRAFTS / "Bob.srt"
    old.write_text("1\n00:00:00,000 --> 00:00:01,000\ncorrected\n", encoding="utf-8")
    Path("data/review").mkdir()
    shutil.copy(DRAFTS / f"{SHORT}.vtt", "data/review")
    before = made()
    write_drafts()
    after = made()
    assert after | {"order.csv": b""} == before | {"order.csv": b""}
    shown = capsys.readouterr().out
    assert f"{recording_id(KEY, LONG)}: its draft was edited" in shown
    assert f"{recording_id(KEY, 'Bob')}: its draft was edited" in shown
    assert f"{recording_id(KEY, SHORT)}: its review has begun" in shown
    assert "0 draft(s) written" in shown


def test_a_new_model_writes_anew_even_drafts_of_an_earlier_version(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(DRAFTS)
    DRAFTS.mkdir()
    (mini.sessions / "audio" / f"{LONG}.wav").unlink()
    old = DRAFTS / f"{SHORT}.srt"
    old.write_text("1\n00:00:00,000 --> 00:00:01,000\nas written\n", encoding="utf-8")
    (DRAFTS / f"{SHORT}.words.csv").write_text("start\n", encoding="utf-8")
    record = {SHORT: {"id": "r0", "fingerprint": "[]", "sha256": sha256(old), "seconds": 8.0}}
    (DRAFTS / ".made.json").write_text(json.dumps(record), encoding="utf-8")
    assert read_record(DRAFTS) == {}
    use_another_model()
    metrics = mini.root / "metrics" / "dataset.json"
    metrics.parent.mkdir()
    metrics.write_text('{"train": {"seconds": 7200.0}}', encoding="utf-8")
    write_drafts()
    assert sorted(made()) == [".made.json", f"{SHORT}.vtt", f"{SHORT}.words.jsonl", "order.csv"]
    written = read_record(DRAFTS)[SHORT]
    assert (written.model, written.trained_hours, written.trained_on) == ("tuned", 2.0, False)
    assert "1 draft(s) written" in capsys.readouterr().out


def test_a_tuned_model_is_given_the_terms(
    mini: MiniProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is written anew when the list changes; the base gets none."""
    given = []

    def transcribe(*arguments: object) -> Iterator[tuple[float, list[list[Word]]]]:
        given.append(arguments[4])
        yield 1.0, [[Word(0.0, 1.0, "Morning.", 0.9)]]

    monkeypatch.setattr(write, "transcribe_pieces", transcribe)
    (mini.sessions / "audio" / f"{LONG}.wav").unlink()
    terms = Path("data/terms.txt")
    terms.write_text("sertraline | zoloft\nPHQ-9\n", encoding="utf-8")
    write_drafts()
    assert given == []
    use_another_model()
    write_drafts()
    terms.write_text("lithium # first\n", encoding="utf-8")
    write_drafts()
    write_drafts()
    assert given == [["sertraline", "PHQ-9"], ["lithium"]]


def test_a_recording_with_a_transcript_leaves_the_order(mini: MiniProject) -> None:
    shutil.move(DRAFTS / f"{LONG}.vtt", mini.sessions / "transcripts")
    write_drafts()
    assert [row["recording"] for row in order()] == [SHORT]
    assert read_record(DRAFTS).keys() == {LONG, SHORT} and read_words(DRAFTS, LONG)


def test_drafts_never_enter_training(mini: MiniProject) -> None:
    mini.valid()
    metrics = mini.segment().metrics
    assert metrics["kept"] == 1 and metrics["dropped_recordings"] == {"no_transcript": 2}


def test_broken_audio_is_one_line_and_the_rest_continues(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.raw("Abe.wav", b"not audio at all")
    (DRAFTS / f"{SHORT}.vtt").unlink()
    write_drafts()
    shown = capsys.readouterr().out
    assert f"{recording_id(KEY, 'Abe')}: the recording is damaged" in shown and "Abe" not in shown
    assert "1 draft(s) written" in shown


def test_what_is_no_file_is_one_line_and_leads_nowhere(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    audio = mini.sessions / "audio"
    mini.audio("out.wav").rename(mini.root / "out.wav")
    (audio / "Ada out.wav").symlink_to(mini.root / "out.wav")
    (audio / "Ada gone.wav").symlink_to("gone.wav")
    (audio / "Ada itself.wav").symlink_to("Ada itself.wav")
    (audio / "Ada folder.wav").mkdir()
    os.mkfifo(audio / "Ada pipe.wav")
    (mini.root / "out.wav").rename(os.fsdecode(os.fsencode(audio) + b"/Ad\xe1.wav"))
    write_drafts()
    shown = capsys.readouterr().out
    for stem, reason in (
        ("Ada out", "points outside"), ("Ada gone", "leads to no file"),
        ("Ada itself", "leads to no file"), ("Ada folder", "not a file but"),
        ("Ada pipe", "not a file but"), ("Ad\udce1", "not UTF-8"),
    ):  # fmt: skip
        (line,) = [each for each in shown.splitlines() if recording_id(KEY, stem) in each]
        assert reason in line
    assert "Ada" not in shown


def test_without_a_model_it_says_what_to_run(mini: MiniProject) -> None:
    (mini.root / "models" / "base-ct2").unlink()
    with pytest.raises(UserError, match="dvc repro fetch_base"):
        write_drafts()


def test_a_killed_run_resumes(mini: MiniProject) -> None:
    shutil.rmtree(DRAFTS)
    started = subprocess.Popen(
        [sys.executable, "-m", "attune", "draft"], cwd=mini.root, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )  # fmt: skip
    first = DRAFTS / f"{LONG}.vtt"
    try:
        for _ in range(6000):
            if (DRAFTS / ".made.json").exists():
                break
            time.sleep(0.02)
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    before = first.stat().st_mtime_ns
    write_drafts()
    assert first.stat().st_mtime_ns == before
    assert len(order()) == 2
