"""`attune lookup`: the files behind ids."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from stages.common.core.ids import group_id, recording_id
from tests.support.imports import ROOT
from tests.support.mini_project import KEY, MiniProject


def lookup(mini: MiniProject, ids: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "attune", "lookup", *ids],
        cwd=mini.root, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True,
    )  # fmt: skip


def test_recordings_segments_clients_and_rows_of_the_table(mini: MiniProject) -> None:
    mini.valid("a\nb")
    mini.transcript("alone.srt")
    table = 'recording,client\n"a\nb",Ann\nnobody,Eve\n'
    (mini.sessions / "sessions.csv").write_text(table, encoding="utf-8")
    ids = [recording_id(KEY, "a\nb") + "-0003", recording_id(KEY, "alone"),
           group_id(KEY, "Ann", ""), recording_id(KEY, "nobody")]  # fmt: skip
    assert lookup(mini, ids).stdout.splitlines() == [
        f"{ids[0]}: 'audio/a\\nb.wav'",
        f"{ids[0]}: 'transcripts/a\\nb.txt'",
        f"{ids[1]}: 'transcripts/alone.srt'",
        f"{ids[2]}: 'audio/a\\nb.wav'",
        f"{ids[3]}: 'a row of sessions.csv: nobody'",
    ]


def test_unknown_ids_hide_no_known_one(mini: MiniProject) -> None:
    name = mini.valid("a")
    # Nor does a table at fault.
    (mini.sessions / "sessions.csv").write_text("recording\n", encoding="utf-8")
    done = lookup(mini, ["r0000000000", name, "r0000000001"])
    assert done.returncode == 1
    assert done.stdout.splitlines() == [f"{name}: 'audio/a.wav'", f"{name}: 'transcripts/a.txt'"]
    assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [
        "r0000000000",
        "r0000000001",
    ]


def test_files_that_the_check_of_inputs_reports(mini: MiniProject) -> None:
    (mini.sessions / "audio" / "gone.wav").symlink_to("nothing.wav")
    (mini.sessions / "audio" / os.fsdecode(b"Zo\xeb.wav")).touch()
    os.mkfifo(mini.sessions / "pipe")
    names = ["gone", os.fsdecode(b"Zo\xeb"), "pipe"]
    ids = [recording_id(KEY, name) for name in names]
    assert lookup(mini, ids).stdout.splitlines() == [
        f"{ids[0]}: 'audio/gone.wav'",
        f"{ids[1]}: 'audio/Zo\\udceb.wav'",
        f"{ids[2]}: 'pipe'",
    ]


def test_recordings_of_the_guard(mini: MiniProject) -> None:
    for part, name in (("audio", "tale.flac"), ("transcripts", "tale.txt"), ("audio", "other.ogg")):
        (mini.root / "demo" / "guard" / part).mkdir(parents=True, exist_ok=True)
        (mini.root / "demo" / "guard" / part / name).touch()
    name = recording_id(KEY, "tale")
    assert lookup(mini, [name]).stdout.splitlines() == [
        f"{name}: 'demo/guard/audio/tale.flac'",
        f"{name}: 'demo/guard/transcripts/tale.txt'",
    ]
