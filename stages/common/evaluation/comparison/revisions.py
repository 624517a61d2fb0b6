"""Files as they stand in the working tree, in a git revision or in a DVC experiment."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.core.errors import UserError

TRUNKS = ("main", "master", "origin/main", "origin/master")


@dataclass(frozen=True)
class Source:
    name: str
    """As it is called on the screen."""
    read: Callable[[str], str | None]
    """The text of a file by its path from the repository's root; None where there is none."""
    commit: str = ""
    """Empty for what is no commit."""

    def needed(self, path: str) -> str:
        """Raises: UserError where the file is missing."""
        text = self.read(path)
        if text is None:
            raise UserError(
                f"{self.name} has no {path}: run `dvc repro` there with a revision of Attune that "
                "writes it, and commit the metrics"
            )
        return text


def working_tree() -> Source:
    def read(path: str) -> str | None:
        try:
            return Path(path).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    return Source("working tree", read)


def revision(name: str) -> Source:
    """A branch, tag, commit or DVC experiment. Raises: UserError if there is none of that name."""
    commit = _commit(name) or _experiment(name)
    if commit is None:
        raise UserError(
            "no git revision and no DVC experiment of that name: see `git log`, `dvc exp ls`"
        )
    return _at(name if commit.startswith(name) else f"{name} ({commit[:7]})", commit)


def parting(trunks: Sequence[str] = TRUNKS) -> Source:
    """Where this branch left the trunk, the first of `trunks` that is here. Raises: UserError."""
    for trunk in trunks:
        if _commit(trunk) is None:
            continue
        commit = _git("merge-base", "HEAD", trunk)
        if commit is None:
            raise UserError(f"this branch and {trunk} have no commit in common: name a revision")
        return _at(f"{trunk} ({commit[:7]})", commit)
    raise UserError(f"none of {', '.join(trunks)} is here: fetch one, or name a revision")


def experiments() -> list[Source]:
    """All DVC experiments of this repository that have a result, by name. Raises: UserError."""
    # Importing dvc takes a second, which a plain comparison need not spend.
    from dvc.exceptions import NotDvcRepoError
    from dvc.repo import Repo

    try:
        with Repo() as repo:
            found = repo.experiments.ls(all_commits=True)
    except NotDvcRepoError:
        raise UserError("this is no DVC repository: it has no experiments") from None
    named = sorted(pair for pairs in found.values() for pair in pairs if pair[1])
    return [_at(name, commit) for name, commit in named]


def _at(name: str, commit: str) -> Source:
    # The dot makes the path one from this folder, as the working tree's are.
    return Source(name, lambda path: _git("show", f"{commit}:./{path}", strip=False), commit)


def _commit(name: str) -> str | None:
    return _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def _experiment(name: str) -> str | None:
    """The commit behind a DVC experiment's name. Raises: UserError where several have it."""
    from dvc.exceptions import NotDvcRepoError
    from dvc.repo import Repo
    from dvc.repo.experiments.exceptions import AmbiguousExpRefInfo, InvalidExpRefError
    from dvc.repo.experiments.utils import resolve_name

    try:
        with Repo() as repo:
            found = resolve_name(repo.scm, name)[name]
            return repo.scm.get_ref(str(found)) if found else None
    except AmbiguousExpRefInfo:
        raise UserError("several experiments have this name: give the commit instead") from None
    except (InvalidExpRefError, NotDvcRepoError):
        return None


def _git(*arguments: str, strip: bool = True) -> str | None:
    """What git answers; None where it refuses. Raises: UserError where there is no git."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("git is not installed") from None
    if done.returncode:
        return None
    text = done.stdout.decode(errors="replace")
    return text.strip() if strip else text
