"""What a folder with a CTranslate2 Whisper must hold for faster-whisper to load it as it is."""

from __future__ import annotations

from pathlib import Path

from stages.common.errors import Fault

_FILES = ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json")


def check_converted(folder: Path) -> None:
    """Raises: Fault if a file is missing: faster-whisper would look for it on the hub."""
    for name in _FILES:
        if not (folder / name).is_file():
            raise Fault(f"{folder}: {name} is missing; run `dvc repro` to convert the model again")
