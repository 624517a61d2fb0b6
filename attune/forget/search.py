"""The search for what is left of a person, in every place that Attune, DVC and git write to."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from attune.forget.needles import IDS, Needles
from attune.forget.own_files import is_own
from attune.forget.stores import Store
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.revisions import git

_LEAST_OUTSIDE = 3
"""Runs of words from which a file outside the project counts: caches hold much English text."""
_MEMO = 1 << 16
"""Bytes from which equal files, such as in a folder and in a store, are searched once."""
_APART = (".git", ".venv", ".state", ".dvc/cache", ".dvc/tmp", ".dvc/site-cache")
Progress = Callable[[], None]


@dataclass
class Place:
    name: str
    files: int = 0
    """Files that hold the person."""
    kinds: Counter[str] = field(default_factory=Counter)
    """Kind of needle -> files."""
    unreadable: int = 0

    def add(self, kinds: set[str]) -> None:
        self.files += bool(kinds)
        self.kinds.update(kinds)


class Search:
    def __init__(self, needles: Needles, sessions: Path, stores: Iterable[Store]) -> None:
        self._needles = needles
        self._sessions, self._stores = sessions, list(stores)
        self._known: dict[tuple[bytes, bool], set[str]] = {}
        self.git_ids = 0
        """Git objects with ids alone."""

    def run(self, databases: Iterable[Path], progress: Progress) -> list[Place]:
        """Search all places. databases: folders of DVC's state database."""
        root = Path.cwd()
        places = [
            self._folder("data.sessions", self._sessions, progress),
            *self._tree(root, progress),
            self._folder(".state", root / ".state", progress),
            *(self._store(store, progress) for store in self._stores),
            self._folders(".dvc/tmp and state database", [root / ".dvc/tmp", *databases], progress),
            self._git(progress),
        ]
        outside = replace(self._needles, least_runs=_LEAST_OUTSIDE)
        home = [Path.home() / ".cache", Path.home() / ".local"]
        temporary = [Path(tempfile.gettempdir())]
        if "TMPDIR" not in os.environ:
            temporary.append(Path("/var/tmp"))
        for name, folders in (("home folder's caches", home), ("temporary folders", temporary)):
            place = Place(name)
            for path in _mine(folders, root):
                self._file(place, path, path.name, outside, progress)
            places.append(place)
        return places

    def _tree(self, root: Path, progress: Progress) -> list[Place]:
        tracked = set((git("ls-files", "-z", strip=False) or "").split("\0"))
        apart = [root / name for name in _APART] + [self._sessions.resolve()]
        names = ("data", "models", "reports", "metrics", "other files")
        places = {name: Place(name) for name in names}
        for path in _files(root, apart):
            inner = path.relative_to(root).as_posix()
            place = places.get(inner.partition("/")[0], places["other files"])
            own = inner in tracked and is_own(inner)
            needles = self._needles.without_words() if own else self._needles
            self._file(place, path, inner, needles, progress)
        return list(places.values())

    def _folder(self, name: str, folder: Path, progress: Progress) -> Place:
        return self._folders(name, [folder], progress)

    def _folders(self, name: str, folders: Iterable[Path], progress: Progress) -> Place:
        place = Place(name)
        for folder in folders:
            for path in _files(folder, ()):
                inner = path.relative_to(folder).as_posix()
                self._file(place, path, inner, self._needles, progress)
        return place

    def _file(
        self, place: Place, path: Path, name: str, needles: Needles, progress: Progress
    ) -> None:
        progress()
        try:
            if path.stat().st_size < _MEMO:
                place.add(needles.in_file(path, name))
                return
            with path.open("rb") as content:
                key = hashlib.file_digest(content, "sha256").digest(), bool(needles.runs)
            if key not in self._known:
                self._known[key] = needles.in_file(path)
            place.add(self._known[key] | needles.in_bytes(b"", name))
        except OSError:
            place.unreadable += 1

    def _store(self, store: Store, progress: Progress) -> Place:
        place = Place(store.name)
        store.refresh()
        for path in [
            *(paths[0] for paths in store.objects.values()),
            *store.runs,
            *store.unfinished,
        ]:
            progress()
            content = store.read(path)
            key = hashlib.sha256(content).digest(), bool(self._needles.runs)
            if key not in self._known:
                self._known[key] = self._needles.in_bytes(content)
            place.add(self._known[key])
        return place

    def _git(self, progress: Progress) -> Place:
        """All objects, also those that nothing refers to, and reflogs. Ids alone are no finding:
        metrics of earlier commits name them."""
        place = Place("git")
        common = git("rev-parse", "--git-common-dir")
        if common is None:
            return place
        listed = git("rev-list", "--objects", "--all", "--reflog") or ""
        pairs = (line.partition(" ") for line in listed.splitlines())
        own = {oid for oid, _, path in pairs if is_own(path)}
        for oid, kind, content in git_objects():
            progress()
            text = b"\n".join(_names_in(content)) if kind == "tree" else content
            needles = self._needles.without_words() if oid in own else self._needles
            kinds = needles.in_bytes(text)
            self.git_ids += kinds == {IDS}
            place.add(kinds - {IDS})
        folder = Path(common)
        for path in _files(folder, [folder / "objects"]):
            self._file(place, path, path.relative_to(folder).as_posix(), self._needles, progress)
        return place


def git_objects() -> Iterator[tuple[str, str, bytes]]:
    """(id, type, content) of every object in the repository."""
    command = ["git", "cat-file", "--batch-all-objects", "--batch", "--unordered", "--buffer"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while head := process.stdout.readline().split():
            oid, kind, size = head
            content = process.stdout.read(int(size))
            process.stdout.read(1)
            yield oid.decode(), kind.decode(), content
    if process.returncode:
        raise UserError("git cannot read its objects: `git fsck` shows why")


def _names_in(tree: bytes) -> Iterator[bytes]:
    """File names in the content of a tree object."""
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        yield tree[at:end].partition(b" ")[2]
        at = end + 21


def _mine(folders: Iterable[Path], root: Path) -> Iterator[Path]:
    """The user's own files in the folders, without those of the project."""
    seen = set()
    for folder in folders:
        for path in _files(folder, [root]):
            try:
                mine = path.stat().st_uid == os.getuid()
            except OSError:
                continue
            if mine and path not in seen:
                seen.add(path)
                yield path


def _files(folder: Path, apart: Iterable[Path]) -> Iterator[Path]:
    """Regular files below a folder, sorted, without those below `apart`; links are not followed."""
    left_out = {str(path) for path in apart}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if f"{parent}/{name}" not in left_out)
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_file() and not path.is_symlink() and str(path) not in left_out:
                yield path
