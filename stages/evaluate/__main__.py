"""Score the tuned model on the test split, as it ships, and compare it with the base.

Reads `models/ct2`, the test split and its full recordings, the out-of-domain set, the training
text, the pairs of training and validation clips in `data/dataset/membership`, and what the baseline
wrote. Writes `metrics/evaluate.json`, `metrics/speed.json` and the tables `errors.csv`,
`matters.csv`, `slices.csv` and `calibration.csv`; and outside git each clip's score,
`data/hypotheses/evaluate.jsonl`.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.asr.decoding import decoding_of
from stages.common.asr.long_form import transcribe_recordings
from stages.common.asr.model import open_model
from stages.common.core.errors import UserError
from stages.common.core.files import read_rows
from stages.common.core.ids import read_key
from stages.common.core.metrics import read_metrics, write_metrics, write_table
from stages.common.core.params import load_params
from stages.common.core.run_stage import run_stage
from stages.common.dataset.full_recordings import read_recordings
from stages.common.dataset.out_of_domain import read_out_of_domain_set
from stages.common.dataset.split_storage import load_split
from stages.common.evaluation import calibration
from stages.common.evaluation.agreement import disagreeing_recordings
from stages.common.evaluation.clip_scores import write_scores
from stages.common.evaluation.forgetting import relative_change, score_out_of_domain
from stages.common.evaluation.hallucination_tests import run_hallucination_tests
from stages.common.evaluation.membership import membership_metrics
from stages.common.evaluation.memorization import memorization_metrics, training_ngrams
from stages.common.evaluation.recording_scores import long_form_metrics, score_recordings
from stages.common.evaluation.score_test_split import score_test_split, write_score_tables
from stages.common.evaluation.speed import Stopwatch, write_speed
from stages.common.evaluation.training_audio import cut_rows, run_membership_tests

TUNED = Path("models/ct2")
TRAIN = Path("data/dataset/train")
RECORDINGS = Path("data/dataset/test_recordings")
BASE_TESTS = Path("data/hypotheses/baseline_hallucination_tests.jsonl")
BASE_MEMBERSHIP = Path("data/hypotheses/baseline_membership_tests.jsonl")


def main() -> None:
    params = load_params()
    evaluate = params.evaluate
    key = read_key(Path(params.data.key))
    out_of_domain = read_out_of_domain_set(
        Path(evaluate.guard), key, "test", params.normalize.level_dbfs
    )
    model = open_model(TUNED, evaluate.device)
    decoding, stopwatch = decoding_of(params, model), Stopwatch()
    metrics, scores = score_test_split(model, decoding, stopwatch)
    language = decoding.language
    recordings = score_recordings(
        transcribe_recordings(model, RECORDINGS, decoding), read_recordings(RECORDINGS), language
    )
    metrics |= long_form_metrics(recordings)
    disagreeing = disagreeing_recordings(scores, recordings)
    metrics["recordings_that_disagree"] = len(disagreeing)
    bins = calibration.calibration(recordings)
    metrics["calibration_error"] = calibration.calibration_error(bins)
    metrics |= score_out_of_domain(model, out_of_domain, decoding)
    tests, hallucinations = run_hallucination_tests(model, decoding)
    metrics |= hallucinations
    base = read_metrics("baseline")
    if base["test_set"] != metrics["test_set"]:
        raise UserError("metrics/baseline.json is of another test split: run `dvc repro`")
    rows, base_rows = run_membership_tests(model, decoding), read_rows(BASE_MEMBERSHIP)
    metrics |= membership_metrics(rows, base_rows, language)
    ngrams = training_ngrams(load_split(TRAIN)["text"], language)
    tests += cut_rows(rows)
    base_tests = read_rows(BASE_TESTS) + cut_rows(base_rows)
    metrics |= memorization_metrics(ngrams, tests, base_tests, language)
    metrics["wer_change"] = metrics["wer"] - base["wer"]
    metrics["guard_change"] = relative_change(base["guard_wer"], metrics["guard_wer"])
    write_scores(Path("data/hypotheses/evaluate.jsonl"), scores)
    write_score_tables(scores, "")
    write_table("calibration", calibration.COLUMNS, bins)
    write_metrics("evaluate", metrics)
    write_speed("speed", stopwatch.seconds, metrics["seconds"])
    print(
        f"evaluate: WER {metrics['wer']:.4f} on {metrics['clips']} clips; base "
        f"{base['wer']:.4f}; full recordings {metrics['wer_long_form']:.4f}"
    )
    if disagreeing:
        print("evaluate: the two WERs differ by more than chance explains; find out why first:")
        print(*disagreeing, sep="\n")


if __name__ == "__main__":
    run_stage("evaluate", main)
