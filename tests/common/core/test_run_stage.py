"""How a stage ends: inputs that are missing or change, a full disk, an ASCII terminal."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from soundfile import LibsndfileError

from stages.common.core.machine_faults import machine_fault
from stages.common.core.metrics import read_metrics
from stages.common.core.run_stage import run_stage

PIPELINE = """stages:
  segment:
    cmd: x
    deps: ["${data.sessions}", data/terms.txt, data/inputs/sessions, stages/segment]
    outs: [data/segments]
  normalize:
    cmd: x
    deps: [data/segments/rows, stages/normalize, "${data.sessions}"]
    outs: [data/normalized]
"""
Ended = Callable[[str, Callable[[], object]], list[str]]


@pytest.fixture
def ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Ended:
    """Lines that a stage of a small pipeline ends with."""
    monkeypatch.chdir(tmp_path)
    Path("dvc.yaml").write_text(PIPELINE)
    Path("params.yaml").write_text("data: {sessions: quokka}\n")
    Path("quokka/audio").mkdir(parents=True)
    Path("quokka/audio/a.wav").write_text("sound")
    Path("data").mkdir()
    Path("data/terms.txt").write_text("EMDR\n")

    def end(name: str, main: Callable[[], object]) -> list[str]:
        with pytest.raises(SystemExit) as caught:
            run_stage(name, lambda: main() and None)
        assert caught.value.code == 1
        lines = capsys.readouterr().err.splitlines()
        assert not [line for line in lines if "quokka" in line or not line.startswith(name)]
        return [line.removeprefix(f"{name}: ") for line in lines]

    return end


def fail(error: Exception) -> Callable[[], None]:
    def main() -> None:
        raise error

    return main


def test_before_anything_ran(ended: Ended) -> None:
    assert ended("normalize", lambda: pytest.fail("it ran")) == [
        "data/segments/rows: missing; run `dvc repro normalize`"
    ]


def test_inputs_that_change_during_the_run(ended: Ended) -> None:
    run_stage("segment", lambda: None)
    changes: list[Callable[[], object]] = [
        lambda: Path("quokka/audio/a.wav").write_text("another sound"),
        lambda: Path("quokka/audio/b.wav").write_text("sound"),
        lambda: os.utime("quokka/audio/b.wav", ns=(1, 1)),
        lambda: Path("quokka/audio/b.wav").unlink(),
    ]
    for change in changes:
        (line,) = ended("segment", change)
        assert line.startswith("data.sessions changed during the run: run `dvc repro` again")
    (line,) = ended("segment", lambda: Path("data/terms.txt").unlink())
    assert line.startswith("data/terms.txt changed")
    # A file while it is written; another program than a stage; a folder without a pipeline.
    run_stage("segment", lambda: Path("quokka/audio/.a.wav.new").write_text("x") and None)
    run_stage("service", changes[0])
    Path("dvc.yaml").unlink()
    run_stage("segment", changes[0])


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "x", "data/segments/quokka"), "the disk is full (data); "),
        (OSError(errno.ENOSPC, "x", "quokka/x"), "the disk is full (the project's folder); "),
        (OSError(errno.EDQUOT, "x", "/quokka"), "the disk quota is used up (a folder outside the"),
        (OSError(errno.EROFS, "x", ".state/x"), "the disk is read-only (.state); "),
        (PermissionError(errno.EACCES, "x", "models/quokka"), "no permission (models); "),
        (OSError(errno.EMFILE, "x"), "too many open files; "),
        (MemoryError(), "memory ran out; "),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), "memory ran out; "),
        (LibsndfileError(2, "quokka"), "the disk "),
    ],
)
def test_faults_of_the_machine(ended: Ended, error: Exception, line: str) -> None:
    (shown,) = ended("segment", fail(error))
    assert shown.startswith(line)


def test_a_bug_keeps_its_traceback(ended: Ended) -> None:
    for error in (RuntimeError("another"), OSError(errno.ENOENT, "x"), ValueError("x")):
        assert machine_fault(error) == ""
        with pytest.raises(type(error)):
            run_stage("segment", fail(error))


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"<<<<<<< HEAD\n{}", b"[]", b"\xe9", b"[" * 99_999]
)
def test_metrics_of_an_earlier_stage(ended: Ended, content: bytes | None) -> None:
    if content is not None:
        Path("metrics").mkdir()
        Path("metrics/baseline.json").write_bytes(content)
    (line,) = ended("segment", lambda: read_metrics("baseline"))
    assert line.startswith("metrics/baseline.json: ") and "dvc repro" in line


def test_an_ascii_terminal(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    run_stage("segment", lambda: print("≤ 5 %", flush=True))
    assert written.getvalue() == b"\\u2264 5 %\n"
