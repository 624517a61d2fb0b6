"""Planning: segments that stay, their splits, and the windows they make."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.build_dataset.planning import Survey, plan, survey
from stages.build_dataset.split_assignment import SPLITS, Split
from stages.build_dataset.windows import Window
from stages.common.core.ids import hash_to_unit
from stages.common.core.manifest import Segment, read_segments, write_manifest
from stages.common.core.params import BuildDataset, load_params
from stages.common.dataset.labels import Labeller, load_labeller
from stages.common.text.normalizer import scoring_form

KEY = b"a key for tests, which everybody may know"
PRECEDENCE: dict[Split, tuple[Split, ...]] = {
    "train": ("test", "validation"),
    "validation": ("test",),
    "test": (),
}
WORDS = ("Blue,", "green", "red", "yellow.", "black", "2")
SHARES = {"short_windows": 0.4, "timestamps": 0.5, "prompts": 0.5, "partial_windows": 0.5}


@pytest.fixture(scope="module")
def labeller(english: Path) -> Labeller:
    return load_labeller(english, "en")


def settings(**changes: float) -> BuildDataset:
    update = {"window_seconds": 20.0, "shared_words": 4, **dict.fromkeys(SHARES, 0.0), **changes}
    return load_params().build_dataset.model_copy(update=update)


def talk(recordings: int = 30, each: int = 40) -> tuple[list[Segment], dict[str, Split]]:
    """Few different sentences, so that many occur in two splits or three."""
    draw = random.Random(5)
    recording_splits = {f"r{n:02d}": SPLITS[n % 3] for n in range(recordings)}
    segments = []
    for name in recording_splits:
        at = 0.0
        for number in range(each):
            words = draw.choice((2, 3, 4, 5))
            text = " ".join(draw.choices(WORDS, k=words))
            end = at + words / 2
            one = Segment(f"{name}-{number:04d}", name, at, end, at + 0.1, end - 0.1, text, "")
            segments.append(one)
            at = end + draw.choice((0.2, 0.6, 2.0))
    return segments, recording_splits


def windows(
    segments: list[Segment],
    surveyed: Survey,
    split: Split,
    params: BuildDataset,
    labeller: Labeller,
) -> list[Window]:
    return list(plan(iter(segments), surveyed, split, params, labeller, KEY))


def test_a_text_stays_in_the_split_with_precedence(labeller: Labeller) -> None:
    segments, recording_splits = talk()
    surveyed = survey(iter(segments), recording_splits, settings(), labeller)
    texts: dict[Split, set[str]] = {split: set() for split in SPLITS}
    for s in segments:
        texts[recording_splits[s.recording]].add(scoring_form(s.text))
    dropped: Counter[str] = Counter()
    for s, kept_in in zip(segments, surveyed.splits, strict=True):
        form, own = scoring_form(s.text), recording_splits[s.recording]
        others = [other for other in PRECEDENCE[own] if form in texts[other]]
        keeper = others[0] if others and len(form.split()) >= 4 else None
        assert kept_in == (None if keeper else own)
        dropped.update([f"text_also_in_{keeper}"] if keeper else [])
    assert surveyed.dropped == dropped and set(dropped) == {
        "text_also_in_test", "text_also_in_validation",
    }  # fmt: skip
    for split in SPLITS:
        assert surveyed.kept[split] == Counter(
            s.recording
            for s, kept_in in zip(segments, surveyed.splits, strict=True)
            if kept_in == split
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
        (30.0, "qzxjqzxj " * 150, "over_448_labels"),
        (3.0, "yes", None),
    ],
)
def test_reasons_to_drop_a_segment(
    labeller: Labeller, seconds: float, text: str, reason: str | None
) -> None:
    one = Segment("r-0000", "r", 0.0, seconds, 0.0, seconds, text, "")
    surveyed = survey([one], {"r": "train"}, settings(), labeller)
    assert surveyed.dropped == ({reason: 1} if reason else {})
    assert surveyed.splits == [None if reason else "train"]
    assert surveyed.kept["train"].total() == (not reason)


def test_a_dropped_segment_keeps_no_text_from_other_splits(labeller: Labeller) -> None:
    """Nothing was transcribed at that rate, so training may have the text from elsewhere."""
    text = "this was said much too fast"
    fast = Segment("a-0000", "a", 0.0, 0.6, 0.0, 0.6, text, "")
    slow = Segment("b-0000", "b", 0.0, 3.0, 0.0, 3.0, text, "")
    surveyed = survey([fast, slow], {"a": "test", "b": "train"}, settings(), labeller)
    assert surveyed.splits == [None, "train"]


def test_each_kept_segment_occurs_once_in_its_own_split(labeller: Labeller) -> None:
    segments, recording_splits = talk()
    params = settings(**SHARES)
    surveyed = survey(segments, recording_splits, params, labeller)
    for split in SPLITS:
        planned = windows(segments, surveyed, split, params, labeller)
        kept = [
            s.id for s, kept_in in zip(segments, surveyed.splits, strict=True) if kept_in == split
        ]
        assert sorted(s.id for window in planned for s in window.segments) == kept
        for window in planned:
            assert len({s.recording for s in window.segments}) == 1
            if split != "train":
                assert len(window.segments) == 1 and not window.previous
                assert not window.timed and window.cut_off is None


def test_the_first_segment_decides_the_kind_of_window(labeller: Labeller) -> None:
    segments, recording_splits = talk(180)
    params = settings(**SHARES)
    surveyed = survey(segments, recording_splits, params, labeller)
    planned = windows(segments, surveyed, "train", params, labeller)
    assert planned == windows(segments, surveyed, "train", params, labeller)
    kept = {s.id for s, kept_in in zip(segments, surveyed.splits, strict=True) if kept_in}
    for window in planned:
        first = window.segments[0]
        before = [
            s.text
            for s in segments
            if s.recording == first.recording and s.id < first.id and s.id in kept
        ]
        prompted = hash_to_unit(KEY, "prompt", first.id) < 0.5
        assert list(window.previous) == (before[-len(window.previous) :] if window.previous else [])
        assert bool(window.previous) == (prompted and bool(before))
        assert window.timed == (hash_to_unit(KEY, "timed", first.id) < 0.5)
        if window.cut_off is not None:
            assert window.timed and hash_to_unit(KEY, "partial", first.id) < 0.5
            assert window.seconds == pytest.approx(20.0)
    assert sum(window.cut_off is not None for window in planned) > 3
    none = windows(segments, surveyed, "train", settings(), labeller)
    assert not any(w.timed or w.previous or w.cut_off is not None for w in none)
    lone = [len(w.segments) for w in windows(segments, surveyed, "train", params, labeller)]
    assert lone.count(1) > len(lone) * 0.15


def test_one_recording_at_a_time_is_in_memory(labeller: Labeller) -> None:
    segments, recording_splits = talk()
    surveyed = survey(segments, recording_splits, settings(), labeller)
    read = 0

    def counted() -> Iterator[Segment]:
        nonlocal read
        for segment in segments:
            read += 1
            yield segment

    for window in plan(counted(), surveyed, "train", settings(), labeller, KEY):
        number = int(window.segments[0].recording[1:])
        assert read <= (number + 1) * 40 + 1


def test_the_manifest_keeps_the_order_of_a_recording(tmp_path: Path) -> None:
    """Also where ids get longer."""
    ids = [f"r-{n:04d}" for n in (9998, 9999, 10000, 10001)]
    rows = [Segment(name, "r", n, n + 1, n, n + 1, "word", "") for n, name in enumerate(ids)]
    write_manifest(tmp_path, [], rows[::-1])
    assert list(read_segments(tmp_path)) == rows
