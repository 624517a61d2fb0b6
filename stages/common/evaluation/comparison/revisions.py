"""Files as they are in the working tree, in a git revision or in a DVC experiment."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.yaml_files import read_mapping, restore

TRUNKS = ("main", "master", "origin/main", "origin/master")


@dataclass(frozen=True)
class Source:
    name: str
    """Shown to the user."""
    read: Callable[[str], str | None]
    """Path from the repository's root -> text of the file, None if there is no such file."""
    commit: str = ""
    """Empty for the working tree."""

    def needed(self, path: str) -> str:
        """The text of a file. Raises: UserError if it is missing."""
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
        except UnicodeDecodeError:
            raise UserError(f"{path}: not UTF-8; {restore(path)}") from None
        except OSError as error:
            raise UserError(f"{path}: it cannot be read ({error.strerror})") from None

    return Source("working tree", read)


def revision(name: str) -> Source:
    """A branch, tag, commit or DVC experiment. Raises: UserError if `name` is none of these."""
    commit = _commit(name) or _experiment(name)
    if commit is None:
        raise UserError(
            "no git revision and no DVC experiment of that name: see `git log`, `dvc exp ls`"
        )
    return _at(name if commit.startswith(name) else f"{name} ({commit[:7]})", commit)


def merge_base(trunks: Sequence[str] = TRUNKS) -> Source:
    """The commit at which this branch left the first of `trunks` that exists. Raises: UserError."""
    for trunk in trunks:
        if _commit(trunk) is None:
            continue
        commit = git("merge-base", "HEAD", trunk)
        if commit is None:
            raise UserError(f"this branch and {trunk} have no commit in common: name a revision")
        return _at(f"{trunk} ({commit[:7]})", commit)
    raise UserError(f"no branch {', '.join(trunks)}: fetch one, or name a revision")


def experiments() -> list[Source]:
    """All finished DVC experiments of this repository, by name. Raises: UserError."""
    with dvc_repository() as repo:
        by_baseline = repo.experiments.ls(all_commits=True)
    named = sorted(pair for pairs in by_baseline.values() for pair in pairs if pair[1])
    return [_at(name, commit) for name, commit in named]


@contextmanager
def dvc_repository() -> Iterator[Any]:
    """The `dvc.repo.Repo` of the current folder, which prints nothing and, unlike DVC's command
    line, sends no usage statistics. Raises: UserError where DVC raises, with the line of a damaged
    file."""
    # Importing dvc takes a second, which a comparison of two commits need not spend.
    from dvc.exceptions import DvcException, NotDvcRepoError
    from dvc.repo import Repo

    # Progress bars follow the logger's level, too.
    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        with Repo() as repo:
            yield repo
    except NotDvcRepoError:
        raise UserError("not a DVC repository: run from the root of your clone") from None
    except (DvcException, RecursionError):
        for path in map(Path, ("dvc.yaml", "dvc.lock", "params.yaml")):
            if path.exists():
                read_mapping(path)  # most often a merge left one damaged
        # DVC's text may hold a path that a user chose.
        raise UserError("DVC cannot read this repository: `dvc status` shows why") from None


def git(*arguments: str, strip: bool = True) -> str | None:
    """The output of git; None if it fails. Raises: UserError if git is not installed."""
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UserError("git is not installed") from None
    if done.returncode:
        return None
    text = done.stdout.decode(errors="replace")
    return text.strip() if strip else text


def _at(name: str, commit: str) -> Source:
    # The dot makes the path relative to this folder, as the working tree's paths are.
    return Source(name, lambda path: git("show", f"{commit}:./{path}", strip=False), commit)


def _commit(name: str) -> str | None:
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def _experiment(name: str) -> str | None:
    """The commit of a DVC experiment. Raises: UserError if several have this name."""
    commits = {source.commit for source in experiments() if source.name == name}
    if len(commits) > 1:
        raise UserError("several experiments have this name: give the commit instead")
    return commits.pop() if commits else None
