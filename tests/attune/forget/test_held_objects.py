"""Which objects of a store go with a person, and which stay since they are others'."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from dvc.fs import LocalFileSystem

from attune.forget.blocks import Blocks
from attune.forget.held_objects import Held, find_held
from attune.forget.known import known_recordings
from attune.forget.needles import Needles
from attune.forget.person import Person, find_person
from attune.forget.stores import Objects, Store
from attune.forget.words import Phrases
from stages.common.core.forgotten import Forgotten
from tests.support.mini_project import KEY

PHRASE = "i do not know"
NEEDLES = Needles((), Phrases(["maria"]), frozenset(), Phrases([PHRASE]), Blocks(()))


def put(root: Path, content: bytes, suffix: str = "") -> str:
    name = hashlib.md5(content).hexdigest() + suffix
    path = root / "files" / "md5" / name[:2] / name[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return name


def put_folder(root: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Path -> hash, and "" -> that of the listing."""
    hashes = {name: put(root, content) for name, content in files.items()}
    rows = [{"md5": hash_, "relpath": name} for name, hash_ in hashes.items()]
    return hashes | {"": put(root, json.dumps(rows).encode(), ".dir")}


def held(root: Path, name: str) -> tuple[Held, Person]:
    store = Store("cache", LocalFileSystem(), str(root))
    store.refresh()
    objects = Objects([store])
    clients, known = known_recordings(root / "none", objects)
    person = find_person(name, KEY, clients, known, Forgotten(KEY, frozenset()))
    return find_held(objects, person, NEEDLES, [], lambda: None), person


def test_other_recordings_files_stay(tmp_path: Path) -> None:
    """Those of other revisions and folders, whatever they say; so does what two recordings have."""
    silent = b"inaudible"
    old = put_folder(
        tmp_path,
        {
            "sessions/audio/maria.flac": b"fLaC maria",
            "sessions/transcripts/maria.txt": silent,
            "sessions/audio/bob.flac": b"fLaC bob",
            "sessions/transcripts/bob.txt": b"Maria, I do not know.",
            "sessions/transcripts/bob_client.TextGrid": silent,
        },
    )
    guard = put_folder(
        tmp_path, {"audio/1.wav": b"RIFF 1", "transcripts/1.txt": f"well {PHRASE}".encode()}
    )
    notes = put(tmp_path, PHRASE.encode())
    found, _ = held(tmp_path, "maria")
    assert found.files == {old["sessions/audio/maria.flac"], notes}
    assert found.listings == {old[""]} and guard[""] not in found


def test_a_table_names_them_in_any_spelling(tmp_path: Path) -> None:
    files = {"audio/a.flac": b"fLaC a", "transcripts/a.txt": b"a", "audio/b.flac": b"fLaC b"}
    table = "recording,client\nA,Anna\u00a0S\nb,anna s\n"
    first = put_folder(tmp_path, files | {"sessions.csv": table.encode()})
    second = put_folder(tmp_path, {"sessions.csv": b"recording,client\nc,ANNA S\n"})
    third = put_folder(tmp_path, {"sessions.csv": b"recording,client\nd,Bob\n"})
    found, person = held(tmp_path, "Anna S")
    assert person.recordings == {"a", "b", "c"}
    assert {first[""], second[""]} <= found.listings and third[""] not in found


def test_what_a_killed_dvc_left_is_listed(tmp_path: Path) -> None:
    left = tmp_path / "files" / "md5" / "ab" / ".half.tmp"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half of a recording")
    store = Store("cache", LocalFileSystem(), str(tmp_path))
    store.refresh()
    assert store.unfinished == [str(left)] and not store.objects
