"""Stage `fetch_base`: the base Whisper, pinned byte for byte, in both of its forms.

Reads params `base`. Writes `models/base` (as transformers reads it) and `models/base-ct2` (as
faster-whisper runs it). The only stage that may open a connection, and only when `base.model` is a
hub id whose pinned commit is not yet complete in `.state/hub`.
"""

from __future__ import annotations

import argparse
import errno
import os
import shutil
import sys
from pathlib import Path

from stages.common.asr.convert import to_ctranslate2, write_preprocessor, write_tokenizer
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder, read_json
from stages.common.core.params import Base, load_params
from stages.common.dataset.labels import MULTILINGUAL_VOCABULARY
from stages.fetch_base.check import TARGET, TARGET_CT2, check_id, check_pin, digest
from stages.fetch_base.hub import download
from stages.fetch_base.whisper_files import wanted

FULL = (errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """Raises: UserError for all that a person can mend."""
    parser = argparse.ArgumentParser(prog="python -m stages.fetch_base")
    parser.add_argument("--digest", type=Path, metavar="FOLDER", help="print a folder's revision")
    folder = parser.parse_args().digest
    try:
        if folder is None:
            fetch(load_params().base)
        else:
            print(digest(folder))
    except OSError as error:
        if error.errno in FULL:
            raise UserError("the disk is full; free some space and run the stage again") from None
        raise


def fetch(base: Base) -> None:
    """Fill both folders, or leave both as they were. Raises: UserError."""
    # The hub's library reads these when it is imported, so nothing here imports it earlier.
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_UPDATE_CHECK="1")
    # Xet would fetch from further hosts, into a cache of its own outside the repository.
    os.environ.update(HF_HUB_DISABLE_XET="1", HF_HUB_VERBOSITY="error")
    if not sys.stderr.isatty():
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    folder = Path(base.model).expanduser()
    if folder.is_dir():
        os.environ["HF_HUB_OFFLINE"] = "1"
        check_pin(folder, base.revision)
    else:
        check_id(base)
        # Lifted here alone: stages/__init__.py forbids every stage to reach for the hub.
        os.environ["HF_HUB_OFFLINE"] = "0"
        folder = download(base.model, base.revision)
    with new_folder(TARGET) as fresh:
        for name in wanted(folder):
            shutil.copyfile(folder / name, fresh / name)
        write_tokenizer(fresh, fresh)
        write_preprocessor(fresh, fresh)
        to_ctranslate2(fresh, TARGET_CT2, base.quantization)
        said = describe(fresh)
    print(f"{base.model} at {base.revision[:8]}: {said}")
    sizes = (f"{path} {_size(path) / 1e6:.0f} MB" for path in (TARGET, TARGET_CT2))
    print(f"{', '.join(sizes)} ({base.quantization})")


def describe(folder: Path) -> str:
    """Parameters, mels, languages."""
    import torch
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    config = WhisperConfig.from_pretrained(str(folder), local_files_only=True)
    with torch.device("meta"):
        count = WhisperForConditionalGeneration(config).num_parameters()
    languages = len(read_json(folder / "generation_config.json").get("lang_to_id") or {})
    many = f"{languages} languages" if languages else "multilingual"
    spoken = many if config.vocab_size >= MULTILINGUAL_VOCABULARY else "English only"
    return f"{count / 1e6:.1f} M parameters, {config.num_mel_bins} mels, {spoken}"


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


if __name__ == "__main__":
    run_stage("fetch_base", main)
