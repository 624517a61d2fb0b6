"""Tombstones: who is forgotten, what the file tells, and which commands refuse what comes back."""

from __future__ import annotations

import pytest

from attune.forget.person import codes_of, find_person
from stages.common.core.errors import UserError
from stages.common.core.forgotten import FILE, HEADER, add_forgotten, read_forgotten, tombstones
from stages.common.core.ids import group_id, recording_id
from tests.support.imports import ROOT
from tests.support.mini_project import KEY, MiniProject


def test_the_repository_starts_without_tombstones() -> None:
    assert (ROOT / FILE).read_text() == f"{HEADER}\n"


def test_recordings_and_clients_are_covered(mini: MiniProject) -> None:
    assert not read_forgotten(KEY).covers("anna")
    add_forgotten(KEY, ["anna"], ["C7"])
    first = FILE.read_bytes()
    add_forgotten(KEY, ["anna"], [""])
    assert FILE.read_bytes() == first
    for forgotten in (read_forgotten(KEY), tombstones(mini.root / "key")):
        assert forgotten.covers("anna") and forgotten.covers("anna", "C8")
        assert forgotten.covers("new", "C7")
        assert not forgotten.covers("C7") and not forgotten.covers("ann", "C8")
        assert not forgotten.covers("new") and not forgotten.covers("new", "")
    assert not tombstones(mini.root / "no key").covers("anna")


def test_the_file_tells_neither_names_nor_ids(mini: MiniProject) -> None:
    add_forgotten(KEY, ["anna"], ["C7"])
    id_ = recording_id(KEY, "anna")
    told = FILE.read_text()
    assert len(told.splitlines()) == 3
    for hidden in ("anna", "C7", id_[1:], group_id(KEY, "C7", id_)[1:]):
        assert hidden not in told
    assert not read_forgotten(b"another key, as long as it").covers("anna", "C7")


def test_a_damaged_tombstone_is_a_fault(mini: MiniProject) -> None:
    FILE.parent.mkdir()
    FILE.write_text(f"{HEADER}\n<<<<<<< HEAD\n{'0' * 64},2030-01-01\nshort,2030-01-01\n")
    with pytest.raises(UserError) as raised:
        read_forgotten(KEY)
    assert str(raised.value).splitlines() == [
        f"{FILE}: line {number} is not a tombstone; restore the file from git" for number in (2, 4)
    ]


def test_segment_rejects_what_comes_back(mini: MiniProject) -> None:
    """Also with another spelling of the client's code."""
    kept = mini.valid("kept")
    for name in ("anna", "second"):
        mini.valid(name)
    (mini.sessions / "sessions.csv").write_text("recording,client\nsecond,c7 \nkept,C8\n")
    clients = {"second": "C7"}
    first = find_person("C7", KEY, clients, clients, read_forgotten(KEY))
    add_forgotten(KEY, ["anna"], codes_of(first))
    run = mini.segment()
    assert [row["id"] for row in run.recordings] == [kept]
    assert run.metrics["dropped_recordings"] == {"forgotten": 2}
