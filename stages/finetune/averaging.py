"""Averages of the base's weights and the tuned ones: w = (1 - share) base + share tuned.

A tuned model forgets some of what its base knows of other speech; an average of the two keeps most
of the gain and loses less. Source: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"
(WiSE-FT). With `auto`, several shares are measured on the validation windows and on the validation
half of the out-of-domain set, and `choose` takes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

import torch
from transformers import WhisperForConditionalGeneration

from stages.common.dataset.labels import Labeller
from stages.common.dataset.out_of_domain import OutOfDomainRecording
from stages.common.text.wer import score
from stages.finetune.trainer import WhisperTrainer
from stages.finetune.validation import texts_of
from stages.finetune.validation_windows import UnlabelledWindows, ValidationWindows

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Those that `auto` measures; the first is the base, for reference."""


@dataclass(frozen=True)
class Point:
    """One average. All of a run are scored on the same references, so that their WERs compare as
    error counts do."""

    share: float
    validation_wer: float
    out_of_domain_wer: float | None = None
    """None if it was not measured."""


def average_with_base(
    trainer: WhisperTrainer,
    base: Path,
    share: float | Literal["auto"],
    labeller: Labeller,
    out_of_domain: Sequence[OutOfDomainRecording],
) -> tuple[list[Point], Point]:
    """Average the Trainer's model, after LoRA is merged, with its base in the folder `base`.

    Returns: the averages that were measured, and the one that the model is set to. A share of 1
    takes no time: its validation is the best checkpoint's.
    """
    if share == 1:
        trained = Point(1.0, trainer.state.best_metric)
        return [trained], trained
    averager = Averager(trainer.model, base)
    shares = SHARES if share == "auto" else (float(share),)
    points = _measure(trainer, averager, shares, labeller, out_of_domain)
    chosen = choose(points) if share == "auto" else points[0]
    averager.set_share(chosen.share)
    return points, chosen


class Averager:
    """Sets the weights of a tuned model to averages with its base's, in float32."""

    def __init__(self, model: WhisperForConditionalGeneration, base: Path) -> None:
        """model: with its tuned weights, of LoRA merged; base: the folder of its base."""
        loaded = WhisperForConditionalGeneration.from_pretrained(base, dtype=torch.float32)
        self._base = dict(loaded.named_parameters())
        # Without repetition: the output matrix is the embedding itself.
        self._weights = dict(model.named_parameters())
        if self._base.keys() != self._weights.keys():
            raise ValueError("the tuned model has other weights than its base")
        self._tuned = {name: w.detach().cpu().clone() for name, w in self._weights.items()}

    def set_share(self, share: float) -> None:
        """share: that of the tuned weights, 0 to 1; both ends are exact."""
        with torch.no_grad():
            for name, weight in self._weights.items():
                base, tuned = self._base[name], self._tuned[name]
                weight.copy_(tuned if share == 1 else (1 - share) * base + share * tuned)


def _measure(
    trainer: WhisperTrainer,
    averager: Averager,
    shares: Iterable[float],
    labeller: Labeller,
    out_of_domain: Sequence[OutOfDomainRecording],
) -> list[Point]:
    """Every process takes part, and gets the same result."""
    validation: ValidationWindows = trainer.eval_dataset
    # The references as the labels hold them, like those of the Trainer's validations.
    rows = [validation[index]["labels"][None] for index in range(len(validation))]
    references = [text for row in rows for text in texts_of(row, labeller)]
    other = UnlabelledWindows([each.samples() for each in out_of_domain], labeller)
    points = []
    for share in shares:
        averager.set_share(share)
        texts = _transcribe(trainer, validation, labeller)
        point = Point(share, score(references, texts, labeller.language).wer)
        line = f"finetune: tuned share {share:.2f}: validation WER {point.validation_wer:.4f}"
        if out_of_domain:
            pieces = iter(_transcribe(trainer, other, labeller))
            texts = [" ".join(islice(pieces, size)) for size in other.sizes]
            spoken = [each.text for each in out_of_domain]
            wer = score(spoken, texts, labeller.language).wer
            point = replace(point, out_of_domain_wer=wer)
            line += f", out-of-domain {wer:.4f}"
        print(line, flush=True)
        points.append(point)
    return points


def _transcribe(
    trainer: WhisperTrainer, windows: ValidationWindows | UnlabelledWindows, labeller: Labeller
) -> list[str]:
    # Its metrics are those of the validation windows.
    metrics, trainer.compute_metrics = trainer.compute_metrics, None
    predictions = trainer.predict(windows).predictions
    trainer.compute_metrics = metrics
    return texts_of(predictions[: len(windows)], labeller)


def choose(points: Sequence[Point]) -> Point:
    """The average to use, of those with a share above 0. The first point is the base.

    1. Of those with no more out-of-domain errors than the base, the one with the fewest errors in
       validation.
    2. If there are none, of those that save at least half of the validation errors that the best
       saves, the one with the fewest out-of-domain errors.

    Of equals, the smallest share.
    """
    base, *averages = points
    kept = [p for p in averages if _other(p) <= _other(base)]
    if kept:
        return min(kept, key=lambda p: (p.validation_wer, p.share))
    best = min(p.validation_wer for p in averages)
    limit = max(best, (base.validation_wer + best) / 2)
    return min(
        (p for p in averages if p.validation_wer <= limit),
        key=lambda p: (_other(p), p.validation_wer, p.share),
    )


def _other(point: Point) -> float:
    if point.out_of_domain_wer is None:
        raise ValueError("the out-of-domain WER was not measured")
    return point.out_of_domain_wer
