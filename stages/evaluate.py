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

from stages.common.dataset.side import load_side
from stages.common.dataset.whole import read_recordings
from stages.common.errors import Fault, run_stage
from stages.common.files import read_metrics, read_rows, write_metrics, write_rows, write_text
from stages.common.hearing.forgetting import relative_change, score_guard
from stages.common.hearing.guard import read_guard
from stages.common.hearing.listen import open_model
from stages.common.hearing.long_form import hear_recordings, score_recordings
from stages.common.hearing.provoked import hear_provoked, memory
from stages.common.ids import read_key
from stages.common.params import load_params
from stages.common.scoring import calibration, matters_table, sliced
from stages.common.scoring.memorized import trained_on
from stages.common.scoring.model import TEST, score_model
from stages.common.scoring.speed import Stopwatch, write_speed
from stages.common.tables import write_table
from stages.common.verdict.counts import from_csv, to_csv

TUNED = Path("models/ct2")
TRAIN = Path("data/dataset/train")
RECORDINGS = Path("data/dataset/test_recordings")
BASE_ERRORS = Path("metrics/errors_base.csv")


def main() -> None:
    params = load_params()
    guard = read_guard(Path(params.evaluate.guard), read_key(Path(params.data.key)))
    model = open_model(TUNED, params.evaluate.device)
    language, hearing = params.build_dataset.language, Stopwatch()
    metrics, rows, errors = score_model(model, params, hearing)
    whole = read_recordings(RECORDINGS)
    heard = hear_recordings(model, RECORDINGS, language, params.evaluate)
    metrics |= score_recordings(heard, whole)
    confidence = calibration.calibration(heard, whole)
    metrics["calibration_error"] = calibration.calibration_error(confidence)
    metrics |= score_guard(model, guard, language, params.evaluate)
    provoked, hallucinated = hear_provoked(model, TEST, language, params.evaluate)
    metrics |= hallucinated
    base = read_metrics("baseline")
    if base["test_set"] != metrics["test_set"]:
        raise Fault("metrics/baseline.json is of another test split: run `dvc repro`")
    trained = trained_on(load_side(TRAIN)["text"])
    metrics |= memory(trained, provoked, read_rows(Path("data/heard/baseline_provoked.jsonl")))
    metrics["wer_change"] = metrics["wer"] - base["wer"]
    metrics["guard_change"] = relative_change(base["guard_wer"], metrics["guard_wer"])
    write_rows(Path("data/heard/evaluate.jsonl"), rows)
    write_text(Path("metrics/errors.csv"), to_csv(errors))
    slices = sliced.slices_by_clip(TEST, RECORDINGS)
    base_errors = from_csv(BASE_ERRORS.read_text(encoding="utf-8"), str(BASE_ERRORS))
    write_table("slices", sliced.COLUMNS, sliced.slice_rows(slices, errors))
    write_table("slices_base", sliced.COLUMNS, sliced.slice_rows(slices, base_errors))
    write_table("matters", matters_table.COLUMNS, matters_table.matters_rows(rows))
    write_table("calibration", calibration.COLUMNS, confidence)
    write_metrics("evaluate", metrics)
    write_speed("speed", hearing.seconds, metrics["seconds"])
    print(
        f"evaluate: WER {metrics['wer']:.4f} on {metrics['clips']} clips; "
        f"the base's is {base['wer']:.4f}; of whole recordings {metrics['wer_long_form']:.4f}"
    )


if __name__ == "__main__":
    run_stage("evaluate", main)
