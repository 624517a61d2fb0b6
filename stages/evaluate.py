"""Score the tuned model on the test split, as it ships, and set it beside the base.

Reads `models/ct2`, the test side and its whole recordings, and the baseline's hypotheses. Writes
`metrics/evaluate.json` and each clip's errors, `metrics/errors.csv`; and outside git, since they
hold transcripts, `data/heard/evaluate.jsonl` and the page `data/report.html`.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.dataset import load_side
from stages.common.errors import Fault, run_stage
from stages.common.files import read_metrics, read_rows, write_metrics, write_rows, write_text
from stages.common.listen import open_model
from stages.common.long_form import score_recordings
from stages.common.matters import memory
from stages.common.memorized import trained_on
from stages.common.params import load_params
from stages.common.report import page
from stages.common.scoring import score_model
from stages.common.verdict.counts import to_csv

REPORT = Path("data/report.html")
TUNED = Path("models/ct2")
TRAIN = Path("data/dataset/train")
RECORDINGS = Path("data/dataset/test_recordings")


def main() -> None:
    params = load_params()
    model = open_model(TUNED, params.evaluate.device)
    metrics, rows, errors = score_model(model, params)
    metrics |= score_recordings(model, RECORDINGS, params.build_dataset.language, params.evaluate)
    base = read_metrics("baseline")
    if base["test_set"] != metrics["test_set"]:
        raise Fault("metrics/baseline.json is of another test split: run `dvc repro`")
    by_base = read_rows(Path("data/heard/baseline.jsonl"))
    trained = trained_on(load_side(TRAIN)["text"])
    metrics["memorized"] = memory(trained, rows).trained
    metrics["memorized_by_base"] = memory(trained, by_base).trained
    metrics["wer_change"] = metrics["wer"] - base["wer"]
    write_rows(Path("data/heard/evaluate.jsonl"), rows)
    write_text(REPORT, page(base, metrics, by_base, rows))
    write_text(Path("metrics/errors.csv"), to_csv(errors))
    write_metrics("evaluate", metrics)
    print(
        f"evaluate: WER {metrics['wer']:.4f} on {metrics['clips']} clips; "
        f"the base's is {base['wer']:.4f}; of whole recordings {metrics['wer_long_form']:.4f}"
    )


if __name__ == "__main__":
    run_stage("evaluate", main)
