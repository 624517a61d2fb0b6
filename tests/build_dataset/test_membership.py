"""Pairs of training and validation segments of equal length."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
import pytest

from stages.build_dataset import membership
from stages.build_dataset.building import build
from stages.build_dataset.membership import MAX_PAIRS, draw_pairs
from stages.build_dataset.planning import Survey
from stages.common.audio.samples import Pcm16
from stages.common.core.files import read_rows
from stages.common.core.manifest import Recording, Segment, read_recordings, write_manifest
from stages.common.core.params import load_params
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import clips_of

KEY = b"a key for tests, which everybody may know"
WORDS = "one two three four five six"


def recording(name: str, use: str = "all") -> Recording:
    return Recording(name, name, 60.0, [], 0.05, 0.3, use=use)  # type: ignore[arg-type]


def segment(name: str, number: int, seconds: float, text: str = WORDS) -> Segment:
    start = 10.0 * number
    times = start, start + seconds
    return Segment(f"{name}-{number:04d}", name, *times, *times, text, "Client")


def survey_of(splits: list[str | None]) -> Survey:
    return Survey({}, splits, array("H", [6] * len(splits)))  # type: ignore[arg-type]


def test_pairs_have_equal_lengths_and_no_segment_twice() -> None:
    lengths = np.random.default_rng(0).uniform(1, 20, 400)
    segments = [segment(f"r{n}", n, seconds) for n, seconds in enumerate(lengths)]
    splits: list[str | None] = ["train" if n % 4 else "validation" for n in range(400)]
    recordings = {s.recording: recording(s.recording) for s in segments}
    pairs = draw_pairs(segments, survey_of(splits), recordings, KEY)
    assert 50 < len(pairs) <= 100
    assert len({s.id for pair in pairs for s in pair}) == 2 * len(pairs)
    where = dict(zip((s.id for s in segments), splits, strict=True))
    for train, validation in pairs:
        assert (where[train.id], where[validation.id]) == ("train", "validation")
        assert abs(train.seconds - validation.seconds) <= 0.1 * validation.seconds
    assert pairs == draw_pairs(segments, survey_of(splits), recordings, KEY)
    assert pairs != draw_pairs(segments, survey_of(splits), recordings, b"another key, as long")


def test_what_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short texts, dropped segments, the test split, and recordings for training only."""
    segments = [
        segment("a", 0, 3.0, "one two three four five"), segment("a", 1, 3.0),
        segment("b", 0, 3.0), segment("c", 0, 3.0), segment("d", 0, 3.0), segment("e", 0, 3.01),
    ]  # fmt: skip
    splits = ["train", None, "test", "train", "validation", "train"]
    recordings = {name: recording(name, "train" if name == "c" else "all") for name in "abcde"}
    (pair,) = draw_pairs(segments, survey_of(splits), recordings, KEY)
    assert [s.id for s in pair] == ["e-0000", "d-0000"]
    monkeypatch.setattr(membership, "MIN_WORDS", 7)
    assert draw_pairs(segments, survey_of(splits), recordings, KEY) == []


def test_many_segments_are_drawn_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The draw keeps only what may still be drawn; the order of the manifest does not matter."""
    monkeypatch.setattr(membership, "MAX_PAIRS", 5)
    monkeypatch.setattr(membership, "_CANDIDATES", 10)
    segments = [segment(f"r{n}", n, 3.0) for n in range(300)]
    splits: list[str | None] = ["train" if n % 2 else "validation" for n in range(300)]
    recordings = {s.recording: recording(s.recording) for s in segments}
    pairs = draw_pairs(segments, survey_of(splits), recordings, KEY)
    assert len(pairs) == 5 < MAX_PAIRS
    backwards = draw_pairs(segments[::-1], survey_of(splits[::-1]), recordings, KEY)
    assert backwards == pairs


def test_both_sides_are_written_as_validation_clips_are(tmp_path: Path, english: Path) -> None:
    names = [f"r{number:02}" for number in range(30)]
    text = "number {} of one two three four five"
    segments = [segment(n, i, 2.0 + i, text.format(f"{n} {i}")) for n in names for i in range(3)]
    write_manifest(tmp_path / "normalized", map(recording, names), segments)
    params = load_params().build_dataset.model_copy(update={"validation": 0.3, "test": 0.3})

    def read_audio(name: str, gain_db: float) -> Pcm16:
        generator = np.random.default_rng(names.index(name))
        return generator.integers(-999, 999, 60 * 16_000).astype(np.int16)

    recordings = {r.id: r for r in read_recordings(tmp_path / "normalized")}
    labeller, target = load_labeller(english, "en"), tmp_path / "dataset"
    metrics = build(tmp_path / "normalized", target, recordings, read_audio, KEY, params, labeller)
    pairs = read_rows(target / "membership" / "pairs.jsonl")
    assert metrics["membership_pairs"] == len(pairs) > 10
    validation = {clip.id: clip for clip in clips_of(target / "validation")}
    trained = {clip.recording for clip in clips_of(target / "train")}
    sides = {s: list(clips_of(target / "membership" / s)) for s in ("train", "validation")}
    for side, clips in sides.items():
        assert {clip.id for clip in clips} == {pair[side] for pair in pairs}
    assert all(clip == validation[clip.id] for clip in sides["validation"])
    by_id = {s.id: s for s in segments}
    for clip in sides["train"]:
        assert clip.recording in trained and clip.text == by_id[clip.id].text
        assert clip.seconds == by_id[clip.id].seconds
