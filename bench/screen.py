"""`python -m bench.screen TRIAL...`: settings of `finetune`, compared on validation data only.

A trial is `section.name=value`, several joined by commas; `-` is params.yaml unchanged. Each trains
on the current data/dataset and prints the validation WER and the out-of-domain WER (validation half
of `evaluate.guard`) by share of tuned weights, see stages/finetune/averaging.py.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]


def main() -> None:
    print("| trial | seed | minutes | best step | tuned share: validation, out-of-domain WER |\n"
          "|---|---|---|---|---|")  # fmt: skip
    for trial in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            print(f"| {trial} | {run(Path(folder), trial)} |", flush=True)


def run(folder: Path, trial: str) -> str:
    """Train one trial in `folder`. Returns: the other cells of its row."""
    for path in ("data/dataset", "models/base", "demo"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).symlink_to(ROOT / path)
    params: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    params["finetune"]["average_with_base"] = "auto"
    for change in trial.split(",") if trial != "-" else ():
        name, value = change.split("=")
        section, key = name.split(".")
        params[section][key] = yaml.safe_load(value)
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "stages.finetune"], cwd=folder, check=True,
        stdout=sys.stderr, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
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
