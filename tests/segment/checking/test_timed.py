"""Timed transcripts of a real recording, aligned by Whisper tiny.en: right, wrong and corrected."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from stages.common.core.ids import recording_id
from tests.support.long_recording import LINES, LongRecording
from tests.support.mini_project import KEY, SEGMENT, MiniProject, SegmentRun, srt

OTHER = (
    "The committee met on Thursday.", "Nobody had read the minutes.",
    "They voted about the new roof.", "Two members left before the end.",
    "The chair closed the meeting at nine.", "A letter was sent to the council.",
)  # fmt: skip


@pytest.fixture
def project(mini: MiniProject, long_recording: LongRecording, aligner: Path) -> MiniProject:
    mini.add_long_recording(long_recording.samples, aligner)
    return mini


def lines(recording: LongRecording, shift: float = 0.0, stretch: float = 1.0) -> Any:
    return [
        (stretch * start + shift, stretch * end + shift, text)
        for (start, end), (_, text) in zip(recording.spans, LINES, strict=True)
        if stretch * start + shift >= 0
    ]


def run(
    project: MiniProject, aligner: Path, cues: list[tuple[float, float, str]], **settings: Any
) -> SegmentRun:
    project.params(segment=SEGMENT | {"aligner": str(aligner), "min_score": 0.5} | settings)
    project.transcript("long.srt", srt(*cues))
    return project.segment()


def kept(result: SegmentRun) -> list[Any]:
    name = recording_id(KEY, "long")
    return [row for row in result.segments if row["recording"] == name]


@pytest.mark.parametrize("check", ["all", "sample"])
def test_a_right_transcript_is_kept_with_scores(
    project: MiniProject, aligner: Path, long_recording: LongRecording, check: str
) -> None:
    rows = kept(run(project, aligner, lines(long_recording), check=check))
    assert [row["text"] for row in rows] == [text for _, text in LINES]
    assert all(row["score"] > 0.6 for row in rows)


def test_without_the_check_nothing_is_scored(
    project: MiniProject, aligner: Path, long_recording: LongRecording
) -> None:
    rows = kept(run(project, aligner, lines(long_recording), check="none"))
    assert len(rows) == len(LINES) and {row["score"] for row in rows} == {None}


def test_a_sentence_that_was_not_said(
    project: MiniProject, aligner: Path, long_recording: LongRecording
) -> None:
    cues = lines(long_recording)
    cues[4] = (*cues[4][:2], OTHER[0])
    result = run(project, aligner, cues, check="sample")
    assert len(kept(result)) == len(LINES) - 1
    assert OTHER[0] not in {row["text"] for row in kept(result)}
    assert result.metrics["dropped_cues"] == {"score_low": 1}


@pytest.mark.parametrize("shift", [-4.0, 1.5, 8.0])
def test_shifted_times(
    project: MiniProject,
    aligner: Path,
    long_recording: LongRecording,
    shift: float,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cues = [cue for cue in lines(long_recording, shift) if cue[1] < 46]
    refused = run(project, aligner, cues, check="sample")
    assert "times_shifted 1" in refused.fault and not kept(refused)
    name, side = recording_id(KEY, "long"), "late" if shift > 0 else "early"
    shown = re.search(rf"{name}: its times are (\d+\.\d+) s {side}\n", capsys.readouterr().out)
    assert shown and float(shown[1]) == pytest.approx(abs(shift), abs=0.3)
    mended = run(project, aligner, cues, check="sample", mend_times=True)
    assert mended.metrics["notices"]["times_mended"] == 1
    # A line may be in two segments, cut between its sentences.
    for (start, _), (_, line) in zip(long_recording.spans, LINES, strict=True):
        begins = [row["speech_start"] for row in kept(mended) if line.startswith(row["text"])]
        if any(text == line for *_, text in cues):
            assert begins == [pytest.approx(start, abs=0.35)], line


def test_another_recordings_transcript(
    project: MiniProject, aligner: Path, long_recording: LongRecording
) -> None:
    cues = [(*cue[:2], OTHER[n % 6]) for n, cue in enumerate(lines(long_recording))]
    refused = run(project, aligner, cues, check="sample", mend_times=True)
    assert "transcript_mismatch 1" in refused.fault


def test_a_turn_that_is_longer_than_a_segment(
    project: MiniProject, aligner: Path, long_recording: LongRecording
) -> None:
    """It is cut within its own times, and its neighbours stay as they are."""
    first, *middle, last = lines(long_recording)
    turn = (middle[0][0], middle[-1][1], " ".join(text for *_, text in middle))
    assert turn[1] - turn[0] > 30
    for check in ("none", "all"):
        rows = kept(run(project, aligner, [first, turn, last], check=check))
        assert " ".join(row["text"] for row in rows) == " ".join(text for _, text in LINES)
        assert len(rows) > 4 and all(row["end"] - row["start"] <= 30 for row in rows)
        inside = rows[1:-1]
        assert turn[0] - 0.3 <= inside[0]["start"] and inside[-1]["end"] <= turn[1] + 0.3


def vtt(cues: list[tuple[float, float, str]]) -> str:
    def clock(seconds: float) -> str:
        return f"00:{int(seconds // 60):02d}:{seconds % 60:06.3f}"

    blocks = [f"{clock(start)} --> {clock(end)}\n{text}" for start, end, text in cues]
    return "\n\n".join(["WEBVTT", "NOTE reviewed", *blocks]) + "\n"


def test_a_reviewed_transcript_stays_as_it_is(
    project: MiniProject, aligner: Path, long_recording: LongRecording
) -> None:
    """A person has compared it with the audio: mismatches are reported and kept."""
    cues = lines(long_recording)
    cues[4] = (*cues[4][:2], OTHER[0])
    project.params(segment=SEGMENT | {"aligner": str(aligner), "min_score": 0.5, "check": "all"})
    project.transcript("long.vtt", vtt(cues))
    result = project.segment()
    assert [row["text"] for row in kept(result)] == [text for *_, text in cues]
    assert min(row["score"] for row in kept(result)) < 0.5
    assert result.metrics["notices"] == {"reviewed_score_low": 1}
    shifted = [(start + 5, end + 5, text) for start, end, text in cues if end < 40]
    project.transcript("long.vtt", vtt(shifted))
    result = project.segment()
    starts = [row["speech_start"] for row in kept(result)]
    assert starts == [pytest.approx(start, abs=0.001) for start, *_ in shifted]
    assert result.metrics["notices"] == {"reviewed_score_low": 1, "reviewed_times": 1}
    (quality,) = result.quality
    assert quality["recording"] == recording_id(KEY, "long")
    assert quality["wrong_times"] == {"shift": pytest.approx(-5, abs=0.3), "stretch": 0}


def test_a_long_turn_that_the_next_one_follows_without_a_pause(
    project: MiniProject, aligner: Path, long_recording: LongRecording
) -> None:
    """Speech without a pause is one interval for the aligner; its part of the next turn is not the
    long turn's."""
    first, *middle, last = lines(long_recording)
    cut = middle[-1][0] + 1.2  # within the sentence "Would you like to plan ..."
    turn = (middle[0][0], cut, " ".join([*(text for *_, text in middle[:-1]), "Would you like"]))
    rest = (cut, middle[-1][1], "to plan two walks before we meet again?")
    rows = kept(run(project, aligner, [first, turn, rest, last], check="all"))
    assert max(row["speech_end"] for row in rows if row["text"] in turn[2]) <= cut + 0.001
    assert not {row["text"] for row in rows} & {" ".join((turn[2], rest[2]))}
    kept_words = sum(len(row["text"].split()) for row in rows)
    assert kept_words >= 0.9 * sum(len(text.split()) for *_, text in (first, turn, rest, last))


def test_one_wrong_cue_is_no_transcript_of_another_recording(
    project: MiniProject, aligner: Path, long_recording: LongRecording
) -> None:
    (start, end), _ = long_recording.spans[1], LINES[1]
    result = run(project, aligner, [(start, end, OTHER[1])], check="all")
    assert "no_segments 1" in result.fault
    assert result.metrics["dropped_cues"] == {"score_low": 1}
