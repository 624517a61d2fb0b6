"""Word error rate of normalized texts, as `evaluate` and the report count it."""

from __future__ import annotations

import datasets
import evaluate

from stages.common.text.wer import score


class Wer(evaluate.Metric):
    """(substitutions + deletions + insertions) / words of the references, over all clips."""

    def _info(self) -> evaluate.MetricInfo:
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description=self.__doc__,
            citation="",
            features=datasets.Features({"predictions": text, "references": text}),
        )

    def _compute(self, predictions: list[str], references: list[str]) -> dict[str, float]:
        language = self.config_name  # as stages/finetune/validation.py loads it
        return {"wer": score(references, predictions, language).wer}
