"""Metrics of the validation clips, computed with the library `evaluate`.

To add a metric of your own, put its module in `stages/finetune/metrics` (`wer.py` there is an
example; https://huggingface.co/docs/evaluate/creating_and_sharing has more) and add the module's
name to `METRICS`. A module `cer.py` returns {"cer": number}, which appears as `eval_cer` in
TensorBoard and as `validation_cer` in metrics/finetune_curve.csv. The checkpoint is selected by
the WER alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import evaluate
import numpy as np
from transformers import EvalPrediction

from stages.common.core.files import state_folder
from stages.common.dataset.labels import Labeller

METRICS = ("wer",)
_MODULES = Path(__file__).with_name("metrics")


def compute_metrics(prediction: EvalPrediction, labeller: Labeller, clips: int) -> dict[str, float]:
    """All `METRICS` over hypotheses and references of the first `clips` rows, as plain text.

    Rows past the last clip are silence: they give each of several processes as many batches.

    Args:
        prediction: predictions and label_ids, int of shape (rows, tokens), padded with negative
            ids or with special tokens.
    """

    def text(ids: np.ndarray) -> str:
        words = [int(token) for token in ids if 0 <= token < labeller.end]
        return str(labeller.tokenizer.decode(words)).strip()

    hypotheses = [text(row) for row in prediction.predictions[:clips]]
    references = [text(row) for row in prediction.label_ids[:clips]]
    values: dict[str, float] = {}
    for name in METRICS:
        values |= _metric(name).compute(predictions=hypotheses, references=references)
    return values


@cache
def _metric(name: str) -> Any:
    """Loaded from the repository, never from the hub. The texts stay in memory: `evaluate` would
    otherwise write them to its cache."""
    module, cache_folder = str(_MODULES / f"{name}.py"), str(state_folder("evaluate"))
    return evaluate.load(module, keep_in_memory=True, cache_dir=cache_folder)
