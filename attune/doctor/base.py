"""The base model that `fetch_base` wrote: whether it is there, current and whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from logging import CRITICAL

from tokenizers import Tokenizer
from transformers import WhisperForConditionalGeneration
from transformers.utils import logging

from attune.doctor.estimates import BASE, CONVERTED
from attune.locked_params import recorded_params
from stages.common.asr.model import check_converted
from stages.common.asr.trial import try_out
from stages.common.core.files import read_json
from stages.common.core.params import Params
from stages.common.dataset.features import load_extractor
from stages.fetch_base.whisper_files import model_files


@dataclass(frozen=True)
class FetchedBase:
    weights: int | None
    """None if the base is damaged."""


def read_base(params: Params) -> FetchedBase | None:
    """None before `fetch_base` has run with the base of params.yaml."""
    if not (BASE.is_dir() and CONVERTED.is_dir() and is_current(params)):
        return None
    try:
        with _silent():
            return FetchedBase(open_base())
    # Several libraries parse these files, each with its own exceptions.
    except Exception:
        return FetchedBase(None)


def is_current(params: Params) -> bool:
    """Whether `models/base` is the base in params.yaml: dvc.lock tells which one was fetched."""
    return bool(recorded_params().get("base") == params.base.model_dump())


def open_base() -> int:
    """Number of weights. Raises: an exception if one of the two folders holds no whole Whisper."""
    names = model_files(BASE)
    for name in names:
        if name.endswith(".json"):
            read_json(BASE / name)
    if "tokenizer.json" in names:
        Tokenizer.from_file(str(BASE / "tokenizer.json"))
    load_extractor(BASE)
    # Shapes alone, which takes no memory.
    model, loaded = WhisperForConditionalGeneration.from_pretrained(
        BASE, device_map="meta", output_loading_info=True, local_files_only=True
    )
    if loaded["missing_keys"]:
        raise ValueError(f"{len(loaded['missing_keys'])} weights are missing")
    check_converted(CONVERTED)
    # On the CPU, as a GPU may lack a library.
    try_out(CONVERTED, str(CONVERTED), "cpu")
    return sum(weight.numel() for weight in model.parameters())


@contextmanager
def _silent() -> Iterator[None]:
    """Without transformers' own reports, which span many lines."""
    level = logging.get_verbosity()
    logging.set_verbosity(CRITICAL)
    # For the whole command: training steps are timed later, on the same weights.
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
