"""The sessions folder: recordings paired with transcripts and clients, and unusual names."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.common.core.ids import group_id, recording_id
from stages.segment.sessions import read_sessions
from tests.support.workplace import KEY, Workplace

ODD_NAMES = [
    "with space", "it's", 'a "quote"', "😀 emoji", "up..dots", "-rf", "line\nfeed", "tab\tbed",
    "semi;colon", "$(HOME)", "`ls`", "per%cent%s", "back\\slash", "concat:a|b", "日本語", "x" * 200,
]  # fmt: skip


def two_audio(place: Workplace) -> None:
    place.audio("bad.wav")
    place.audio("bad.flac")
    place.words("bad.txt")


def two_transcripts(place: Workplace) -> None:
    place.audio("bad.wav")
    place.words("bad.txt")
    place.words("bad.srt")


def link_outside(place: Workplace) -> None:
    target = place.audio("bad.wav").rename(place.root / "elsewhere.wav")
    (place.sessions / "audio" / "bad.wav").symlink_to(target)
    place.words("bad.txt")


def transcript_link_outside(place: Workplace) -> None:
    place.audio("bad.wav")
    target = place.words("bad.txt").rename(place.root / "elsewhere.txt")
    (place.sessions / "transcripts" / "bad.txt").symlink_to(target)


def link_to_nowhere(place: Workplace) -> None:
    (place.sessions / "audio" / "bad.wav").symlink_to("gone.wav")
    place.words("bad.txt")


def link_to_itself(place: Workplace) -> None:
    (place.sessions / "audio" / "bad.wav").symlink_to("bad.wav")
    place.words("bad.txt")


@pytest.mark.parametrize(
    ("make", "dropped"),
    [
        (lambda place: place.audio("bad.wav"), {"no_transcript": 1}),
        (two_audio, {"same_stem": 2}),
        (two_transcripts, {"several_transcripts": 1}),
        (link_outside, {"symlink_outside": 1}),
        (transcript_link_outside, {"symlink_outside": 1}),
        (link_to_nowhere, {"symlink_broken": 1}),
        (link_to_itself, {"symlink_broken": 1}),
    ],
)
def test_a_recording_that_cannot_be_paired(
    place: Workplace, make: Callable[[Workplace], None], dropped: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    kept = place.good()
    make(place)
    ran = place.segment()
    assert ran.metrics["dropped_recordings"] == dropped
    assert ran.metrics["recordings"] == 1 + sum(dropped.values())
    assert [row["id"] for row in ran.recordings] == [kept]
    assert f"{recording_id(KEY, 'bad')}: " in capsys.readouterr().out


def test_a_transcript_without_recording(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.good()
    place.words("alone.srt")
    ran = place.segment()
    assert ran.metrics["dropped_transcripts"] == {"no_recording": 1}
    assert (ran.metrics["transcripts"], ran.metrics["kept"]) == (2, 1)
    assert f"{recording_id(KEY, 'alone')}: no recording" in capsys.readouterr().out


def test_links_inside_and_a_linked_sessions_folder_work(place: Workplace) -> None:
    place.audio("first.wav")
    (place.sessions / "audio" / "second.wav").symlink_to("first.wav")
    place.words("second.txt")
    place.words("first.txt")
    place.sessions.rename(place.root / "real")
    place.sessions.symlink_to("real")
    assert place.segment().metrics["kept"] == 2


def test_suffixes_in_any_case(place: Workplace) -> None:
    place.audio("a.WaV", form="WAV")
    place.words("a.TXT")
    place.audio("b.FLAC")
    place.words("b.Txt")
    assert place.segment().metrics["kept"] == 2


def test_hidden_files_are_skipped_and_others_counted(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.good()
    for part in ("audio", "transcripts"):
        for name in (".DS_Store", ".gitignore", "._good.wav", "._good.txt"):
            (place.sessions / part / name).write_bytes(b"x")
    assert "ignored_files" not in place.segment().metrics["notices"]
    (place.sessions / "audio" / "more").mkdir()
    place.raw("notes.pdf", b"x")
    place.words("notes.docx")
    (place.sessions / "README").write_text("x")
    (place.sessions / "lost.wav").write_bytes(b"x")
    os.mkfifo(place.sessions / "audio" / "pipe.wav")
    capsys.readouterr()
    assert place.segment().metrics["notices"] == {"ignored_files": 5}
    assert "5 file(s) or folder(s) ignored" in capsys.readouterr().out


def test_an_unknown_suffix_counts_where_a_transcript_has_its_name(place: Workplace) -> None:
    place.audio("a.dat", form="WAV")
    place.words("a.txt")
    ran = place.segment()
    assert ran.metrics["kept"] == 1 and ran.metrics["notices"] == {"audio_wrong_extension": 1}


def test_composed_and_decomposed_names_are_one(place: Workplace) -> None:
    place.audio(unicodedata.normalize("NFD", "Zoë") + ".wav")
    place.words(unicodedata.normalize("NFC", "Zoë") + ".txt")
    assert [row["id"] for row in place.segment().recordings] == [recording_id(KEY, "Zoë")]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_work_and_are_never_shown(
    place: Workplace, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    place.good()
    place.audio(f"{name}.wav")
    place.words(f"{name}.txt")
    place.raw(f"{name}2.wav", b"no audio")
    place.words(f"{name}2.txt")
    place.raw(f"{name}3.mp3", b"no audio")
    place.words(f"{name}3.txt")
    ran = place.segment()
    assert ran.metrics["kept"] == 2
    assert ran.metrics["dropped_recordings"] == {"audio_undecodable": 2}
    assert recording_id(KEY, name) in [row["id"] for row in ran.recordings]
    captured = capfd.readouterr()
    written = (place.root / "metrics" / "segment.json").read_text(encoding="utf-8")
    assert name not in captured.out + captured.err + written


def test_a_name_that_is_not_utf8(place: Workplace) -> None:
    place.good()
    path = os.fsencode(place.audio("x.wav"))
    Path(os.fsdecode(path)).rename(os.fsdecode(path.replace(b"x.wav", b"Zo\xeb.wav")))
    text = os.fsencode(place.words("x.txt"))
    Path(os.fsdecode(text)).rename(os.fsdecode(text.replace(b"x.txt", b"Zo\xeb.txt")))
    assert place.segment().metrics["kept"] == 2


def clients(place: Workplace, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (place.sessions / "sessions.csv").write_bytes(data)


@pytest.mark.parametrize(
    "content",
    ["recording,client\na,Ann\nb,Ann\n", "\ufeffclient;recording;note\nAnn;a;x\n Ann ;b;y\n",
     "Recording,Client\r\na.wav,Ann\r\nb.wav,Ann\r\n\r\na,Ann\r\n"],
)  # fmt: skip
def test_sessions_csv_groups_recordings(place: Workplace, content: str) -> None:
    for stem in "ab":
        place.good(stem)
    clients(place, content)
    sessions = read_sessions(place.sessions, KEY)
    assert {source.group for source in sessions.sources} == {group_id(KEY, "Ann", "")}
    assert sessions.notices == [] and sessions.has_clients


def test_without_sessions_csv_each_recording_is_its_own_group(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.good()
    ran = place.segment()
    assert ran.recordings[0]["group"] == ran.recordings[0]["id"]
    assert "no sessions.csv" in capsys.readouterr().out


def test_sessions_csv_with_too_few_or_too_many_rows(place: Workplace) -> None:
    place.good()
    clients(place, "recording,client\nsomebody else,Ann\n")
    ran = place.segment()
    assert ran.metrics["notices"] == {"no_client": 1, "unknown_recording": 1}
    assert ran.metrics["kept"] == 1


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("name,client\nx,y\n", 1),
        ("", 1),
        ("recording,client\na,Ann\na,Bob\nb,Ann\nb,Eve\n", 2),
        ("recording,client\nZoë,Ann\n".encode("latin-1"), 1),
        ('recording,client\n"a,Ann\n', 1),
        ("recording,client\na\nb\n", 2),
    ],
)
def test_faults_of_sessions_csv(place: Workplace, content: str | bytes, lines: int) -> None:
    for stem in "ab":
        place.good(stem)
    clients(place, content)
    fault = place.segment().fault
    assert len(fault.splitlines()) == lines
    assert all(line.startswith("sessions.csv: ") for line in fault.splitlines())
    assert not any(name in fault for name in ("Ann", "Bob", "Eve"))


def test_a_sessions_csv_that_leads_outside(place: Workplace) -> None:
    place.good()
    (place.root / "clients").write_text("recording,client\n")
    (place.sessions / "sessions.csv").symlink_to(place.root / "clients")
    assert "leads out" in place.segment().fault


def test_no_sessions_folder(place: Workplace) -> None:
    place.sessions.rename(place.root / "gone")
    assert place.segment().fault.startswith("data.sessions: there is no such folder")
    place.sessions.write_text("a file")
    assert place.segment().fault.startswith("data.sessions: is a file")


def test_all_faults_of_the_folder_at_once(place: Workplace) -> None:
    for part in ("audio", "transcripts"):
        (place.sessions / part).rmdir()
    assert len(place.segment().fault.splitlines()) == 2


def test_an_audio_folder_that_leads_outside(place: Workplace) -> None:
    (place.sessions / "audio").rename(place.root / "elsewhere")
    (place.sessions / "audio").symlink_to(place.root / "elsewhere")
    assert "leads out" in place.segment().fault


def test_no_recordings(place: Workplace) -> None:
    place.words("a.txt")
    assert "no audio file" in place.segment().fault
