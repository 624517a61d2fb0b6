"""`segment` on a long recording with a plain transcript, with a real model as aligner."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from stages.common.core.files import read_rows
from tests.support.long_recording import LINES, LongRecording, concatenate
from tests.support.mini_project import SEGMENT, MiniProject, SegmentRun

HEARD = ("Right.", "Okay.", "Of course.")


@pytest.fixture
def mini(mini: MiniProject, long_recording: LongRecording, aligner: Path) -> MiniProject:
    mini.add_long_recording(long_recording.samples, aligner)
    return mini


def plain_text(lines: list[tuple[str, str]]) -> str:
    return "\n\n".join(f"{role}: {text}" for role, text in lines)


def run(mini: MiniProject, text: str) -> SegmentRun:
    mini.transcript("long.txt", text)
    return mini.segment()


def lost_passages(mini: MiniProject) -> list[tuple[str, str]]:
    rows = read_rows(mini.root / "data" / "segments" / "lost.jsonl")
    return [(row["reason"], row["text"]) for row in rows]


def test_every_turn_is_aligned_with_its_speech(
    mini: MiniProject, long_recording: LongRecording
) -> None:
    result = run(mini, plain_text(list(LINES)))
    assert " ".join(result.texts) == " ".join(text for _, text in LINES)
    for row in result.segments:
        own = [n for n, (_, text) in enumerate(LINES) if row["text"] in text or text in row["text"]]
        start, end = long_recording.spans[own[0]][0], long_recording.spans[own[-1]][1]
        assert start - 0.4 <= row["start"] < row["end"] <= end + 0.4
        assert 0.25 <= row["score"] <= 1 and 0 < row["confidence"] <= 1
        assert {row["speaker"]} == {LINES[n][0] for n in own}
    assert all(a["end"] <= b["start"] for a, b in pairwise(result.segments))
    (quality,) = result.quality
    assert quality["words"] == sum(len(text.split()) for _, text in LINES)
    assert quality["lost_words"] == {}


def test_text_without_speech_is_lost_and_listed(mini: MiniProject) -> None:
    extra = ("Client", "Yesterday the neighbours painted their whole fence bright orange again.")
    result = run(mini, plain_text([*LINES[:6], extra, *LINES[6:]]))
    kept = " ".join(result.texts)
    assert "fence" not in kept
    assert all(text in kept for _, text in LINES[:5] + LINES[7:])
    assert any("fence" in text for _, text in lost_passages(mini))
    assert sum(result.metrics["dropped_cues"].values()) == len(lost_passages(mini))


def test_speech_without_text_gets_none(mini: MiniProject, long_recording: LongRecording) -> None:
    result = run(mini, plain_text([*LINES[:4], *LINES[6:]]))
    start, end = long_recording.spans[4][0] + 0.3, long_recording.spans[5][1] - 0.3
    assert not [row for row in result.segments if row["start"] < end and row["end"] > start + 1]
    assert result.metrics["untranscribed_speech_seconds"] > 4


def test_a_segment_with_a_redaction_is_rejected_and_counted(mini: MiniProject) -> None:
    lines = [(role, text.replace("sister", "[NAME]")) for role, text in LINES]
    result = run(mini, plain_text(lines))
    assert not [text for text in result.texts if "Saturday" in text]
    assert result.metrics["dropped_cues"] == {"cue_redacted": 1}
    assert result.metrics["marks"] == {"redaction": 1}


def test_the_transcript_of_another_session_is_reported(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.valid()
    foreign = [
        "The committee agreed on a budget for repairing both bridges.",
        "Engineers measured cracks beneath every pillar during autumn.",
        "Nobody expected costs above forty thousand pounds.",
        "A second report appeared within months, blaming heavy lorries.",
        "Villagers complained about detours through narrow lanes.",
        "Eventually contractors offered cheaper concrete from abroad.",
        "Its quality disappointed the inspector, who refused his signature.",
        "Work stopped until fresh samples passed laboratory trials.",
    ]
    result = run(mini, "\n".join(foreign))
    assert result.metrics["dropped_recordings"] == {"transcript_mismatch": 1}
    shown = capsys.readouterr().out
    assert "does not match" in shown and "bridges" not in shown


def test_a_missing_aligner_is_an_error(mini: MiniProject, tmp_path: Path) -> None:
    mini.params(segment=SEGMENT | {"aligner": str(tmp_path / "nowhere")})
    fault = run(mini, plain_text(list(LINES))).fault
    assert "nowhere does not exist yet; run `dvc repro`" in fault and len(fault.splitlines()) == 1


def test_two_runs_give_the_same(mini: MiniProject) -> None:
    first = run(mini, plain_text(list(LINES)))
    assert run(mini, plain_text(list(LINES))) == first


@pytest.mark.parametrize("word", ["Mhm.", "Yeah.", "Okay."])
def test_backchannels_that_the_aligner_misses(mini: MiniProject, word: str) -> None:
    """They could be on either side of a pause; the turns around them stay apart."""
    others = {"Therapist": "Client", "Client": "Therapist"}
    turns = [turn for role, text in LINES for turn in ((role, text), (others[role], word))]
    result = run(mini, plain_text(turns))
    spoken = " ".join(result.texts).replace(f" {word}", "")
    assert spoken == " ".join(text for _, text in LINES)
    for role, text in LINES:
        rows = [row for row in result.segments if row["text"].split(". ")[0] in text]
        assert rows and {row["speaker"] for row in rows} == {role}, text
    lost = lost_passages(mini)
    assert set(lost) == {("not_found", word)} and len(lost) >= len(LINES) - 1


def test_backchannels_that_are_spoken(mini: MiniProject) -> None:
    turns = [
        turn
        for at, line in enumerate(LINES)
        for turn in (line, ("Client" if line[0] == "Therapist" else "Therapist", HEARD[at % 3]))
    ]
    recording = concatenate(turns)
    mini.audio("long.wav", recording.samples)
    result = run(mini, plain_text(turns))
    assert " ".join(result.texts) == " ".join(text for _, text in turns)
    for row in result.segments:
        assert {role for role, text in LINES if row["text"] == text} <= {row["speaker"]}
    assert lost_passages(mini) == []
