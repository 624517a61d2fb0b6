"""DVC's object stores, the cache and the remotes: what they hold, by content hash.

An object is a file, named by its MD5, or the listing of a folder, `<MD5>.dir`. `runs` is the
run-cache: what each stage made of which inputs.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from stages.common.core.errors import UserError

LISTING = ".dir"
_OBJECT = re.compile(r"(?:files/md5/)?([0-9a-f]{2})/([0-9a-f]{30}(?:\.dir)?)")
_RUN = re.compile(r"runs/[0-9a-f]{2}/[0-9a-f]{64}/[0-9a-f]{64}")
_HASH = re.compile(r"[0-9a-f]{32}(?:\.dir)?")


@dataclass(frozen=True)
class Entry:
    """A file in a listing."""

    path: str
    """In the folder, with slashes."""
    oid: str


@dataclass
class Store:
    name: str
    """As the user sees it."""
    fs: Any
    """The fsspec file system, as DVC opens it."""
    root: str
    objects: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Hash -> its files; DVC 2 and 3 name them differently."""
    runs: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    """Files that DVC had not finished when it was killed."""

    def refresh(self) -> None:
        """Read which objects there are. Raises: UserError if the store cannot be read."""
        self.objects.clear()
        self.runs.clear()
        self.unfinished.clear()
        try:
            paths = self.fs.find(self.root) if self.fs.exists(self.root) else []
            for path in sorted(paths):
                inner = self.fs.as_posix(self.fs.relpath(path, self.root))
                if match := _OBJECT.fullmatch(inner):
                    self.objects[match[1] + match[2]].append(path)
                elif _RUN.fullmatch(inner):
                    self.runs.append(path)
                elif inner.endswith(".tmp"):
                    self.unfinished.append(path)
        except Exception as error:  # each kind of storage raises its own
            raise UserError(f"{self.name}: cannot be read ({type(error).__name__})") from None

    def read(self, path: str) -> bytes:
        """Raises: UserError if the store cannot be read."""
        try:
            with self.fs.open(path, "rb") as file:
                return bytes(file.read())
        except Exception as error:
            raise UserError(f"{self.name}: cannot be read ({type(error).__name__})") from None

    def remove(self, paths: list[str]) -> None:
        """Raises: UserError if the store refuses; what was removed before stays removed."""
        for path in paths:
            try:
                self.fs.remove(path)
            except FileNotFoundError:
                continue
            except Exception as error:
                raise UserError(
                    f"{self.name}: an object cannot be removed ({type(error).__name__}); correct "
                    "that and repeat the command"
                ) from None


def open_stores(repo: Any) -> tuple[list[Store], list[str]]:
    """The cache, then all remotes of `repo`, listed.

    Returns: the stores, and the names of remotes with `version_aware` or `worktree`, which store
    versions in another form.

    Raises: UserError if a remote cannot be reached.
    """
    cache = repo.cache.legacy
    stores, others = [Store("DVC cache", cache.fs, cache.path)], []
    for name in sorted(repo.config["remote"]):
        shown = f"DVC remote {name}"
        try:
            remote = repo.cloud.get_remote(name)
        except Exception as error:
            raise UserError(f"{shown}: cannot be opened ({type(error).__name__})") from None
        if remote.worktree or remote.fs.version_aware:
            others.append(name)
        else:
            stores.append(Store(shown, remote.fs, remote.path))
    for store in stores:
        store.refresh()
    return stores, others


class Objects:
    """All objects of several stores; each is read from the first that has it."""

    def __init__(self, stores: list[Store]) -> None:
        self.stores = stores
        self.listings: dict[str, list[Entry]] = {}
        for oid in self:
            if oid.endswith(LISTING):
                self.listings[oid] = _entries(self.read(oid))

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({oid for store in self.stores for oid in store.objects}))

    def __contains__(self, oid: str) -> bool:
        return any(oid in store.objects for store in self.stores)

    def read(self, oid: str) -> bytes:
        store = next(store for store in self.stores if oid in store.objects)
        return store.read(store.objects[oid][0])

    def paths_of(self) -> dict[str, set[str]]:
        """Hash of a file -> its paths in all listings."""
        paths: dict[str, set[str]] = defaultdict(set)
        for entries in self.listings.values():
            for entry in entries:
                paths[entry.oid].add(entry.path)
        return paths


def hashes_in(text: str) -> set[str]:
    """The hashes that a lock file or an entry of the run-cache names."""
    return set(_HASH.findall(text))


def _entries(listing: bytes) -> list[Entry]:
    try:
        return [Entry(str(row["relpath"]), str(row["md5"])) for row in json.loads(listing)]
    except (ValueError, TypeError, KeyError):
        return []  # damaged: DVC cannot read it either
