"""`make bench-time-to-wer`: training time to the same WER, against a widely used recipe.

The guide's recipe (`bench/train_guide.py`, one seed) and `finetune` with params.yaml (three seeds)
train the base on the same first minutes of the training recordings. The same code validates both,
untimed: greedy decoding of the same validation clips, one segment each as in the guide's recipe,
with production's features. `finetune` takes as many epochs as the guide's recipe, or `--epochs`;
its own validations, which choose the checkpoint, are skipped.

The guide's features are precomputed before its clock starts; those of `finetune` are computed
within it. The runs are timed: nothing else may run on the machine. A finished run is kept in
`.state/time_to_wer` and trained again only if its data, parameters, code or processor change, or if
`--again` names it. ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 imitate a smaller processor; on
a GPU the benchmark takes minutes. Needs data/normalized, data/segments and models/base.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import datasets
import torch
from transformers import PrinterCallback, Trainer
from transformers.utils import logging

from bench import train_guide
from bench.time_to_wer_curve import Curve, Point, row, tables
from bench.time_to_wer_data import build_datasets
from bench.time_to_wer_validation import Clock, Validation
from stages.common.core.cache import code_digest, digest_of, key_of
from stages.common.core.files import state_folder, write_text
from stages.common.core.params import Params, load_params
from stages.common.core.run_stage import run_stage
from stages.common.dataset.split_storage import load_split
from stages.finetune.cpu.processor import has_bfloat16, keep_freed
from stages.finetune.device import Machine, choose_machine
from stages.finetune.training import BASE, DATASET, make_deterministic, make_trainer

GUIDE, OURS = "guide", "ours"
SEEDS = (1, 2, 3)
POINTS = 8
"""Validations of a run after the base's, at equal intervals."""
CLIPS_PER_MINUTE = 6
"""Validation clips per minute of training audio: a validation then takes seconds."""
CODE = [Path(f"bench/{name}.py") for name in ("train_guide", "time_to_wer_validation")]


def main() -> None:
    quiet()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    minutes = "minutes of training audio, with validation clips in proportion (%(default)g)"
    parser.add_argument("--minutes", type=float, default=15.0, help=minutes)
    epochs = "epochs of `finetune` (%(default)s, the guide's)"
    parser.add_argument("--epochs", type=float, default=train_guide.EPOCHS, help=epochs)
    parser.add_argument("--again", choices=(GUIDE, OURS), help="train these kept runs again")
    chosen = parser.parse_args()
    params = load_params()
    machine = choose_machine(params.finetune.device, params.finetune.precision)
    print(describe(machine))
    with tempfile.TemporaryDirectory() as name:
        project = Path(name).resolve()
        clips = round(chosen.minutes * CLIPS_PER_MINUTE)
        build_datasets(project, params, chosen.minutes, clips)
        seconds = describe_data(project)
        same = describe(machine), digest_of([*CODE, BASE, project / "clips"])
        work = partial(train_with_guide, project, params, machine)
        guide = once(GUIDE, chosen.again == GUIDE, same, project, work)
        exact = *same, code_digest("finetune"), digest_of([project / "windows" / DATASET / "train"])
        ours = {}
        for seed in SEEDS:
            own = with_seed(params, seed, chosen.epochs)
            facts = *exact, *(part.model_dump(mode="json") for part in (own.finetune, own.augment))
            run = f"{OURS}, seed {seed}"
            work = partial(train_ours, run, project, own, machine)
            ours[run] = once(run, chosen.again == OURS, facts, project, work)
    trained = {GUIDE: train_guide.EPOCHS} | dict.fromkeys(ours, chosen.epochs)
    audio = {run: seconds * number for run, number in trained.items()}
    print("", *tables(GUIDE, guide, ours, audio), sep="\n")


def quiet() -> None:
    logging.set_verbosity_error()
    datasets.disable_progress_bars()


def with_seed(params: Params, seed: int, epochs: float) -> Params:
    update = {"seed": seed, "num_train_epochs": epochs}
    return params.model_copy(update={"finetune": params.finetune.model_copy(update=update)})


def describe(machine: Machine) -> str:
    """The name of the processor or GPU, and the instructions and precision in use."""
    if machine.device == "cuda":
        return f"{torch.cuda.get_device_name()}; `finetune` trains in {machine.precision}"
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "?")
    capability = torch.backends.cpu.get_cpu_capability()
    bfloat16 = "with" if has_bfloat16() else "without"
    return (f"{model}, {torch.get_num_threads()} thread(s), capability {capability} in PyTorch, "
            f"{bfloat16} bfloat16; `finetune` trains in {machine.precision}")  # fmt: skip


def describe_data(project: Path) -> float:
    """Print the sizes of the data. Returns: seconds of training audio."""
    clips, validation = (load_split(project / "clips" / s) for s in ("train", "validation"))
    windows, words = (
        load_split(project / "windows" / DATASET / "train"),
        " ".join(validation["text"]).split(),
    )
    seconds = float(sum(clips["seconds"]))
    print(f"{seconds / 60:.1f} minutes in {len(clips)} clips or {len(windows)} windows; validation "
          f"on {len(validation)} clips, {len(words)} words\n\n"
          "| run | step | minutes | WER |\n|---|---|---|---|", flush=True)  # fmt: skip
    return seconds


def once(name: str, again: bool, facts: Any, project: Path, work: Callable[[], Curve]) -> Curve:
    """The curve of the run `name`: the kept one if `facts` are the same, else the result of `work`.

    `work` runs in a new process, so as not to reuse memory that another run allocated.
    """
    kept = state_folder("time_to_wer") / f"{key_of([name, facts])[:16]}.json"
    if kept.is_file() and not again:
        curve: Curve = [Point(*point) for point in json.loads(kept.read_text(encoding="utf-8"))]
        print(*(row(f"{name} (kept)", point) for point in curve), sep="\n")
        return curve
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        curve = process.submit(in_folder, project, work).result()
    write_text(kept, json.dumps(curve))
    return curve


def in_folder(folder: Path, work: Callable[[], Curve]) -> Curve:
    """Run `work` in the project that `build_datasets` wrote to `folder`."""
    quiet()
    with contextlib.chdir(folder / "windows"):
        return work()


def train_with_guide(project: Path, params: Params, machine: Machine) -> Curve:
    features, language = project / "features", params.build_dataset.language
    train_guide.save_features(BASE, project / "clips/train", language, features)
    trainer = train_guide.make_trainer(BASE, features, project / "guide")
    return curve_of(GUIDE, trainer, project, language, machine.device)


def train_ours(name: str, project: Path, params: Params, machine: Machine) -> Curve:
    """Train as `finetune` does on the dataset in the current folder."""
    if machine.device == "cpu":
        keep_freed()
    make_deterministic(params.finetune.seed)
    trainer = make_trainer(params, machine, project / "ours")
    return curve_of(name, trainer, project, params.build_dataset.language, machine.device)


def curve_of(name: str, trainer: Trainer, project: Path, language: str, device: str) -> Curve:
    validation = Validation(BASE, project / "clips/validation", language, device)
    clock = Clock(name, validation, POINTS)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(clock)
    trainer.train()
    return clock.curve


if __name__ == "__main__":
    run_stage("time_to_wer", main)
