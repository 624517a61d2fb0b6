"""Which objects of DVC's stores hold a person's data: exactly these are removed.

An object is theirs by its name in a listing, by its content (all derived data names its recordings
by id) or, for a model, by the list of recordings that it learned from. A listing is removed with
any of its files, a run-cache entry if it names a removed object. All other objects stay, those of
other revisions included.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from attune.forget.known import names_in
from attune.forget.needles import Needles
from attune.forget.person import Person
from attune.forget.stores import LISTING, Entry, Objects, Store, hashes_in
from stages.common.audio.formats import FORMATS
from stages.common.dataset.model_card import CARD, OPENING
from stages.common.dataset.trained_on import TRAINED_ON, parse_trained_on
from stages.common.transcripts.read import SUFFIXES
from stages.segment.sessions_table import FILE as TABLE

WEIGHTS = re.compile(r"model(-\d+-of-\d+)?\.(safetensors|bin)|pytorch_model(-\d+-of-\d+)?\.bin")
TUNED = ("models/finetuned", "models/ct2")
"""Outputs of the pipeline that learned from recordings."""
_TUNED_OUT = re.compile(
    rf"path: (?:{'|'.join(TUNED)})\n(?: +(?!- )\S.*\n)*? +md5: ([0-9a-f]{{32}}\.dir)"
)


@dataclass(frozen=True)
class Held:
    files: frozenset[str]
    """Hashes of files that hold the person."""
    sources: frozenset[str]
    """Those of `files` that are their recordings, transcripts and the table of clients."""
    tables: frozenset[str]
    """Those of `sources` that are the table of clients."""
    weights: frozenset[str]
    """Those of `files` that are the weights of models that learned from the person."""
    listings: frozenset[str]
    source_listings: frozenset[str]
    """Those of `listings` that name their recordings."""

    def __contains__(self, oid: str) -> bool:
        return oid in self.files or oid in self.listings

    def named_in(self, text: str) -> bool:
        """Whether a lock file names one of these objects."""
        return any(oid in self for oid in hashes_in(text))


def find_held(
    objects: Objects,
    person: Person,
    needles: Needles,
    locks: Iterable[str],
    progress: Callable[[], None],
) -> Held:
    """The objects that hold `person`.

    Args:
        locks: texts of lock files and of the run-cache, to tell tuned models from bases.
        progress: called once per object.
    """
    paths = objects.paths_of()
    sources = _named(paths, person)
    learned, clean = _weights(objects, person, _tuned(locks))
    files = set(sources) | learned
    tables: set[str] = set()
    for oid in objects:
        progress()
        if oid.endswith(LISTING) or oid in files or oid in clean:
            continue
        # Another recording's file is theirs, whatever it says; audio need not be read, from a
        # remote above all.
        if any(is_others_source(person, path) for path in paths.get(oid, ())):
            continue
        content = objects.read(oid)
        if any(path.rpartition("/")[2] == TABLE for path in paths.get(oid, ())):
            if person.is_named_in(names_in(content)):
                files.add(oid)
                sources.add(oid)
                tables.add(oid)
        elif needles.in_bytes(content):
            files.add(oid)
    listings, source_listings = set(), set()
    for oid, entries in objects.listings.items():
        if any(person.owns(entry.path) for entry in entries):
            source_listings.add(oid)
        if oid in source_listings or any(entry.oid in files for entry in entries):
            listings.add(oid)
    return Held(*map(frozenset, (files, sources, tables, learned, listings, source_listings)))


def runs_of(store: Store, held: Held) -> list[str]:
    """Paths of the entries of the run-cache that name what is removed."""
    return [
        path for path in store.runs if held.named_in(store.read(path).decode("utf-8", "replace"))
    ]


def is_weights(path: str) -> bool:
    return WEIGHTS.fullmatch(path.rpartition("/")[2]) is not None


def is_others_source(person: Person, path: str) -> bool:
    """Whether a file is audio or a transcript of another known recording, by its name."""
    suffix = PurePosixPath(path).suffix.lower()
    return (suffix in SUFFIXES or suffix[1:] in FORMATS) and person.is_others(path)


def _named(paths: dict[str, set[str]], person: Person) -> set[str]:
    """Files whose names are all the person's: another recording may have the same content."""
    return {
        oid
        for oid, names in paths.items()
        if any(map(person.owns, names))
        and not any(is_others_source(person, name) for name in names)
    }


def _weights(objects: Objects, person: Person, tuned: set[str]) -> tuple[set[str], set[str]]:
    """Hashes of the weights of models that learned from the person, or for which that is unknown,
    and those of all other models."""
    learned: set[str] = set()
    clean: set[str] = set()
    for oid, entries in objects.listings.items():
        weights = {entry.oid for entry in entries if is_weights(entry.path)}
        if weights:
            has_learned = _has_learned(objects, oid, entries, person, tuned)
            (learned if has_learned else clean).update(weights)
    return learned - clean, clean


def _has_learned(
    objects: Objects, oid: str, entries: list[Entry], person: Person, tuned: set[str]
) -> bool:
    files = {entry.path: entry.oid for entry in entries}

    def content(name: str) -> bytes | None:
        oid = files.get(name, "")
        return objects.read(oid) if oid in objects else None

    if TRAINED_ON in files:
        listed = parse_trained_on(content(TRAINED_ON) or b"?")
        return listed is None or bool(listed & person.ids)
    card = content(CARD) or b""
    return oid in tuned or OPENING.encode() in card


def _tuned(locks: Iterable[str]) -> set[str]:
    """Hashes of the folders that `finetune` and `ct2_convert` wrote, by the lock files."""
    return {hash_ for text in locks for hash_ in _TUNED_OUT.findall(text)}
