"""PriMock57: two files of sound and two transcripts become one recording in two channels."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from attune.corpora import primock57
from attune.corpora.recordings import NotImported, Prepared
from stages.common.audio.decode import decode
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_transcripts
from tests.attune.corpora.corpus_files import RATE, primock_consultation, sound

SHARED = Path(os.environ.get("ATTUNE_SHARED", Path(__file__).parents[4] / "shared"))
TEXTS = SHARED / "text" / "primock57"
NAME = "day2_consultation07"
DOCTOR = [(1.0, 4.0, "What brings you here?"), (9.0, 12.0, "<UNIN/> And since when?")]
PATIENT = [(5.0, 8.0, "My knee. <UNSURE>Or the shin.</UNSURE>"), (13.0, 16.0, "Since May.")]


def prepared(folder: Path) -> Prepared:
    (found,) = primock57.find(folder)
    assert found.stem == "primock57-day2-consultation07"
    return primock57.prepare(found)


def test_a_consultation(tmp_path: Path) -> None:
    primock_consultation(tmp_path, NAME, DOCTOR, PATIENT)
    one = prepared(tmp_path)
    assert (one.seconds, one.cues, one.unclear, one.left_out) == (20.0, 4, 2, Counter())
    one.write_audio(tmp_path / "out.flac")
    samples, rate = soundfile.read(tmp_path / "out.flac", dtype="float32")
    assert rate == RATE and samples.shape == (20 * RATE, 2)
    for channel, (starts, level) in enumerate((((1, 9), 0.9), ((5, 13), 0.6))):
        expected = sound(starts, 20, level)
        assert np.abs(samples[:, channel] - expected).max() < 1e-3
    decoded = decode(tmp_path / "out.flac")
    assert decoded.notices == ["audio_two_people"]
    assert {channel for *_, channel in decoded.turns} == {0, 1}


def test_its_transcripts_are_the_files_themselves(tmp_path: Path) -> None:
    primock_consultation(tmp_path, NAME, DOCTOR, PATIENT)
    transcripts = prepared(tmp_path).transcripts
    assert transcripts == {
        f"primock57-day2-consultation07_{role}.TextGrid": (
            tmp_path / "transcripts" / f"{NAME}_{role}.TextGrid"
        ).read_bytes()
        for role in ("doctor", "patient")
    }


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (f"audio/{NAME}_patient.wav", f"{NAME}_patient.wav is missing"),
        (f"transcripts/{NAME}_doctor.TextGrid", f"{NAME}_doctor.TextGrid is missing"),
    ],
)
def test_a_file_is_missing(tmp_path: Path, path: str, message: str) -> None:
    primock_consultation(tmp_path, NAME, DOCTOR, PATIENT)
    (tmp_path / path).unlink()
    with pytest.raises(NotImported, match=message):
        prepared(tmp_path)


def test_the_audio_was_not_fetched(tmp_path: Path) -> None:
    """As after a clone without git-lfs."""
    primock_consultation(tmp_path, NAME, DOCTOR, PATIENT)
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
    (tmp_path / "audio" / f"{NAME}_doctor.wav").write_text(pointer)
    with pytest.raises(NotImported, match="git lfs pull"):
        prepared(tmp_path)


def test_a_damaged_transcript(tmp_path: Path) -> None:
    primock_consultation(tmp_path, NAME, DOCTOR, PATIENT)
    path = tmp_path / "transcripts" / f"{NAME}_patient.TextGrid"
    path.write_text(path.read_text()[:400])
    with pytest.raises(NotImported, match="is damaged"):
        prepared(tmp_path)


@pytest.mark.skipif(not TEXTS.is_dir(), reason="no PriMock57 transcripts at ATTUNE_SHARED")
def test_the_marks_of_all_its_transcripts_are_known() -> None:
    """No word of a tag is trained on, and each hides words."""
    marks: Counter[str] = Counter()
    found = primock57.find(TEXTS)
    assert len(found) == 57
    for each in found:
        texts = [(each.files[f"{role}.textgrid"][0], role) for role in ("doctor", "patient")]
        transcript = read_transcripts(texts)
        marks += transcript.marks
        assert {cue.speaker for cue in transcript.cues} == {"Doctor", "Patient"}
        assert not [cue for cue in transcript.cues if set("<>[]{}_") & set(cue.text)]
        assert not any(
            word in cue.text.replace(UNKNOWN, " ").split()
            for cue in transcript.cues
            for word in ("UNSURE", "UNIN", "INAUDIBLE_SPEECH")
        )
    assert marks.keys() == {"inaudible", "unsure"}
