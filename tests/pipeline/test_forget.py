"""`attune forget` with the real dvc: exactly what holds the person goes, and nothing is left."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from attune.draft.drafts import Store, Word
from stages.common.core.ids import recording_id
from stages.common.dataset.trained_on import read_trained_on
from stages.common.transcripts.cue import Cue
from tests.support.dvc_project import CLIENTS, KEY, git, repro, run
from tests.support.markdown import table_rows
from tests.support.trace import ENVIRONMENT, Trace, outside

pytestmark = pytest.mark.pipeline
GONE = "elm_intake"
ID = recording_id(KEY.encode(), GONE)
WORDS = "lighter after ten breaths"
"""Only they said it."""
HELD = re.compile(
    b"|".join([ID.encode(), GONE.encode(), "[^a-z]+".join(WORDS.split()).encode()]), re.IGNORECASE
)
UNMADE = (".dvc/tmp", ".dvc/site-cache", ".git/index")
"""Files that reading writes."""
INTERRUPTED = """
from attune.forget import command, plan
def fail(*_):
    raise OSError
plan.commit_folders = fail
command.forget("{0}", dry=False)
"""


def test_nothing_is_left_and_all_else_stays(project: Path, tmp_path: Path) -> None:
    home, remote = tmp_path / "home", tmp_path / "remote"
    for folder in (home, tmp_path / "tmp"):
        folder.mkdir()

    def call(
        *command: str, ok: bool = True, trace: Trace | None = None
    ) -> subprocess.CompletedProcess[str]:
        return run(
            project, "python", *command, ok=ok, trace=trace,
            HOME=str(home), TMPDIR=str(tmp_path / "tmp"), PYTHONPATH=".",
        )  # fmt: skip

    _prepare(project, remote)
    stores = (project / ".dvc/cache", remote)
    assert _holds(stores[0]) and _holds(stores[1]) and _holds(project / ".state")
    forget = ("-m", "attune", "forget", GONE)

    before = _digest(project)
    dry = call(*forget, "--dry-run").stdout
    assert _digest(project) == before
    assert GONE not in dry and ID in dry
    planned = _counts(dry)
    assert planned["experiments"] == planned["queued experiments"] == planned["stashes"] == 1
    assert planned["drafts"] == 2 and planned["reviews"] == 3 and planned["quality pages"] == 1

    objects = [_objects(store) for store in stores]
    interrupted = call("-c", INTERRUPTED.format(GONE), ok=False)
    assert interrupted.returncode == 1 and "OSError" in interrupted.stderr
    leftover = home / ".cache" / "editor" / "backup"
    leftover.parent.mkdir(parents=True)
    leftover.write_text(f"my shoulders were getting {WORDS} and that in the seven meeting")
    trace = Trace(tmp_path / "trace" / "forget")
    found = call(*forget, ok=False, trace=trace)
    assert found.returncode == 1, found.stdout + found.stderr
    assert trace.connections() == []
    written = trace.written(project)
    assert outside(written, project, remote, tmp_path / "tmp", ENVIRONMENT) == []
    assert _found(found.stdout) == {"home folder's caches": 1}
    leftover.unlink()

    # Once more, when only the tombstone is left of them.
    again = call(*forget).stdout
    assert _found(again) == {} and "git filter-repo" in again
    assert GONE not in found.stdout + found.stderr + again
    for place in (project, *stores):
        assert not _holds(place), place
    for store, earlier in zip(stores, objects, strict=True):
        _check_exactly(store, earlier)
    assert not list((project / "data/sessions").rglob(f"{GONE}*"))
    assert ID not in (read_trained_on(project / "models/ct2") or ())
    assert json.loads((project / "metrics/segment.json").read_text())["kept"] == len(CLIENTS) - 1
    assert repro(project) == []
    assert run(project, "dvc", "exp", "list", "--all-commits").stdout.strip() == ""
    assert "code alone" in run(project, "git", "stash", "list").stdout
    _other_revision_is_whole(project)
    _copies_do_not_come_back(project)


def _prepare(project: Path, remote: Path) -> None:
    """A remote, another revision, an experiment, a queued one, stashes, a draft and a review."""
    git(project, "branch", "-m", "main")
    git(project, "switch", "-qc", "other")
    (project / "notes").write_bytes(os.urandom(5000))
    run(project, "dvc", "add", "-q", "notes")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "Another revision")
    git(project, "switch", "-q", "main")
    (project / "notes").unlink()
    run(project, "dvc", "remote", "add", "-d", "store", str(remote))
    git(project, "commit", "-qam", "Remote")
    # A gate changes the report alone.
    run(project, "dvc", "exp", "run", "--temp", "-n", "gate", "-S", "evaluate.gates.wer=0.5")
    run(project, "dvc", "exp", "run", "--queue", "-n", "later", "-S", "evaluate.gates.wer=0.6")
    run(project, "dvc", "push", "-q", "--all-commits", "--run-cache")
    for name, text, message in (
        ("metrics/segment.json", ID, "with them"), ("Makefile", "# later", "code alone"),
    ):  # fmt: skip
        with (project / name).open("a") as file:
            file.write(text)
        git(project, "stash", "push", "-qm", message)
    run(project, "python", "-m", "attune", "quality")
    words = [Word(0.0, 1.0, word, 0.5) for word in WORDS.split()]
    facts = {"model": "base", "model_digest": "", "trained_hours": 0.0, "id": ID,
             "fingerprint": "", "seconds": 9.0, "trained_on": False}  # fmt: skip
    Store(project / "data/drafts").write(GONE, words, [Cue(0.0, 1.0, WORDS, "client")], facts)
    for name in (f"{GONE}.vtt", f"{GONE}.log.jsonl", f"replaced/{GONE}.2.srt"):
        path = project / "data/review" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(WORDS)


def _holds(place: Path) -> list[str]:
    """Files with the id, the name or the words, git's objects left out: an independent search."""
    return [
        str(path)
        for path in sorted(place.rglob("*"))
        if path.is_file()
        and ".git" not in path.parts
        and (GONE in path.name or ID in path.name or HELD.search(path.read_bytes()))
    ]


def _objects(store: Path) -> dict[str, bytes]:
    """Name -> content."""
    files = (path for path in store.rglob("*") if path.is_file())
    return {path.relative_to(store).as_posix(): path.read_bytes() for path in files}


def _check_exactly(store: Path, earlier: dict[str, bytes]) -> None:
    """Every object that went held the person, was a model's, or names an object that went."""
    gone = {name: content for name, content in earlier.items() if not (store / name).exists()}
    hashes = {"".join(name.split("/")[-2:]) for name in gone if not name.startswith("runs/")}
    for name, content in gone.items():
        is_model = len(content) > 100_000
        names_one = any(each.encode() in content for each in hashes)
        is_sound = content.startswith(b"fLaC")
        assert HELD.search(content) or is_model or names_one or is_sound, name
    assert sum(content.startswith(b"fLaC") for content in gone.values()) == 1
    assert len(gone) < len(earlier) / 2


def _found(shown: str) -> dict[str, int]:
    """The last search's table: place -> files, where there are some."""
    table = shown.rpartition("Searched for")[2]
    rows = _counts(table)
    assert {"data", "DVC cache", "DVC remote store", "git", ".state"} <= rows.keys()
    return {name: number for name, number in rows.items() if number}


def _counts(table: str) -> dict[str, int]:
    """The first two columns of a table."""
    return {name: int(number) for name, number, *_ in table_rows(table) if number.isdigit()}


def _digest(root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not name.startswith(UNMADE) and "__pycache__" not in name:
            digest.update(f"{name}\0{path.stat().st_mtime_ns}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _other_revision_is_whole(project: Path) -> None:
    git(project, "stash", "push", "-q")
    git(project, "switch", "-q", "other")
    run(project, "dvc", "checkout", "-q", "notes.dvc")
    assert (project / "notes").stat().st_size == 5000
    git(project, "switch", "-q", "main")
    git(project, "stash", "pop", "-q")


def _copies_do_not_come_back(project: Path) -> None:
    """A copy of the recording from elsewhere is rejected."""
    sessions = project / "data/sessions"
    source = next((sessions / "audio").iterdir())
    shutil.copy(source, sessions / "audio" / f"{GONE}.flac")
    (sessions / "transcripts" / f"{GONE}.txt").write_text("hello again")
    done = subprocess.run(
        ["python", "-m", "stages.segment"], cwd=project, capture_output=True, text=True
    )
    assert f"{ID}: the recording or its client was forgotten" in done.stdout, done.stderr
