"""Whisper tiny.en, OpenAI's weights: for tests of what a model with random weights cannot show."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.imports import ROOT

MODELS = "ATTUNE_MODELS"
"""Environment variable: a folder with `tiny.en`."""


def real_whisper() -> Path:
    """Its CTranslate2 folder, in float16: `tiny.en` in the folder that `MODELS` names, else the one
    of the demo.

    Raises: RuntimeError if it is missing.
    """
    models = os.environ.get(MODELS)
    folder = Path(models) / "tiny.en" if models else ROOT / "models" / "whisper-tiny.en"
    if not (folder / "model.bin").is_file():
        raise RuntimeError(f"{folder}: no model.bin; run `python -m demo.model`, or set {MODELS}")
    return folder
