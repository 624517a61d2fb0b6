"""What was heard before is not heard again, and nothing of a recording that is gone is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.talk import LINES, Talk
from tests.support.workplace import SEGMENT, Workplace


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, talk: Talk, aligner: Path) -> Workplace:
    workplace = Workplace(tmp_path)
    workplace.prepare()
    workplace.params(segment=SEGMENT | {"aligner": str(aligner)})
    workplace.audio("long.wav", talk.samples)
    workplace.words("long.txt", "\n".join(f"{role}: {text}" for role, text in LINES))
    workplace.good()
    monkeypatch.chdir(tmp_path)
    return workplace


def heard(place: Workplace) -> Path:
    (path,) = (place.root / ".state" / "heard").iterdir()
    return path


def test_another_transcript_or_threshold_hears_nothing(place: Workplace, aligner: Path) -> None:
    place.segment()
    made = heard(place).stat().st_mtime_ns
    place.words("long.txt", "\n".join(text for _, text in LINES[2:]))
    strict = SEGMENT | {"aligner": str(aligner), "min_score": 0.99, "pad_seconds": 0.1}
    place.params(segment=strict)
    ran = place.segment()
    assert heard(place).stat().st_mtime_ns == made
    assert ran.metrics["dropped_cues"]["score_low"] > 0
    heard(place).unlink()
    assert place.segment() == ran


def test_other_sound_or_another_way_of_hearing_is_heard(
    place: Workplace, talk: Talk, aligner: Path
) -> None:
    place.segment()
    first = heard(place).read_bytes()
    place.params(segment=SEGMENT | {"aligner": str(aligner), "window_seconds": 9.0})
    place.segment()
    second = heard(place).read_bytes()
    place.audio("long.wav", talk.samples * 0.5)
    place.segment()
    assert len({first, second, heard(place).read_bytes()}) == 3


def test_a_damaged_file_is_heard_anew(place: Workplace) -> None:
    ran = place.segment()
    whole = heard(place).read_bytes()
    heard(place).write_bytes(whole[: len(whole) // 2])
    (place.root / ".state" / "units").rename(place.root / "elsewhere")
    assert place.segment() == ran
    assert heard(place).read_bytes() == whole


def test_a_recording_that_is_gone_is_forgotten(place: Workplace) -> None:
    place.segment()
    for path in place.sessions.rglob("long.*"):
        path.unlink()
    place.segment()
    assert not list((place.root / ".state" / "heard").iterdir())
