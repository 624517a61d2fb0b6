"""The attacks of `make bench-identify` find a recording in what git held, and not in today's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bench.identify import (
    RUN,
    Held,
    by_added_length,
    by_clip_words,
    by_length,
    by_total_words,
    read_git,
)
from stages.common.evaluation.comparison.revisions import Source
from stages.common.text.error_counts import ErrorCounts, to_csv
from tests.support.imports import ROOT

SENTENCES = {
    "r1": (8, 7, 6, 8, 12, 3, 5, 9),
    "r2": (4, 11, 6, 2, 9, 7, 5, 10),
    "r3": (5, 5, 9, 8, 3, 12, 7, 6),
}
HELD = [
    Held(name, 170.0 + 11.003 * at, words) for at, (name, words) in enumerate(SENTENCES.items())
]
BY_CLIP = "clip,recording,reference_words,substitutions,deletions,insertions\n"


def source(segment: dict[str, object], errors: str) -> Source:
    files = {"segment.json": json.dumps(segment), "errors.csv": errors, "errors_validation.csv": ""}
    return Source("here", lambda path: files[Path(path).name])


def test_a_line_per_clip_and_lengths_find_a_recording() -> None:
    lengths = {one.id: {"seconds": one.seconds} for one in HELD}
    clips = "".join(
        f"{name}-{at},{name},{words},0,0,0\n"
        for name, counts in SENTENCES.items()
        for at, words in enumerate(counts)
    )
    git = read_git(source({"by_recording": lengths}, BY_CLIP + clips))
    for one in HELD:
        found = by_length(git, 1.0, one), by_added_length(git, one, HELD), by_clip_words(git, one)
        assert found == ({one.id},) * 3


def test_what_attune_writes_today_finds_none() -> None:
    """But the number of words of a recording does, to whoever holds the whole transcript."""
    counts = [
        ErrorCounts(name, "c1", 1, words, 0, 0, 0)
        for name, each in SENTENCES.items()
        for words in each
    ]
    git = read_git(source({"seconds": 543.0}, to_csv(counts)))
    for one in HELD:
        assert len(one.sentences) > RUN
        assert not by_length(git, 60.0, one) and not by_clip_words(git, one)
        assert one.id in by_total_words(git, 0.0, one)
    log = [replace(HELD[0], id=f"r{n}", seconds=170.0 + 0.7 * n) for n in range(40)]
    assert min(len(by_added_length(git, one, log)) for one in log) > 1


def test_the_metrics_in_git_hold_neither() -> None:
    for path in sorted((ROOT / "metrics").glob("errors*.csv")):
        header, *lines = path.read_text(encoding="utf-8").splitlines()
        recordings = [line.split(",")[0] for line in lines]
        assert header.startswith("recording,client,clips,") and recordings == sorted(
            set(recordings)
        )
    segment = json.loads((ROOT / "metrics" / "segment.json").read_text(encoding="utf-8"))
    assert not {"by_recording", "wrong_times"} & segment.keys()
