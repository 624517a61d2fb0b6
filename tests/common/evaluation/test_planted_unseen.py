"""Faults not visible on the test split: memorized training text and forgotten English."""

from __future__ import annotations

import pytest

from stages.common.audio.nonspeech import probe_clips
from stages.common.evaluation.comparison.gates import check_gates
from tests.support.scripted_evaluation import (
    GENERAL_TEXT,
    PAIRS,
    TEST_TEXT,
    TRAIN_TEXT,
    ScriptedEvaluation,
    make_evaluation,
)

GATES = {
    "wer": 0.0, "guard_wer": 0.1, "memorized_share": 0.1, "continued_excess": 0.05,
    "membership_auc": 0.2,
}  # fmt: skip


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> ScriptedEvaluation:
    return make_evaluation(tmp_path_factory.mktemp("planted"))


def test_without_a_fault_every_gate_passes(evaluation: ScriptedEvaluation) -> None:
    tuned, base = evaluation.run(GENERAL_TEXT)
    assert tuned["guard_wer"] == base["guard_wer"] == 0 == tuned["memorized"]
    assert all(gate.holds for gate in check_gates(GATES, base, tuned))


def test_memorized_training_text(evaluation: ScriptedEvaluation) -> None:
    """The hypothesis for non-speech and truncated clips is a training sentence. Of training clips
    it is their own: the model goes on where they were cut."""
    tuned, base = evaluation.run(TRAIN_TEXT)
    runs = len(TRAIN_TEXT.split()) - 4
    heard = len(probe_clips(0)) + PAIRS
    assert tuned["memorized_by_base"] == 0 == tuned["memorized_share_by_base"]
    assert tuned["memorized"] == heard * runs
    assert tuned["memorized_share"] == pytest.approx(heard / (heard + PAIRS), abs=1e-4)
    assert not _holds("memorized_share", tuned, base)
    assert base["continued_train"] == base["continued_validation"] == 0
    assert (tuned["continued_train"], tuned["continued_validation"]) == (PAIRS, 0)
    assert tuned["continued_excess"] == 1 and not _holds("continued_excess", tuned, base)
    # It is sure of each word of the training clips, whatever the audio.
    assert (tuned["membership_auc"], tuned["membership_auc_by_base"]) == (1, 0.5)
    assert tuned["loss_train"] < base["loss_train"] and not _holds("membership_auc", tuned, base)


def test_general_english_forgotten(evaluation: ScriptedEvaluation) -> None:
    """Better on the test split, much worse on out-of-domain speech."""
    tuned, base = evaluation.run(TEST_TEXT)
    assert tuned["wer"] == 0 < base["wer"] and _holds("wer", tuned, base)
    assert base["guard_wer"] == 0 and tuned["guard_wer"] >= 1
    assert not _holds("guard_wer", tuned, base)


def _holds(name: str, tuned: dict[str, float], base: dict[str, float]) -> bool:
    (gate,) = (gate for gate in check_gates(GATES, base, tuned) if gate.name == name)
    return not gate.fails
