"""Score the base model on the test split, so that the tuned one has something to be held against.

Reads `models/base-ct2`, `data/dataset/test` and the guard; training touches none of them. Writes
`metrics/baseline.json`, `metrics/speed_base.json`, each clip's errors into
`metrics/errors_base.csv` and what matters most into `metrics/matters_base.csv`; and outside git the
hypotheses, `data/heard/baseline.jsonl`, and what was provoked,
`data/heard/baseline_provoked.jsonl`.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.asr.model import open_model
from stages.common.core.errors import run_stage
from stages.common.core.files import write_rows, write_text
from stages.common.core.ids import read_key
from stages.common.core.metrics import write_metrics, write_table
from stages.common.core.params import load_params
from stages.common.evaluation import entity_table
from stages.common.evaluation.hallucination_tests import run_hallucination_tests
from stages.common.evaluation.out_of_domain_set import read_out_of_domain_set
from stages.common.evaluation.out_of_domain_wer import score_out_of_domain
from stages.common.evaluation.score_test_split import TEST, score_model
from stages.common.evaluation.speed import Stopwatch, write_speed
from stages.common.text.error_counts import to_csv


def main() -> None:
    params = load_params()
    guard = read_out_of_domain_set(Path(params.evaluate.guard), read_key(Path(params.data.key)))
    model = open_model(Path("models/base-ct2"), params.evaluate.device)
    language, hearing = params.build_dataset.language, Stopwatch()
    metrics, rows, errors = score_model(model, params, hearing)
    metrics |= score_out_of_domain(model, guard, language, params.evaluate)
    provoked, hallucinated = run_hallucination_tests(model, TEST, language, params.evaluate)
    metrics |= hallucinated
    write_rows(Path("data/heard/baseline.jsonl"), rows)
    write_rows(Path("data/heard/baseline_provoked.jsonl"), provoked)
    write_text(Path("metrics/errors_base.csv"), to_csv(errors))
    write_table("matters_base", entity_table.COLUMNS, entity_table.entity_rows(rows))
    write_metrics("baseline", metrics)
    write_speed("speed_base", hearing.seconds, metrics["seconds"])
    print(f"baseline: WER {metrics['wer']:.4f} on {metrics['clips']} clips")


if __name__ == "__main__":
    run_stage("baseline", main)
