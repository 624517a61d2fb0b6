"""`generation_config.json` of the base: completed from the tokenizer, and made safe to decode with.

Files of before 2023 lack ids without which transformers' `generate` fails, and distilled models may
have their teacher's alignment heads, with which CTranslate2 reads outside its memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stages.common.asr.convert import check_special_tokens, read_tokens, valid_heads
from stages.common.core.errors import UserError
from stages.common.core.files import read_json
from stages.common.dataset.labels import is_multilingual

NAME = "generation_config.json"
HEADS = "alignment_heads"
REQUIRED = {
    *("decoder_start_token_id", "eos_token_id", "pad_token_id", "no_timestamps_token_id"),
    *("is_multilingual", "lang_to_id", "task_to_id"),
}
"""Without one of these `generate` fails, or decodes until its length is reached."""
SUPPRESSED = ("suppress_tokens", "begin_suppress_tokens")
"""config.json had them before generation_config.json did."""


def special_ids(tokens: Mapping[str, int]) -> dict[str, int]:
    """Ids that config.json and generation_config.json have in common. tokens: token -> id."""
    end = tokens["<|endoftext|>"]
    ids = {f"{name}_token_id": end for name in ("bos", "eos", "pad")}
    return ids | {"decoder_start_token_id": tokens["<|startoftranscript|>"]}


def complete_generation(folder: Path) -> list[str]:
    """Complete the file in `folder`, which holds a tokenizer; a complete one is left as it is.

    Returns: a line for each kind of change to a file that needed it, for people.
    Raises: UserError if it contradicts the tokenizer.
    """
    config, generation = read_json(folder / "config.json"), read_json(folder / NAME)
    tokens = read_tokens(folder)
    check_special_tokens(tokens, folder / "tokenizer.json")
    known = ids_of_generation(tokens, is_multilingual(folder))
    _check(known, generation)
    missing = {key: value for key, value in known.items() if generation.get(key) is None}
    lines = []
    if not missing.keys().isdisjoint(REQUIRED):
        lines.append(f"{NAME}: {', '.join(sorted(missing))} added, from the tokenizer")
    else:
        missing = {}
    for key in SUPPRESSED:
        if generation.get(key) is None and config.get(key) is not None:
            missing[key] = config[key]
            lines.append(f"{NAME}: {key} added, from config.json")
    generation |= missing
    if generation.get(HEADS) is not None and not valid_heads(generation[HEADS], config):
        del generation[HEADS]
        layers = int(config["decoder_layers"])
        lines.append(
            f"{NAME}: {HEADS} removed: it is empty or names heads that this decoder does not have,"
            f" as another model's would; word timestamps use all heads of the last"
            f" {layers - layers // 2} of {layers} decoder layers, CTranslate2's default"
        )
    if lines:
        text = json.dumps(generation, indent=2, sort_keys=True) + "\n"
        (folder / NAME).write_text(text, encoding="utf-8")
    return lines


def ids_of_generation(tokens: Mapping[str, int], multilingual: bool) -> dict[str, Any]:
    """All entries that follow from the tokenizer. tokens: token -> id."""
    known: dict[str, Any] = {
        **special_ids(tokens),
        "is_multilingual": multilingual,
        # As openai-whisper: no segment may start after the first second of a window.
        "max_initial_timestamp_index": 50,
        "max_length": 448,
        "no_timestamps_token_id": tokens["<|notimestamps|>"],
        "prev_sot_token_id": tokens["<|startofprev|>"],
        "return_timestamps": False,
    }
    if multilingual:
        # The languages lie between the start token and the tasks.
        codes = range(tokens["<|startoftranscript|>"] + 1, tokens["<|translate|>"])
        known["lang_to_id"] = {
            token: number
            for token, number in sorted(tokens.items(), key=lambda item: item[1])
            if number in codes
        }
        tasks = ("transcribe", "translate")
        known["task_to_id"] = {task: tokens[f"<|{task}|>"] for task in tasks}
    return known


def _check(known: Mapping[str, Any], generation: Mapping[str, Any]) -> None:
    for key, ours, theirs in _ids(known, generation):
        if ours != theirs:
            raise UserError(
                f"{NAME}: {key} is {theirs}, but {ours} in tokenizer.json; take both from the same"
                " model"
            )


def _ids(known: Mapping[str, Any], generation: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(key, id by the tokenizer, id by the file) of each id that the file has."""
    for key in ("decoder_start_token_id", "no_timestamps_token_id"):
        if generation.get(key) is not None:
            yield key, known[key], generation[key]
    for key in ("lang_to_id", "task_to_id"):
        for token, number in (generation.get(key) or {}).items():
            if key in known:
                yield f"{key} of {token}", known[key].get(token), number
