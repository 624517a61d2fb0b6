"""Overridden methods of transformers' Trainer."""

from __future__ import annotations

from transformers import Seq2SeqTrainer

from stages.finetune.trainer import WhisperTrainer


def test_only_public_methods_are_overridden() -> None:
    """A private one may be renamed by any release, and would then silently not be called. Nor may
    a helper of ours have the name of one of theirs. test_launch.py, test_checkpoints.py and
    test_averaging.py test that each of the five is called: otherwise losses, order or outputs
    differ."""
    own = {name for name in vars(WhisperTrainer) if not name.startswith("__")}
    overridden = {name for name in own if hasattr(Seq2SeqTrainer, name)}
    assert overridden == {
        "compute_loss", "prediction_step", "get_train_dataloader", "get_eval_dataloader",
        "get_test_dataloader",
    }  # fmt: skip
