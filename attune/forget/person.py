"""Whom to forget: a client or a recording by its name or its id, with all that is theirs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from stages.common.core.errors import UserError
from stages.common.core.forgotten import Forgotten
from stages.common.core.ids import group_id, recording_id
from stages.segment.clients import canonical_code, is_forgotten, stem_in
from stages.segment.session_files import role_of

_ID = re.compile(r"[rc][0-9a-f]{10}")


@dataclass(frozen=True)
class Person:
    recordings: frozenset[str]
    """Names: file names without suffix."""
    clients: frozenset[str]
    """Codes in sessions.csv, in all spellings; empty if a recording alone is forgotten and its
    client stays."""
    ids: frozenset[str]
    """Salted ids of both."""
    others: frozenset[str]
    """Names of all other recordings."""
    other_ids: frozenset[str]
    """Salted ids of these."""

    def owns(self, path: str) -> bool:
        """Whether a file is theirs by its name: NAME.flac, NAME.log.jsonl, NAME_client.TextGrid,
        r0123456789.html; and not that of a recording whose name only begins alike."""
        return self._owner(path) in self.recordings | self.ids

    def is_others(self, path: str) -> bool:
        """Whether a file is another known recording's by its name."""
        return self._owner(path) in self.others | self.other_ids

    def is_named_in(self, cells: Iterable[str]) -> bool:
        """Whether one of the cells of a table is a recording's or the client's, in any spelling."""
        names = set(map(canonical_code, self.recordings | self.clients))
        return any(canonical_code(cell) in names for cell in cells)

    def has_code(self, client: str) -> bool:
        """Whether `client` is a spelling of the client's code."""
        return bool(client) and canonical_code(client) in map(canonical_code, self.clients)

    def _owner(self, path: str) -> str:
        """The id or the name of the recording that a file's name begins with; empty if none."""
        name = unicodedata.normalize("NFC", PurePosixPath(path).name)
        id_ = name[:11] if _ID.match(name) and not name[11:12].isalnum() else ""
        if id_ in self.ids | self.other_ids:
            return id_
        for end in range(len(name), 0, -1):
            if (stem := name[:end]) in self._stems and _belongs(name, stem):
                return stem
        return ""

    @cached_property
    def _stems(self) -> frozenset[str]:
        return self.recordings | self.others


def codes_of(person: Person) -> frozenset[str]:
    """The client's code as it was spelled, and as `is_forgotten` compares it."""
    return person.clients | set(map(canonical_code, person.clients))


def _belongs(name: str, stem: str) -> bool:
    rest = name.removeprefix(stem)
    if rest == name:
        return False
    is_textgrid = name.lower().endswith(".textgrid")
    own = name.rpartition(".")[0] if is_textgrid else ""
    return not rest or rest.startswith(".") or bool(own and role_of(own, stem))


def find_person(
    text: str, key: bytes, clients: Mapping[str, str], known: Iterable[str], forgotten: Forgotten
) -> Person:
    """The person that `text` names.

    Args:
        text: a client's code, a recording's name with or without its suffix, or the id of either.
        clients: recording -> client, of all versions of sessions.csv that exist.
        known: names of all recordings that exist or existed.

    Raises: UserError if there is no such client or recording, or if both have this name.
    """
    name = unicodedata.normalize("NFC", text.strip())
    stems = set(known) | set(clients)
    codes = {code for code in clients.values() if name == group_id(key, code, "")}
    # All spellings of a code are one client, as `segment` reads them.
    spelled = {canonical_code(name), *map(canonical_code, codes)} - {""}
    codes = {code for code in clients.values() if canonical_code(code) in spelled}
    named = {stem for stem in stems if name in (stem, recording_id(key, stem))}
    named = named or {stem for stem in stems if stem == stem_in(name, stems)}
    of_codes = {stem for stem, code in clients.items() if code in codes}
    if codes and not named <= of_codes:
        raise UserError("a client and another client's recording have this name; use the id of one")
    if not codes and not named:
        if _ID.fullmatch(name) or not is_forgotten(forgotten, name, name):
            raise UserError(
                "no client and no recording of this name or id, in data.sessions or in earlier "
                "versions of it; give the file's name without suffix, or the code in sessions.csv"
            )
        # A second call, after all is gone: what is left is searched by names and ids. If the first
        # was interrupted, the table may be gone, and only tombstones tell their recordings.
        named = {name} if forgotten.covers(name) else set()
        codes = {name} if is_forgotten(forgotten, "", name) else set()
    if any(is_forgotten(forgotten, "", code) for code in codes):
        named |= {stem for stem in stems - set(clients) if forgotten.covers(stem)}
    recordings = of_codes | named
    ids = {recording_id(key, stem) for stem in recordings}
    ids |= {group_id(key, code, "") for code in codes}
    others = stems - recordings
    other_ids = {recording_id(key, stem) for stem in others}
    return Person(*map(frozenset, (recordings, codes, ids, others, other_ids)))
