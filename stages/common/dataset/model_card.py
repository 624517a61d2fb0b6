"""The card of a model, README.md in its folder: its base, its training data, and the corpora of
others whose terms bind it.

Front matter as the Hugging Face Hub has it, with `attune_corpora` for programs. A tuned model that
becomes the base of the next one hands its corpora on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from stages.common.core.corpora import CORPORA
from stages.common.core.errors import UserError
from stages.common.core.files import write_text

CARD = "README.md"
OPENING = "A Whisper fine-tuned with Attune."
_SOURCES = "sources.json"
"""In the folder of the training split."""
_FENCE = "---\n"


@dataclass(frozen=True)
class TrainingData:
    """What the training split is made of, in numbers."""

    recordings: int
    train_only: int
    """Recordings that are for training only."""
    train_only_share: float
    """Of the training time."""
    corpora: dict[str, int] = field(default_factory=dict)
    """Name in corpora.py -> recordings."""


@dataclass(frozen=True)
class BaseModel:
    """The base as its card states it."""

    name: str = ""
    """Its id on the hub; "" for a local folder, whose name a person chose."""
    revision: str = ""
    corpora: tuple[str, ...] = ()
    """Those that it was trained on before, names in corpora.py."""


def write_training_data(split: Path, data: TrainingData) -> None:
    write_text(split / _SOURCES, json.dumps(asdict(data), indent=2) + "\n")


def read_training_data(split: Path) -> TrainingData:
    """Raises: UserError if the split does not state it."""
    try:
        return TrainingData(**json.loads((split / _SOURCES).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise UserError(
            f"{split}: {_SOURCES} is missing or damaged; run `dvc repro build_dataset`"
        ) from None


def write_base_card(source: Path, target: Path, name: str, revision: str) -> None:
    """Write the card of a base, which was copied from `source`, to `target`."""
    front = {"base_model": name, "base_revision": revision, "attune_corpora": corpora_of(source)}
    write_text(target / CARD, _with_front(front, "The base model of this project.\n"))


def read_base_card(folder: Path) -> BaseModel:
    front = _front(folder)
    name, revision = (str(front.get(key, "")) for key in ("base_model", "base_revision"))
    return BaseModel(name, revision, tuple(corpora_of(folder)))


def corpora_of(folder: Path) -> list[str]:
    """Names of the corpora that the card in a model's folder states; none without a card."""
    named = _front(folder).get("attune_corpora")
    return [name for name in CORPORA if isinstance(named, list) and name in named]


def model_card(
    library: str, language: str, base: BaseModel | None = None, data: TrainingData | None = None
) -> str:
    """The card of a tuned model.

    Args:
        library: that loads it, `transformers` or `ctranslate2`.
        language: `build_dataset.language`.
        base, data: None for a model of which nothing is known.
    """
    corpora = dict.fromkeys([*(data.corpora if data else {}), *(base.corpora if base else ())])
    front: dict[str, Any] = {
        "library_name": library,
        "pipeline_tag": "automatic-speech-recognition",
        "tags": [library, "automatic-speech-recognition"],
        "language": [language],
    }
    if base and base.name:
        front["base_model"] = base.name
    if corpora:
        front |= {"license": "other", "attune_corpora": list(corpora)}
    lines = [f"{OPENING} It may reproduce its training transcripts: do not publish it."]
    if base:
        lines += ["", f"- Base: {base.name or 'a local model'}, revision {base.revision or '?'}"]
    if data:
        lines.append(f"- Training data: {data.recordings} recordings{_train_only(data)}")
    for name in corpora:
        lines += ["", *_section(name, data.corpora.get(name, 0) if data else 0)]
    return _with_front(front, "\n".join(lines) + "\n")


def for_library(card: str, library: str) -> str:
    """The card of the same model in another format."""
    front, body = _split(card)
    old = front.get("library_name")
    tags = [library if tag == old else tag for tag in front.get("tags", [])]
    return _with_front(front | {"library_name": library, "tags": tags}, body)


def _train_only(data: TrainingData) -> str:
    if not data.train_only:
        return ""
    are = "is" if data.train_only == 1 else "are"
    return (
        f"; {data.train_only} of them, {data.train_only_share:.1%} of the training time, {are} for "
        "training only"
    )


def _section(name: str, recordings: int) -> Iterable[str]:
    corpus = CORPORA[name]
    of_which = f"{recordings} training recording(s)" if recordings else "Training data of the base"
    return (
        f"## {corpus.title}",
        "",
        f"{of_which}. Holder: {corpus.holder}. Licence: {corpus.licence}.",
        "",
        *(f"- {term}" for term in corpus.terms),
    )


def _front(folder: Path) -> dict[str, Any]:
    path = folder / CARD
    try:
        return _split(path.read_text(encoding="utf-8"))[0]
    except (OSError, UnicodeDecodeError):
        return {}


def _split(card: str) -> tuple[dict[str, Any], str]:
    """(front matter, the rest); no front matter if it cannot be read."""
    parts = card.split(_FENCE, 2)
    if len(parts) < 3 or parts[0]:
        return {}, card
    try:
        front = yaml.safe_load(parts[1])
    except yaml.YAMLError:
        front = None
    return (front if isinstance(front, dict) else {}), parts[2]


def _with_front(front: dict[str, Any], body: str) -> str:
    # In one line each, in the order given.
    text = yaml.safe_dump(front, sort_keys=False, default_flow_style=None, width=1000)
    return f"{_FENCE}{text}{_FENCE}{body}"
