"""`make bench-windows`: validation WER after training on windows or on single segments.

Fine-tunes the demo's base on the demo's sessions in both ways, for the same time, with three seeds.
Needs the outputs of `make demo`.
"""

from __future__ import annotations

import json
import re
import statistics
import tempfile
from pathlib import Path

from bench.project import link, read_params, run_stage

SEEDS = (1, 2, 3)
_RUNTIME = re.compile(r"'train_runtime': '?([\d.]+)")


class Project:
    """A folder in which the stages run on the demo's data, with or without windows."""

    def __init__(self, folder: Path, windowed: bool) -> None:
        self.folder, self.params = folder, read_params()
        link(folder, "demo", "models/base", "data/normalized", "data/segments")
        built = read_params()
        if not windowed:
            built["build_dataset"]["window_seconds"] = 0.0
        # `finetune` gets the unchanged parameters: both kinds are validated on the same windows.
        run_stage(folder, "build_dataset", built)
        dataset = json.loads((folder / "metrics/dataset.json").read_text(encoding="utf-8"))
        self.clips = int(dataset["train"]["clips"])

    def finetune(self, seed: int, epochs: float) -> tuple[float, int, float]:
        """Returns: seconds of training with one validation, steps, and validation WER."""
        self.params["finetune"] |= {
            "seed": seed, "num_train_epochs": epochs, "eval_steps": 10**6,
        }  # fmt: skip
        runtime = _RUNTIME.search(run_stage(self.folder, "finetune", self.params))
        assert runtime, "the Trainer prints no train_runtime"
        metrics = json.loads((self.folder / "metrics/finetune.json").read_text(encoding="utf-8"))
        return float(runtime[1]), int(metrics["steps"]), float(metrics["validation_wer"])


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        windows = Project(Path(name) / "windows", windowed=True)
        single = Project(Path(name) / "single", windowed=False)
        epochs = float(windows.params["finetune"]["num_train_epochs"])
        print(f"{windows.clips} windows or {single.clips} single segments; minutes with one "
              "validation\n\n| seed | windows: minutes | steps | WER "
              "| single: minutes | steps | WER |\n|---|---|---|---|---|---|---|",
              flush=True)  # fmt: skip
        single_epochs = epochs * windows.clips / single.clips
        wers: list[tuple[float, float]] = []
        for seed in SEEDS:
            ours = windows.finetune(seed, epochs)
            other = single.finetune(seed, single_epochs)
            # Steps on single segments have fewer labels and are faster: more fit in the same time.
            single_epochs *= ours[0] / other[0]
            if not wers:
                other = single.finetune(seed, single_epochs)
            wers.append((ours[2], other[2]))
            cells = " | ".join(f"{s / 60:.1f} | {n} | {w:.1%}" for s, n, w in (ours, other))
            print(f"| {seed} | {cells} |", flush=True)
    mean = [statistics.fmean(column) for column in zip(*wers, strict=True)]
    print(f"\nmean WER: windows {mean[0]:.1%}, single segments {mean[1]:.1%}")


if __name__ == "__main__":
    main()
