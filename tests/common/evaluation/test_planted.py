"""Faults that were planted in models, and what `baseline` and `evaluate` find of them.

That the verdict is withheld where too little was heard, and refused where another test set was, is
shown in test_compare.py.
"""

from __future__ import annotations

import pytest

from stages.common.audio.nonspeech import probe_clips
from tests.support.planted import CLIPS, GENERAL, RECORDINGS, SPOKEN, Place, make_place
from tests.support.scripted_models import SILENT

HEARD = RECORDINGS * CLIPS
PROBES = len(probe_clips(0))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return make_place(tmp_path_factory.mktemp("planted"))


def test_nothing_planted_nothing_found(place: Place) -> None:
    tuned, base = place.judge(GENERAL)
    same = ("wer", "looping_clips", "longest_insertion", "hallucinated_words")
    assert {key: tuned[key] for key in same} == {key: base[key] for key in same}
    assert (tuned["looping_clips"], tuned["memorized"], tuned["memorized_by_base"]) == (0, 0, 0)


def test_going_round_in_circles(place: Place) -> None:
    """It says what was said, and then goes on."""
    rounds = 30
    tuned, base = place.judge(f"{SPOKEN}{' and how' * rounds}")
    assert (tuned["looping_clips"], base["looping_clips"]) == (HEARD, 0)
    assert tuned["longest_insertion"] == 2 * rounds > base["longest_insertion"]
    assert (tuned["substitutions"], tuned["deletions"]) == (0, 0)


def test_writing_where_nobody_speaks(place: Place) -> None:
    tuned, base = place.judge(GENERAL, base=SILENT)
    assert (base["hallucinated_words"], base["probe_clips_with_words"]) == (0, 0)
    assert tuned["hallucinated_words"] == PROBES * len(GENERAL.split())
    assert tuned["probe_clips_with_words"] == tuned["probe_clips"] == PROBES
