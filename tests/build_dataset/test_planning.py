"""Planning: the same drops, sides and windows as if all segments were looked at together."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.build_dataset.planning import Survey, plan, survey
from stages.build_dataset.splits import SPLITS, Split
from stages.build_dataset.windows import Window
from stages.common.core.ids import hash_to_unit
from stages.common.core.manifest import Segment, read_segments, write_manifest
from stages.common.core.params import BuildDataset, load_params
from stages.common.dataset.labels import Labeller, load_labeller
from stages.common.text.normalizer import scoring_form

KEY = b"a key for tests, which everybody may know"
BEFORE: dict[Split, tuple[Split, ...]] = {
    "train": ("test", "validation"),
    "validation": ("test",),
    "test": (),
}
WORDS = ("Blue,", "green", "red", "yellow.", "black", "2")
SHARES = {"short_windows": 0.4, "timestamps": 0.5, "prompts": 0.5, "partial_windows": 0.5}


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return load_labeller(Path("demo/base"), "en")


def settings(**changes: float) -> BuildDataset:
    update = {"window_seconds": 20.0, "shared_words": 4, **dict.fromkeys(SHARES, 0.0), **changes}
    return load_params().build_dataset.model_copy(update=update)


def talk(recordings: int = 30, each: int = 40) -> tuple[list[Segment], dict[str, Split]]:
    """Few different sentences, so that many stand on two sides or three."""
    draw = random.Random(5)
    sides = {f"r{n:02d}": SPLITS[n % 3] for n in range(recordings)}
    segments = []
    for name in sides:
        at = 0.0
        for number in range(each):
            words = draw.choice((2, 3, 4, 5))
            text = " ".join(draw.choices(WORDS, k=words))
            end = at + words / 2
            one = Segment(f"{name}-{number:04d}", name, at, end, at + 0.1, end - 0.1, text, "")
            segments.append(one)
            at = end + draw.choice((0.2, 0.6, 2.0))
    return segments, sides


def windows(
    segments: list[Segment], found: Survey, side: Split, params: BuildDataset, labeller: Labeller
) -> list[Window]:
    return list(plan(iter(segments), found, side, params, labeller, KEY))


def test_a_text_stays_on_the_side_that_must_be_unseen(labeller: Labeller) -> None:
    segments, sides = talk()
    found = survey(iter(segments), sides, settings(), labeller)
    texts: dict[Split, set[str]] = {side: set() for side in SPLITS}
    for s in segments:
        texts[sides[s.recording]].add(scoring_form(s.text))
    dropped: Counter[str] = Counter()
    for s, owner in zip(segments, found.owners, strict=True):
        form, own = scoring_form(s.text), sides[s.recording]
        first = [side for side in BEFORE[own] if form in texts[side] and len(form.split()) >= 4]
        keeper = first[0] if first else None
        assert owner == (None if keeper else own)
        dropped.update([f"text_also_in_{keeper}"] if keeper else [])
    assert found.dropped == dropped and set(dropped) == {
        "text_also_in_test", "text_also_in_validation",
    }  # fmt: skip
    for side in SPLITS:
        assert found.kept[side] == Counter(
            s.recording for s, owner in zip(segments, found.owners, strict=True) if owner == side
        )


@pytest.mark.parametrize(
    ("seconds", "text", "reason"),
    [
        (0.4, "yes", "too_short"),
        (30.1, "yes " * 40, "too_long"),
        (30.001, "yes " * 40, None),
        (3.0, "", "no_transcript"),
        (3.0, "- ...", "no_transcript"),
        (3.0, "yes " * 19, "too_many_words_a_second"),
        (10.0, "yes", "too_few_words_a_second"),
        (30.0, "qzxj " * 150, "over_448_labels"),
        (3.0, "yes", None),
    ],
)
def test_why_a_segment_is_dropped(
    labeller: Labeller, seconds: float, text: str, reason: str | None
) -> None:
    one = Segment("r-0000", "r", 0.0, seconds, 0.0, seconds, text, "")
    found = survey([one], {"r": "train"}, settings(), labeller)
    assert found.dropped == ({reason: 1} if reason else {})
    assert found.owners == [None if reason else "train"]
    assert found.kept["train"].total() == (not reason)


def test_what_was_dropped_holds_no_text_of_a_side(labeller: Labeller) -> None:
    """Its text cannot be heard at that pace, so that training may well have it elsewhere."""
    text = "this was said much too fast"
    fast = Segment("a-0000", "a", 0.0, 0.6, 0.0, 0.6, text, "")
    slow = Segment("b-0000", "b", 0.0, 3.0, 0.0, 3.0, text, "")
    found = survey([fast, slow], {"a": "test", "b": "train"}, settings(), labeller)
    assert found.owners == [None, "train"]


def test_each_kept_segment_comes_once_on_its_own_side(labeller: Labeller) -> None:
    segments, sides = talk()
    params = settings(**SHARES)
    found = survey(segments, sides, params, labeller)
    for side in SPLITS:
        planned = windows(segments, found, side, params, labeller)
        kept = [s.id for s, o in zip(segments, found.owners, strict=True) if o == side]
        assert sorted(s.id for window in planned for s in window.segments) == kept
        for window in planned:
            assert len({s.recording for s in window.segments}) == 1
            if side != "train":
                assert len(window.segments) == 1 and not window.before
                assert not window.timed and window.first_half is None


def test_shares_are_drawn_by_the_first_segment(labeller: Labeller) -> None:
    segments, sides = talk(180)
    params = settings(**SHARES)
    found = survey(segments, sides, params, labeller)
    planned = windows(segments, found, "train", params, labeller)
    assert planned == windows(segments, found, "train", params, labeller)
    kept = {s.id for s, owner in zip(segments, found.owners, strict=True) if owner}
    for window in planned:
        first = window.segments[0]
        before = [
            s.text
            for s in segments
            if s.recording == first.recording and s.id < first.id and s.id in kept
        ]
        prompted = hash_to_unit(KEY, "prompt", first.id) < 0.5
        assert list(window.before) == (before[-len(window.before) :] if window.before else [])
        assert bool(window.before) == (prompted and bool(before))
        assert window.timed == (hash_to_unit(KEY, "timed", first.id) < 0.5)
        if window.first_half is not None:
            assert window.timed and hash_to_unit(KEY, "partial", first.id) < 0.5
            assert window.seconds == pytest.approx(20.0)
    assert sum(window.first_half is not None for window in planned) > 3
    none = windows(segments, found, "train", settings(), labeller)
    assert not any(w.timed or w.before or w.first_half is not None for w in none)
    lone = [len(w.segments) for w in windows(segments, found, "train", params, labeller)]
    assert lone.count(1) > len(lone) * 0.15


def test_one_recording_at_a_time_is_held(labeller: Labeller) -> None:
    segments, sides = talk()
    found = survey(segments, sides, settings(), labeller)
    read = 0

    def counted() -> Iterator[Segment]:
        nonlocal read
        for segment in segments:
            read += 1
            yield segment

    for window in plan(counted(), found, "train", settings(), labeller, KEY):
        number = int(window.segments[0].recording[1:])
        assert read <= (number + 1) * 40 + 1


def test_the_manifest_keeps_a_recording_in_its_order(tmp_path: Path) -> None:
    """Also where ids become longer."""
    ids = [f"r-{n:04d}" for n in (9998, 9999, 10000, 10001)]
    rows = [Segment(name, "r", n, n + 1, n, n + 1, "word", "") for n, name in enumerate(ids)]
    write_manifest(tmp_path, [], rows[::-1])
    assert list(read_segments(tmp_path)) == rows
