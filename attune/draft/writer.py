"""The model that writes drafts, and what it was trained on."""

from __future__ import annotations

from pathlib import Path

from attune.draft.drafts import Writer
from stages.common.core.cache import digest_of
from stages.common.core.errors import UserError
from stages.common.core.files import read_json

TUNED, BASE = Path("models/ct2"), Path("models/base-ct2")
_DATASET, _TRAIN = Path("metrics/dataset.json"), Path("data/dataset/train")


def choose_model() -> Path:
    """The tuned model if there is one, else the base. Raises: UserError if there is neither."""
    if TUNED.is_dir():
        return TUNED
    if BASE.is_dir():
        return BASE
    raise UserError(f"{BASE} does not exist yet; run `dvc repro fetch_base`")


def writer_of(model: Path) -> Writer:
    """model: of `choose_model`. The hours are 0 if metrics/dataset.json is missing."""
    hours = 0.0
    if model == TUNED and _DATASET.is_file():
        hours = read_json(_DATASET)["train"]["seconds"] / 3600
    return Writer("tuned" if model == TUNED else "base", digest_of([model]), round(hours, 2))


def trained_on(model: Path) -> frozenset[str]:
    """Ids of the recordings that the model was trained on, if its dataset exists here."""
    if model != TUNED or not _TRAIN.is_dir():
        return frozenset()
    from stages.common.dataset.split_storage import load_split  # loads slowly

    return frozenset(load_split(_TRAIN).unique("recording"))
