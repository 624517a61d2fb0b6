"""`segment` on a long recording with a plain transcript, with a real model as aligner."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from stages.common.core.files import read_rows
from tests.support.talk import LINES, Talk
from tests.support.workplace import SEGMENT, Ran, Workplace


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, talk: Talk, aligner: Path) -> Workplace:
    workplace = Workplace(tmp_path)
    workplace.prepare()
    workplace.params(segment=SEGMENT | {"aligner": str(aligner)})
    workplace.audio("long.wav", talk.samples)
    monkeypatch.chdir(tmp_path)
    return workplace


def plain_text(lines: list[tuple[str, str]]) -> str:
    return "\n\n".join(f"{role}: {text}" for role, text in lines)


def run(place: Workplace, text: str) -> Ran:
    place.words("long.txt", text)
    return place.segment()


def lost_passages(place: Workplace) -> list[tuple[str, str]]:
    rows = read_rows(place.root / "data" / "segments" / "lost.jsonl")
    return [(row["reason"], row["text"]) for row in rows]


def test_every_turn_is_aligned_with_its_speech(place: Workplace, talk: Talk) -> None:
    ran = run(place, plain_text(list(LINES)))
    assert " ".join(ran.texts) == " ".join(text for _, text in LINES)
    for row in ran.segments:
        own = [n for n, (_, text) in enumerate(LINES) if row["text"] in text or text in row["text"]]
        start, end = talk.spans[own[0]][0], talk.spans[own[-1]][1]
        assert start - 0.4 <= row["start"] < row["end"] <= end + 0.4
        assert 0.25 <= row["score"] <= 1 and 0 < row["confidence"] <= 1
        assert {row["speaker"]} == {LINES[n][0] for n in own}
    assert all(a["end"] <= b["start"] for a, b in pairwise(ran.segments))
    (quality,) = ran.metrics["by_recording"].values()
    assert quality["words"] == sum(len(text.split()) for _, text in LINES)
    assert quality["lost_words"] == {}


def test_text_without_speech_is_lost_and_listed(place: Workplace) -> None:
    extra = ("Client", "Yesterday the neighbours painted their whole fence bright orange again.")
    ran = run(place, plain_text([*LINES[:6], extra, *LINES[6:]]))
    kept = " ".join(ran.texts)
    assert "fence" not in kept
    assert all(text in kept for _, text in LINES[:5] + LINES[7:])
    assert any("fence" in text for _, text in lost_passages(place))
    assert sum(ran.metrics["dropped_cues"].values()) == len(lost_passages(place))


def test_speech_without_text_gets_none(place: Workplace, talk: Talk) -> None:
    ran = run(place, plain_text([*LINES[:4], *LINES[6:]]))
    start, end = talk.spans[4][0] + 0.3, talk.spans[5][1] - 0.3
    assert not [row for row in ran.segments if row["start"] < end and row["end"] > start + 1]
    assert ran.metrics["untranscribed_speech_seconds"] > 4


def test_a_segment_with_a_redaction_is_rejected_and_counted(place: Workplace) -> None:
    lines = [(role, text.replace("sister", "[NAME]")) for role, text in LINES]
    ran = run(place, plain_text(lines))
    assert not [text for text in ran.texts if "Saturday" in text]
    assert ran.metrics["dropped_cues"] == {"cue_redacted": 1}
    assert ran.metrics["marks"] == {"redaction": 1}


def test_the_transcript_of_another_session_is_reported(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.good()
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
    ran = run(place, "\n".join(foreign))
    assert ran.metrics["dropped_recordings"] == {"transcript_mismatch": 1}
    shown = capsys.readouterr().out
    assert "does not match" in shown and "bridges" not in shown


def test_a_missing_aligner_is_an_error(place: Workplace, tmp_path: Path) -> None:
    place.params(segment=SEGMENT | {"aligner": str(tmp_path / "nowhere")})
    fault = run(place, plain_text(list(LINES))).fault
    assert "model.bin is missing" in fault and len(fault.splitlines()) == 1


def test_two_runs_give_the_same(place: Workplace) -> None:
    first = run(place, plain_text(list(LINES)))
    assert run(place, plain_text(list(LINES))) == first
