"""The table of slices: a group-by over the clips' scores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stages.common.core.metrics import write_table
from stages.common.dataset.slices import SLICES
from stages.common.evaluation.slices import COLUMNS, slice_rows
from tests.support.scores import score_of


def test_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = [
        replace(score_of("a", "x", "x", "a-0", speaker="client", duration="from 20 s"),
                reference_words=10, substitutions=1, deletions=1),
        replace(score_of("a", "x", "x", "a-1", speaker="therapist", duration="under 2 s"),
                reference_words=10, substitutions=5),
        replace(score_of("b", "x", "x", "b-0", speaker="client", duration="2 to 5 s"),
                reference_words=5, deletions=1),
        replace(score_of("c", "x", "x", "c-0", speaker="client", duration="2 to 5 s"),
                reference_words=10, insertions=2),
    ]  # fmt: skip
    monkeypatch.chdir(tmp_path)
    write_table("slices", COLUMNS, slice_rows(scores))
    lines = (tmp_path / "metrics" / "slices.csv").read_text().splitlines()
    # Those of one recording are left out. Three recordings with the same error rate have no
    # variance, two have no interval.
    assert lines == [
        "kind,slice,clips,words,wer,wer_low,wer_high",
        "speaker,client,3,25,0.2000,0.2000,0.2000",
        "duration,2 to 5 s,2,15,0.2000,,",
    ]
    write_table("slices", COLUMNS, slice_rows(scores[:2]))
    lines = (tmp_path / "metrics" / "slices.csv").read_text().splitlines()
    assert lines[1] == "speaker,therapist,1,10,0.5000,,", "a split of one recording has them all"


def test_no_slice_name_occurs_in_two_kinds() -> None:
    names = [name for kind in SLICES.values() for name in kind]
    assert list(SLICES) == ["speaker", "duration", "snr", "rate", "voice"]
    assert len(set(names)) == len(names)
