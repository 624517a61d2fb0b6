"""The tokenizer of a CTranslate2 Whisper, from its vocabulary where `tokenizer.json` is missing.

The id of a token is the rank of its merge (Radford et al. 2019, byte-level BPE), so the merges need
not be stored: each is the pair that the merges before it leave of the token's bytes.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stages.common.asr.convert import TOKENIZER, check_special_tokens, read_tokens
from stages.common.core.errors import UserError
from stages.common.dataset.labels import MULTILINGUAL_VOCABULARY

END, START, NO_TIMESTAMPS = "<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"
TIMESTAMP = re.compile(r"<\|\d+\.\d\d\|>")


def read_vocabulary(folder: Path) -> dict[str, int]:
    """Token -> id, from `vocabulary.json` or, as older converters wrote it, `vocabulary.txt`.

    Raises: UserError if the file is damaged or no Whisper's.
    """
    path = folder / "vocabulary.json"
    path = path if path.is_file() else folder / "vocabulary.txt"
    try:
        # Some tokens are characters at which `splitlines` would split too.
        text = path.read_bytes().decode("utf-8")
        listed = json.loads(text) if path.suffix == ".json" else text.removesuffix("\n").split("\n")
        tokens = {str(token): number for number, token in enumerate(listed)}
    except (ValueError, TypeError):
        listed, tokens = [], {}
    if not tokens or list(tokens) != listed:
        raise UserError(f"{path}: not a list of different tokens; the file is damaged")
    check_special_tokens(tokens, path)
    return tokens


def write_tokenizer(source: Path, target: Path, tokens: dict[str, int]) -> None:
    """`tokenizer.json` in `target`: that of `source`, or one made from its vocabulary `tokens`.

    Raises: UserError if that of `source` has other ids, or if the vocabulary is not byte-level BPE.
    """
    if not (source / TOKENIZER).is_file():
        made = json.dumps(_tokenizer(tokens, str(source)), ensure_ascii=False)
        (target / TOKENIZER).write_text(made, encoding="utf-8")
        return
    other = [token for token, number in read_tokens(source).items() if tokens.get(token) != number]
    if other:
        raise UserError(
            f"{source}: {len(other)} token(s) of {TOKENIZER} have another id in the vocabulary;"
            f" take both from the same model, or remove {TOKENIZER}"
        )
    shutil.copyfile(source / TOKENIZER, target / TOKENIZER)


def _tokenizer(tokens: dict[str, int], where: str) -> dict[str, Any]:
    """The content of `tokenizer.json`, as OpenAI's Whisper models on the hub have it."""
    by_id = sorted(tokens, key=tokens.__getitem__)
    texts = by_id[: tokens[END]]
    specials = by_id[tokens[END] : tokens[NO_TIMESTAMPS] + 1]
    times = [token for token in by_id[len(texts) + len(specials) :] if TIMESTAMP.fullmatch(token)]
    # The English-only models have them in the vocabulary alone.
    if len(tokens) < MULTILINGUAL_VOCABULARY:
        times = []
    options = {"single_word": False, "lstrip": False, "rstrip": False}
    added = [
        {"id": tokens[token], "content": token, **options, "normalized": time, "special": not time}
        for time, group in ((False, specials), (True, times))
        for token in group
    ]
    byte_level = {"type": "ByteLevel", "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": byte_level | {"add_prefix_space": False},
        "post_processor": _post_processor(tokens),
        "decoder": byte_level | {"add_prefix_space": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": "",
            "end_of_word_suffix": "",
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {token: tokens[token] for token in texts},
            "merges": list(_merges(texts, where)),
        },
    }


def _post_processor(tokens: dict[str, int]) -> dict[str, Any]:
    """The start and end tokens around a text that is encoded with special tokens."""

    def mark(token: str, kind: int = 0) -> dict[str, Any]:
        return {"SpecialToken": {"id": token, "type_id": kind}}

    def text(name: str, kind: int) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": kind}}

    start = [mark(START), mark(NO_TIMESTAMPS), text("A", 0)]
    return {
        "type": "TemplateProcessing",
        "single": [*start, mark(END)],
        "pair": [*start, text("B", 1), mark(END, 1)],
        "special_tokens": {
            token: {"id": token, "ids": [tokens[token]], "tokens": [token]}
            for token in (END, NO_TIMESTAMPS, START)
        },
    }


def _merges(texts: list[str], where: str) -> Iterator[tuple[str, str]]:
    """The merge of each token, in the order of ids. texts: tokens in that order.

    Raises: UserError if a token is no merge of two tokens before it.
    """
    ranks = {token: rank for rank, token in enumerate(texts)}
    for token, rank in ranks.items():
        # Single bytes, and the empty token at the end of the multilingual vocabulary.
        if len(token) < 2:
            continue
        parts = list(token)
        while len(parts) > 2:
            pairs = [ranks.get(left + right, rank) for left, right in itertools.pairwise(parts)]
            best = min(range(len(pairs)), key=pairs.__getitem__)
            if pairs[best] >= rank:
                break
            parts[best : best + 2] = [parts[best] + parts[best + 1]]
        if len(parts) != 2 or any(ranks.get(part, rank) >= rank for part in parts):
            raise UserError(
                f"{where}: its vocabulary is no byte-level BPE (token {rank}); copy {TOKENIZER}"
                " from the original model"
            )
        yield parts[0], parts[1]
