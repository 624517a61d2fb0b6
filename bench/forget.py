"""`make bench-forget`: `attune forget` on a copy of the demo, after a sweep and a draft, with a
remote. The copy has its own home and temporary folder; the sweep and the run after it train a tenth
of an epoch.

The command's own search counts what is left; another one, by `grep` for ids and names, follows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from attune.edit_params import set_params
from stages.common.core.ids import group_id, read_key, recording_id

ROOT = Path(__file__).parents[1]
CLIENT, RECORDINGS = "client_01", ("session_01", "session_13")
DATA = ("data", "models", "reports", "demo/sessions", "demo/truth", "demo/guard", ".dvc/cache",
        ".state")  # fmt: skip
QUICK: dict[str, dict[str, Any]] = {
    "finetune": {"num_train_epochs": 0.1},
    "convert": {"compared_clips": 2},
    "evaluate": {"beam_size": 1},
}
"""What is measured needs a model, not a good one."""
RATE = "3e-05"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="forget-", dir=ROOT.parent) as name:
        folder = Path(name)
        clone = folder / "clone"
        for place in ("home", "tmp"):
            (folder / place).mkdir()
        run = Runner(folder, clone)
        copy_demo(run, clone)
        run(sys.executable, "-m", "stages.common.core.private_folders")
        run("dvc", "remote", "add", "-d", "store", str(folder / "remote"))
        run("git", "commit", "-qam", "A tenth of an epoch, and a remote")
        run("attune", "sweep", RATE)
        write_draft(run, clone)
        run("attune", "quality")
        run("dvc", "push", "-q", "--run-cache")
        ids = ids_of(clone)
        before = [count(folder / place, ids) for place in ("clone", "remote")]
        done = run("attune", "forget", CLIENT, check=False)
        after = [count(folder / place, ids) for place in ("clone", "remote")]
    print(done.stdout)
    print(f"files with an id or a name, by grep: {before} before, {after} after; exit code "
          f"{done.returncode}")  # fmt: skip
    sys.exit(done.returncode)


class Runner:
    """Runs commands in the clone, with its own home, temporary folder and state database."""

    def __init__(self, folder: Path, clone: Path) -> None:
        self._folder, self._clone = folder, clone

    def __call__(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        python = (sys.executable, "-m") if command[0] in ("attune", "dvc") else ()
        author = {f"GIT_{who}_{what}": "bench@localhost" for who in ("AUTHOR", "COMMITTER")
                  for what in ("NAME", "EMAIL")}  # fmt: skip
        places = {"HOME": str(self._folder / "home"), "TMPDIR": str(self._folder / "tmp")}
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        done = subprocess.run(
            [*python, *command], cwd=self._clone if self._clone.exists() else self._folder,
            env=os.environ | author | places | {"PATH": path, "PYTHONPATH": "."},
            stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if check and done.returncode:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}")
        return done


def copy_demo(run: Runner, clone: Path) -> None:
    """A clone with the demo's data and outputs as they are here, and few training steps."""
    run("git", "clone", "-q", str(ROOT), str(clone))
    for name in DATA:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, clone / name, symlinks=True, dirs_exist_ok=True)
    here = Path.cwd()
    os.chdir(clone)
    set_params(QUICK)
    os.chdir(here)


def write_draft(run: Runner, clone: Path) -> None:
    """A draft of one of the client's recordings, as if it had no transcript yet."""
    (transcript,) = (clone / "demo/sessions/transcripts").glob(f"{RECORDINGS[0]}.*")
    shutil.move(transcript, clone.parent / transcript.name)
    run("attune", "draft")
    shutil.move(clone.parent / transcript.name, transcript)


def ids_of(clone: Path) -> list[str]:
    key = read_key(clone / "demo/key")
    return [group_id(key, CLIENT, ""), *(recording_id(key, name) for name in RECORDINGS)]


def count(place: Path, ids: list[str]) -> int:
    """Files with one of `ids` or with a recording's name in their path; git's objects left out."""
    pattern = "|".join(ids)
    listed = subprocess.run(
        ["grep", "-rlaE", "--exclude-dir=.git", pattern, str(place)],
        capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip
    named = [str(path) for path in place.rglob("*") if any(n in path.name for n in RECORDINGS)]
    return len(set(listed) | set(named))


if __name__ == "__main__":
    main()
