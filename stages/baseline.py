"""Score the base model on the test split, so that the tuned one has something to be held against.

Reads `models/base-ct2`, `data/dataset/test` and the guard; training touches none of them. Writes
`metrics/baseline.json`, `metrics/speed_base.json`, each clip's errors into
`metrics/errors_base.csv` and what matters most into `metrics/matters_base.csv`; and outside git the
hypotheses, `data/heard/baseline.jsonl`, and what was provoked,
`data/heard/baseline_provoked.jsonl`.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.errors import run_stage
from stages.common.files import write_metrics, write_rows, write_text
from stages.common.hearing.forgetting import score_guard
from stages.common.hearing.guard import read_guard
from stages.common.hearing.listen import open_model
from stages.common.hearing.provoked import hear_provoked
from stages.common.ids import read_key
from stages.common.params import load_params
from stages.common.scoring import matters_table
from stages.common.scoring.model import TEST, score_model
from stages.common.scoring.speed import Stopwatch, write_speed
from stages.common.tables import write_table
from stages.common.verdict.counts import to_csv


def main() -> None:
    params = load_params()
    guard = read_guard(Path(params.evaluate.guard), read_key(Path(params.data.key)))
    model = open_model(Path("models/base-ct2"), params.evaluate.device)
    language, hearing = params.build_dataset.language, Stopwatch()
    metrics, rows, errors = score_model(model, params, hearing)
    metrics |= score_guard(model, guard, language, params.evaluate)
    provoked, hallucinated = hear_provoked(model, TEST, language, params.evaluate)
    metrics |= hallucinated
    write_rows(Path("data/heard/baseline.jsonl"), rows)
    write_rows(Path("data/heard/baseline_provoked.jsonl"), provoked)
    write_text(Path("metrics/errors_base.csv"), to_csv(errors))
    write_table("matters_base", matters_table.COLUMNS, matters_table.matters_rows(rows))
    write_metrics("baseline", metrics)
    write_speed("speed_base", hearing.seconds, metrics["seconds"])
    print(f"baseline: WER {metrics['wer']:.4f} on {metrics['clips']} clips")


if __name__ == "__main__":
    run_stage("baseline", main)
