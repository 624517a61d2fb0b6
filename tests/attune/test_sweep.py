"""`attune sweep` with DVC's real queue, on a pipeline that takes no time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.support.repository import call, dvc, environment, git, start_pipeline

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    start_pipeline(folder)
    return folder


def wait_until_running(folder: Path) -> None:
    for _ in range(100):
        if "Running" in dvc(folder, "queue", "status"):
            return
    raise AssertionError("no experiment runs")


def test_a_sweep_waits_names_what_failed_and_ranks(repository: Path) -> None:
    done = call(repository, "0.004", "0.003,0.001", command="sweep")
    queued = dict(re.findall(r"^  (\S+) \(learning rate (\S+)\)$", done.stdout, re.MULTILINE))
    assert sorted(queued.values()) == ["0.001", "0.003", "0.004"], done.stdout + done.stderr
    line = r"^(\S+) \(learning rate (\S+)\): (\w+) after \d+ min, . of 3$"
    ended = re.findall(line, done.stdout, re.MULTILINE)
    assert {name: rate for name, rate, _ in ended} == queued
    assert {rate: state for _, rate, state in ended} == {
        "0.001": "success", "0.003": "failed", "0.004": "success"
    }  # fmt: skip
    (failed,) = (name for name, _, state in ended if state == "failed")
    assert done.returncode == 1
    assert done.stderr == (
        f"sweep: {failed} (learning rate 0.003) failed: see `dvc queue logs {failed}`\n"
    )
    ranking = done.stdout.split("\n\n", 1)[1]
    assert [wer for wer in re.findall(r"\| (\d\d\.\d)% \|", ranking)] == ["22.5", "45.0", "67.5"]
    assert all(name in ranking for name in queued.keys() - {failed})
    # What was in the workspace is there as it was.
    done_git = subprocess.run(
        ["git", "status", "--porcelain"], cwd=repository, capture_output=True, text=True
    )
    assert done_git.stdout == ""


def start(repository: Path, rate: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "attune", "sweep", rate],
        cwd=repository, env=environment(), text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Tests that run in the background are started with it ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def interrupt(sweep: subprocess.Popen[str]) -> None:
    # As a terminal does: to every process that stands in the foreground.
    os.killpg(sweep.pid, signal.SIGINT)
    assert sweep.wait() == 130
    assert sweep.stderr
    said = sweep.stderr.read()
    assert "what runs goes on" in said and "Traceback" not in said


def test_an_interrupted_sweep_goes_on_and_is_waited_for_again(repository: Path) -> None:
    with start(repository, "0.005") as sweep:
        assert sweep.stdout
        assert sweep.stdout.readline() == "queued:\n"
        name = sweep.stdout.readline().split()[0]
        # While `dvc queue start` brings up the worker, which may be there by then or not.
        interrupt(sweep)
    with start(repository, "0.004") as again:
        assert again.stdout
        assert "experiments wait from before" in again.stdout.readline()
        wait_until_running(repository)
        interrupt(again)
    with start(repository, "0.004") as last:
        assert last.stdout
        assert "experiments wait from before" in last.stdout.readline()
        (repository / "go").touch()
        said = last.stdout.read()
        assert last.wait() == 0
    assert said.startswith(f"queued:\n  {name} (learning rate 0.005)\n{name} (learning rate")
    assert "0.005): success" in said and f"| {name} | 36.0% |" in said


@pytest.mark.parametrize("rates", [("0.004", "fast"), ("-1",), ("1e-5,2",)])
def test_what_is_no_rate(repository: Path, rates: tuple[str, ...]) -> None:
    done = call(repository, "--", *rates, command="sweep")
    assert done.returncode == 2 and done.stderr.startswith("sweep: no learning rates: ")


def test_data_that_an_experiment_would_not_find(repository: Path) -> None:
    (repository / "private-key.dvc").rename(repository / "kept")
    try:
        done = call(repository, command="sweep")
    finally:
        (repository / "kept").rename(repository / "private-key.dvc")
    assert done.returncode == 2
    assert "neither DVC nor git knows what data.key in params.yaml names" in done.stderr
    assert "private-key" not in done.stderr
    git(repository, "diff", "--quiet")
