"""The command line: commands, help texts, exit codes, and the folder to run in."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
import typer

from attune.cli import app
from tests.support.imports import ROOT

COMMANDS = (
    "init", "import", "profile", "doctor", "draft", "review", "speak", "quality", "lookup",
    "forget", "compare", "score", "score-service", "pr-comment", "release-check", "audit",
    "summary", "sweep", "serve", "export",
)  # fmt: skip
HEAVY = ("torch", "transformers", "faster_whisper", "ctranslate2", "dvc", "librosa", "scipy",
         "numpy", "pandas", "pydantic", "rich")  # fmt: skip
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": "", "COLUMNS": "80"}


def call(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "attune", *arguments],
        cwd=folder, env=ENVIRONMENT, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "params.yaml", tmp_path)
    return tmp_path


def test_every_command_is_listed_with_one_whole_line(tmp_path: Path) -> None:
    done = call(tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    listed = dict(re.findall(r"^  ([a-z-]+) +(\S.*\.)$", done.stdout, re.MULTILINE))
    assert tuple(listed) == COMMANDS
    assert not [line for line in listed.values() if line.endswith("...")]
    codes = re.findall(r"^    (\d+) ", done.stdout, re.MULTILINE)
    assert codes == ["0", "1", "2", "3", "130"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_it_accepts(tmp_path: Path, name: str) -> None:
    done = call(tmp_path, name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    examples = re.search(r"^  Examples?:\n((?:    .+\n)+)", done.stdout, re.MULTILINE)
    assert examples
    group = typer.main.get_command(app)
    for line in examples[1].splitlines():
        (words,) = (words for words in map(shlex.split, line.split("&&")) if words[0] == "attune")
        assert words[1] == name
        # Parses the arguments and runs nothing.
        group.commands[name].make_context(name, words[2:])  # type: ignore[attr-defined]


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import runpy, sys\n"
        "sys.argv = ['attune', '--help']\n"
        "try:\n    runpy.run_module('attune', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True,
    )  # fmt: skip
    assert "release-check" in done.stdout
    modules = set(done.stderr.split())
    assert "attune.cli" in modules and not modules & set(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_outside_a_clone_it_says_where_to_run(tmp_path: Path, name: str) -> None:
    arguments = {
        "lookup": ["r0123456789"], "forget": ["r0123456789"], "pr-comment": ["main"],
        "score": ["models/ct2"],
        "score-service": ["http://127.0.0.1:8000"], "export": ["speaches", "hub"],
        "import": ["primock57", "corpus"],
    }  # fmt: skip
    argument = arguments.get(name, [])
    done = call(tmp_path, name, *argument)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr
        == f"{name}: no params.yaml here; run this in the root of your clone of Attune\n"
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["profile", "demo", "--check"], 0, ""),
        (["profile", "small", "--check"], 1, "params.yaml differs from the profile 'small'"),
        (["profile", "huge"], 2, "profile: no profile 'huge'"),
        (["profile", "--no-such"], 2, "No such option: --no-such"),
        (["whois"], 2, "No such command 'whois'"),
        (["lookup"], 2, "Missing argument 'ID'"),
        (["lookup", "r0123456789"], 2, "lookup: data.key: no such file"),
        (["compare", "main", "--experiments"], 2, "and --counts exclude each other"),
        (["quality"], 2, "dvc repro segment"),
    ],
)
def test_exit_codes(place: Path, arguments: list[str], code: int, message: str) -> None:
    done = call(place, *arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr and "Traceback" not in done.stderr


def test_a_bug_has_its_own_exit_code_and_shows_no_values(place: Path) -> None:
    bug = (
        "import attune.cli, attune.summary, sys\n"
        "text = 'quokka'\n"
        "attune.summary.summary = lambda: format(text, ',')\n"
        "sys.argv[1:] = ['summary']\n"
        "attune.cli.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", bug], cwd=place, env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 3
    assert "Traceback" in done.stderr and "ValueError: " in done.stderr
    assert "quokka" not in done.stderr


def test_an_interrupt_exits_with_130_without_a_traceback(place: Path) -> None:
    (place / "metrics").mkdir()
    fifo = place / "metrics" / "segment.json"
    os.mkfifo(fifo)
    started = subprocess.Popen(
        [sys.executable, "-m", "attune", "summary"],
        cwd=place, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True,
        # Tests that run in the background are started with it ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    # Opens when the command reads the other end, where it then waits.
    with fifo.open("w"):
        started.send_signal(signal.SIGINT)
        assert started.wait() == 130
    assert started.stderr and started.stderr.read() == "summary: interrupted\n"
