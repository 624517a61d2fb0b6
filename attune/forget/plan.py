"""Finds everything to remove before removing anything, then removes it in an order that survives an
interruption: a second call finds the rest by the tombstone, the table of clients and the listings.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from attune.forget import outputs, repository, session_files
from attune.forget.held_objects import Held, find_held, runs_of
from attune.forget.needles import Needles
from attune.forget.person import Person
from attune.forget.stores import Objects, Store
from attune.forget.tracked import commit_folders, tracked_folders


@dataclass
class Plan:
    person: Person
    sessions: Path
    repo: Any
    """DVC's, opened."""
    stores: list[Store]
    held: Held
    refs: repository.Refs
    files: list[Path]
    """Their audio and transcripts, and other files of folders that DVC tracks."""
    made: dict[str, list[Path]]
    """Place -> files and folders derived from their recordings."""
    tracked: list[tuple[Any, Any]]
    databases: list[Path]
    """Folders of DVC's state database."""

    def counts(self) -> Counter[str]:
        """Number of what is to be removed, by place."""
        counts = Counter(
            {
                "data.sessions: files": len(self.files),
                "data.sessions: rows of sessions.csv": session_files.rows_in(
                    self.sessions, self.person
                ),
            }
        )
        counts.update(session_files.drafts_and_reviews(self.person))
        counts.update({place: len(paths) for place, paths in self.made.items()})
        for store in self.stores:
            counts[f"{store.name}: objects"] = len(self._objects(store))
            counts[f"{store.name}: run-cache"] = len(runs_of(store, self.held))
        counts["DVC state database"] = sum(folder.is_dir() for folder in self.databases)
        counts["experiments"] = len(self.refs.experiments)
        counts["queued experiments"] = len(self.refs.queued)
        counts["stashes"] = sum(map(len, self.refs.stashes.values()))
        return counts

    def carry_out(self) -> None:
        """Remove all of it. The caller holds DVC's lock.

        Raises: UserError if a store refuses.
        """
        repository.remove_refs(self.repo, self.refs)
        for paths in self.made.values():
            outputs.remove(paths)
        session_files.remove_drafts_and_reviews(self.person)
        self._remove_unfinished()
        # In this order, so that a repeat after an interruption finds the rest: what says whose an
        # object is goes after it. The list beside a model's weights says from whom it learned, a
        # listing which files are the person's.
        self._remove_objects(self.held.weights, with_runs=False)
        self._remove_objects(self.held.files - self.held.sources, with_runs=True)
        self._remove_objects(self.held.listings - self.held.source_listings, with_runs=False)
        outputs.remove(self.files)
        session_files.remove_rows(self.sessions, self.person)
        commit_folders(self.tracked)
        # Then the tables, which say which recordings are the person's.
        self._remove_objects(self.held.sources - self.held.tables, with_runs=False)
        self._remove_objects(self.held.tables, with_runs=False)
        self._remove_objects(self.held.source_listings, with_runs=False)

    def remove_databases(self) -> None:
        """To be called when `repo` is closed."""
        for folder in self.databases:
            shutil.rmtree(folder, ignore_errors=True)

    def _remove_unfinished(self) -> None:
        """What a killed DVC left half-copied in the clone's own cache: its lock is held here."""
        for store in self.stores:
            if Path(store.root).is_relative_to(self.repo.root_dir):
                store.remove(store.unfinished)

    def _remove_objects(self, oids: frozenset[str], with_runs: bool) -> None:
        # The cache comes first among the stores, and is emptied last: it is the quickest to read.
        for store in reversed(self.stores):
            if with_runs:
                store.remove(runs_of(store, self.held))
            for oid in sorted(oids & store.objects.keys()):
                store.remove(store.objects[oid])

    def _objects(self, store: Store) -> set[str]:
        return {oid for oid in store.objects if oid in self.held}


def make_plan(
    repo: Any,
    objects: Objects,
    person: Person,
    needles: Needles,
    sessions: Path,
    progress: Callable[[], None],
) -> Plan:
    """Find all that is to be removed; nothing is changed."""
    runs = [store.read(path).decode("utf-8", "replace") for store in objects.stores
            for path in store.runs]  # fmt: skip
    locks = [repository.lock_texts(), *runs]
    locks += [path.read_text(encoding="utf-8") for path in (Path("dvc.lock"),) if path.is_file()]
    held = find_held(objects, person, needles, locks, progress)
    tracked = tracked_folders(repo, person, sessions)
    folders = {sessions, *(Path(out.fs_path) for _, out in tracked)}
    files = {
        path.absolute() for folder in folders for path in session_files.files_of(folder, person)
    }
    return Plan(
        person=person,
        sessions=sessions,
        repo=repo,
        stores=objects.stores,
        held=held,
        refs=repository.held_refs(held, needles),
        files=sorted(files),
        made={
            "outputs of the pipeline": outputs.held_outputs(needles, person),
            ".state": outputs.held_state(needles, person),
            ".dvc/tmp": outputs.held_temporary(needles, Path(repo.tmp_dir)),
        },
        tracked=tracked,
        databases=database_folders(repo),
    )


def database_folders(repo: Any) -> list[Path]:
    """Where DVC keeps paths and hashes of this repository: the configured place, and the default
    one, in which earlier versions of Attune left them.

    A place within the clone goes as a whole: the copies in which experiments ran have databases of
    their own there.
    """
    from dvc.dirs import site_cache_dir

    now = Path(repo.site_cache_dir)
    is_own = now.is_relative_to(repo.root_dir)
    return sorted({now.parent if is_own else now, Path(site_cache_dir()) / "repo" / now.name})
