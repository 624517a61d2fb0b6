"""How a stage ends: on a signal, with its DVC, after another run of itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.imports import ROOT

STAGE = """
import sys, time
from pathlib import Path
from stages.common.core.run_stage import run_stage
from stages.common.core.files import new_folder

def main():
    with new_folder(Path("out")) as folder:
        print("at work", flush=True)
        (folder / "half").write_text("half")
        time.sleep(float(sys.argv[1]))

run_stage("toy", main)
"""


def start(folder: Path, seconds: float, code: str = STAGE, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(seconds)], cwd=folder, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | env,
        # Ignored, and inherited, where the tests run under `nohup`.
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGTERM, 143, "terminated"), (signal.SIGHUP, 129, "terminated"),
     (signal.SIGINT, 130, "interrupted")],
)  # fmt: skip
def test_a_signal_cleans_up(tmp_path: Path, number: int, code: int, said: str) -> None:
    with start(tmp_path, 600) as process:
        assert line(process) == "at work\n"
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == code and errors == f"toy: {said}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".state"]


def test_a_second_signal_does_not_interrupt_the_cleanup(tmp_path: Path) -> None:
    """A terminal that closes sends SIGHUP; DVC, which ends of it, SIGTERM."""
    slow = STAGE.replace('        print("at work", flush=True)\n', "").replace(
        "        time.sleep(float(sys.argv[1]))",
        """        try:
            print("at work", flush=True)
            time.sleep(float(sys.argv[1]))
        finally:
            print("cleanup", flush=True)
            time.sleep(0.5)
            Path("cleaned").touch()""",
    )
    with start(tmp_path, 600, code=slow) as process:
        assert line(process) == "at work\n"
        process.send_signal(signal.SIGHUP)
        assert line(process) == "cleanup\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 129
    assert sorted(path.name for path in tmp_path.iterdir()) == [".state", "cleaned"]


def test_a_stage_ends_with_its_dvc(tmp_path: Path) -> None:
    dvc = "import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]])"
    with subprocess.Popen(
        [sys.executable, "-c", dvc, "-c", STAGE, "600"], cwd=tmp_path, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "DVC_STAGE": "toy"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert line(process) == "at work\n"
        process.send_signal(signal.SIGKILL)
        # Until the stage, too, has closed its end.
        _, errors = process.communicate(timeout=60)
    assert errors == "toy: terminated\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".state"]


def test_a_second_run_waits_for_the_first(tmp_path: Path) -> None:
    with start(tmp_path, 600) as first:
        assert line(first) == "at work\n"
        with start(tmp_path, 0) as second:
            assert "another run of this stage is at work here" in line(second)
            first.kill()
            assert line(second) == "at work\n"
    assert second.returncode == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["half"]
