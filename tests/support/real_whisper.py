"""Real Whisper models in CTranslate2's format, for tests that random weights cannot serve."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.processes import ROOT


def real_whisper(name: str) -> Path:
    """Folder of the model `name`, such as "tiny.en"; the test is skipped if there is none.

    The search order is $ATTUNE_MODELS, a folder of such folders, then `models/whisper-NAME` in the
    repository.
    """
    models = os.environ.get("ATTUNE_MODELS")
    folders = [Path(models) / name] if models else []
    for folder in (*folders, ROOT / "models" / f"whisper-{name}"):
        if (folder / "model.bin").is_file():
            return folder
    pytest.skip(f"needs Whisper {name} in CTranslate2's format; set ATTUNE_MODELS to its parent")
