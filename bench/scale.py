"""`make bench-scale`: calculated time, disk, cost and network of 100 to 10,000 hours.

No GPU was available: the share of its peak that training reaches (`--share`) is an assumption. The
help of each option gives the source of its default; docs/scale.md explains how to measure a share.
Needs data/normalized and models/base.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from transformers import WhisperConfig, WhisperForConditionalGeneration

from attune.profile import PROFILES
from bench.plan import KEY
from bench.train_flops import flops_of_window
from stages.build_dataset.planning import plan, survey
from stages.build_dataset.split_assignment import Split
from stages.common.core.manifest import read_segments
from stages.common.core.metrics import read_metrics
from stages.common.core.params import load_params
from stages.common.dataset.labels import load_labeller

PROFILE = PROFILES / "small.yaml"
NORMALIZED, BASE = Path("data/normalized"), Path("models/base")
TRAIN: Split = "train"
HOURS, GPUS = (100, 1_000, 10_000), (1, 8, 32)
# d_model, layers of encoder and of decoder, heads, feed-forward, mels, vocabulary: config.json of
# openai/whisper-*.
SHAPES = {"small": (768, 12, 12, 3072, 80, 51865), "large-v3": (1280, 32, 20, 5120, 128, 51866)}
# Bytes of a weight, a gradient or one of AdamW's two moments, in float32
# (stages/finetune/batch_size.py).
_FLOAT = 4
# Checkpoints at once: the best and the last, and a new one is written before one is deleted.
_KEPT = 3
# Assumed share of the recordings in the test split, which is also kept as full recordings.
_TEST = 0.1


@dataclass(frozen=True)
class Model:
    flops: float
    """Floating-point operations of one window, forward and backward."""
    weights: int
    trained: int
    """Weights that have gradients."""


def checkpoint_gb(model: Model) -> float:
    return (model.weights + 2 * model.trained) * _FLOAT / 1e9


def model_of(shape: str, labels: int) -> Model:
    """labels: mean number of tokens per window."""
    size, layers, heads, inner, mels, vocabulary = SHAPES[shape]
    config = WhisperConfig(
        d_model=size, encoder_layers=layers, decoder_layers=layers, num_mel_bins=mels,
        encoder_attention_heads=heads, decoder_attention_heads=heads,
        encoder_ffn_dim=inner, decoder_ffn_dim=inner, vocab_size=vocabulary,
    )  # fmt: skip
    with torch.device("meta"):
        weights = list(WhisperForConditionalGeneration(config).parameters())
    trained = sum(w.numel() for w in weights if w.requires_grad)
    return Model(flops_of_window(config, labels), sum(w.numel() for w in weights), trained)


def mean_window() -> tuple[float, int]:
    """Mean seconds of segments, and mean number of labels, per window of the demo, planned with the
    profile. It limits a share of the windows to one or two segments."""
    small = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
    params = load_params().build_dataset.model_copy(update=small["build_dataset"])
    segments, labeller = list(read_segments(NORMALIZED)), load_labeller(BASE, "en")
    splits = dict.fromkeys((s.recording for s in segments), TRAIN)
    surveyed = survey(segments, splits, params, labeller)
    windows = list(plan(segments, surveyed, TRAIN, params, labeller, KEY))
    labels = sum(len(labeller(window.spans, timed=False)) for window in windows)
    seconds = sum(s.seconds for window in windows for s in window.segments)
    return seconds / len(windows), round(labels / len(windows))


def windows_of(hours: float, kept: float, seconds: float) -> float:
    """Windows per epoch. kept: share of recordings in segments; seconds: of segments per window."""
    return hours * 3600 * kept / seconds


def gpu_hours(windows: float, flops: float, rate: float) -> float:
    """rate: floating-point operations of a GPU per second."""
    return windows * flops / rate / 3600


def traffic_seconds(trained: int, gpus: int, gbit: float) -> float:
    """Time to send a step's float32 gradients through one machine's network card of `gbit` Gbit/s.

    A ring all-reduce of n processes sends 2 (n - 1) / n times the gradients over each link.
    """
    return trained * _FLOAT * 2 * (gpus - 1) / gpus * 8 / (gbit * 1e9)


def step_seconds(model: Model, a_step: int, gpus: int, rate: float, wait: float) -> float:
    """The worst case, in which no gradient is sent while the backward pass computes."""
    return a_step / gpus * model.flops / rate + wait


def disk_gb(hours: float, kept: float, flac_mb: float, linked: bool) -> float:
    """Recordings (after `dvc add`), segments and dataset, with DVC's cache.

    linked: the cache uses hard links. Otherwise it holds a copy of each file, and
    `.state/finished` a third one of the segments' audio, as DVC breaks its hard links.
    """
    recordings, segments, dataset = (1, 1, 1) if linked else (2, 3, 2)
    return hours * flac_mb * (recordings + segments + dataset * (kept + _TEST)) / 1e3


def before_hours(hours: float, kept: float, flac_mb: float, read_mb: float, build: float) -> float:
    """Time from the segments to the first step, in one process: `build_dataset` takes `build` s per
    hour of recordings, DVC hashes three folders once, and `finetune` hashes the dataset again."""
    hashed = flac_mb * (2 + 2 * (kept + _TEST)) / read_mb
    return hours * (build + hashed) / 3600


# fmt: off
ARGUMENTS = {
    "share": (0.3, "share of the peak reached in training: ASSUMED"),
    "peak": (989, "TFLOP/s of a GPU: H100 SXM, dense bfloat16, from its data sheet"),
    "price": (3.0, "price per GPU-hour, in any currency: ASSUMED"),
    "gbit": (25, "Gbit/s of one machine's network card"),
    "a-step": (512, "windows per step, on all GPUs together"),
    "seconds": (0, "seconds of segments per window; 0: from the demo and the profile"),
    "kept": (0, "share of the recordings in segments; 0: from metrics/segment.json"),
    "flac-mb": (68, "MB per hour: `du -sb data/segments/audio` of the demo"),
    "aligner": (15, "times real time per core: `make bench-align`, the demo's base"),
    "build": (1.8, "seconds per hour: `python -m stages.build_dataset`, demo, profile small"),
    "read-mb": (760, "MB hashed per second: `openssl speed -evp md5`, one core"),
    "decode-ms": (7, "ms per window: `WindowDataset` on the demo, profile small, one core"),
    "augment-ms": (36, "the same with the profile's augmentation"),
}


def few(value: float) -> str:
    """Two significant digits."""
    return f"{value:,.0f}" if value >= 20 else f"{value:.2g}"


def table(heads: str, rows: list[list[str]]) -> None:
    names = heads.split("|")
    lines = [" | ".join(line) for line in [names, ["---"] * len(names), *rows]]
    print(*(f"| {line} |" for line in lines), "", sep="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, (value, about) in ARGUMENTS.items():
        parser.add_argument(f"--{name}", type=float, default=value, help=f"{about} (%(default)s)")
    given: Any = parser.parse_args()
    epochs = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))["finetune"]["num_train_epochs"]
    seconds, labels = mean_window()
    seconds, segment = given.seconds or seconds, read_metrics("segment")
    kept = given.kept or segment["segment_seconds"] / segment["seconds"]
    rate = given.share * given.peak * 1e12
    print(f"ASSUMED: {given.share:.0%} of {given.peak:g} TFLOP/s per GPU, {given.price:g} per "
          f"GPU-hour. {epochs} epochs,\n"
          f"{seconds:.1f} s of segments and {labels} labels per window, "
          f"{kept:.0%} of a recording in segments, {given.a_step:g} windows per step.\n")
    times, machine = [], []
    for shape in SHAPES:
        model = model_of(shape, labels)
        wait = traffic_seconds(model.trained, 32, given.gbit)
        alone, joined = (step_seconds(model, given.a_step, gpus, rate, late)
                         for gpus, late in ((8, 0.0), (32, wait)))
        for hours in HOURS:
            windows = windows_of(hours, kept, seconds)
            total = gpu_hours(epochs * windows, model.flops, rate)
            minutes = [*(60 * total / gpus for gpus in GPUS), 60 * total / 8 * joined / alone]
            times.append([shape, f"{hours:,}", few(windows / hours * model.flops / 1e15),
                          *map(few, [*minutes, total, total * given.price])])
        speed = rate / model.flops
        facts = (model.weights / 1e6, _KEPT * checkpoint_gb(model), model.trained * _FLOAT / 1e9,
                 wait, alone, joined, speed, speed * given.decode_ms / 1e3,
                 speed * given.augment_ms / 1e3)
        machine.append([shape, *map(few, facts)])
    table("model|hours|PFLOP per hour of audio|min, 1 GPU|min, 8 GPUs|min, 32 GPUs|"
          f"32 over {given.gbit:g} Gbit/s|GPU-hours|cost", times)
    cold = (given.flac_mb, given.read_mb, given.build)
    table("hours|`segment`, core-hours|segments to first step, h|GB, hard links|GB, default", [
        [f"{hours:,}", *map(few, (hours / given.aligner, before_hours(hours, kept, *cold),
         disk_gb(hours, kept, given.flac_mb, True), disk_gb(hours, kept, given.flac_mb, False)))]
        for hours in HOURS])
    table("model|M weights|checkpoints, GB|gradients, GB|s to send them|s per step, 8 GPUs|"
          "s per step, 4 x 8|windows/s per GPU|workers per GPU|with augmentation", machine)


if __name__ == "__main__":
    main()
