"""Faults planted in models, and their detection by `baseline` and `evaluate`.

That the verdict is withheld where too little was heard, and refused where another test set was, is
shown in test_compare.py.
"""

from __future__ import annotations

import pytest

from stages.common.audio.nonspeech import probe_clips
from tests.support.scripted_evaluation import (
    CLIPS,
    GENERAL_TEXT,
    RECORDINGS,
    TEST_TEXT,
    ScriptedEvaluation,
    make_evaluation,
)
from tests.support.scripted_models import SILENT

HEARD = RECORDINGS * CLIPS
PROBES = len(probe_clips(0))


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> ScriptedEvaluation:
    return make_evaluation(tmp_path_factory.mktemp("planted"))


def test_without_a_fault_nothing_is_reported(evaluation: ScriptedEvaluation) -> None:
    tuned, base = evaluation.run(GENERAL_TEXT)
    same = ("wer", "looping_clips", "longest_insertion", "hallucinated_words")
    assert {key: tuned[key] for key in same} == {key: base[key] for key in same}
    assert (tuned["looping_clips"], tuned["memorized"], tuned["memorized_by_base"]) == (0, 0, 0)


def test_repetition_loops(evaluation: ScriptedEvaluation) -> None:
    """The hypothesis is the reference, followed by a loop."""
    rounds = 30
    tuned, base = evaluation.run(f"{TEST_TEXT}{' and how' * rounds}")
    assert (tuned["looping_clips"], base["looping_clips"]) == (HEARD, 0)
    assert tuned["longest_insertion"] == 2 * rounds > base["longest_insertion"]
    assert (tuned["substitutions"], tuned["deletions"]) == (0, 0)


def test_hallucination_on_non_speech(evaluation: ScriptedEvaluation) -> None:
    tuned, base = evaluation.run(GENERAL_TEXT, base=SILENT)
    assert (base["hallucinated_words"], base["probe_clips_with_words"]) == (0, 0)
    assert tuned["hallucinated_words"] == PROBES * len(GENERAL_TEXT.split())
    assert tuned["probe_clips_with_words"] == tuned["probe_clips"] == PROBES


def test_lost_case_and_punctuation_are_no_errors_but_measured(
    evaluation: ScriptedEvaluation,
) -> None:
    """The transcripts have a capital and a stop a clip; the tuned model hears each word."""
    tuned, base = evaluation.run(TEST_TEXT)
    assert tuned["wer"] == 0 and tuned["wer_written"] == 2 / len(TEST_TEXT.split()) == 0.25
    assert tuned["punctuation_f1"] == tuned["capitalization_f1"] == 0
    assert base["wer_written"] >= base["wer"] > 0
