"""Reviewed transcripts: their words are used unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.transcripts import read

TEXTS = [
    "I: well I never.",
    "Anna: that is what she shouted.",
    "T: as in tango.",
    "Dr Lee: it says on the door.",
    "And then I left.",
]


def vtt(lines: list[str], note: str = "NOTE reviewed\n\n") -> str:
    blocks = [f"00:{n:02d}.000 --> 00:{n + 1:02d}.000\n{line}\n" for n, line in enumerate(lines)]
    return f"WEBVTT\n\n{note}" + "\n".join(blocks)


@pytest.mark.parametrize("speakers", [("Speaker 1", "Speaker 2"), ("Client", "Therapist")])
def test_words_before_a_colon_stay_where_the_speaker_is_known(
    tmp_path: Path, speakers: tuple[str, str]
) -> None:
    names = [speakers[n % 2] for n in range(len(TEXTS))]
    lines = [f"<v {name}>{text}" for name, text in zip(names, TEXTS, strict=True)]
    cues = read(tmp_path, "x.vtt", vtt(lines)).cues
    assert [(cue.speaker, cue.text) for cue in cues] == list(zip(names, TEXTS, strict=True))


def test_labels_of_cues_without_a_speaker_are_read(tmp_path: Path) -> None:
    cues = read(tmp_path, "x.vtt", vtt(["T: How was it?", "C: Good.", "T: Go on.", "C: No."])).cues
    assert [cue.speaker for cue in cues] == ["Therapist", "Client"] * 2


def test_repeated_words_are_no_rolling_captions(tmp_path: Path) -> None:
    lines = ["yes", "yes I do", "yes", "yes I do", "yes", "yes I did"]
    assert [cue.text for cue in read(tmp_path, "x.vtt", vtt(lines)).cues] == lines
    assert [cue.text for cue in read(tmp_path, "x.vtt", vtt(lines, note="")).cues] != lines
