"""What is removed from the sessions folder, drafts, reviews and quality pages, and what stays."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from attune.forget import outputs
from attune.forget.blocks import Blocks
from attune.forget.known import known_recordings, names_in
from attune.forget.needles import Needles
from attune.forget.person import Person, find_person
from attune.forget.rerun import check_models
from attune.forget.session_files import (
    check_guard,
    copies_of,
    files_of,
    remove_drafts_and_reviews,
    remove_rows,
    rows_in,
)
from attune.forget.stores import Objects
from attune.forget.words import Phrases
from stages.common.core.errors import UserError
from stages.common.core.forgotten import Forgotten
from stages.common.core.ids import recording_id
from stages.common.core.params import load_params
from stages.common.dataset.model_card import OPENING
from stages.common.dataset.trained_on import write_trained_on
from tests.support.mini_project import KEY, MiniProject

TABLE = "\ufeffRecording;client;note\r\nanna 1.wav;C7;first\r\nbob;C8;\r\nanna 2;C7;\r\n"


@pytest.fixture
def anna(mini: MiniProject) -> Person:
    """A client with two recordings in a project with a third."""
    for name in ("anna 1", "anna 2", "anna 10"):
        mini.raw(f"{name}.wav", b"RIFF")
        mini.transcript(f"{name}.txt")
    mini.raw("bob.wav", b"RIFF")
    mini.transcript("bob_client.TextGrid")
    mini.transcript("bob_therapist.TextGrid")
    (mini.sessions / "sessions.csv").write_text(TABLE, encoding="utf-8", newline="")
    clients, known = known_recordings(mini.sessions, Objects([]))
    return find_person("C7", KEY, clients, known, Forgotten(KEY, frozenset()))


def test_files_and_rows(mini: MiniProject, anna: Person) -> None:
    assert anna.recordings == {"anna 1", "anna 2"} and anna.others == {"anna 10", "bob"}
    names = [path.name for path in files_of(mini.sessions, anna)]
    assert sorted(names) == ["anna 1.txt", "anna 1.wav", "anna 2.txt", "anna 2.wav"]
    assert rows_in(mini.sessions, anna) == 2
    remove_rows(mini.sessions, anna)
    table = (mini.sessions / "sessions.csv").read_bytes().decode("utf-8")
    assert table == "\ufeffRecording;client;note\r\nbob;C8;\r\n"
    assert rows_in(mini.sessions, anna) == 0


def test_a_link_goes_with_its_target_in_the_folder(mini: MiniProject, anna: Person) -> None:
    target = mini.raw("0001.bin", b"RIFF")
    link = mini.sessions / "audio" / "anna 1.wav"
    link.unlink()
    link.symlink_to(target)
    assert {link, target} <= set(files_of(mini.sessions, anna))


def test_another_recording_s_file_and_the_table_stay(mini: MiniProject, anna: Person) -> None:
    link = mini.sessions / "audio" / "anna 1.wav"
    link.unlink()
    link.symlink_to(mini.sessions / "audio" / "bob.wav")
    found = files_of(mini.sessions, anna)
    assert link in found and mini.sessions / "audio" / "bob.wav" not in found
    named = replace(anna, recordings=frozenset(["sessions"]))
    assert files_of(mini.sessions, named) == []


def test_rows_in_other_spellings(mini: MiniProject) -> None:
    """`segment` takes them for the client's and the recording's."""
    for name in ("Anna 1", "anna 2", "bob"):
        mini.raw(f"{name}.wav", b"RIFF")
    table = "recording,client\nanna  1,Anna S\nanna 2,anna s\nbob,B\n"
    (mini.sessions / "sessions.csv").write_text(table)
    clients, known = known_recordings(mini.sessions, Objects([]))
    person = find_person("anna s", KEY, clients, known, Forgotten(KEY, frozenset()))
    assert {path.stem for path in files_of(mini.sessions, person)} == {"Anna 1", "anna 2"}
    remove_rows(mini.sessions, person)
    assert (mini.sessions / "sessions.csv").read_text() == "recording,client\nbob,B\n"


def test_a_name_that_the_out_of_domain_set_has_too_is_a_fault(
    mini: MiniProject, anna: Person
) -> None:
    guard = mini.root / "guard"
    (guard / "audio").mkdir(parents=True)
    (guard / "audio" / "bob.wav").touch()
    check_guard(guard, mini.sessions, anna, ["bob", "anna 1"])
    (guard / "audio" / "anna 1.wav").touch()
    with pytest.raises(UserError, match=r"1 file\(s\) with the name"):
        check_guard(guard, mini.sessions, anna, [])
    # The recording may be gone from the folder, and still be in DVC's stores.
    for path in (mini.sessions / "audio").glob("anna 1.*"):
        path.unlink()
    for path in (mini.sessions / "transcripts").glob("anna 1.*"):
        path.unlink()
    check_guard(guard, mini.sessions, anna, [])
    with pytest.raises(UserError, match=r"1 file\(s\) with the name"):
        check_guard(guard, mini.sessions, anna, ["anna 1"])


def test_every_recording_of_one_with_roles(mini: MiniProject) -> None:
    mini.raw("bob.wav", b"RIFF")
    for role in ("client", "therapist"):
        mini.transcript(f"bob_{role}.TextGrid")
    clients, known = known_recordings(mini.sessions, Objects([]))
    bob = find_person("bob", KEY, clients, known, Forgotten(KEY, frozenset()))
    assert len(files_of(mini.sessions, bob)) == 3


def test_drafts_reviews_and_pages(anna: Person) -> None:
    drafts, review, quality = (Path("data") / name for name in ("drafts", "review", "quality"))
    for path in (
        *(
            drafts / f"{name}{end}"
            for name in ("anna 1", "bob")
            for end in (".vtt", ".words.jsonl")
        ),
        drafts / "order.csv",
        *(review / f"{name}{end}" for name in ("anna 2", "bob") for end in (".vtt", ".log.jsonl")),
        review / "replaced" / "anna 2.2.docx",
        quality / f"{recording_id(KEY, 'anna 1')}.html",
        quality / "index.html",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    record = {name: {"id": "", "words": 1} for name in ("anna 1", "bob")}
    (drafts / ".made.json").write_text(json.dumps(record))
    remove_drafts_and_reviews(anna)
    assert sorted(path.name for path in Path("data").rglob("*") if path.is_file()) == [
        ".made.json", "bob.log.jsonl", "bob.vtt", "bob.vtt", "bob.words.jsonl",
    ]  # fmt: skip
    assert list(json.loads((drafts / ".made.json").read_text())) == ["bob"]


def test_runs_go_by_what_they_learned_from(mini: MiniProject, anna: Person) -> None:
    needles = Needles((), Phrases(()), frozenset(), Phrases(()), Blocks(()))
    theirs, others = (recording_id(KEY, name) for name in ("anna 1", "bob"))
    for kind in ("finetune", "tensorboard"):
        for name, ids in (("theirs", [theirs, others]), ("others", [others]), ("unknown", None)):
            run = mini.root / ".state" / kind / name
            run.mkdir(parents=True)
            (run / "weights").touch()
            if ids:
                write_trained_on(run, ids)
    held = outputs.held_state(needles, anna)
    assert sorted({path.name for path in held}) == ["theirs", "unknown"] and len(held) == 4


def test_a_base_or_an_aligner_that_learned_from_them_is_named(
    mini: MiniProject, anna: Person
) -> None:
    base, aligner = mini.root / "tuned", mini.root / "aligner"
    for folder in (base, aligner):
        folder.mkdir()
        (folder / "README.md").write_text(OPENING)
        write_trained_on(folder, [recording_id(KEY, "bob")])
    mini.params(
        base={"model": str(base), "revision": "0" * 40, "quantization": "int8"},
        segment=load_params().segment.model_dump() | {"aligner": str(aligner)},
    )
    check_models(load_params(), anna)
    for folder in (base, aligner):
        write_trained_on(folder, [recording_id(KEY, "anna 2"), recording_id(KEY, "bob")])
    with pytest.raises(UserError) as raised:
        check_models(load_params(), anna)
    lines = str(raised.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["base.model", "segment.aligner"]


def test_names_in_a_table_of_any_version() -> None:
    assert {"anna 1", "anna 1.wav", "bob", "C7"} <= names_in(TABLE.encode("utf-8"))
    assert "anna" in names_in(b'recording,client\n"anna",C7\nb')


def test_the_same_audio_under_another_name(mini: MiniProject, anna: Person) -> None:
    audio = mini.sessions / "audio"
    own = next(path for path in sorted(audio.glob("anna 1.*")))
    own.write_bytes(b"RIFF of anna")
    for name in ("bob", "anna 10"):
        (audio / f"{name}.wav").write_bytes(f"RIFF of {name}".encode())
    assert copies_of(mini.sessions, anna) == []
    (audio / "bob.wav").write_bytes(b"RIFF of anna")
    assert copies_of(mini.sessions, anna) == ["bob"]
