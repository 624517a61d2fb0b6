"""The facts that are judged: numbers, names of components, and recordings by id."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Gpu:
    name: str
    memory_gb: float


@dataclass(frozen=True)
class Machine:
    cores: int
    memory_gb: float
    bfloat16: bool
    """The processor has bfloat16 instructions."""
    gpus: list[Gpu]
    """Those that PyTorch sees."""
    ctranslate2_gpus: int
    """Number that CTranslate2 sees."""
    cublas12: bool
    """libcublas.so.12, which CTranslate2 needs on a GPU, can be loaded."""
    free_gb: float
    """On the disk of `.dvc/cache` and `.state`."""
    encrypted: bool | None
    """Whether that disk is encrypted; None if unknown."""


@dataclass(frozen=True)
class Corpus:
    recordings: int
    hours: float
    """Of the recordings that can be used, from their headers."""
    unusable: dict[str, list[str]]
    """Reason -> ids of recordings and transcripts, see stages/common/core/rejections.py."""
    aligned_hours: float
    """Of audio that `segment` transcribes, to align or to check transcripts (`segment.check`)."""
    clients: int | None
    """Unlisted recordings count as one each; None without sessions.csv."""
    train_hours: float
    validation_recordings: int
    test_recordings: int
    test_hours: float
    demo: bool
    """The demo's sessions."""
    unlisted: int = 0
    """Recordings that sessions.csv does not name, and rows of it without a recording."""
    train_only_recordings: int = 0
    """With the use `train` in sessions.csv, excluding those left out."""
    train_only_hours: float = 0.0
    """Their length; part of `train_hours`."""
    train_only_clients: int = 0
    """Clients with no other recordings; a recording without a client counts as one."""
    left_out_recordings: int = 0
    """With the use `train`, but of a client who is in validation or test."""
    left_out_hours: float = 0.0


@dataclass(frozen=True)
class Setup:
    weights: int | None
    """Of the base model; None before `fetch_base`."""
    method: str
    freeze_encoder: bool
    scoring_device: str
    """`evaluate.device`: auto, cpu or cuda."""
    base_damaged: bool = False
    """models/base or models/base-ct2 were fetched, but cannot be opened."""


@dataclass(frozen=True)
class Facts:
    machine: Machine
    corpus: Corpus
    setup: Setup
    minutes: dict[str, float] = field(default_factory=dict)
    """Stage -> estimate; empty before `fetch_base`, if something will fail, or if no recording can
    be decoded."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(row: dict[str, Any]) -> Facts:
    """The inverse of `Facts.to_json`."""
    machine = dict(row["machine"])
    machine["gpus"] = [Gpu(**gpu) for gpu in machine["gpus"]]
    corpus, setup = Corpus(**row["corpus"]), Setup(**row["setup"])
    return Facts(Machine(**machine), corpus, setup, row["minutes"])
