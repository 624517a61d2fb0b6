"""What a review starts from: a timed transcript, placed text, or a draft."""

from __future__ import annotations

import math

import pytest

from attune.review.cues import apply, difference
from attune.review.sources import Doubt, reason_of
from stages.common.core.errors import UserError
from stages.common.core.forgotten import add_forgotten
from stages.common.core.rejections import CUE
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.marks import UNKNOWN
from tests.support.review import KEY, ReviewProject, cue

DRAFT = [Cue(0.5, 2.0, "the draft", "Speaker 1"), Cue(3.0, 4.0, "goes on", "Speaker 2")]
TEXTGRID = """File type = "ooTextFile"
Object class = "TextGrid"
xmin = 0
xmax = 10
tiers? <exists>
size = 1
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 10
        intervals: size = 1
        intervals [1]:
            xmin = {start}
            xmax = {end}
            text = "{text}"
"""


def start(project: ReviewProject, stem: str) -> list[tuple[float, float, str, str]]:
    cues = project.sources().start(project.source(stem))
    assert [each.id for each in cues] == list(range(1, len(cues) + 1))
    assert not any(each.checked for each in cues)
    assert apply([], difference([], cues)) == cues  # valid for a review
    return [(each.start, each.end, each.speaker, each.text) for each in cues]


def test_a_forgotten_recording_is_not_listed(project: ReviewProject) -> None:
    kept, *_ = (project.audio(name) for name in ("one", "two", "three"))
    (project.sessions / "sessions.csv").write_text("recording,client\ntwo,C7\n")
    add_forgotten(KEY, ["three"], ["C7"])
    assert list(project.sources().by_id) == [kept]


def test_a_draft(project: ReviewProject) -> None:
    project.audio("one")
    project.draft("one", DRAFT)
    assert start(project, "one") == [
        (0.5, 2.0, "Speaker 1", "the draft"), (3.0, 4.0, "Speaker 2", "goes on"),
    ]  # fmt: skip
    sources = project.sources()
    words = sources.words(project.source("one"))
    assert [word.text for word in words.words] == ["the", "draft", "goes", "on"]
    assert sources.doubts(project.source("one")) == []


def test_a_timed_transcript_comes_before_a_draft(project: ReviewProject) -> None:
    project.audio("one")
    project.draft("one", DRAFT)
    project.transcript("one.srt", "1\n00:00:05,000 --> 00:00:06,500\nClient: typed\n")
    assert start(project, "one") == [(5.0, 6.5, "Client", "typed")]


def test_a_plain_transcript_that_changed_since_it_was_placed(project: ReviewProject) -> None:
    project.audio("one")
    project.transcript("one.txt", "T: this was here when segment ran\n")
    project.placed("one", [Cue(5.0, 7.0, "this was here when segment ran", "Therapist", 0.9)])
    assert project.sources().start(project.source("one"))
    project.transcript("one.txt", "T: this was here when segment ran and this came after it\n")
    with pytest.raises(UserError, match="changed since `segment` ran"):
        project.sources().start(project.source("one"))


def test_a_file_for_each_speaker(project: ReviewProject) -> None:
    project.audio("one")
    for role, times, text in (("client", (4, 5), "then I"), ("therapist", (1, 2), "first you")):
        grid = TEXTGRID.format(start=times[0], end=times[1], text=text)
        project.transcript(f"one_{role}.TextGrid", grid)
    assert start(project, "one") == [
        (1.0, 2.0, "therapist", "first you"), (4.0, 5.0, "client", "then I"),
    ]  # fmt: skip


def test_two_transcripts_are_not_merged(project: ReviewProject) -> None:
    project.audio("one")
    for name in ("one.VTT", "one.vtt"):
        project.transcript(name, "WEBVTT\n\n00:01.000 --> 00:02.000\nonce\n")
    with pytest.raises(UserError, match="several transcripts"):
        project.sources().start(project.source("one"))


def test_plain_text_has_the_places_that_segment_found(project: ReviewProject) -> None:
    project.audio("one")
    project.draft("one", DRAFT)
    text = "T: kept words\nC: lost [inaudible] here\nT: no time\nC: poor\n"
    project.transcript("one.txt", text)
    kept = [Cue(5.0, 7.0, "kept words", "Therapist", 0.9), Cue(20.0, 22.0, "poor", "Client", 0.2)]
    lost = [
        (Cue(9.0, 9.0, f"lost {UNKNOWN} here", "Client"), "not_found"),
        (Cue(math.nan, math.nan, "no time", ""), "times_unreadable"),
    ]
    project.placed("one", kept, lost)
    assert start(project, "one") == [
        (5.0, 7.0, "Therapist", "kept words"),
        (9.0, 10.47, "Client", "lost [inaudible] here"),
        (20.0, 20.5, "", "no time"),
        (20.0, 22.0, "Client", "poor"),
    ]
    doubts = project.sources(0.5).doubts(project.source("one"))
    reasons = {doubt.reason for doubt in doubts}
    assert reasons == {
        "these words were not found in the audio",
        CUE["times_unreadable"],
        "the words match the audio poorly",
    }


def test_plain_text_that_was_not_placed_says_what_to_run(project: ReviewProject) -> None:
    id_ = project.audio("one")
    project.transcript("one.txt", "T: never placed\n")
    with pytest.raises(UserError, match=f"{id_}: .*dvc repro segment"):
        start(project, "one")


def test_neither_says_what_to_run(project: ReviewProject) -> None:
    id_ = project.audio("one")
    with pytest.raises(UserError, match=f"{id_}: .*attune draft"):
        start(project, "one")


def test_a_damaged_transcript_is_told_by_id(project: ReviewProject) -> None:
    id_ = project.audio("one")
    project.transcript("one.vtt", "confidential words without a header\x00\x01")
    with pytest.raises(UserError, match=id_) as told:
        start(project, "one")
    assert "confidential" not in str(told.value)


def test_what_no_cue_can_hold_becomes_a_cue(project: ReviewProject) -> None:
    project.audio("one")
    project.transcript(
        "one.vtt",
        "WEBVTT\n\n00:00:05.000 --> 00:00:02.000\nbell\x07 rang\n\n"
        "00:00:01.000 --> 00:00:01.020\n" + "long " * 50_000 + "\n\n"
        "999999:00:00.000 --> 999999:00:01.000\nfar away\n",
    )
    found = start(project, "one")
    assert [text[:9] for *_, text in found] == ["far away", "long long", "bell rang"]


def test_two_recordings_of_one_name_and_links_that_lead_out_are_left_to_segment(
    project: ReviewProject,
) -> None:
    project.audio("one")
    (project.sessions / "audio" / "one.flac").write_bytes(b"")
    (project.sessions / "audio" / "two.wav").symlink_to("/dev/null")
    project.audio("three")
    assert [source.stem for source in project.sources().by_id.values()] == ["three"]


def test_the_doubt_that_covers_most_of_a_cue() -> None:
    doubts = [Doubt(0.0, 1.2, "little"), Doubt(1.2, 3.0, "most"), Doubt(8.0, 8.0, "a point")]
    assert reason_of(cue(1, 1.0, "x"), doubts) == "most"
    assert reason_of(cue(1, 7.0, "x"), doubts) == "a point"
    assert reason_of(cue(1, 20.0, "x"), doubts) == ""
