"""The files of a Whisper model, in transformers' format or CTranslate2's, and their digest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.files import read_json, sha256
from stages.fetch_base.from_ctranslate2.model_bin import read_model
from stages.fetch_base.whole_files import is_whole

TARGET, TARGET_CT2 = Path("models/base"), Path("models/base-ct2")
SMALL_FILES = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
    "merges.txt",
    "normalizer.json",
    "added_tokens.json",
    "special_tokens_map.json",
    "preprocessor_config.json",
    "processor_config.json",
)
NEEDED = (
    ("config.json",),
    ("generation_config.json",),
    ("tokenizer.json", "vocab.json"),
    ("preprocessor_config.json", "processor_config.json"),
)
"""At least one file of each line is required."""
CONVERTED = "model.bin"
"""CTranslate2's weights."""
SMALL_FILES_CONVERTED = (
    "config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "vocabulary.json",
    "vocabulary.txt",
)
NEEDED_CONVERTED = (("config.json",), ("vocabulary.json", "vocabulary.txt"))
"""`ct2-transformers-converter` writes no others."""
WEIGHTS = (
    ("model.safetensors", "model.safetensors.index.json", r"model-\d{5}-of-\d{5}\.safetensors"),
    ("pytorch_model.bin", "pytorch_model.bin.index.json", r"pytorch_model-\d{5}-of-\d{5}\.bin"),
)
"""(single file, index, shards), by preference: safetensors before pickles, a single file first."""


def is_converted(present: Collection[str]) -> bool:
    """Whether the files `present` are a model in CTranslate2's format alone."""
    weights = {name for single, index, _ in WEIGHTS for name in (single, index)}
    return CONVERTED in present and weights.isdisjoint(present)


def snapshot(folder: Path) -> Path:
    """The model's folder in `folder`, if that is a model's in the hub's cache; else `folder`.

    Raises: UserError if the cache holds several snapshots, and refs/main names none of them.
    """
    if not (folder / "snapshots").is_dir():
        return folder
    snapshots = {path.name: path for path in (folder / "snapshots").iterdir() if path.is_dir()}
    main = folder / "refs" / "main"
    named = main.read_text(encoding="utf-8").strip() if main.is_file() else ""
    if named in snapshots:
        return snapshots[named]
    if len(snapshots) == 1:
        return next(iter(snapshots.values()))
    raise UserError(
        f"{folder}: {len(snapshots)} snapshots, and refs/main names none of them; set base.model to"
        " one of the folders in `snapshots`"
    )


def choose_files(present: Iterable[str], where: str) -> list[str]:
    """The names among `present` that a Whisper needs, sorted. where: for messages.

    Raises: UserError with the name of the first that is missing.
    """
    present = set(present)
    converted = is_converted(present)
    for names in NEEDED_CONVERTED if converted else NEEDED:
        if present.isdisjoint(names):
            raise UserError(f"{where}: {names[0]} is missing; a Whisper needs it")
    if converted:
        return sorted([CONVERTED, *present.intersection(SMALL_FILES_CONVERTED)])
    small = [name for name in SMALL_FILES if name in present]
    for single, index, shard in WEIGHTS:
        shards = [name for name in present if re.fullmatch(shard, name)]
        if single in present:
            return sorted([*small, single])
        if index in present and shards:
            return sorted([*small, index, *shards])
    raise UserError(f"{where}: model.safetensors is missing, and so are its shards and pickles")


def model_files(folder: Path) -> list[str]:
    """Names of the files that the Whisper in `folder` needs, sorted.

    Raises: UserError if one is missing or is not a file, or if the folder holds no Whisper or a
        quantized one.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: not a folder")
    present = [entry.name for entry in folder.iterdir()]
    if not is_converted(present):
        check_whisper(folder / "config.json", str(folder))
    names = choose_files(present, str(folder))
    for name in names:
        # A link to a file is followed: the copy and the digest are those of its content.
        if not (folder / name).is_file():
            raise UserError(f"{folder}: {name} is not a file, or a broken link")
        with (folder / name).open("rb") as content:
            if content.read(23) == b"version https://git-lfs":
                raise UserError(
                    f"{folder}: {name} is only a git-lfs pointer; run `git lfs pull` there"
                )
        if name != CONVERTED and not is_whole(folder / name):
            raise UserError(f"{folder}: {name} is truncated or damaged; copy it again")
    for index in (name for name in names if name.endswith(".index.json")):
        shards = read_json(folder / index).get("weight_map", {}).values()
        for missing in sorted(set(shards) - set(names)):
            raise UserError(f"{folder}: {missing} is missing; {index} lists it")
    if CONVERTED in names:
        read_model(folder / CONVERTED)
    return names


def check_whisper(config: Path, where: str) -> None:
    """Raises: UserError if `config` is not that of a Whisper."""
    kind = read_json(config).get("model_type")
    if kind != "whisper":
        raise UserError(f"{where} is not a Whisper: its config.json says model_type {kind!r}")


def folder_digest(folder: Path) -> str:
    """`base.revision` of a local folder: 40 hex digits over the files of `model_files`.

    Equal to the first 40 digits of `sha256sum FILES | sha256sum`, with the names sorted. A folder
    of the hub's cache has the revision of its snapshot.

    Raises: UserError if the folder holds no complete Whisper.
    """
    folder = snapshot(folder)
    lines = [f"{sha256(folder / name)}  {name}\n" for name in model_files(folder)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:40]


def check_pin(folder: Path, revision: str) -> None:
    """Raises: UserError if the folder's digest is not `revision`; the message names that."""
    if folder.resolve() in (TARGET.resolve(), TARGET_CT2.resolve()):
        raise UserError(f"base.model: this stage writes {folder} itself; keep the model elsewhere")
    actual = folder_digest(folder)
    if revision != actual:
        raise UserError(
            f"base.revision is {revision}, but the digest of {folder} is another;"
            f" if this is the right model, set `base.revision: {actual}` in params.yaml"
        )
