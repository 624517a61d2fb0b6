"""Judge the facts: what is well, what may go wrong, what will."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from attune.doctor.facts import Corpus, Facts, Machine, Setup
from stages.build_dataset.split_assignment import SPLITS
from stages.common.core.rejections import RECORDING, TRANSCRIPT

Level = Literal["ok", "warning", "will fail"]

_GB_PER_HOUR = 0.5
"""Of recordings: sessions, segments and dataset, with DVC's cache (`make bench-scale`)."""
_CHECKPOINTS, _CHECKPOINT_BYTES = 3, 12
"""At once, and per weight: the weight and AdamW's two moments in float32."""
_FULL_BYTES, _FROZEN_BYTES = 16, 4
"""Per weight that trains (with its gradient), and that does not."""
_ENCODER_SHARE = 0.4
"""Of the weights, which `freeze_encoder` does not train; of a distilled model it is 0.85."""
_ACTIVATIONS_GB = 2.0
_FEW_RECORDINGS = 6
"""In the test split: with fewer, the interval of the WER is wide (docs/results.md, Intervals)."""
_LARGE_FOR_A_CPU = 100e6
"""More weights than Whisper base (74 million)."""
_LONG_HOURS = 24
_UNUSABLE = RECORDING | TRANSCRIPT


@dataclass(frozen=True)
class Judgement:
    level: Level
    subject: str
    text: str
    """What was found, and unless it is well, what to do."""


def judge(facts: Facts) -> list[Judgement]:
    """In the order in which a person would look: the machine, the data, the time."""
    return [
        *_machine(facts.machine, facts.setup),
        *_base(facts.setup),
        *_disk(facts),
        *_corpus(facts.corpus),
        _profile(facts),
        *_time(facts),
    ]


def _machine(machine: Machine, setup: Setup) -> Iterator[Judgement]:
    large = (setup.weights or 0) > _LARGE_FOR_A_CPU
    if machine.gpus:
        names = ", ".join(f"{gpu.name} with {gpu.memory_gb:.0f} GB" for gpu in machine.gpus)
        yield Judgement("ok", "GPU", names)
        if setup.scoring_device != "cpu":
            yield _gpu_decoding(machine, setup)
    elif large:
        yield Judgement(
            "warning", "GPU", "PyTorch sees none; training this base on a CPU takes days: use a "
            "GPU, or `attune profile tiny` or `base`",
        )  # fmt: skip
    else:
        yield Judgement("ok", "GPU", f"none; this base trains on {machine.cores} cores")
    if not machine.gpus and not machine.bfloat16:
        yield Judgement("ok", "processor", "no bfloat16 instructions: training is in float32")
    if setup.weights:
        yield _memory(machine, setup)


def _gpu_decoding(machine: Machine, setup: Setup) -> Judgement:
    if not machine.ctranslate2_gpus:
        level: Level = "will fail" if setup.scoring_device == "cuda" else "warning"
        return Judgement(
            level, "CTranslate2", "it sees no GPU although PyTorch does: check the driver, or set "
            "evaluate.device to cpu to score there",
        )  # fmt: skip
    if not machine.cublas12:
        return Judgement(
            "will fail", "CTranslate2", "libcublas.so.12 cannot be loaded: install the package "
            "nvidia-cublas-cu12 of requirements.txt, or set evaluate.device to cpu",
        )  # fmt: skip
    return Judgement("ok", "CTranslate2", "it sees the GPU and its CUDA 12 library")


def _memory(machine: Machine, setup: Setup) -> Judgement:
    needed = needed_gb(setup)
    have = min((gpu.memory_gb for gpu in machine.gpus), default=machine.memory_gb)
    where = "GPU memory" if machine.gpus else "memory"
    found = f"{have:.0f} GB; training needs {needed:.0f} GB with a batch of one window"
    if have < needed:
        remedy = "set finetune.method to lora, or take a smaller base"
        return Judgement("will fail", where, f"{found}: {remedy}")
    return Judgement("ok", where, found)


def needed_gb(setup: Setup) -> float:
    """Memory of training with one window at once."""
    weights = setup.weights or 0
    trained = 0.0 if setup.method == "lora" else weights
    if setup.freeze_encoder:
        trained *= 1 - _ENCODER_SHARE
    bytes_needed = trained * _FULL_BYTES + (weights - trained) * _FROZEN_BYTES
    return float(bytes_needed / 1e9 + _ACTIVATIONS_GB)


def _base(setup: Setup) -> Iterator[Judgement]:
    if setup.base_damaged:
        yield Judgement(
            "will fail", "base model", "the base model in models/base is damaged: run `dvc repro "
            "--force fetch_base`",
        )  # fmt: skip


def _disk(facts: Facts) -> Iterator[Judgement]:
    machine = facts.machine
    checkpoints = _CHECKPOINTS * _CHECKPOINT_BYTES * (facts.setup.weights or 0) / 1e9
    needed = 1 + _GB_PER_HOUR * facts.corpus.hours + checkpoints
    found = f"{machine.free_gb:.0f} GB free; the pipeline needs {needed:.0f} GB"
    if machine.free_gb < needed:
        yield Judgement("will fail", "disk", f"{found}: free some space")
    else:
        yield Judgement("ok", "disk", found)
    if facts.corpus.demo:
        return
    if machine.encrypted:
        yield Judgement("ok", "encryption", "the disk is encrypted")
    else:
        unknown = machine.encrypted is None
        state = "unknown" if unknown else "not encrypted"
        remedy = (
            "make sure that this disk is encrypted"
            if unknown
            else "move the clone to an encrypted disk"
        )
        yield Judgement(
            "warning", "encryption", f"{state}: recordings are stored in data, .dvc/cache and "
            f".state; {remedy}",
        )  # fmt: skip


def _corpus(corpus: Corpus) -> Iterator[Judgement]:
    found = f"{length(corpus.hours, corpus.recordings)} with a transcript"
    if not corpus.recordings:
        yield Judgement(
            "will fail", "data", "no recording with a transcript; put both into the folder that "
            "data.sessions names",
        )  # fmt: skip
        return
    few = "under an hour"
    if corpus.train_only_recordings:
        extra = length(corpus.train_only_hours, corpus.train_only_recordings)
        found += f", {extra} of them for training only"
        few += " usable in all splits"
    if corpus.hours - corpus.train_only_hours - corpus.left_out_hours >= 1:
        yield Judgement("ok", "data", found)
    else:
        yield Judgement(
            "warning", "data", f"{found}: {few}, an improvement is hard to show; "
            "transcribe more (`attune draft` helps)",
        )  # fmt: skip
    for reason, ids in corpus.unusable.items():
        listed = f"{len(ids):,} not usable ({', '.join(ids)}; `attune lookup ID` names the file)"
        yield Judgement("warning", "data", f"{listed}: {_UNUSABLE[reason]}")
    if corpus.clients is None:
        yield Judgement(
            "warning", "clients", "no sessions.csv: a client with two sessions may be in training "
            "and test, which makes the WER optimistic; list the recordings in "
            "data.sessions/sessions.csv",
        )  # fmt: skip
    elif corpus.unlisted:
        yield Judgement(
            "warning", "clients", f"{corpus.unlisted:,} recordings or rows of sessions.csv have no "
            "counterpart, and count as a client each: a client may be in training and test; "
            "`segment` names them by id",
        )  # fmt: skip
    else:
        yield Judgement("ok", "clients", f"{corpus.clients:,}, each in one split")
    if corpus.left_out_recordings:
        found = length(corpus.left_out_hours, corpus.left_out_recordings)
        yield Judgement(
            "warning", "clients", f"{found} with the use train are left out: other recordings of "
            "their clients are in validation or test",
        )  # fmt: skip
    yield from _splits(corpus)


def _splits(corpus: Corpus) -> Iterator[Judgement]:
    people = corpus.recordings if corpus.clients is None else corpus.clients
    people -= corpus.train_only_clients
    if not people:
        yield Judgement(
            "will fail", "splits", "every recording has the use train in sessions.csv: validation "
            "and test are empty; leave the use of your own clients' recordings empty",
        )  # fmt: skip
        return
    filled = bool(corpus.train_only_recordings)
    if people < len(SPLITS) - filled:
        counted = "recordings" if corpus.clients is None else "clients"
        splits = "validation and test" if filled else "three splits"
        yield Judgement(
            "will fail", "splits", f"{people} {counted} cannot fill {splits}: add recordings of "
            "other clients",
        )  # fmt: skip
        return
    amounts = {
        "training": corpus.train_hours,
        "validation": corpus.validation_recordings,
        "test": corpus.test_recordings,
    }
    empty = [name for name, amount in amounts.items() if not amount]
    for name in empty:
        remedy = f"raise build_dataset.{name}"
        if name == "training":
            remedy = "lower build_dataset.validation and build_dataset.test"
        yield Judgement(
            "will fail", "splits", f"no recording for {name}: add recordings of other clients, or "
            f"{remedy}",
        )  # fmt: skip
    if empty:
        return
    found = length(corpus.test_hours, corpus.test_recordings)
    if corpus.test_recordings == 1:
        yield Judgement("warning", "test split", f"{found}: one gives no confidence interval; "
                        "raise build_dataset.test, or add recordings")  # fmt: skip
    elif corpus.test_recordings < _FEW_RECORDINGS:
        yield Judgement("warning", "test split", f"{found}: the WER's interval will be wide; "
                        f"{_FEW_RECORDINGS} or more are advisable")  # fmt: skip
    else:
        yield Judgement("ok", "test split", found)


def _profile(facts: Facts) -> Judgement:
    return Judgement("ok", "profile", f"advised: {advised_profile(facts)}")


def advised_profile(facts: Facts) -> str:
    """By hours of recordings and by hardware."""
    hours, gpus = facts.corpus.hours, facts.machine.gpus
    if facts.corpus.demo:
        return "demo"
    if not gpus:
        return "tiny" if hours < 10 else "base"
    if hours < 2:
        return "few_shot"
    # distil-large-v3, with its encoder frozen, needs more hours and more GPU memory than small.
    enough = max(gpu.memory_gb for gpu in gpus) >= 20
    return "distil" if hours >= 50 and enough else "small"


def _time(facts: Facts) -> Iterator[Judgement]:
    if not facts.minutes:
        remedy = "run `dvc repro fetch_base` first"
        if facts.setup.weights or facts.setup.base_damaged:
            remedy = "correct what will fail, or replace recordings that cannot be decoded"
        yield Judgement("warning", "time", f"not measured: {remedy}")
        return
    total = sum(facts.minutes.values())
    stages = ", ".join(f"{stage} {span(minutes)}" for stage, minutes in facts.minutes.items())
    found = f"about {span(total)}: {stages}"
    if total > 60 * _LONG_HOURS:
        yield Judgement("warning", "time", f"{found}; a smaller base or a GPU is faster")
    else:
        yield Judgement("ok", "time", found)


def length(hours: float, recordings: int) -> str:
    noun = "recording" if recordings == 1 else "recordings"
    return f"{span(60 * hours)} in {recordings:,} {noun}"


def span(minutes: float) -> str:
    return f"{minutes / 60:.1f} h" if minutes >= 90 else f"{max(1, round(minutes))} min"
