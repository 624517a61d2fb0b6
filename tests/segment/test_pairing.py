"""The sessions folder: recordings paired with transcripts and clients, and unusual names."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.common.core.ids import group_id, recording_id
from stages.segment.sessions import read_sessions
from tests.support.mini_project import KEY, MiniProject

ODD_NAMES = [
    "with space", "it's", 'a "quote"', "😀 emoji", "up..dots", "-rf", "line\nfeed", "tab\tbed",
    "semi;colon", "$(HOME)", "`ls`", "per%cent%s", "back\\slash", "concat:a|b", "日本語", "x" * 200,
]  # fmt: skip


def two_audio(mini: MiniProject) -> None:
    mini.audio("bad.wav")
    mini.audio("bad.flac")
    mini.transcript("bad.txt")


def two_transcripts(mini: MiniProject) -> None:
    mini.audio("bad.wav")
    mini.transcript("bad.txt")
    mini.transcript("bad.srt")


def link_outside(mini: MiniProject) -> None:
    target = mini.audio("bad.wav").rename(mini.root / "elsewhere.wav")
    (mini.sessions / "audio" / "bad.wav").symlink_to(target)
    mini.transcript("bad.txt")


def transcript_link_outside(mini: MiniProject) -> None:
    mini.audio("bad.wav")
    target = mini.transcript("bad.txt").rename(mini.root / "elsewhere.txt")
    (mini.sessions / "transcripts" / "bad.txt").symlink_to(target)


def link_to_nowhere(mini: MiniProject) -> None:
    (mini.sessions / "audio" / "bad.wav").symlink_to("gone.wav")
    mini.transcript("bad.txt")


def link_to_itself(mini: MiniProject) -> None:
    (mini.sessions / "audio" / "bad.wav").symlink_to("bad.wav")
    mini.transcript("bad.txt")


@pytest.mark.parametrize(
    ("make", "dropped"),
    [
        (lambda mini: mini.audio("bad.wav"), {"no_transcript": 1}),
        (two_audio, {"same_stem": 2}),
        (two_transcripts, {"several_transcripts": 1}),
        (link_outside, {"symlink_outside": 1}),
        (transcript_link_outside, {"symlink_outside": 1}),
        (link_to_nowhere, {"symlink_broken": 1}),
        (link_to_itself, {"symlink_broken": 1}),
    ],
)
def test_a_recording_that_cannot_be_paired(
    mini: MiniProject, make: Callable[[MiniProject], None], dropped: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    kept = mini.valid()
    make(mini)
    result = mini.segment()
    assert result.metrics["dropped_recordings"] == dropped
    assert result.metrics["recordings"] == 1 + sum(dropped.values())
    assert [row["id"] for row in result.recordings] == [kept]
    assert f"{recording_id(KEY, 'bad')}: " in capsys.readouterr().out


def test_a_transcript_without_recording(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.valid()
    mini.transcript("alone.srt")
    result = mini.segment()
    assert result.metrics["dropped_transcripts"] == {"no_recording": 1}
    assert (result.metrics["transcripts"], result.metrics["kept"]) == (2, 1)
    assert f"{recording_id(KEY, 'alone')}: no recording" in capsys.readouterr().out


def test_links_inside_and_a_linked_sessions_folder_work(mini: MiniProject) -> None:
    mini.audio("first.wav")
    (mini.sessions / "audio" / "second.wav").symlink_to("first.wav")
    mini.transcript("second.txt")
    mini.transcript("first.txt")
    mini.sessions.rename(mini.root / "real")
    mini.sessions.symlink_to("real")
    assert mini.segment().metrics["kept"] == 2


def test_suffixes_in_any_case(mini: MiniProject) -> None:
    mini.audio("a.WaV", form="WAV")
    mini.transcript("a.TXT")
    mini.audio("b.FLAC")
    mini.transcript("b.Txt")
    assert mini.segment().metrics["kept"] == 2


def test_hidden_files_are_skipped_and_others_counted(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.valid()
    for part in ("audio", "transcripts"):
        for name in (".DS_Store", ".gitignore", "._good.wav", "._good.txt"):
            (mini.sessions / part / name).write_bytes(b"x")
    assert "ignored_files" not in mini.segment().metrics["notices"]
    (mini.sessions / "audio" / "more").mkdir()
    mini.raw("notes.pdf", b"x")
    mini.transcript("notes.odt")
    (mini.sessions / "README").write_text("x")
    (mini.sessions / "lost.wav").write_bytes(b"x")
    os.mkfifo(mini.sessions / "audio" / "pipe")
    capsys.readouterr()
    assert mini.segment().metrics["notices"] == {"ignored_files": 5}
    assert "5 file(s) or folder(s) ignored" in capsys.readouterr().out


def test_an_unknown_suffix_counts_where_a_transcript_has_its_name(mini: MiniProject) -> None:
    mini.audio("a.dat", form="WAV")
    mini.transcript("a.txt")
    result = mini.segment()
    assert result.metrics["kept"] == 1 and result.metrics["notices"] == {"audio_wrong_extension": 1}


def test_composed_and_decomposed_names_are_one(mini: MiniProject) -> None:
    mini.audio(unicodedata.normalize("NFD", "Zoë") + ".wav")
    mini.transcript(unicodedata.normalize("NFC", "Zoë") + ".txt")
    assert [row["id"] for row in mini.segment().recordings] == [recording_id(KEY, "Zoë")]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_work_and_are_never_shown(
    mini: MiniProject, name: str, capfd: pytest.CaptureFixture[str]
) -> None:
    mini.valid()
    mini.audio(f"{name}.wav")
    mini.transcript(f"{name}.txt")
    mini.raw(f"{name}2.wav", b"no audio")
    mini.transcript(f"{name}2.txt")
    mini.raw(f"{name}3.mp3", b"no audio")
    mini.transcript(f"{name}3.txt")
    result = mini.segment()
    assert result.metrics["kept"] == 2
    assert result.metrics["dropped_recordings"] == {"audio_undecodable": 2}
    assert recording_id(KEY, name) in [row["id"] for row in result.recordings]
    captured = capfd.readouterr()
    written = (mini.root / "metrics" / "segment.json").read_text(encoding="utf-8")
    assert name not in captured.out + captured.err + written


def test_a_name_that_is_not_utf8(mini: MiniProject) -> None:
    mini.valid()
    path = os.fsencode(mini.audio("x.wav"))
    Path(os.fsdecode(path)).rename(os.fsdecode(path.replace(b"x.wav", b"Zo\xeb.wav")))
    text = os.fsencode(mini.transcript("x.txt"))
    Path(os.fsdecode(text)).rename(os.fsdecode(text.replace(b"x.txt", b"Zo\xeb.txt")))
    metrics = mini.segment().metrics
    assert metrics["kept"] == 1 and metrics["dropped_recordings"] == {"name_not_utf8": 1}


def clients(mini: MiniProject, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    (mini.sessions / "sessions.csv").write_bytes(data)


@pytest.mark.parametrize(
    "content",
    ["recording,client\na,Ann\nb,Ann\n", "\ufeffclient;recording;note\nAnn;a;x\n Ann ;b;y\n",
     "Recording,Client\r\na.wav,Ann\r\nb.wav,Ann\r\n\r\na,Ann\r\n"],
)  # fmt: skip
def test_sessions_csv_groups_recordings(mini: MiniProject, content: str) -> None:
    for stem in "ab":
        mini.valid(stem)
    clients(mini, content)
    sessions = read_sessions(mini.sessions, KEY)
    assert {source.group for source in sessions.sources} == {group_id(KEY, "Ann", "")}
    assert sessions.notices == [] and sessions.has_clients


@pytest.mark.parametrize(
    ("content", "train_only"),
    [
        ("recording,client\na,Ann\nb,Bob\n", ""),
        ("recording,client,use\na,Ann,\nb,,train\n", "b"),
        ("Use;recording;client\nTRAIN;a.wav;Ann\nAll;b;Bob\n;a;Ann\n", "a"),
        ("recording,client,use\na,Ann\nb,Bob,train\n", "b"),
        ("recording,client,use,corpus\na,Ann,all,primock57\nb,Bob,,daic-woz\n", "b"),
    ],
)
def test_use_of_a_recording(mini: MiniProject, content: str, train_only: str) -> None:
    for stem in "ab":
        mini.valid(stem)
    clients(mini, content)
    sources = read_sessions(mini.sessions, KEY).sources
    ids = {recording_id(KEY, stem) for stem in train_only}
    assert {source.id for source in sources if source.use == "train"} == ids


@pytest.mark.parametrize("table", ["", "recording,client\na,Ann\n"])
def test_made_recordings_without_their_row_are_for_training_only(
    mini: MiniProject, table: str
) -> None:
    made = ("speak-0123456789abcdef", "daic-300", "primock57-day1-consultation01")
    for stem in ("a", "speak-of-it", *made):
        mini.valid(stem)
    if table:
        clients(mini, table)
    sources = read_sessions(mini.sessions, KEY).sources
    ids = {recording_id(KEY, stem) for stem in made}
    assert {source.id for source in sources if source.use == "train"} == ids


def test_a_change_of_use_alone_segments_nothing_again(mini: MiniProject) -> None:
    for stem in "ab":
        mini.valid(stem)
    clients(mini, "recording,client\na,Ann\nb,Bob\n")
    first = mini.segment()
    assert {row["use"] for row in first.recordings} == {"all"}
    finished = mini.root / ".state" / "finished" / "segment"
    entries = sorted(finished.iterdir())
    assert len(entries) >= 2
    clients(mini, "recording,client,use\na,Ann,train\nb,Bob,\n")
    second = mini.segment()
    assert {row["id"]: row["use"] for row in second.recordings} == {
        recording_id(KEY, "a"): "train",
        recording_id(KEY, "b"): "all",
    }
    assert second.segments == first.segments
    # A task that ran again would have another key, and so another entry.
    assert sorted(finished.iterdir()) == entries


def test_without_sessions_csv_each_recording_is_its_own_group(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.valid()
    result = mini.segment()
    assert result.recordings[0]["group"] == result.recordings[0]["id"]
    assert "no sessions.csv" in capsys.readouterr().out


def test_sessions_csv_with_too_few_or_too_many_rows(mini: MiniProject) -> None:
    mini.valid()
    clients(mini, "recording,client\nsomebody else,Ann\n")
    result = mini.segment()
    assert result.metrics["notices"] == {"no_client": 1, "unknown_recording": 1}
    assert result.metrics["kept"] == 1


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("name,client\nx,y\n", 1),
        ("", 1),
        ("recording,client\na,Ann\na,Bob\nb,Ann\nb,Eve\n", 2),
        ("recording,client\nZoë,Ann\n".encode("latin-1"), 1),
        ('recording,client\n"a,Ann\n', 1),
        ("recording,client\na\nb\n", 2),
        ("recording,client,use\na,Ann,Eve\nb,Ann,test\n", 2),
        ("recording,client,use\na,Ann,train\na,Ann,all\nb,Ann,only\nb\n", 3),
    ],
)
def test_faults_of_sessions_csv(mini: MiniProject, content: str | bytes, lines: int) -> None:
    for stem in "ab":
        mini.valid(stem)
    clients(mini, content)
    fault = mini.segment().fault
    assert len(fault.splitlines()) == lines
    assert all(line.startswith("sessions.csv: ") for line in fault.splitlines())
    assert not any(name in fault for name in ("Ann", "Bob", "Eve"))


@pytest.mark.parametrize(
    "other",
    ["Anna\u00a0S", "anna s", "Anna  S", "Anna\u200b S", "\ufeffAnna S", "\uff21nna S", "Anna\tS"],
)
def test_a_client_in_two_spellings_is_one(
    mini: MiniProject, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for stem in "abc":
        mini.valid(stem)
    clients(mini, f"recording;client\na;Anna S\nb;{other}\nc;Anna T\n")
    result = mini.segment()
    group = {row["id"]: row["group"] for row in result.recordings}
    a, b, c = (group[recording_id(KEY, stem)] for stem in "abc")
    assert a == b == group_id(KEY, "Anna S", "") != c
    assert result.metrics["notices"] == {"client_respelled": 1}
    assert f"{recording_id(KEY, 'b')}: sessions.csv spells" in capsys.readouterr().out


def test_a_recording_in_another_spelling_is_the_one(mini: MiniProject) -> None:
    mini.valid("Session 1")
    clients(mini, "recording,client\nsession\u00a01,Ann\n")
    (row,) = mini.segment().recordings
    assert row["group"] == group_id(KEY, "Ann", "")


def test_a_sessions_csv_that_is_a_pipe(mini: MiniProject) -> None:
    mini.valid()
    os.mkfifo(mini.sessions / "sessions.csv")
    assert "a pipe" in mini.segment().fault


def test_a_sessions_csv_that_leads_outside(mini: MiniProject) -> None:
    mini.valid()
    (mini.root / "clients").write_text("recording,client\n")
    (mini.sessions / "sessions.csv").symlink_to(mini.root / "clients")
    assert "leads out" in mini.segment().fault


def test_no_sessions_folder(mini: MiniProject) -> None:
    mini.sessions.rename(mini.root / "gone")
    assert mini.segment().fault.startswith("data.sessions: there is no such folder")
    mini.sessions.write_text("a file")
    assert mini.segment().fault.startswith("data.sessions: is a file")


def test_all_faults_of_the_folder_at_once(mini: MiniProject) -> None:
    for part in ("audio", "transcripts"):
        (mini.sessions / part).rmdir()
    assert len(mini.segment().fault.splitlines()) == 2


def test_an_audio_folder_that_leads_outside(mini: MiniProject) -> None:
    (mini.sessions / "audio").rename(mini.root / "elsewhere")
    (mini.sessions / "audio").symlink_to(mini.root / "elsewhere")
    assert "leads out" in mini.segment().fault


def test_no_recordings(mini: MiniProject) -> None:
    mini.transcript("a.txt")
    assert "no audio file" in mini.segment().fault


@pytest.mark.parametrize(
    ("clients", "told"),
    [
        ("one,one,two", "2 client(s), but three splits: `build_dataset` will fail"),
        ("one,two,three", ""),
        ("one,two,three/train", ""),
        ("one,one,two/train", "1 client(s), but validation and test: `build_dataset` will fail"),
        ("a/train,b/train,/train", "every recording has the use train in sessions.csv"),
    ],
)
def test_fewer_clients_than_splits_give_an_early_warning(
    mini: MiniProject, capsys: pytest.CaptureFixture[str], clients: str, told: str
) -> None:
    rows = ["recording,client,use"]
    for name, client in zip("abc", clients.split(","), strict=True):
        mini.valid(name)
        rows.append(f"{name},{client.replace('/', ',')}")
    (mini.sessions / "sessions.csv").write_text("\n".join(rows), encoding="utf-8")
    mini.segment()
    shown = capsys.readouterr().out
    assert shown.startswith(told) and ("will fail" in shown) == bool(told)
