"""Stage `fetch_base`: the base Whisper, pinned byte for byte, in both of its forms.

Reads params `base`. Writes `models/base` (as transformers reads it) and `models/base-ct2` (as
faster-whisper runs it). The only stage that may open a connection, and only when `base.model` is a
hub id whose pinned commit is not yet complete in `.state/hub`.
"""

from __future__ import annotations

import argparse
import errno
import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

from stages.common.dataset.labels import MULTILINGUAL_VOCABULARY
from stages.common.errors import Fault, run_stage
from stages.common.files import new_folder, read_json, sha256
from stages.common.models.convert import to_ctranslate2, write_preprocessor, write_tokenizer
from stages.common.models.hub import COMMIT, download
from stages.common.models.whisper_files import wanted
from stages.common.params import Base, load_params

TARGET = Path("models/base")
TARGET_CT2 = Path("models/base-ct2")
HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*", re.ASCII)
FULL = (errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """Raises: Fault for all that a person can mend."""
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
            raise Fault("the disk is full; free some space and run the stage again") from None
        raise


def fetch(base: Base) -> None:
    """Fill both folders, or leave both as they were. Raises: Fault."""
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


def digest(folder: Path) -> str:
    """What `base.revision` must be for a local folder: 40 hex digits over the files of `wanted`.

    The same as `sha256sum FILES | sha256sum`, with the names sorted. Raises: Fault.
    """
    lines = [f"{sha256(folder / name)}  {name}\n" for name in wanted(folder)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:40]


def check_pin(folder: Path, revision: str) -> None:
    """Raises: Fault when the folder's digest is not `revision`; it tells the true one."""
    if folder.resolve() in (TARGET.resolve(), TARGET_CT2.resolve()):
        raise Fault(f"base.model: this stage writes {folder} itself; keep the model elsewhere")
    true = digest(folder)
    if revision != true:
        raise Fault(
            f"base.revision is {revision}, but the digest of {folder} is another;"
            f" if this is the model you want, set `base.revision: {true}` in params.yaml"
        )


def check_id(base: Base) -> None:
    """Raises: Fault when the model is no hub id, or the revision is not pinned."""
    parent, name = Path(base.model).parent, Path(base.model).name
    if not HUB_ID.fullmatch(base.model):
        raise Fault(f"base.model: {base.model} is neither a folder nor a hub id such as owner/name")
    # A slip in a path (`demo/bsae`) is no repository to ask the hub about.
    if parent.is_dir():
        raise Fault(f"base.model: the folder {parent} is there, but holds no folder {name}")
    if not COMMIT.fullmatch(base.revision):
        raise Fault(
            f"base.revision: {base.revision} is not a commit of 40 hex digits; branches and tags"
            f" move, so pin a commit from the history of {base.model}"
        )


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
