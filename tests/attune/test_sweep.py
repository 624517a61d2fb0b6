"""`attune sweep` with the real dvc, on a pipeline that takes no time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.support.git_repository import (
    GO,
    WAITING,
    call,
    dvc,
    environment,
    git,
    start_pipeline,
)

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    start_pipeline(folder)
    return folder


def outcomes(stdout: str) -> dict[str, str]:
    """Learning rate -> how its experiment ended, in the order of the lines."""
    return dict(re.findall(r"^learning rate (\S+): (.+); \d left$", stdout, re.MULTILINE))


def experiments(folder: Path) -> set[str]:
    return set(dvc(folder, "exp", "ls", "--name-only", "--all-commits").split())


def changed_files(folder: Path) -> str:
    status = ("git", "status", "--porcelain")
    return subprocess.run(status, cwd=folder, capture_output=True, text=True, check=True).stdout


@contextmanager
def waiting_sweep(folder: Path, *rates: str) -> Iterator[subprocess.Popen[str]]:
    """A sweep whose first experiment, 0.005, has started its stage and waits in it."""
    (folder / WAITING).unlink(missing_ok=True)
    (folder / GO).unlink(missing_ok=True)
    with subprocess.Popen(
        [sys.executable, "-m", "attune", "sweep", *rates],
        cwd=folder, env=environment(), text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A test runner in the background is started with it ignored, and children inherit that.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as sweep:  # fmt: skip
        while not (folder / WAITING).exists():
            assert sweep.poll() is None, sweep.communicate()[1]
            time.sleep(0.1)
        yield sweep


def test_experiments_are_ranked_and_the_failed_one_is_named(repository: Path) -> None:
    rates = ("0.004", "0.003,0.001", "1e-3")
    done = call(repository, *rates, command="sweep")
    ended = outcomes(done.stdout)
    assert list(ended) == ["0.004", "0.003", "0.001"], done.stderr
    assert ended["0.003"] == "failed"
    names = {
        rate: re.fullmatch(r"finished as (\S+) after \d+ min", ended[rate])[1]  # type: ignore[index]
        for rate in ("0.004", "0.001")
    }
    assert experiments(repository) == set(names.values())
    assert done.returncode == 1
    assert "sweep: learning rates that failed: 0.003; see the errors above" in done.stderr
    assert "KeyError: 0.003" in done.stderr
    ranking = re.findall(r"^\| \d +\| (\S[^|]+\S) +\| ([\d.]+)% +\|", done.stdout, re.MULTILINE)
    assert ranking == [
        (names["0.004"], "22.5"), ("working tree", "45.0"), (names["0.001"], "67.5")
    ]  # fmt: skip
    assert changed_files(repository) == ""

    again = call(repository, *rates, command="sweep")
    assert outcomes(again.stdout) == {
        "0.004": f"finished earlier as {names['0.004']}",
        "0.003": "failed",
        "0.001": f"finished earlier as {names['0.001']}",
    }
    assert again.returncode == 1
    assert experiments(repository) == set(names.values())


def test_an_interrupted_sweep_names_what_is_left_and_is_resumed(repository: Path) -> None:
    before = experiments(repository)
    with waiting_sweep(repository, "0.005", "0.004") as sweep:
        # As a terminal does: to every process in the foreground.
        os.killpg(sweep.pid, signal.SIGINT)
        stdout, stderr = sweep.communicate()
    assert sweep.returncode == 130 and stdout == ""
    assert "sweep: learning rates not finished: 0.005, 0.004; repeat the command" in stderr
    assert "Traceback" not in stderr
    assert changed_files(repository) == "" and experiments(repository) == before

    (repository / GO).touch()
    done = call(repository, "0.005", "0.004", command="sweep")
    assert done.returncode == 0, done.stderr
    assert outcomes(done.stdout)["0.005"].startswith("finished as ")
    assert "| 36.0% " in done.stdout


def edit(path: Path, line: str) -> None:
    path.write_text(f"{path.read_text()}{line}\n")


def test_a_change_of_tracked_files_ends_the_sweep(repository: Path) -> None:
    """The experiments would differ in more than their learning rate."""
    edit(repository / "stage.py", "# Not committed, so that no experiment has this code")
    with waiting_sweep(repository, "0.005", "0.004") as sweep:
        edit(repository / "params.yaml", "other: 1")
        (repository / GO).touch()
        stdout, stderr = sweep.communicate()
    git(repository, "checkout", "-q", "--", ".")
    assert sweep.returncode == 2
    assert list(outcomes(stdout)) == ["0.005"] and "finished as" in stdout
    assert "sweep: tracked files changed during the sweep; learning rates not run: 0.004" in stderr


@pytest.mark.parametrize(
    ("name", "line"), [("stage.py", "# Other code"), ("params.yaml", "another: 1")]
)
def test_an_experiment_with_other_code_or_parameters_does_not_count(
    repository: Path, name: str, line: str
) -> None:
    first = call(repository, "0.004", command="sweep")
    edit(repository / name, line)
    second = call(repository, "0.004", command="sweep")
    git(repository, "checkout", "-q", "--", ".")
    assert outcomes(first.stdout)["0.004"].startswith("finished ")
    assert outcomes(second.stdout)["0.004"].startswith("finished as ")


@pytest.mark.parametrize(
    ("rates", "wrong"),
    [(("0.004", "fast"), "fast"), (("-1",), "-1"), (("1e-5,2", "nan"), "2, nan"), (("0",), "0")],
)
def test_every_wrong_rate_is_named(repository: Path, rates: tuple[str, ...], wrong: str) -> None:
    done = call(repository, "--", *rates, command="sweep")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"sweep: not a learning rate: {wrong}; use numbers such as 1e-5\n"


def test_data_that_an_experiment_would_lack(repository: Path) -> None:
    (repository / "private-key.dvc").rename(repository / "kept")
    try:
        done = call(repository, command="sweep")
    finally:
        (repository / "kept").rename(repository / "private-key.dvc")
    assert (done.returncode, done.stdout) == (2, "")
    assert "neither DVC nor git tracks the path in data.key of params.yaml" in done.stderr
    assert "private-key" not in done.stderr and done.stderr.count("\n") == 1


def test_a_working_tree_without_metrics_is_reported_before_anything_runs(repository: Path) -> None:
    path = repository / "metrics" / "errors_validation.csv"
    path.unlink()
    done = call(repository, "0.002", command="sweep")
    git(repository, "checkout", "-q", "--", ".")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("sweep: working tree has no metrics/errors_validation.csv")
