"""`attune export speaches`: the tuned model as a repository in a folder of the Hugging Face cache.

speaches (https://github.com/speaches-ai/speaches) finds its models there: a Whisper is one whose
model card names the library ctranslate2 and the task automatic-speech-recognition.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id

from stages.common.asr.model import check_converted
from stages.common.core.cache import digest_of
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, write_text
from stages.common.core.params import load_params
from stages.common.dataset.model_card import CARD, OPENING, model_card

MODEL = Path("models/ct2")
_NAME_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._]*(-[A-Za-z0-9._]+)*")
"""Each part of OWNER/MODEL; `--` separates the parts in the cache."""
_IS_OURS = re.compile(rf"---\nlibrary_name: ctranslate2\n(?s:.*?)\n---\n{re.escape(OPENING)}")


def export_speaches(cache: Path, name: str) -> None:
    """Write the model to the cache folder `cache`, replacing an earlier export of that name.

    Args:
        cache: HF_HUB_CACHE of speaches.
        name: by which requests ask for the model: OWNER/MODEL.

    Raises: UserError without a tuned model, if `name` is not OWNER/MODEL, or if the folder cannot
        be written or holds a repository of that name which is not an export.
    """
    target = cache / "--".join(["models", *_parts(name)])
    check_converted(MODEL)
    try:
        _check_target(target)
        _write(target)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that form a loop
        reason = getattr(error, "strerror", None) or "a link in a loop, or a failed copy"
        raise UserError(
            f"{cache}: the model cannot be written there ({reason}); name another folder"
        ) from None
    print(f"{name} is in {cache}; start speaches with HF_HUB_CACHE set to it and HF_HUB_OFFLINE=1")


def _parts(name: str) -> list[str]:
    """Owner and model. Raises: UserError if `name` has another form."""
    parts = name.split("/")
    try:
        validate_repo_id(name)
    except HFValidationError:
        parts = []
    if len(parts) != 2 or not all(map(_NAME_PART.fullmatch, parts)):
        raise UserError(
            f"--name {name!r}: it must be OWNER/MODEL, each of up to 96 letters, digits, '_', '.' "
            "and single '-', not ending in .git"
        )
    return parts


def _check_target(target: Path) -> None:
    """Raises: UserError if writing `target` would destroy anything but an earlier export."""
    model, place = MODEL.resolve(), target.resolve()
    if model == place or model in place.parents or place in model.parents:
        raise UserError(f"{target}: that is where the tuned model itself is; name another folder")
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise UserError(f"{target}: a file or a link, not a folder; remove it, or set --name")
    if target.is_dir() and not _is_export(target):
        raise UserError(
            f"{target}: another model, which Attune did not export; remove it, or set --name"
        )


def _is_export(repository: Path) -> bool:
    """Whether each snapshot has a card that Attune writes."""
    folder = repository / "snapshots"
    cards = [path / CARD for path in folder.iterdir()] if folder.is_dir() else []
    texts = [
        card.read_bytes().decode("utf-8", "replace") if card.is_file() else "" for card in cards
    ]
    return bool(texts) and all(_IS_OURS.match(text) for text in texts)


def _write(target: Path) -> None:
    revision = digest_of([MODEL])[:40]
    with new_folder(target) as repository:
        snapshot = repository / "snapshots" / revision
        shutil.copytree(MODEL, snapshot)
        if not (snapshot / CARD).is_file():  # converted before cards were written
            card = model_card("ctranslate2", load_params().build_dataset.language)
            write_text(snapshot / CARD, card)
        (repository / "refs").mkdir()
        (repository / "refs/main").write_text(revision, encoding="utf-8")
