"""What is gathered as a person's, and what is left out since it is others' as well."""

from __future__ import annotations

from pathlib import Path

from attune.forget.gather import gather
from attune.forget.known import known_recordings
from attune.forget.needles import Needles
from attune.forget.person import Person, find_person
from attune.forget.stores import Objects
from stages.common.core.files import write_rows
from stages.common.core.forgotten import Forgotten
from stages.common.core.ids import recording_id
from tests.support.mini_project import KEY, MiniProject

ANNA = "the zebra climbed over seven purple fences"
BOB = "a walrus whistled under eleven yellow bridges"


def person(mini: MiniProject, name: str) -> Person:
    clients, known = known_recordings(mini.sessions, Objects([]))
    return find_person(name, KEY, clients, known, Forgotten(KEY, frozenset()))


def needles_of(mini: MiniProject, name: str) -> Needles:
    return gather(person(mini, name), mini.sessions, Objects([]), lambda: None)


def test_lost_text_is_of_its_recording(mini: MiniProject) -> None:
    """Its rows have no id."""
    for name in ("anna", "bob"):
        mini.raw(f"{name}.wav", b"RIFF")
        mini.transcript(f"{name}.txt", "hello")
    lost = [
        {"recording": recording_id(KEY, name), "start": 0.0, "end": 1.0, "text": text}
        for name, text in (("anna", f"{ANNA} {BOB}"), ("bob", BOB))
    ]
    write_rows(Path("data/segments/lost.jsonl"), lost)
    runs = set(needles_of(mini, "anna").runs)
    assert "zebra climbed over seven" in runs and "walrus whistled under eleven" not in runs
