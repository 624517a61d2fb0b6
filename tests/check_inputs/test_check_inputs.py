"""`check_inputs`: each fault that DVC would name or hang at, and digests of contents."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import pytest

from stages.check_inputs.__main__ import main
from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id
from tests.support.mini_project import KEY, MiniProject

PRIVATE = "Anna Private"


@pytest.fixture
def whole(mini: MiniProject) -> MiniProject:
    """A project without a fault."""
    mini.valid("first")
    for part in ("audio", "transcripts"):
        (mini.root / "demo" / "guard" / part).mkdir(parents=True)
    (mini.root / "data").mkdir()
    (mini.root / "data" / "terms.txt").write_text("EMDR\n", encoding="utf-8")
    aligner = mini.root / "models" / "base-ct2"
    aligner.mkdir(parents=True)
    return mini


def digests(mini: MiniProject) -> dict[str, str]:
    main()
    return {path.name: path.read_text() for path in (mini.root / "data" / "inputs").iterdir()}


def lines() -> list[str]:
    with pytest.raises(UserError) as caught:
        main()
    assert PRIVATE not in str(caught.value)
    return str(caught.value).splitlines()


def test_every_fault_in_one_message_by_id(whole: MiniProject) -> None:
    audio, transcripts = whole.sessions / "audio", whole.sessions / "transcripts"
    (audio / f"{PRIVATE} 1.wav").symlink_to("gone.wav")
    (audio / f"{PRIVATE} 2.wav").symlink_to(f"{PRIVATE} 2.wav")
    os.mkfifo(audio / f"{PRIVATE} 3.wav")
    with socket.socket(socket.AF_UNIX) as server:
        place = Path.cwd()
        os.chdir(transcripts)  # a socket's path is short
        server.bind(f"{PRIVATE} 4.txt")
        os.chdir(place)
    (audio / "first.wav").rename(audio / os.fsdecode(b"Zo\xeb.wav"))
    os.mkfifo(whole.root / "demo" / "guard" / "audio" / f"{PRIVATE} 5.wav")
    terms = whole.root / "data" / "terms.txt"
    terms.unlink()
    os.mkfifo(terms)
    shutil.rmtree(whole.root / "models" / "base-ct2")
    shown = lines()
    broken = "the symbolic link leads to no file; put the file itself in its place"
    special = "it is a pipe, a socket or a device; remove it"
    ids = {number: recording_id(KEY, f"{PRIVATE} {number}") for number in range(1, 6)}
    assert sorted(shown[1:-1]) == sorted(
        [
            *(f"data.sessions: {ids[number]}: {broken}" for number in (1, 2)),
            *(f"data.sessions: {ids[number]}: {special}" for number in (3, 4)),
            f"data.sessions: {recording_id(KEY, 'Zo' + chr(0xDCEB))}: the name is not UTF-8; "
            "rename it",
            f"evaluate.guard: {ids[5]}: {special}",
            f"data/terms.txt: {special}",
        ]
    )
    assert shown[0].startswith("segment.aligner: there is no such folder")
    assert shown[-1] == "the file behind an id: attune lookup <id>"
    assert not (whole.root / "data" / "inputs").exists()
    (whole.root / "key").unlink()
    without = lines()
    assert f"data.sessions: 2 file(s): {broken}" in without
    assert [line for line in without if line.startswith("data.key: no such file")]


def test_a_file_that_may_not_be_read(whole: MiniProject, monkeypatch: pytest.MonkeyPatch) -> None:
    def access(path: object, mode: int) -> bool:
        return not str(path).endswith("first.txt")

    monkeypatch.setattr(os, "access", access)  # root may read all
    (line, _) = lines()
    assert line.startswith(f"data.sessions: {recording_id(KEY, 'first')}: it cannot be opened")


def test_missing_inputs(whole: MiniProject) -> None:
    shutil.rmtree(whole.sessions)
    shutil.rmtree(whole.root / "demo" / "guard")
    (whole.root / "data" / "terms.txt").unlink()
    (whole.root / "key").write_text("short")
    assert [line.split(";")[0] for line in lines()] == [
        "data.key: 5 bytes",
        "data.sessions: there is no such folder",
        "evaluate.guard: there is no such folder",
        "data/terms.txt: there is no such file",
    ]


def test_the_repository_as_sessions(whole: MiniProject) -> None:
    whole.params(data={"sessions": ".", "key": "key"})
    assert lines() == ["data.sessions: the folder holds this repository; name another one"]


def test_digests_follow_the_content_alone(whole: MiniProject) -> None:
    before = digests(whole)
    assert set(before) == {"sessions", "guard", "key", "terms"}
    # Another clone: other times and inodes, another place, no kept hashes.
    moved = whole.root / "moved"
    shutil.copytree(whole.sessions, moved, copy_function=shutil.copyfile)
    whole.params(data={"sessions": str(moved), "key": str(whole.root / "key")})
    shutil.rmtree(whole.root / ".state", ignore_errors=True)
    assert digests(whole) == before
    (moved / ".DS_Store").write_text("a file browser's")
    assert digests(whole) == before

    def changed() -> set[str]:
        after = digests(whole)
        names = {name for name in after if after[name] != before[name]}
        before.update(after)
        return names

    (moved / "transcripts" / "first.txt").write_text("a recording without faults")
    assert changed() == {"sessions"}
    (moved / "audio" / "first.wav").rename(moved / "audio" / "renamed.wav")
    assert changed() == {"sessions"}
    (whole.root / "demo" / "guard" / "transcripts" / "tale.txt").write_text("a tale")
    assert changed() == {"guard"}
    (whole.root / "data" / "terms.txt").write_text("CBT\n", encoding="utf-8")
    assert changed() == {"terms"}
    (whole.root / "key").write_bytes(KEY + b"2")
    assert "key" in changed()


def test_an_unchanged_file_is_hashed_once(
    whole: MiniProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [path for path in whole.sessions.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (1, 1))  # long enough ago
    first = digests(whole)["sessions"]
    hashed: list[Path] = []

    def sha256(path: Path) -> str:
        hashed.append(path)
        return ""

    monkeypatch.setattr("stages.check_inputs.digests.sha256", sha256)
    assert digests(whole)["sessions"] == first
    assert not set(hashed) & set(files)
    kept = whole.root / ".state" / "inputs" / "hashes.json"
    assert "first" not in kept.read_text()
    for damaged in ("", "[]", "{", '{"a": '):
        kept.write_text(damaged)
        monkeypatch.undo()
        assert digests(whole)["sessions"] == first
    os.utime(files[0], (2, 2))
    assert digests(whole)["sessions"] == first


def test_what_a_stage_makes_is_dvc_s(whole: MiniProject) -> None:
    """The demo's folders: the stage may still have to run."""
    shutil.rmtree(whole.root / "demo" / "guard")
    (whole.root / "demo" / "dvc.yaml").write_text(
        "stages:\n  guard:\n    cmd: x\n    wdir: ..\n    outs:\n      - demo/guard\n"
    )
    assert digests(whole)["guard"] == "made by the stage guard\n"
