"""What is gathered as a person's, and what is left out since it is others' as well."""

from __future__ import annotations

import hashlib
from pathlib import Path

from attune.forget.gather import gather, without_outputs
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
GUARD = "the kettle hummed beside forty copper spoons"


def person(mini: MiniProject, name: str) -> Person:
    clients, known = known_recordings(mini.sessions, Objects([]))
    return find_person(name, KEY, clients, known, Forgotten(KEY, frozenset()))


def needles_of(mini: MiniProject, name: str) -> Needles:
    guard = mini.root / "guard"
    return gather(person(mini, name), mini.sessions, guard, Objects([]), "en", lambda: None)


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


def test_what_another_recording_has_too_is_no_needle(mini: MiniProject) -> None:
    """Words of the out-of-domain set, and the digest of a file that two recordings have."""
    for name in ("anna", "bob"):
        mini.raw(f"{name}.wav", f"RIFF {name}".encode())
        mini.transcript(f"{name}.txt", "inaudible")
    mini.transcript("anna.vtt", f"WEBVTT\n\n00:00.000 --> 00:09.000\n{ANNA} {GUARD}\n")
    for part in ("audio", "transcripts"):
        (mini.root / "guard" / part).mkdir(parents=True)
    (mini.root / "guard/transcripts/1.txt").write_text(GUARD)
    needles = needles_of(mini, "anna")
    assert "zebra climbed over seven" in set(needles.runs)
    assert "kettle hummed beside forty" not in set(needles.runs)
    shared = hashlib.sha256(b"inaudible").hexdigest()
    assert shared not in needles.digests
    assert hashlib.sha256(b"RIFF anna").hexdigest() in needles.digests


def test_what_a_run_without_them_wrote_is_not_theirs(mini: MiniProject) -> None:
    """A file that still names them does not count."""
    mini.raw("anna.wav", b"RIFF")
    mini.transcript("anna.txt", ANNA)
    needles = needles_of(mini, "anna")
    id_ = recording_id(KEY, "anna")
    write_rows(Path("data/hypotheses/evaluate.jsonl"), [{"hypothesis": "zebra climbed over seven"}])
    write_rows(Path("data/segments/segments.jsonl"), [{"recording": id_, "text": ANNA}])
    left = set(without_outputs(needles, person(mini, "anna")).runs)
    assert set(needles.runs) - left == {"zebra climbed over seven"}


def test_a_stray_file_is_no_other_recordings(mini: MiniProject) -> None:
    """An editor's copy, which is named like no recording, takes no words off the search."""
    mini.raw("anna.wav", b"RIFF")
    mini.transcript("anna.txt", ANNA)
    (mini.sessions / "transcripts" / ".anna.txt.swp").write_text(ANNA)
    assert "zebra climbed over seven" in set(needles_of(mini, "anna").runs)
