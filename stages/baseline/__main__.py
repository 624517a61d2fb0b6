"""Score the base model on the test split, so that the tuned model has something to compare with.

Reads `models/base-ct2`, `data/dataset/test` and the out-of-domain set, of which training uses none,
and the pairs of training and validation clips in `data/dataset/membership`.
Writes `metrics/baseline.json`, `metrics/speed_base.json` and the tables `errors_base.csv`,
`matters_base.csv` and `slices_base.csv`; and outside git each clip's score,
`data/hypotheses/baseline.jsonl`, and the hypotheses of the hallucination and membership tests.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.asr.decoding import decoding_of
from stages.common.asr.model import open_model
from stages.common.core.files import write_rows
from stages.common.core.ids import read_key
from stages.common.core.metrics import write_metrics
from stages.common.core.params import load_params
from stages.common.core.run_stage import run_stage
from stages.common.dataset.out_of_domain import read_out_of_domain_set
from stages.common.evaluation.clip_scores import write_scores
from stages.common.evaluation.entities.by_language import lists_notice
from stages.common.evaluation.forgetting import score_out_of_domain
from stages.common.evaluation.hallucination_tests import run_hallucination_tests
from stages.common.evaluation.membership import base_membership_metrics
from stages.common.evaluation.score_test_split import score_test_split, write_score_tables
from stages.common.evaluation.speed import Stopwatch, write_speed
from stages.common.evaluation.training_audio import run_membership_tests

OUT = Path("data/hypotheses")


def main() -> None:
    params = load_params()
    evaluate = params.evaluate
    key = read_key(Path(params.data.key))
    out_of_domain = read_out_of_domain_set(
        Path(evaluate.guard), key, "test", params.normalize.level_dbfs
    )
    model = open_model(Path("models/base-ct2"), evaluate.device)
    decoding, stopwatch = decoding_of(params, model), Stopwatch()
    if notice := lists_notice(decoding.language):
        print(f"baseline: {notice}")
    metrics, scores = score_test_split(model, decoding, stopwatch)
    metrics |= score_out_of_domain(model, out_of_domain, decoding)
    tests, hallucinations = run_hallucination_tests(model, decoding)
    metrics |= hallucinations
    pairs = run_membership_tests(model, decoding)
    metrics |= base_membership_metrics(pairs, decoding.language)
    write_scores(OUT / "baseline.jsonl", scores)
    write_rows(OUT / "baseline_hallucination_tests.jsonl", tests)
    write_rows(OUT / "baseline_membership_tests.jsonl", pairs)
    write_score_tables(scores, "_base")
    write_metrics("baseline", metrics)
    write_speed("speed_base", stopwatch.seconds, metrics["seconds"])
    print(f"baseline: WER {metrics['wer']:.4f} on {metrics['clips']} clips")


if __name__ == "__main__":
    run_stage("baseline", main)
