"""DAIC-WOZ: each session's peculiarity, and what reaches the pipeline."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from attune.corpora import daic_woz
from attune.corpora.daic_woz import INTERRUPTIONS, SHIFTS, WITHOUT_INTERVIEWER
from attune.corpora.recordings import Found, NotImported, Prepared
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from stages.common.transcripts.read import read_transcripts
from tests.attune.corpora.corpus_files import RATE, Row, daic_session, sound

STARTS = [46.0, 52.5, 57.1, 66.0, 70.9, 79.3, 88.0, 92.4, 101.7]
"""Of the participant's cues, irregular: they fit no other shift by chance."""


def prepared(folder: Path) -> Prepared:
    (found,) = daic_woz.find(folder)
    return daic_woz.prepare(found)


def cues_of(prepared: Prepared, tmp_path: Path) -> list[Cue]:
    """As the pipeline reads them."""
    ((name, content),) = prepared.transcripts.items()
    (tmp_path / name).write_bytes(content)
    transcript = read_transcripts([(tmp_path / name, "")])
    assert transcript.timed and not transcript.notices
    return transcript.cues


def known(cues: list[Cue]) -> list[Cue]:
    return [cue for cue in cues if cue.text != UNKNOWN]


def unknown(cues: list[Cue]) -> list[tuple[float, float]]:
    return [(cue.start, cue.end) for cue in cues if cue.text == UNKNOWN]


ROWS: list[Row] = [
    (1.0, 1.5, "Participant", "<sync>"),
    (2.0, 4.0, "Participant", "is it on"),
    (10.588, 14.0, "Ellie", "greet_one (good morning to you)"),
    (14.6, 16.0, "Participant", "good morning <laughter>"),
    (16.5, 18.0, "Participant", "i am scrubbed_entry"),
    (18.5, 20.0, "Ellie", "ask_two"),
    (20.5, 22.0, "Participant", 'it\'s "fine" in l_a'),
    (22.5, 23.0, "Participant", ""),
    ("x", 24.0, "Participant", "a row without a time"),
]


@pytest.mark.parametrize("flat", [False, True])
def test_a_session(tmp_path: Path, flat: bool) -> None:
    daic_session(tmp_path / "corpus", 300, ROWS, sound([2, 10.5], 30), flat)
    (tmp_path / "corpus" / "train_split.csv").write_text("Participant_ID\n300\n")
    one = prepared(tmp_path / "corpus")
    cues = cues_of(one, tmp_path)
    assert known(cues) == [
        Cue(2.0, 4.0, "is it on", "Participant"),
        Cue(10.588, 14.0, "good morning to you", "Ellie"),
        Cue(14.6, 16.0, "good morning", "Participant"),
        Cue(16.5, 18.0, f"i am {UNKNOWN}", "Participant"),
        Cue(20.5, 22.0, 'it\'s "fine" in LA', "Participant"),
    ]
    # The experimenter before Ellie's first cue and after the last, and a cue without its words.
    assert unknown(cues) == [(0.0, 1.75), (4.25, 10.338), (18.5, 20.0), (22.25, 30.0)]
    assert (one.seconds, one.cues, one.unclear) == (30.0, 6, 2)
    assert one.left_out == {
        "synchronization marks": 1, "empty": 1, "without speaker or times": 1,
    }  # fmt: skip
    one.write_audio(tmp_path / "copy.wav")
    (audio,) = tmp_path.glob("corpus/**/300_AUDIO.wav")
    assert (tmp_path / "copy.wav").read_bytes() == audio.read_bytes()


def shifted(folder: Path, number: int, by: float) -> None:
    """Cues `by` seconds before their sound; Ellie is faint."""
    rows: list[Row] = [(start, start + 3, "Participant", f"word {start}") for start in STARTS]
    rows += [(a + 3.2, a + 4.2, "Ellie", "and then") for a in STARTS]
    samples = sound([start + by for start in STARTS], 160)
    samples += np.random.default_rng(1).normal(0, 1e-4, len(samples)).astype(np.float32)
    daic_session(folder, number, sorted(rows), samples)


@pytest.mark.parametrize("number", SHIFTS)
@pytest.mark.parametrize("sign", [1, -1, 0])
def test_the_sound_decides_the_sign_of_a_shift(tmp_path: Path, number: int, sign: int) -> None:
    shift = sign * SHIFTS[number]
    shifted(tmp_path / "corpus", number, shift)
    one = prepared(tmp_path / "corpus")
    own = [cue for cue in known(cues_of(one, tmp_path)) if cue.speaker == "Participant"]
    assert [cue.start for cue in own] == [round(start + shift, 3) for start in STARTS]
    assert len(one.remarks) == 1 and f"shifted by {shift:+.2f} s" in one.remarks[0]


@pytest.mark.parametrize("number", SHIFTS)
def test_a_shift_that_the_sound_does_not_show(tmp_path: Path, number: int) -> None:
    shifted(tmp_path / "other", number, 20.0 if number != 362 else 11.0)
    with pytest.raises(NotImported, match="do not clearly fit the audio, shifted or not"):
        prepared(tmp_path / "other")


def test_the_shifts_are_the_published_ones() -> None:
    assert SHIFTS == {318: 34.319917, 321: 3.8379167, 341: 6.1892, 362: 16.8582}
    assert INTERRUPTIONS == {373: (352.0, 428.0), 444: (286.0, 387.0)}
    assert WITHOUT_INTERVIEWER == (451, 458, 480)


@pytest.mark.parametrize("number", INTERRUPTIONS)
def test_cues_in_an_interruption(tmp_path: Path, number: int) -> None:
    start, end = INTERRUPTIONS[number]
    rows: list[Row] = [
        (1, 3, "Ellie", "how are you"),
        (start - 4, start - 2, "Participant", "before it"),
        (start - 1, start + 1, "Participant", "into it"),
        (start + 20, start + 22, "Participant", "within it"),
        (end - 1, end + 2, "Ellie", "out of it"),
        (end + 3, end + 5, "Participant", "after it"),
    ]
    daic_session(tmp_path / "corpus", number, rows, sound([1], end + 10))
    one = prepared(tmp_path / "corpus")
    cues = cues_of(one, tmp_path)
    assert [cue.text for cue in known(cues)] == ["how are you", "before it", "after it"]
    assert one.left_out == {"in an interruption": 3}
    assert one.remarks == [f"3 cue(s) left out: an interruption, {start:g} to {end:g} s"]
    inside = [span for span in unknown(cues) if start - 1 <= span[0] and span[1] <= end + 2]
    assert inside[0][0] == start - 1 and inside[-1][1] == end + 2
    assert sum(b - a for a, b in inside) == pytest.approx(end - start + 3, abs=0.01)
    assert max(b - a for a, b in inside) <= 20


@pytest.mark.parametrize("number", [*WITHOUT_INTERVIEWER, 333])
def test_a_session_without_the_interviewers_text(tmp_path: Path, number: int) -> None:
    """Wherever the participant does not speak, Ellie may."""
    rows: list[Row] = [
        (2, 4, "Participant", "it was long"), (6, 8, "Participant", "and dull"),
        (8.4, 9, "Participant", "very"), (60, 62, "Participant", "no"),
    ]  # fmt: skip
    if number == 480:  # some of Ellie's text is there
        rows.insert(0, (0.1, 1, "Ellie", "how was it"))
    daic_session(tmp_path / "corpus", number, rows, sound([2], 65))
    one = prepared(tmp_path / "corpus")
    cues = cues_of(one, tmp_path)
    assert {cue.text for cue in known(cues)} == {row[3] for row in rows}
    gaps = unknown(cues)
    first = [] if number == 480 else [(0.0, 1.75)]
    first += [(1.25, 1.75)] if number == 480 else []
    assert gaps[: len(first) + 1] == [*first, (4.25, 5.75)]
    assert sum(b - a for a, b in gaps if 9 < a < 60) == pytest.approx(60 - 9 - 0.5, abs=0.01)
    assert gaps[-1] == (62.25, 65.0)
    assert len(one.remarks) == 1 and "the interviewer's text is missing" in one.remarks[0]


def refused(folder: Path) -> str:
    with pytest.raises(NotImported) as reason:
        prepared(folder)
    assert "\n" not in str(reason.value)
    return str(reason.value)


def test_files_that_are_missing_or_twice(tmp_path: Path) -> None:
    place = daic_session(tmp_path, 301, ROWS)
    (place / "301_TRANSCRIPT.csv").rename(place / "._301_TRANSCRIPT.csv")  # macOS's
    assert refused(tmp_path) == "301_TRANSCRIPT.csv is missing; copy it from the corpus again"
    (place / "301_AUDIO.wav").unlink()
    assert "301_AUDIO.wav is missing" in refused(tmp_path)
    (tmp_path / "301_P.zip").write_bytes(b"PK")
    (place / "._301_TRANSCRIPT.csv").unlink()
    assert refused(tmp_path) == "301_P.zip is still packed; unzip it"
    for flat in (True, False):
        daic_session(tmp_path, 301, ROWS, flat=flat)
    assert "301_AUDIO.wav was found 2 times; keep one" in refused(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X        ",  # a file of macOS in its place
        b"",
        b"Start_Time,End_Time,Text,Confidence\n1.0,2.0,hello there,0.9\n",  # of another corpus
        b"start_time\tstop_time\tspeaker\tvalue\n1.0\t2.0\tSomebody\thello\n",
    ],
)
def test_a_transcript_of_another_form(tmp_path: Path, content: bytes) -> None:
    place = daic_session(tmp_path, 487, ROWS)
    (place / "487_TRANSCRIPT.csv").write_bytes(content)
    assert "is not a table of start_time" in refused(tmp_path)


def test_audio_that_cannot_be_read(tmp_path: Path) -> None:
    place = daic_session(tmp_path, 302, ROWS)
    (place / "302_AUDIO.wav").write_bytes(b"not audio")
    assert "damaged or not audio" in refused(tmp_path)


def test_nobody_but_the_interviewer(tmp_path: Path) -> None:
    daic_session(tmp_path, 303, [(1, 2, "Ellie", "hello")])
    assert "no usable Participant cue" in refused(tmp_path)


def test_sessions_are_found_in_order(tmp_path: Path) -> None:
    for number in (311, 304, 309):
        daic_session(tmp_path / "wwwdaicwoz", number, ROWS, flat=number == 309)
    found = daic_woz.find(tmp_path)
    assert [(each.number, each.stem) for each in found] == [
        ("304", "daic-304"), ("309", "daic-309"), ("311", "daic-311"),
    ]  # fmt: skip
    assert all(isinstance(each, Found) for each in found)
    assert soundfile.info(found[0].files["AUDIO"][0]).samplerate == RATE
