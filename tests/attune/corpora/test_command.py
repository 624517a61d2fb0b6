"""`attune import`: terms, what is written, what is told, and the way through `segment`."""

from __future__ import annotations

import csv
import errno
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from attune.corpora.command import import_corpus
from stages.common.core.errors import UserError
from stages.common.core.forgotten import add_forgotten
from stages.common.core.ids import recording_id
from tests.attune.corpora.corpus_files import contents, daic_session, primock_consultation, sound
from tests.support.mini_project import KEY, SEGMENT, MiniProject

DOCTOR = [(1.0, 4.0, "What brings you here?"), (9.0, 12.0, "And since when?")]
PATIENT = [(5.0, 8.0, "My knee hurts."), (13.0, 16.0, "<UNIN/> Since May.")]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for number in (300, 301):
        daic_session(
            folder, number,
            [(1, 4, "Ellie", "ask_pets (do you have any pets)"),
             (5, 8, "Participant", "yes i have a dog"), (8.2, 9, "Participant", "<sync>")],
            sound([1, 5], 12),
        )  # fmt: skip
    return folder


def run(name: str, folder: Path) -> bool:
    return import_corpus(name, folder, accept_terms=True)


def test_recordings_are_listed_for_training_only(
    mini: MiniProject, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mini.sessions / "sessions.csv").write_text("recording,client,note\nown,ann,first\n")
    before = contents(corpus)
    assert run("daic-woz", corpus)
    assert contents(corpus) == before
    rows = list(csv.reader((mini.sessions / "sessions.csv").open()))
    assert rows == [
        ["recording", "client", "note", "use", "corpus"],
        ["own", "ann", "first"],
        ["daic-300", "daic-300", "", "train", "daic-woz"],
        ["daic-301", "daic-301", "", "train", "daic-woz"],
    ]
    written = {path.name for path in mini.sessions.rglob("*") if path.is_file()}
    assert written == {
        "sessions.csv", "daic-300.wav", "daic-300.csv", "daic-301.wav", "daic-301.csv",
    }  # fmt: skip
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "daic-woz: imported 2 of 2 recordings, 0.0 hours, for training only",
        "cues: 4; `segment` drops 0 of them for inaudible, uncertain or redacted words; left "
        "out: synchronization marks 2",
    ]


def test_a_forgotten_recording_is_not_imported_again(
    mini: MiniProject, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_forgotten(KEY, ["daic-300"], [])
    assert not run("daic-woz", corpus)
    assert "daic-300: not imported: it was forgotten" in capsys.readouterr().out
    assert [path.stem for path in (mini.sessions / "audio").iterdir()] == ["daic-301"]


def test_again_changes_nothing(mini: MiniProject, corpus: Path) -> None:
    primock_consultation(corpus / "p", "day1_consultation01", DOCTOR, PATIENT)
    for _ in range(2):
        assert run("daic-woz", corpus) and run("primock57", corpus / "p")
        after = contents(mini.sessions)
    assert run("daic-woz", corpus) and run("primock57", corpus / "p")
    assert contents(mini.sessions) == after and len(after) == 8


def test_a_corrected_transcript_is_kept(
    mini: MiniProject, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("daic-woz", corpus)
    (mini.sessions / "transcripts/daic-300.csv").write_text("corrected")
    (mini.sessions / "transcripts/daic-301.csv").rename(mini.sessions / "transcripts/daic-301.vtt")
    (mini.sessions / "audio/daic-301.wav").write_bytes(b"other")
    before = contents(mini.sessions)
    capsys.readouterr()
    assert run("daic-woz", corpus)
    assert contents(mini.sessions) == before
    assert capsys.readouterr().out.splitlines()[:3] == [
        "daic-300: its transcript already exists with other content and was kept",
        "daic-301: it already has another transcript, which was kept",
        "daic-301: its audio already exists with other content and was kept",
    ]


def test_what_cannot_be_imported_is_told(
    mini: MiniProject, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "300_P/300_TRANSCRIPT.csv").unlink()
    assert not run("daic-woz", corpus)
    lines = capsys.readouterr().out.splitlines()
    assert (
        "daic-300: not imported: 300_TRANSCRIPT.csv is missing; copy it from the corpus again"
        in lines
    )
    assert "daic-woz: imported 1 of 2 recordings, 0.0 hours, for training only" in lines
    (corpus / "301_P/301_AUDIO.wav").write_bytes(b"")
    with pytest.raises(UserError, match=r"none of 2 recording\(s\) could be imported"):
        run("daic-woz", corpus)


@pytest.mark.parametrize(
    ("name", "layout"),
    [("daic-woz", "NNN_P/NNN_AUDIO.wav"), ("primock57", "dayN_consultationNN_doctor.wav")],
)
def test_another_folder(mini: MiniProject, corpus: Path, name: str, layout: str) -> None:
    for folder in (mini.root / "data", mini.root / "nowhere"):
        folder.parent.mkdir(exist_ok=True)
        with pytest.raises(UserError) as fault:
            run(name, folder)
        assert layout in str(fault.value) and "\n" not in str(fault.value)
    # Nobody is asked for terms in vain.
    shutil.rmtree(mini.root / ".state", ignore_errors=True)
    with pytest.raises(UserError, match="no such folder"):
        run(name, mini.root / "nowhere")
    assert not (mini.root / ".state" / "terms").exists()


def test_the_demos_folder_is_left_alone(mini: MiniProject, corpus: Path) -> None:
    mini.params(data={"sessions": "demo/sessions", "key": "key"})
    with pytest.raises(UserError, match="run `attune init` first"):
        run("daic-woz", corpus)
    assert not (mini.root / ".state").exists()


def test_a_full_disk(mini: MiniProject, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", half)
    with pytest.raises(UserError, match=r"cannot be written \(No space left"):
        run("daic-woz", corpus)
    assert not list((mini.sessions / "audio").iterdir())
    monkeypatch.undo()
    monkeypatch.chdir(mini.root)
    assert run("daic-woz", corpus)
    assert len(list((mini.sessions / "audio").iterdir())) == 2


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Type an answer at a terminal."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    return lambda text: monkeypatch.setattr("sys.stdin", Terminal(text))


def test_terms_are_asked_for_once(
    mini: MiniProject,
    corpus: Path,
    answer: Callable[[str], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    for refusal in ("no\n", "", "\n"):
        answer(refusal)
        with pytest.raises(UserError, match="not accepted; nothing was imported"):
            import_corpus("daic-woz", corpus, accept_terms=False)
        assert "non-commercial research only" in capsys.readouterr().out
    assert not list((mini.sessions / "audio").iterdir())
    answer("yes\n")
    assert import_corpus("daic-woz", corpus, accept_terms=False)
    capsys.readouterr()
    answer("no\n")
    assert import_corpus("daic-woz", corpus, accept_terms=False)
    assert "terms" not in capsys.readouterr().out
    primock_consultation(corpus, "day1_consultation01", DOCTOR, PATIENT)
    with pytest.raises(UserError, match="not accepted"):
        import_corpus("primock57", corpus, accept_terms=False)
    assert "CC BY 4.0" in capsys.readouterr().out


def test_without_a_terminal(mini: MiniProject, corpus: Path) -> None:
    with pytest.raises(UserError, match="accept the terms of daic-woz first: repeat with --acc"):
        import_corpus("daic-woz", corpus, accept_terms=False)
    assert not list((mini.sessions / "audio").iterdir())


def test_segment_reads_what_was_imported(mini: MiniProject, corpus: Path) -> None:
    daic_session(
        corpus, 451,
        [(5, 8, "Participant", "a rabbit in l_a"),
         (8.8, 11, "Participant", "called scrubbed_entry")],
        sound([1, 5, 8.8], 20),
    )  # fmt: skip
    primock_consultation(corpus / "p", "day1_consultation01", DOCTOR, PATIENT)
    run("daic-woz", corpus)
    run("primock57", corpus / "p")
    mini.params(segment=SEGMENT)
    result = mini.segment()
    assert not result.fault
    texts: dict[str, list[tuple[str, str]]] = {}
    for segment in result.segments:
        texts.setdefault(segment["recording"], []).append((segment["speaker"], segment["text"]))
    pets = [("Ellie", "do you have any pets"), ("Participant", "yes i have a dog")]
    assert texts == {
        recording_id(KEY, "daic-300"): pets,
        recording_id(KEY, "daic-301"): pets,
        recording_id(KEY, "daic-451"): [("Participant", "a rabbit in LA")],
        recording_id(KEY, "primock57-day1-consultation01"): [
            ("Doctor", "What brings you here?"), ("Patient", "My knee hurts."),
            ("Doctor", "And since when?"),
        ],
    }  # fmt: skip
    recordings = {each["id"]: each for each in result.recordings}
    assert {each["use"] for each in recordings.values()} == {"train"}
    assert sorted(each["corpus"] for each in recordings.values()) == [
        *["daic-woz"] * 3, "primock57",
    ]  # fmt: skip
    assert len({each["group"] for each in recordings.values()}) == 4
    # Ellie's unwritten words are no pause.
    lost = recordings[recording_id(KEY, "daic-451")]["lost"]
    assert [span for span in lost if span[0] <= 1 and span[1] >= 4]
    assert recordings[recording_id(KEY, "primock57-day1-consultation01")]["roles"] == {
        "0": "Doctor", "1": "Patient",
    }  # fmt: skip
