"""Stage `fetch_base`: the base Whisper model, pinned byte for byte, in two formats.

Reads params `base`; `base.model` is a hub id or a folder, in transformers' format or CTranslate2's.
Writes `models/base` (for transformers) and `models/base-ct2` (CTranslate2, for
faster-whisper). It is the only stage that may open a connection, and does so only if `base.model`
is a hub id and the files of its pinned commit are not complete in `.state/hub`.
"""

from __future__ import annotations

import argparse
import errno
import os
import shutil
from pathlib import Path

from stages.common.asr.convert import to_ctranslate2, write_processor
from stages.common.asr.model import choose_device
from stages.common.asr.trial import try_out
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, read_json
from stages.common.core.params import Base, load_params
from stages.common.core.run_stage import run_stage
from stages.common.dataset.labels import MULTILINGUAL_VOCABULARY
from stages.common.dataset.model_card import write_base_card
from stages.fetch_base.from_ctranslate2 import to_transformers
from stages.fetch_base.generation import complete_generation
from stages.fetch_base.hub import check_id, download
from stages.fetch_base.whisper_files import (
    TARGET,
    TARGET_CT2,
    check_pin,
    folder_digest,
    is_converted,
    model_files,
    snapshot,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stages.fetch_base")
    parser.add_argument("--digest", type=Path, metavar="FOLDER", help="print a folder's revision")
    folder = parser.parse_args().digest
    try:
        if folder is None:
            params = load_params()
            fetch(params.base, choose_device(params.evaluate.device))
        else:
            print(folder_digest(folder))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError("the disk is full; free some space and run the stage again") from None
        raise


def fetch(base: Base, device: str) -> None:
    """Write both folders, or leave both as they were.

    device: "cpu" or "cuda", where the converted model is tried out.

    Raises: UserError for a wrong pin, an incomplete model, or a hub that does not deliver it.
    """
    os.environ["HF_HUB_VERBOSITY"] = "error"
    folder = Path(base.model).expanduser()
    is_local = folder.is_dir()
    if is_local:
        check_pin(folder, base.revision)
        folder = snapshot(folder)
    else:
        check_id(base)
        # The one exception to `confine`. huggingface_hub reads it when it is imported, so this
        # module does not import it earlier.
        os.environ["HF_HUB_OFFLINE"] = "0"
        from huggingface_hub.utils import logging

        logging.set_verbosity_error()  # it retries by itself; the stage reports the end
        folder = download(base.model, base.revision)
        os.environ["HF_HUB_OFFLINE"] = "1"
    with new_folder(TARGET) as fresh, new_folder(TARGET_CT2) as converted:
        names = model_files(folder)
        if is_converted(names):
            to_transformers(folder, fresh)
        else:
            for name in names:
                shutil.copyfile(folder / name, fresh / name)
            write_processor(fresh, fresh)
        changes = complete_generation(fresh)
        to_ctranslate2(fresh, converted, base.quantization)
        # Where scoring will decode: a missing library is found here, not after training.
        try_out(converted, base.model, device)
        write_base_card(folder, fresh, "" if is_local else base.model, base.revision)
        # It imports `datasets`, and so huggingface_hub, which has to read the variables above.
        from stages.common.dataset.trained_on import copy_trained_on

        copy_trained_on(folder, fresh, converted)
        description = describe(fresh)
    print(f"{base.model} at {base.revision[:8]}: {description}", *changes, sep="\n")
    sizes = [sum(p.stat().st_size for p in t.iterdir()) / 1e6 for t in (TARGET, TARGET_CT2)]
    print(f"{TARGET} {sizes[0]:.0f} MB, {TARGET_CT2} {sizes[1]:.0f} MB ({base.quantization})")


def describe(folder: Path) -> str:
    """Parameters, mels and languages of the model in `folder`, for people."""
    import torch
    from transformers import WhisperConfig, WhisperForConditionalGeneration

    config = WhisperConfig.from_pretrained(str(folder), local_files_only=True)
    with torch.device("meta"):
        count = WhisperForConditionalGeneration(config).num_parameters()
    languages = len(read_json(folder / "generation_config.json").get("lang_to_id") or {})
    scope = f"{languages} languages" if languages else "multilingual"
    if config.vocab_size < MULTILINGUAL_VOCABULARY:
        scope = "English only"
    return f"{count / 1e6:.1f} M parameters, {config.num_mel_bins} mels, {scope}"


if __name__ == "__main__":
    run_stage("fetch_base", main)
