"""Git's refs that hold a person: DVC's experiments, its queue, and stashes.

Each is a commit with a lock file or a `.dvc` file. An experiment or a queued run goes if it names
an object that is removed: it could not be restored or run any more. A stash goes only if it changes
such a file or holds the person itself. Commits of branches and tags stay: they hold ids and counts.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from attune.forget.held_objects import Held
from attune.forget.needles import Needles
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.revisions import git

_EXPERIMENTS = "refs/exps/"
_QUEUE, _FAILED = "refs/exps/celery/stash", "refs/exps/celery/failed"
_STASHES = ("refs/stash", "refs/exps/stash", "refs/exps/apply/stash")
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass
class Refs:
    """Commits to remove."""

    experiments: dict[str, str] = field(default_factory=dict)
    """Ref -> commit."""
    queued: list[str] = field(default_factory=list)
    """Of DVC's queue, failed ones included."""
    stashes: dict[str, list[int]] = field(default_factory=dict)
    """Ref -> places in its reflog."""
    commits: set[str] = field(default_factory=set)
    """All of them."""


def lock_texts() -> str:
    """All versions of lock files and `.dvc` files in git's history, experiments included."""
    listed = git("rev-list", "--objects", "--all", "--reflog") or ""
    pairs = (line.partition(" ") for line in listed.splitlines())
    locks = sorted({oid for oid, _, path in pairs if _is_lock(path)})
    done = subprocess.run(
        ["git", "cat-file", "--batch"],
        input="".join(f"{oid}\n" for oid in locks).encode(), capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout.decode(errors="replace")


def held_refs(held: Held, needles: Needles) -> Refs:
    refs = Refs()
    listed = git("for-each-ref", "--format=%(refname) %(objectname)", _EXPERIMENTS, "refs/stash")
    stashes = (*_STASHES, _QUEUE, _FAILED)
    for line in (listed or "").splitlines():
        ref, commit = line.split(" ")
        if ref not in stashes:
            if _names(commit, held):
                refs.experiments[ref] = commit
            continue
        for place, entry in enumerate(_reflog(ref)):
            if ref in (_QUEUE, _FAILED):
                if _names(entry, held):
                    refs.queued.append(entry)
            elif _stash_holds(entry, held, needles):
                refs.stashes.setdefault(ref, []).append(place)
                refs.commits.add(entry)
    refs.commits.update(refs.experiments.values(), refs.queued)
    return refs


def remove_refs(repo: Any, refs: Refs) -> None:
    """Remove the refs, then the git objects reachable only from them."""
    for ref in refs.experiments:
        git("update-ref", "-d", ref)
    if refs.queued:
        queue = repo.experiments.celery_queue
        known = [*queue.iter_queued(), *(done.entry for done in queue.iter_done())]
        entries = [entry for entry in known if entry.stash_rev in refs.queued]
        from dvc.repo.experiments.queue.remove import remove_tasks

        remove_tasks(queue, entries)
        for ref in (_QUEUE, _FAILED):  # those that the queue no longer knows
            _drop(ref, [at for at, entry in enumerate(_reflog(ref)) if entry in refs.queued])
    for ref, places in refs.stashes.items():
        _drop(ref, places)
    if refs.commits:
        _remove_objects(refs.commits)


def check_idle(tmp: Path) -> None:
    """Raises: UserError if an experiment runs, which would write what is being removed.

    tmp: `.dvc/tmp`. DVC keeps no process id of experiments; those count that work in its copies.
    """
    copies = (tmp / "exps").resolve()
    for folder in Path("/proc").glob("[0-9]*/cwd"):
        try:
            running = folder.resolve().is_relative_to(copies)
        except OSError:  # another user's process, or one that has ended
            continue
        if running:
            raise UserError("a DVC experiment is running; wait for it, or stop it, and repeat")


def _names(commit: str, held: Held) -> bool:
    listed = git("ls-tree", "-r", "--name-only", "-z", commit, strip=False) or ""
    return any(
        held.named_in(git("show", f"{commit}:{path}") or "")
        for path in listed.split("\0")
        if _is_lock(path)
    )


def _stash_holds(commit: str, held: Held, needles: Needles) -> bool:
    """Whether a stash changes a lock file to what is removed, or a file that holds the person."""
    pairs = [(f"{commit}^1", commit)]
    if git("rev-parse", "--verify", "--quiet", f"{commit}^3"):  # untracked files
        pairs.append((_EMPTY_TREE, f"{commit}^3"))
    for before, after in pairs:
        listed = git("diff", "--name-only", "--no-renames", "-z", before, after, strip=False) or ""
        for path in filter(None, listed.split("\0")):
            content = _blob(f"{after}:{path}")
            if _is_lock(path) and held.named_in(content.decode("utf-8", "replace")):
                return True
            if needles.in_bytes(content, path):
                return True
    return False


def _drop(ref: str, places: Iterable[int]) -> None:
    """Remove entries of a stash. Later entries first: places count from the newest."""
    for place in sorted(places, reverse=True):
        git("reflog", "delete", "--updateref", "--rewrite", f"{ref}@{{{place}}}")
    if not _reflog(ref):
        git("update-ref", "-d", ref)


def _reflog(ref: str) -> list[str]:
    """Commits of a stash, the newest first."""
    return (git("log", "-g", "--format=%H", ref, "--") or "").split()


def _remove_objects(commits: Iterable[str]) -> None:
    """Delete the objects reachable only from `commits`; other unreachable objects stay, since
    somebody may still want to recover them."""
    present = [commit for commit in commits if git("cat-file", "-e", commit) is not None]
    if not present:
        return
    listed = git(
        "rev-list", "--objects", *present, "--not", "--all", "--reflog", "--indexed-objects"
    )
    oids = [line.split(" ")[0] for line in (listed or "").splitlines()]
    folder = Path(git("rev-parse", "--git-path", "objects") or ".git/objects")
    files = [folder / oid[:2] / oid[2:] for oid in oids]
    if not all(file.is_file() for file in files):
        git("repack", "-A", "-d", "-q")  # unpacks unreachable objects into loose ones
    for file in files:
        file.unlink(missing_ok=True)


def _is_lock(path: str) -> bool:
    return path.rpartition("/")[2] == "dvc.lock" or path.endswith(".dvc")


def _blob(name: str) -> bytes:
    done = subprocess.run(["git", "cat-file", "blob", name], capture_output=True, check=False)
    return done.stdout
