"""People with a microphone each, through the stage: turns, roles, speakers and counts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stages.common.core import manifest
from stages.common.core.ids import recording_id
from stages.common.transcripts.cue import Cue
from stages.segment.channel_roles import channel_roles, with_speakers
from tests.common.audio.test_channels import LINES, conversation, noise
from tests.support.containers import write_container
from tests.support.mini_project import KEY, MiniProject, srt

TURNS = [(0.0, 3.0, 0), (3.5, 6.0, 1), (6.5, 9.0, 0), (9.5, 12.0, 1)]
ROLES = {0: "Therapist", 1: "Client"}


def cue(start: float, end: float, speaker: str = "") -> Cue:
    return Cue(start, end, "words", speaker)


def test_roles_are_those_of_the_cues_in_the_turns() -> None:
    cues = [
        cue(0.1, 3.2, "Therapist"),
        cue(3.4, 6.1, "Client"),
        cue(6.6, 8.9),
        cue(9, 12, "Client"),
    ]
    assert channel_roles(TURNS, cues) == ROLES


def test_a_channel_whose_speakers_vary_has_no_role() -> None:
    cues = [cue(0, 3, "Therapist"), cue(3.5, 6, "Client"), cue(6.5, 9, "Client")]
    assert channel_roles(TURNS, cues) == {1: "Client"}


def test_two_channels_of_one_speaker_have_no_role() -> None:
    assert channel_roles(TURNS, [cue(0, 3, "Client"), cue(3.5, 6, "Client")]) == {}


def test_cues_without_a_speaker_have_their_channels_role() -> None:
    cues = [
        cue(0, 3),
        cue(3.5, 6, "Dr Meyer"),
        cue(2, 5),
        cue(20, 21),
        cue(math.nan, 2),
        cue(9, 12),
    ]
    named = with_speakers(cues, TURNS, ROLES)
    assert [cue.speaker for cue in named] == ["Therapist", "Dr Meyer", "", "", "", "Client"]
    assert [(a.start, a.text) for a in named[:4]] == [(b.start, b.text) for b in cues[:4]]


def add_session(mini: MiniProject, labelled: int) -> None:
    """Two channels; the first lines of the transcript name their speaker, the others do not."""
    one, other, lines = conversation()
    both = np.stack([one + 0.03 * other + noise(1), other + 0.03 * one + noise(2)], axis=1)
    mini.audio("good.wav", both)
    spoken = [text for pair in LINES for text in pair]
    names = ["Therapist: ", "Client: "]
    mini.transcript("good.srt", srt(*(
        (start, end, (names[person] if number < labelled else "") + text)
        for number, ((start, end, person), text) in enumerate(zip(lines, spoken, strict=True))
    )))  # fmt: skip


def test_the_stage_keeps_turns_and_names_the_speakers(mini: MiniProject) -> None:
    add_session(mini, labelled=4)
    result = mini.segment()
    assert result.metrics["notices"] == {"audio_two_people": 1}
    assert [row["speaker"] for row in result.segments] == ["Therapist", "Client"] * 4
    (recording,) = manifest.read_recordings(mini.root / "data" / "segments")
    assert recording.id == recording_id(KEY, "good")
    assert recording.roles == {"0": "Therapist", "1": "Client"}
    assert {channel for _, _, channel in recording.turns} == {0, 1}
    assert all(0 <= start < end <= recording.seconds for start, end, _ in recording.turns)


def test_the_turns_outlive_normalize(mini: MiniProject) -> None:
    add_session(mini, labelled=4)
    mini.segment()
    mini.normalize()
    before, after = (
        next(manifest.read_recordings(mini.root / "data" / name))
        for name in ("segments", "normalized")
    )
    assert after.turns == before.turns != [] and after.roles == before.roles != {}


def test_without_labels_nobody_is_named(mini: MiniProject) -> None:
    add_session(mini, labelled=0)
    result = mini.segment()
    assert {row["speaker"] for row in result.segments} == {""}
    assert result.recordings[0]["turns"] and not result.recordings[0]["roles"]


def test_one_microphone_has_no_turns(mini: MiniProject) -> None:
    mini.valid()
    assert mini.segment().recordings[0]["turns"] == []


@pytest.mark.parametrize("start", [0.0, 4.0])
def test_cues_match_audio_that_starts_late(mini: MiniProject, start: float) -> None:
    """The speech of each segment lies in the segment, by the container's times."""
    one, other, lines = conversation()
    wave = np.repeat(one + other, 3)
    path = mini.sessions / "audio" / "good.m4a"
    write_container(path, [[(start, wave)]], "aac")
    cues = [(start + first, start + last, "words in it") for first, last, _ in lines]
    mini.transcript("good.srt", srt(*cues))
    result = mini.segment()
    assert result.metrics["notices"] == ({"audio_gaps": 1} if start else {})
    assert len(result.segments) == len(lines)
    speech = result.recordings[0]["speech"]
    assert speech[0][0] == pytest.approx(start, abs=0.25)
    assert speech[-1][1] == pytest.approx(start + lines[-1][1], abs=0.35)
