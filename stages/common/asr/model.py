"""Open a converted model in faster-whisper, as in production."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ctranslate2
from faster_whisper import WhisperModel
from joblib import cpu_count

from stages.common.asr.cublas import load_cublas
from stages.common.core.errors import UserError
from stages.common.core.files import read_json

BATCH = 8
"""Windows per decoder call in batched decoding."""
_DAMAGE = ("payload size", "parse_error", "incomplete", "model.bin")
"""In CTranslate2's messages about a truncated file."""
_FILES = ("model.bin", "config.json", "tokenizer.json", "preprocessor_config.json")


def open_model(folder: Path, device: str, compute_type: str = "default") -> WhisperModel:
    """Load a CTranslate2 Whisper.

    Args:
        device: see `choose_device`.
        compute_type: CTranslate2's.

    Raises: UserError if a file of the model is missing or damaged, or no GPU is available for
        "cuda".
    """
    check_converted(folder)
    chosen = choose_device(device)
    # "default" computes in the type of the weights where the processor can: on a CPU float16 and
    # bfloat16 become float32, and int8 with a float16 rest becomes int8 with a float32 rest.
    # One thread per worker: threads that share a clip mostly wait for each other.
    with damage_as_user_error(folder):
        return WhisperModel(
            str(folder),
            device=chosen,
            compute_type=compute_type,
            cpu_threads=1,
            num_workers=cpu_count() if chosen == "cpu" else 1,
            local_files_only=True,
        )


@contextmanager
def damage_as_user_error(folder: Path) -> Iterator[None]:
    """Around loading a model. Raises: UserError if one of its files is truncated or damaged.

    Errors about memory or the GPU pass unchanged.
    """
    try:
        yield
    except Exception as error:
        # CTranslate2's are RuntimeErrors, the tokenizer's plain Exceptions.
        if type(error) is Exception or any(sign in str(error).lower() for sign in _DAMAGE):
            raise UserError(
                f"{folder}: a file of the model is truncated or damaged; run `dvc repro` to "
                "convert it again, or copy it again"
            ) from None
        raise


def choose_device(device: str) -> str:
    """ "cpu" or "cuda" for "cpu", "cuda", or "auto", which takes a GPU if CTranslate2 has one.

    For a GPU, the library that CTranslate2 needs is loaded.

    Raises: UserError if no GPU is available for "cuda".
    """
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    elif device == "cuda" and not ctranslate2.get_cuda_device_count():
        raise UserError(
            "device 'cuda': CTranslate2 sees no GPU; set evaluate.device (for the service "
            "WHISPER_DEVICE) to auto or cpu"
        )
    if device == "cuda":
        load_cublas()
    return device


def check_converted(folder: Path) -> None:
    """Check that a folder holds all files of a CTranslate2 Whisper.

    Raises: UserError for a missing folder or file, which faster-whisper would try to download, and
        for a truncated JSON file, which it would not always notice.
    """
    if not folder.exists():
        raise UserError(f"{folder} does not exist yet; run `dvc repro`")
    for name in _FILES:
        if not (folder / name).is_file():
            raise UserError(
                f"{folder}: {name} is missing; run `dvc repro` to convert the model again, or copy "
                "the file from the original model"
            )
        if name.endswith(".json"):
            read_json(folder / name)
