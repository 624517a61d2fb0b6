"""Averages with the base: exact weights, the choice of a share, and the files read."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from transformers import WhisperForConditionalGeneration

from stages.common.dataset.out_of_domain import names_of
from stages.finetune.averaging import SHARES, Averager, Point, choose
from stages.finetune.model import add_lora, merge_lora
from tests.support.tuning import (
    curve,
    launch_file,
    make_tuning,
    outputs,
    run_finetune,
    set_finetune,
    weights,
)
from tests.support.whisper_models import SENTENCES, tiny_english

NAMES = [f"recording {number}" for number in range(5)]
RATE = 16_000


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a key and an out-of-domain set, one recording of it longer than a window."""
    folder = make_tuning(tmp_path_factory.mktemp("tuning") / "folder", train=12, validation=4)
    (folder / "key").write_text("a key for tests, which everybody may know")
    generator = np.random.default_rng(0)
    for part in ("audio", "transcripts"):
        (folder / "guard" / part).mkdir(parents=True)
    for number, name in enumerate(NAMES):
        samples = generator.normal(0, 0.1, 40 * RATE if number == 0 else RATE)
        soundfile.write(folder / "guard" / "audio" / f"{name}.flac", samples, RATE)
        text = folder / "guard" / "transcripts" / f"{name}.txt"
        text.write_text(SENTENCES[number], encoding="utf-8")
    return folder


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "folder"))


def write_params(folder: Path, share: object, **changes: Any) -> None:
    """Write params.yaml for LoRA, at a learning rate that changes an untrained model."""
    places = {"data": {"key": "key"}, "evaluate": {"guard": "guard"}}
    tuned: dict[str, Any] = {
        "method": "lora", "lora_rank": 4, "learning_rate": 0.05, "generation_max_length": 20,
    }  # fmt: skip
    set_finetune(folder, places, average_with_base=share, **tuned | changes)


def finetune(folder: Path, share: object, ok: bool = True, **changes: Any) -> str:
    """Run it; returns what it printed."""
    write_params(folder, share, **changes)
    done = run_finetune(folder, ok=ok)
    return done.stdout if ok else done.stderr


def table(folder: Path) -> list[dict[str, str]]:
    text = (folder / "metrics" / "average_curve.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def metrics(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / "metrics" / "finetune.json").read_text())
    return values


@pytest.fixture(scope="module")
def trained(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run without averaging."""
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("trained") / "folder"))
    finetune(folder, 1)
    return folder


@pytest.fixture(scope="module")
def auto(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("auto") / "folder"))
    finetune(folder, "auto")
    return folder


def assert_average(folder: Path, trained: Path, share: float) -> None:
    """The model in `folder` is the average, at `share`, of base and tuned model in `trained`."""
    base, tuned = weights(trained / "models" / "base"), weights(trained / "models" / "finetuned")
    averaged = weights(folder / "models" / "finetuned")
    assert averaged.keys() == base.keys()
    for name, weight in averaged.items():
        expected = (1 - share) * base[name] + share * tuned[name]
        assert torch.equal(weight, tuned[name] if share == 1 else expected), name
    assert any(not torch.equal(tuned[name], base[name]) for name in base)


def test_a_share_of_1_is_the_trained_model(trained: Path) -> None:
    wer = metrics(trained)["validation_wer"]
    assert metrics(trained)["average_with_base"] == 1
    row = {"share": "1.0000", "validation_wer": f"{wer:.4f}", "out_of_domain_wer": ""}
    assert table(trained) == [row]


def test_a_share_is_that_of_the_tuned_weights(folder: Path, trained: Path) -> None:
    # A number needs no out-of-domain set.
    shutil.rmtree(folder / "guard")
    finetune(folder, 0.3)
    assert_average(folder, trained, 0.3)
    assert metrics(folder)["average_with_base"] == 0.3
    (row,) = table(folder)
    assert row["share"] == "0.3000" and row["out_of_domain_wer"] == ""
    assert metrics(folder)["validation_wer"] == float(row["validation_wer"])


def test_auto_measures_every_share_and_uses_the_chosen(auto: Path, trained: Path) -> None:
    rows = table(auto)
    assert [float(row["share"]) for row in rows] == list(SHARES)
    measured = [Point(*map(float, row.values())) for row in rows]
    assert measured[-1].validation_wer == metrics(trained)["validation_wer"]
    assert len({(p.validation_wer, p.out_of_domain_wer) for p in measured}) > 1
    used = choose(measured)
    assert metrics(auto)["average_with_base"] == used.share
    assert metrics(auto)["validation_wer"] == used.validation_wer
    assert_average(auto, trained, used.share)
    assert curve(auto) == curve(trained), "the steps are those of training"


def test_auto_never_opens_the_test_half(folder: Path, auto: Path) -> None:
    for name in names_of("test", NAMES):
        (folder / "guard" / "audio" / f"{name}.flac").write_bytes(b"not audio")
        (folder / "guard" / "transcripts" / f"{name}.txt").write_bytes(b"\xff not UTF-8")
    finetune(folder, "auto")
    assert outputs(folder) == outputs(auto)


@pytest.mark.parametrize("lora", [False, True])
def test_weights_are_averages_in_float32_to_the_last_bit(lora: bool, tmp_path: Path) -> None:
    base = tiny_english(tmp_path / "base")
    model = WhisperForConditionalGeneration.from_pretrained(base, dtype=torch.float32)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    if lora:
        add_lora(model, 4)
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in (p for p in model.parameters() if p.requires_grad):
            weight += 0.1 * torch.randn_like(weight)
    merge_lora(model)
    tuned = {name: weight.clone() for name, weight in model.state_dict().items()}
    assert tuned.keys() == before.keys()
    averager = Averager(model, base)
    # Each average starts from the tuned weights, whatever share was set before.
    for share in (0.0, 0.75, 0.25, 1.0):
        averager.set_share(share)
        for name, weight in model.state_dict().items():
            expected = (1 - share) * before[name] + share * tuned[name]
            assert torch.equal(weight, tuned[name] if share == 1 else expected), (share, name)


def test_a_fault_ends_the_stage_before_training(folder: Path) -> None:
    (name, *_) = names_of("validation", NAMES)
    (folder / "guard" / "audio" / f"{name}.flac").write_bytes(b"not audio")
    (line,) = finetune(folder, "auto", ok=False).splitlines()
    assert line.startswith("finetune: evaluate.guard: r") and name not in line
    assert not list(folder.glob(".state/finetune/*"))


def test_two_processes_choose_what_one_does(folder: Path, auto: Path) -> None:
    halves: dict[str, Any] = {"per_device_train_batch_size": 2, "per_device_eval_batch_size": 2}
    finetune(folder, "auto", launch=launch_file(folder), **halves)
    for row, expected in zip(table(folder), table(auto), strict=True):
        for name, value in row.items():
            assert float(value) == pytest.approx(float(expected[name]), abs=0.02)
    one, two = weights(auto / "models" / "finetuned"), weights(folder / "models" / "finetuned")
    assert all(torch.allclose(one[name], two[name], atol=1e-3) for name in one)


KILLED = """
import os, runpy
from stages.finetune.averaging import Averager
whole = Averager.set_share
def set_share(self, share):
    if share == 0.5:
        os._exit(9)
    whole(self, share)
Averager.set_share = set_share
runpy.run_module("stages.finetune", run_name="__main__", alter_sys=True)
"""


def test_a_run_killed_while_it_averages_ends_with_the_same_bytes(folder: Path, auto: Path) -> None:
    write_params(folder, "auto")
    assert run_finetune(folder, "-c", KILLED, ok=False).returncode == 9
    printed = finetune(folder, "auto")
    assert "resuming from checkpoint-" in printed and "'loss'" not in printed
    assert outputs(folder) == outputs(auto)


def points(*pairs: tuple[float, float]) -> list[Point]:
    """pairs: (validation WER, out-of-domain WER) of each share, the base first."""
    return [Point(share, *pair) for share, pair in zip(SHARES, pairs, strict=True)]


@pytest.mark.parametrize(
    ("pairs", "share"),
    [
        # The best in validation of those that forget nothing.
        (((0.4, 0.15), (0.3, 0.14), (0.2, 0.15), (0.1, 0.16), (0.05, 0.17)), 0.5),
        (((0.4, 0.15), (0.3, 0.14), (0.2, 0.15), (0.1, 0.13), (0.05, 0.12)), 1.0),
        # Of equals, the one closest to the base.
        (((0.4, 0.15), (0.2, 0.15), (0.2, 0.15), (0.2, 0.15), (0.3, 0.15)), 0.25),
        # All forget: the one that forgets least of those with half of the gain.
        (((0.4, 0.15), (0.35, 0.16), (0.2, 0.17), (0.1, 0.18), (0.05, 0.19)), 0.5),
        (((0.4, 0.15), (0.22, 0.16), (0.2, 0.17), (0.1, 0.18), (0.05, 0.19)), 0.25),
        (((0.4, 0.15), (0.35, 0.16), (0.2, 0.18), (0.1, 0.17), (0.05, 0.17)), 1.0),
        # Nothing is gained either: the best in validation.
        (((0.1, 0.15), (0.2, 0.16), (0.3, 0.16), (0.4, 0.16), (0.5, 0.16)), 0.25),
    ],
)
def test_the_choice_of_a_share(pairs: tuple[tuple[float, float], ...], share: float) -> None:
    assert choose(points(*pairs)).share == share
