"""Metrics of the validation windows, computed with the library `evaluate`.

To add a metric of your own, put its module in `stages/finetune/metrics` (`wer.py` there is an
example; https://huggingface.co/docs/evaluate/creating_and_sharing has more) and add the module's
name to `METRICS`. A module `cer.py` returns {"cer": number}, which appears as `eval_cer` in
TensorBoard and as `validation_cer` in metrics/finetune_curve.csv. The checkpoint is selected by
the WER alone.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import evaluate
import numpy as np
from filelock import FileLock
from transformers import EvalPrediction

from stages.common.core.files import state_folder
from stages.common.dataset.labels import Labeller

METRICS = ("wer",)
_MODULES = Path(__file__).with_name("metrics")


CUT = "cut_hypotheses"
"""Number of hypotheses that `finetune.generation_max_length` cuts off; their lost words count as
errors."""


def compute_metrics(
    prediction: EvalPrediction, labeller: Labeller, windows: int, longest: int
) -> dict[str, float]:
    """All `METRICS` over hypotheses and references of the first `windows` rows, and `CUT`.

    Rows past the last window are silence: they give each of several processes as many batches.

    Args:
        prediction: predictions and label_ids, int of shape (rows, tokens), padded with negative
            ids; only labels may have special tokens.
        longest: most tokens that are generated.
    """
    hypotheses = texts_of(prediction.predictions[:windows], labeller)
    references = texts_of(prediction.label_ids[:windows], labeller)
    values: dict[str, float] = {}
    for name in METRICS:
        values |= _metric(name, labeller.language).compute(
            predictions=hypotheses, references=references
        )
    cut = (prediction.predictions[:windows] >= 0).sum(1) >= longest
    return values | {CUT: int(cut.sum())}


def texts_of(rows: np.ndarray, labeller: Labeller) -> list[str]:
    """Plain text of each row of token ids; special and negative ones are left out."""
    words = [[int(token) for token in row if 0 <= token < labeller.end] for row in rows]
    return [str(labeller.tokenizer.decode(tokens)).strip() for tokens in words]


@cache
def _metric(name: str, language: str) -> Any:
    """Loaded from the repository, never from the hub, with the language as its `config_name`. The
    texts stay in memory: `evaluate` would otherwise write them to its cache."""
    module, folder = _MODULES / f"{name}.py", state_folder("evaluate")
    _delete_damaged_copies(module, folder)
    return evaluate.load(str(module), language, keep_in_memory=True, cache_dir=str(folder))


def _delete_damaged_copies(module: Path, folder: Path) -> None:
    """`evaluate` imports a copy below `folder`, which it makes only where there is none: one that a
    kill or a full disk has cut short would fail each later run."""
    for copies in folder.glob(f"modules/*/*/{module.stem}"):
        with FileLock(f"{copies}.lock"):  # `evaluate` holds it while it copies
            for copy in list(copies.rglob(module.name)):
                if copy.read_bytes() != module.read_bytes():
                    shutil.rmtree(copy.parent)
