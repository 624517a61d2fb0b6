"""`attune export speaches`: the tuned model as a repository in a folder of the Hugging Face cache.

speaches (https://github.com/speaches-ai/speaches) finds its models there: a Whisper is one whose
model card names the library ctranslate2 and the task automatic-speech-recognition.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from stages.common.asr.model import check_converted
from stages.common.core.cache import digest_of
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder
from stages.common.core.params import load_params

MODEL = Path("models/ct2")
_NAME_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._]*(-[A-Za-z0-9._]+)*")
"""Each part of OWNER/MODEL; `--` separates the parts in the cache."""
_CARD = """\
---
library_name: ctranslate2
pipeline_tag: automatic-speech-recognition
tags: [ctranslate2, automatic-speech-recognition]
language: [{language}]
---
A Whisper fine-tuned with Attune. It may reproduce its training transcripts: do not publish it.
"""


def export_speaches(cache: Path, name: str) -> None:
    """Write the model to the cache folder `cache`, replacing an earlier export of that name.

    Args:
        cache: HF_HUB_CACHE of speaches.
        name: by which requests ask for the model: OWNER/MODEL.

    Raises: UserError without a tuned model, or if `name` is not OWNER/MODEL.
    """
    parts = name.split("/")
    if len(parts) != 2 or not all(map(_NAME_PART.fullmatch, parts)):
        raise UserError(
            f"--name {name}: it must be OWNER/MODEL, of letters, digits, '_', '.' and single '-'"
        )
    if not MODEL.is_dir():
        raise UserError(f"{MODEL} does not exist yet; run `dvc repro`")
    check_converted(MODEL)
    revision = digest_of([MODEL])[:40]
    with new_folder(cache / f"models--{parts[0]}--{parts[1]}") as repository:
        snapshot = repository / "snapshots" / revision
        shutil.copytree(MODEL, snapshot)
        card = _CARD.format(language=load_params().build_dataset.language)
        (snapshot / "README.md").write_text(card, encoding="utf-8")
        (repository / "refs").mkdir()
        (repository / "refs/main").write_text(revision, encoding="utf-8")
    print(f"{name} is in {cache}; start speaches with HF_HUB_CACHE set to it and HF_HUB_OFFLINE=1")
