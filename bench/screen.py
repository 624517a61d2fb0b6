"""`python -m bench.screen TRIAL...`: settings of `finetune`, compared on validation data only.

A trial is `section.name=value`, several joined by commas; `-` is params.yaml unchanged. Each trains
on the current data/dataset and prints the validation WER and the out-of-domain WER (validation half
of `evaluate.guard`) by share of tuned weights, see stages/finetune/averaging.py.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path

import yaml

from bench.project import link, read_params, run_stage


def main() -> None:
    print("| trial | seed | minutes | best step | tuned share: validation, out-of-domain WER |\n"
          "|---|---|---|---|---|")  # fmt: skip
    for trial in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            print(f"| {trial} | {run(Path(folder), trial)} |", flush=True)


def run(folder: Path, trial: str) -> str:
    """Train one trial in `folder`. Returns: the other cells of its row."""
    link(folder, "data/dataset", "models/base", "demo")
    params = read_params()
    params["finetune"]["average_with_base"] = "auto"
    for change in trial.split(",") if trial != "-" else ():
        name, value = change.split("=")
        section, key = name.split(".")
        params[section][key] = yaml.safe_load(value)
    begin = time.perf_counter()
    run_stage(folder, "finetune", params, sys.stderr)
    minutes = (time.perf_counter() - begin) / 60
    metrics = yaml.safe_load((folder / "metrics/finetune.json").read_text("utf-8"))
    with (folder / "metrics/average_curve.csv").open(encoding="utf-8", newline="") as rows:
        points = [
            f"{float(p['share']):g}: {float(p['validation_wer']):.2%}, "
            f"{p['out_of_domain_wer'] and format(float(p['out_of_domain_wer']), '.2%')}"
            for p in csv.DictReader(rows)
        ]
    seed = params["finetune"]["seed"]
    return f"{seed} | {minutes:.1f} | {metrics['best_step']} | {'; '.join(points)}"


if __name__ == "__main__":
    main()
