"""Score the base model on the test split, so that the tuned one has something to be held against.

Reads `models/base-ct2` and `data/dataset/test`; training does not touch either. Writes
`metrics/baseline.json`, each clip's errors into `metrics/errors_base.csv`, and the hypotheses into
`data/heard/baseline.jsonl`, outside git.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.errors import run_stage
from stages.common.files import write_metrics, write_rows, write_text
from stages.common.listen import open_model
from stages.common.params import load_params
from stages.common.scoring import score_model
from stages.common.verdict.counts import to_csv


def main() -> None:
    params = load_params()
    model = open_model(Path("models/base-ct2"), params.evaluate.device)
    metrics, rows, errors = score_model(model, params)
    write_rows(Path("data/heard/baseline.jsonl"), rows)
    write_text(Path("metrics/errors_base.csv"), to_csv(errors))
    write_metrics("baseline", metrics)
    print(f"baseline: WER {metrics['wer']:.4f} on {metrics['clips']} clips")


if __name__ == "__main__":
    run_stage("baseline", main)
