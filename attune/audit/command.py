"""`attune audit`: train a copy with canaries, and print how much of them it memorized."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml
from tabulate import tabulate

from attune.audit.canaries import CANARIES, SECRETS, TIMES, Canary, make_canaries
from attune.audit.exposure import BY_CHANCE, exposures, secret_losses
from attune.audit.insertion import insert_canaries
from stages.common.core.errors import UserError
from stages.common.core.files import state_folder
from stages.common.core.metrics import read_metrics
from stages.common.core.params import Params, load_params
from stages.common.core.process_lifetime import one_run
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.model_card import read_training_data, write_training_data

BASE = Path("models/base")
DATASET = Path("data/dataset")
_SPLITS = ("train", "validation")
_ROOT = Path(__file__).parents[2]


def audit() -> None:
    """Raises: UserError if the base or the dataset is missing, the language is not English, or
    training fails."""
    params = load_params()
    _check(params)
    written = read_metrics("normalize")["style"] == "written"
    canaries = make_canaries(params.normalize.level_dbfs)
    # SIGTERM and a closed terminal, too, leave nothing of what `_losses` makes.
    with one_run("audit"):
        losses = _losses(canaries, params, written)
    print(table(canaries, *losses))
    print(
        f"A secret is one of {len(SECRETS)}: {np.log2(len(SECRETS)):.1f} bits. By chance, and for "
        f"controls, mean exposure is {BY_CHANCE:.1f} bits. The audit's model is deleted."
    )


def _losses(canaries: Sequence[Canary], params: Params, written: bool) -> list[np.ndarray]:
    """`secret_losses` of a model tuned with the canaries, and of the base."""
    folder = state_folder("audit")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        added = _prepare(folder, canaries, params, written)
        print(
            f"added {added} training windows: {CANARIES} canaries once, as many "
            f"{' and '.join(f'{times} times' for times in TIMES[2:])}; training",
            flush=True,
        )
        _train(folder)
        return [
            secret_losses(model, canaries, params.build_dataset.language, written)
            for model in (folder / "models" / "finetuned", BASE)
        ]
    finally:
        # It holds copies of training audio, and a model that was made to memorize.
        shutil.rmtree(folder, ignore_errors=True)


def table(canaries: Sequence[Canary], tuned: np.ndarray, base: np.ndarray) -> str:
    """Mean exposure for each of `TIMES`. tuned, base: their losses, shape (canaries, secrets)."""
    columns = [exposures(losses, canaries) for losses in (base, tuned, tuned - base)]
    rows = []
    for times in sorted({canary.times for canary in canaries}):
        chosen = [number for number, canary in enumerate(canaries) if canary.times == times]
        means = [float(column[chosen].mean()) for column in columns]
        rows.append([times or "0 (controls)", len(chosen), *means])
    header = ["times in training", "canaries", "base, bits", "tuned, bits", "tuned less base, bits"]
    return tabulate(rows, header, tablefmt="github", floatfmt=".1f")


def _check(params: Params) -> None:
    if params.build_dataset.language != "en":
        raise UserError(
            f"build_dataset.language {params.build_dataset.language}: the canaries are English only"
        )
    for path in (BASE, *(DATASET / split for split in _SPLITS), Path("metrics/normalize.json")):
        if not path.exists():
            raise UserError(f"{path} does not exist yet; run `dvc repro`")


def _prepare(folder: Path, canaries: Sequence[Canary], params: Params, written: bool) -> int:
    """Lay out `folder` as `finetune` reads it. Returns: the number of windows added."""
    labeller = load_labeller(BASE, params.build_dataset.language)
    dataset = folder / DATASET
    dataset.mkdir(parents=True)
    (folder / "models").mkdir()
    (folder / BASE).symlink_to(BASE.resolve())
    (dataset / "validation").symlink_to((DATASET / "validation").resolve())
    train = DATASET / "train"
    added = insert_canaries(
        train, dataset / "train", canaries, params.build_dataset, labeller, written
    )
    write_training_data(dataset / "train", read_training_data(train))
    values = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    for section, name in (("data", "key"), ("evaluate", "guard"), ("finetune", "launch")):
        if values[section][name]:
            values[section][name] = str(Path(values[section][name]).resolve())
    (folder / "params.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return added


def _train(folder: Path) -> None:
    """Run `finetune` in `folder`; its output goes to stderr, stdout has only the results."""
    environment = {name: value for name, value in os.environ.items() if name != "DVC_ROOT"}
    environment["PYTHONPATH"] = os.pathsep.join(
        filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))
    )
    done = subprocess.run(
        [sys.executable, "-m", "stages.finetune"], cwd=folder, env=environment, stdout=sys.stderr
    )
    if done.returncode:
        raise UserError("training failed; see the errors above")
