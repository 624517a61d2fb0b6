"""The real dvc: what users provide is checked before it hashes, and no edit is lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from stages.common.core.files import read_rows
from stages.common.core.ids import recording_id
from tests.support.dvc_project import CLIENTS, KEY, repro, run

pytestmark = pytest.mark.pipeline
SEGMENT = "cmd: python -m stages.segment"


def test_edits_during_a_stage_and_faults_before_dvc_sees_them(project: Path) -> None:
    sessions = project / "data" / "sessions"
    transcript = sessions / "transcripts" / f"{CLIENTS[0]}.srt"
    # An edit between the end of the stage and DVC's hashing, which takes it for used.
    pipeline = project / "dvc.yaml"
    edit = f"sed -i 's/new plan/old plan/' {transcript.relative_to(project)}"
    pipeline.write_text(pipeline.read_text().replace(SEGMENT, f"{SEGMENT} && {edit}"))
    assert repro(project, "segment") == ["segment"]

    def texts() -> str:
        rows = read_rows(project / "data" / "segments" / "segments.jsonl")
        return " ".join(row["text"] for row in rows)

    before = texts().count("old plan")
    assert "old plan" in transcript.read_text() and not before
    assert repro(project, "segment") == ["segment"]
    assert texts().count("old plan") == 1
    assert repro(project, "segment") == []

    # DVC would print the names, and wait for ever at the pipe; it tracks this folder.
    (sessions / "audio" / f"{CLIENTS[1]}.mp3").symlink_to("gone")
    os.mkfifo(sessions / "audio" / f"{CLIENTS[2]}.mp3")
    (sessions / "audio" / os.fsdecode(b"Zo\xeb.wav")).touch()
    for target in (["finetune"], [], ["segment"]):
        if target == ["segment"]:
            # DVC visits the stages before an early target in random order, as they come out of a
            # set (networkx, where they are less than half of all), and may hash a tracked folder.
            (project / "data" / "sessions.dvc").unlink()
        done = run(project, "timeout", "60", "dvc", "repro", *target, ok=False)
        assert done.returncode not in (0, 124), done.stderr
        faults = [line for line in done.stderr.splitlines() if line.startswith("check_inputs: ")]
        assert len(faults) == 4, done.stderr
        for name in CLIENTS[1:3]:
            assert any(recording_id(KEY.encode(), name) in line for line in faults)
            assert name not in done.stdout + done.stderr
    # The line that helps, and not DVC's about a missing source.
    (project / "data" / "key").unlink()
    shutil.rmtree(sessions)
    done = run(project, "dvc", "repro", ok=False)
    assert "data.key: no such file" in done.stderr
    assert "data.sessions: there is no such folder" in done.stderr
    assert "missing data" not in done.stderr
