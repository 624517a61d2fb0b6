"""Score the tuned model on the test split, as it ships, and set it beside the base.

Reads `models/ct2`, the test side and its whole recordings, the guard, and what the baseline heard
and counted. Writes `metrics/evaluate.json`, `metrics/speed.json` and each clip's errors,
`metrics/errors.csv`; of both models the WER by slice, `metrics/slices.csv` and `slices_base.csv`;
of the tuned one what matters most, `metrics/matters.csv`, and how far its confidence can be
trusted, `metrics/calibration.csv`; and outside git, since it holds transcripts,
`data/heard/evaluate.jsonl`.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.asr.long_form import transcribe_recordings
from stages.common.asr.model import open_model
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import read_rows, write_rows, write_text
from stages.common.core.ids import read_key
from stages.common.core.metrics import read_metrics, write_metrics, write_table
from stages.common.core.params import load_params
from stages.common.dataset.full_recordings import read_recordings
from stages.common.dataset.split import load_split
from stages.common.evaluation import calibration, entity_table, slices
from stages.common.evaluation.full_recordings import score_recordings
from stages.common.evaluation.hallucination_tests import memory, run_hallucination_tests
from stages.common.evaluation.memorization import training_ngrams
from stages.common.evaluation.out_of_domain_set import read_out_of_domain_set
from stages.common.evaluation.out_of_domain_wer import relative_change, score_out_of_domain
from stages.common.evaluation.score_test_split import TEST, score_model
from stages.common.evaluation.speed import Stopwatch, write_speed
from stages.common.text.error_counts import from_csv, to_csv

TUNED = Path("models/ct2")
TRAIN = Path("data/dataset/train")
RECORDINGS = Path("data/dataset/test_recordings")
BASE_ERRORS = Path("metrics/errors_base.csv")


def main() -> None:
    params = load_params()
    guard = read_out_of_domain_set(Path(params.evaluate.guard), read_key(Path(params.data.key)))
    model = open_model(TUNED, params.evaluate.device)
    language, hearing = params.build_dataset.language, Stopwatch()
    metrics, rows, errors = score_model(model, params, hearing)
    whole = read_recordings(RECORDINGS)
    heard = transcribe_recordings(model, RECORDINGS, language, params.evaluate)
    metrics |= score_recordings(heard, whole)
    confidence = calibration.calibration(heard, whole)
    metrics["calibration_error"] = calibration.calibration_error(confidence)
    metrics |= score_out_of_domain(model, guard, language, params.evaluate)
    provoked, hallucinated = run_hallucination_tests(model, TEST, language, params.evaluate)
    metrics |= hallucinated
    base = read_metrics("baseline")
    if base["test_set"] != metrics["test_set"]:
        raise UserError("metrics/baseline.json is of another test split: run `dvc repro`")
    trained = training_ngrams(load_split(TRAIN)["text"])
    metrics |= memory(trained, provoked, read_rows(Path("data/heard/baseline_provoked.jsonl")))
    metrics["wer_change"] = metrics["wer"] - base["wer"]
    metrics["guard_change"] = relative_change(base["guard_wer"], metrics["guard_wer"])
    write_rows(Path("data/heard/evaluate.jsonl"), rows)
    write_text(Path("metrics/errors.csv"), to_csv(errors))
    by_clip = slices.slices_by_clip(TEST, RECORDINGS)
    base_errors = from_csv(BASE_ERRORS.read_text(encoding="utf-8"), str(BASE_ERRORS))
    write_table("slices", slices.COLUMNS, slices.slice_rows(by_clip, errors))
    write_table("slices_base", slices.COLUMNS, slices.slice_rows(by_clip, base_errors))
    write_table("matters", entity_table.COLUMNS, entity_table.entity_rows(rows))
    write_table("calibration", calibration.COLUMNS, confidence)
    write_metrics("evaluate", metrics)
    write_speed("speed", hearing.seconds, metrics["seconds"])
    print(
        f"evaluate: WER {metrics['wer']:.4f} on {metrics['clips']} clips; "
        f"the base's is {base['wer']:.4f}; of whole recordings {metrics['wer_long_form']:.4f}"
    )


if __name__ == "__main__":
    run_stage("evaluate", main)
