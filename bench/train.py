"""`make bench-train`: seconds of audio trained per second, against a widely used recipe.

Both recipes train the same Whisper (true shape and vocabulary, random weights) on the same clips,
with the real Trainer, interleaved in one run. `--memory RECIPE` prints the peak memory of one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback, WhisperConfig
from transformers.utils import logging

from bench import train_guide, train_ours
from bench.train_corpus import corpus, save_windows
from bench.train_limit import flops_of_window, matrix_rate, mean_labels, seconds_of_features
from stages.common.dataset.split_storage import load_split
from stages.common.evaluation.speed import peak_memory_mb
from tests.support.whisper_models import tiny_multilingual

ROUNDS = 5
SHAPES = {
    "tiny": {"d_model": 384, "encoder_layers": 4, "decoder_layers": 4,
             "encoder_attention_heads": 6, "decoder_attention_heads": 6,
             "encoder_ffn_dim": 1536, "decoder_ffn_dim": 1536},
    "small": {"d_model": 768, "encoder_layers": 12, "decoder_layers": 12,
              "encoder_attention_heads": 12, "decoder_attention_heads": 12,
              "encoder_ffn_dim": 3072, "decoder_ffn_dim": 3072},
}  # fmt: skip
WINDOW_SECONDS = 30.0
BATCH = 4
WARM = 1
"""Warm-up steps after the first, not measured."""


class StepTimes(TrainerCallback):  # type: ignore[misc]
    """End time of each optimizer step. The interval between two includes loading the batch."""

    def __init__(self) -> None:
        self.done: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.done.append(time.perf_counter())


@dataclass
class Recipe:
    name: str
    make: Callable[[], Any]
    """Returns a Trainer for a few steps; called in another process."""
    seconds_per_step: float
    """Mean seconds of audio per optimizer step."""
    rates: list[float] = field(default_factory=list)

    def round(self) -> None:
        """One round: seconds of audio per second, without the first steps, which allocate memory.

        Runs in a new process, so as not to reuse memory that the other recipe allocated.
        """
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            done = process.submit(steps_done, self.make).result()
        self.rates.append(self.seconds_per_step * (len(done) - 1 - WARM) / (done[-1] - done[WARM]))


def steps_done(make: Callable[[], Any]) -> list[float]:
    logging.set_verbosity_error()
    times, trainer = StepTimes(), make()
    trainer.add_callback(times)
    trainer.train()
    return times.done


def compare(title: str, ours: Recipe, other: Recipe, asked: float) -> None:
    """Print one row of the table, after `ROUNDS` interleaved rounds."""
    for _ in range(ROUNDS):
        other.round()
        ours.round()
    ratios = np.array(ours.rates) / np.array(other.rates)
    shown = " | ".join(three(values) for values in (ours.rates, other.rates, ratios))
    print(f"| {title} | {shown} | {asked:g} |", flush=True)


def three(values: Any) -> str:
    """Minimum / median / maximum."""
    return " / ".join(f"{value:.3g}" for value in np.percentile(values, [0, 50, 100]))


class Bench:
    """The models and datasets, written once to a folder."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.seconds = sum(segment.seconds for segment in corpus().segments)

    def model(self, shape: str) -> Path:
        folder = self.place / shape
        return folder if folder.is_dir() else tiny_multilingual(folder, shape=SHAPES[shape])

    def guide(self, shape: str, steps: int) -> Recipe:
        data, model = self.place / "features", self.model(shape)
        if not data.is_dir():
            train_guide.save_features(model, data)
        seconds_per_step = (
            train_guide.BATCH * train_guide.ACCUMULATION * self.seconds / len(corpus().segments)
        )
        make = partial(train_guide.trainer, model, data, self.place / "out", steps)
        return Recipe("guide", make, seconds_per_step)

    def ours(
        self, shape: str, steps: int, precision: str = "auto", seconds: float = WINDOW_SECONDS,
        batch: int = BATCH,
    ) -> Recipe:  # fmt: skip
        data, model = self.place / f"windows-{seconds:g}", self.model(shape)
        if not data.is_dir():
            save_windows(model, data, seconds)
        seconds_per_step = batch * self.seconds / len(load_split(data))
        out = self.place / "out"
        make = partial(train_ours.trainer, model, data, out, steps, batch, precision)
        return Recipe("ours", make, seconds_per_step)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def limit(bench: Bench, shape: str, recipe: Recipe) -> None:
    """Print the share of a bfloat16 product's rate, and the share of a step spent on features."""
    data, model = bench.place / f"windows-{WINDOW_SECONDS:g}", bench.model(shape)
    windows = recipe.rates[-1] / recipe.seconds_per_step * BATCH
    flops = flops_of_window(WhisperConfig.from_pretrained(model), round(mean_labels(data)))
    most = matrix_rate(torch.bfloat16)
    share = seconds_of_features(model, data, BATCH) * recipe.rates[-1] / recipe.seconds_per_step
    print(f"{shape}: {windows * flops / 1e9:.0f} GFLOP/s, {windows * flops / most:.0%} of a large "
          f"bfloat16 product's {most / 1e9:.0f}; features take {share:.1%} of a step")  # fmt: skip


def memory(recipe: str) -> None:
    """Print the peak memory of two steps on about 20 s of audio each."""
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place))
        made = bench.guide("tiny", 2) if recipe == "guide" else bench.ours("tiny", 2, batch=1)
        made.make().train()
    print(peak_memory_mb())


def peak(recipe: str) -> float:
    command = [sys.executable, "-m", "bench.train", "--memory", recipe]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def main() -> None:
    logging.set_verbosity_error()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--memory", choices=("guide", "ours"))
    chosen = parser.parse_args()
    if chosen.memory:
        memory(chosen.memory)
        return
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(Path(place))
        clips = len(corpus().segments)
        print(f"{clips} clips, {bench.seconds / clips:.1f} s on average; minimum / median / "
              f"maximum of {ROUNDS} interleaved rounds, seconds of audio per second\n\n"
              "| baseline | ours | baseline's | ratio | target |\n" + "|---" * 5 + "|")  # fmt: skip
        tiny = bench.ours("tiny", 7)
        compare("the guide's recipe, tiny", tiny, bench.guide("tiny", 5), 12)
        small, guide = bench.ours("small", 4), bench.guide("small", 4)
        compare("the guide's recipe, small", small, guide, 16)
        compare("the same without bf16, tiny", bench.ours("tiny", 5, "float32"),
                bench.guide("tiny", 5), 5)  # fmt: skip
        compare("ours without windows, tiny", bench.ours("tiny", 7),
                bench.ours("tiny", 7, seconds=0.0), 4)  # fmt: skip
        print()
        limit(bench, "tiny", tiny)
        limit(bench, "small", small)
        disk = size(bench.place / f"windows-{WINDOW_SECONDS:g}") / size(bench.place / "features")
        print(f"disk space of the dataset relative to the guide's: {disk:.4f} (target: 0.125)")
    print(f"peak memory at 20 s of audio per step, relative to the guide's: "
          f"{peak('ours') / peak('guide'):.2f} (target: 1)")  # fmt: skip


if __name__ == "__main__":
    main()
