"""Real consultations, written in each form: every label is found, and nothing else is one."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path

import pytest

from stages.common.transcripts import plain_text, textgrid
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.cue_labels import without_labels

SHARED = Path(os.environ.get("ATTUNE_SHARED", Path(__file__).parents[4] / "shared"))
CONSULTATIONS = SHARED / "text" / "primock57"
pytestmark = pytest.mark.skipif(
    not CONSULTATIONS.is_dir(), reason="no text/primock57 at ATTUNE_SHARED"
)

Turns = list[tuple[int, str]]
"""(0 or 1 for who speaks, words) in order of time."""
MARK = re.compile(r"<[^>]*>|\[[^\]]*\]")


@pytest.fixture(scope="module")
def consultations() -> list[Turns]:
    """Every seventh of the 57, without marks."""
    files = sorted(CONSULTATIONS.rglob("*.TextGrid"))
    found = []
    for pair in islice(zip(files[::2], files[1::2], strict=True), 0, None, 7):
        turns = [
            (cue.start, who, " ".join(MARK.sub(" ", cue.text).split()))
            for who, path in enumerate(pair)
            for cue in textgrid.parse(path.read_text(encoding="utf-8"))[0]
        ]
        found.append([(who, words) for _, who, words in sorted(turns) if re.search(r"\w", words)])
    return found


@pytest.mark.parametrize(
    "form",
    ["{name}: {words}", "{name}:{words}", "**{name}:** {words}", "{name} - {words}",
     "{name}\t{words}", "{name}\n{words}\n", "{n}  {name}  {words}",
     "{name}  0:{n:02d}:00\n{words}\n",
     "[{name}] 10:{n:02d}:00\n{words}\n", "| {name} | {words} |", "({name}) {words}",
     "[0:{n:02d}:00] {name}: {words}", "{name}: {words}\n"],
)  # fmt: skip
@pytest.mark.parametrize(
    "names", [("T", "C"), ("Alex Reed", "Jo Marsh"), ("Speaker 1", "Speaker 2")]
)
def test_turns(consultations: list[Turns], form: str, names: tuple[str, str]) -> None:
    shown = {"T": "Therapist", "C": "Client"}
    for turns in consultations:
        lines = (
            form.format(name=names[who], words=words, n=n if "0:{" not in form else n % 60)
            for n, (who, words) in enumerate(turns, 1)
        )
        cues = plain_text.parse("\n".join(lines))
        speakers = [shown.get(names[who], names[who]) for who, _ in turns]
        assert [cue.speaker for cue in cues] == speakers
        assert [cue.text for cue in cues] == [words for _, words in turns]


def test_speech_without_labels(consultations: list[Turns]) -> None:
    for turns in consultations:
        for between in ("\n", "\n\n", " "):
            text = between.join(words for _, words in turns)
            cues, notices = plain_text.read(text)
            assert {cue.speaker for cue in cues} == {""} and not notices
            assert " ".join(cue.text for cue in cues).split() == text.split()
        timed = without_labels([Cue(0.0, 1.0, words) for _, words in turns])
        assert [(cue.speaker, cue.text) for cue in timed] == [("", words) for _, words in turns]
