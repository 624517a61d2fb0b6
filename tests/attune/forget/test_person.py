"""Whom a name means, and which files are that person's."""

from __future__ import annotations

import pytest

from attune.forget.person import Person, find_person
from stages.common.core.errors import UserError
from stages.common.core.forgotten import Forgotten, add_forgotten, read_forgotten
from stages.common.core.ids import group_id, recording_id
from tests.support.mini_project import KEY, MiniProject

CLIENTS = {"anna 1": "C7", "anna 2": "C7", "bob": "C8", "C8": "C9"}
KNOWN = {*CLIENTS, "anna 10", "übung"}
NOBODY = Forgotten(KEY, frozenset())


def find(text: str, forgotten: Forgotten = NOBODY) -> Person:
    return find_person(text, KEY, CLIENTS, KNOWN, forgotten)


@pytest.mark.parametrize("text", ["C7", " C7 ", group_id(KEY, "C7", "")])
def test_a_client_has_all_their_recordings(text: str) -> None:
    person = find(text)
    assert person.recordings == {"anna 1", "anna 2"} and person.clients == {"C7"}
    assert person.ids == {
        group_id(KEY, "C7", ""), *(recording_id(KEY, name) for name in person.recordings)
    }  # fmt: skip
    assert person.others == {"bob", "C8", "anna 10", "übung"}


@pytest.mark.parametrize("text", ["Anna S", "anna  s", "ANNA\u00a0S", group_id(KEY, "anna s", "")])
def test_all_spellings_of_a_code_are_one_client(text: str) -> None:
    """As `segment` reads them."""
    clients = {"1": "Anna S", "2": "anna s", "3": "Anna\u00a0S", "4": "Anna T"}
    person = find_person(text, KEY, clients, clients, NOBODY)
    assert person.recordings == {"1", "2", "3"} and len(person.clients) == 3
    assert person.has_code("ANNA S") and not person.has_code("")


@pytest.mark.parametrize("text", ["anna 1", "anna 1.flac", recording_id(KEY, "anna 1")])
def test_a_recording_alone_leaves_its_client(text: str) -> None:
    person = find(text)
    assert person.recordings == {"anna 1"} and not person.clients
    assert person.ids == {recording_id(KEY, "anna 1")} and "anna 2" in person.others


def test_a_decomposed_name_is_the_same() -> None:
    assert find("u\u0308bung").recordings == {"übung"}


def test_a_client_and_a_recording_of_one_name_are_told_apart_by_id() -> None:
    with pytest.raises(UserError, match="use the id of one"):
        find("C8")
    assert find(recording_id(KEY, "C8")).recordings == {"C8"}
    assert find(group_id(KEY, "C8", "")).recordings == {"bob"}


def test_the_name_is_not_repeated_in_the_error() -> None:
    with pytest.raises(UserError) as raised:
        find("Carla")
    assert "Carla" not in str(raised.value)


def test_what_is_gone_is_found_by_its_tombstone(mini: MiniProject) -> None:
    add_forgotten(KEY, ["carla"], ["C5"])
    person = find("carla", read_forgotten(KEY))
    assert person.recordings == {"carla"} and person.ids == {recording_id(KEY, "carla")}
    assert find("C5", read_forgotten(KEY)).clients == {"C5"}


def test_after_an_interruption_tombstones_tell_the_recordings(mini: MiniProject) -> None:
    """The table of clients is gone, some of the files are not; a new one may have the same name."""
    add_forgotten(KEY, ["anna 10", "bob"], ["C5"])
    person = find("C5", read_forgotten(KEY))
    assert person.recordings == {"anna 10"} and person.clients == {"C5"}


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("audio/anna 1.flac", True),
        ("anna 1.log.jsonl", True),
        ("anna 1.2.vtt", True),
        ("transcripts/anna 1_client.TextGrid", True),
        ("anna 1", True),
        (f"audio/{recording_id(KEY, 'anna 1')}.flac", True),
        (f"{recording_id(KEY, 'anna 1')}-blocks.json", True),
        ("anna 10.flac", False),
        ("anna 10_client.TextGrid", False),
        ("anna 2.flac", False),
        ("anna 1_client.txt", False),
        ("anna.flac", False),
        (f"audio/{recording_id(KEY, 'anna 2')}.flac", False),
    ],
)
def test_files_are_theirs_by_name(name: str, theirs: bool) -> None:
    assert find("anna 1").owns(name) == theirs


def test_the_longest_name_owns_a_file() -> None:
    person = find_person("a", KEY, {}, {"a", "a.b"}, NOBODY)
    assert person.owns("a.vtt") and not person.owns("a.b.vtt")
