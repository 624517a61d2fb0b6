"""Very small Whisper models with random weights: real vocabulary, real files, no download."""

from __future__ import annotations

import base64
import importlib.util
import itertools
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizerFast,
)
from transformers.convert_slow_tokenizer import bytes_to_unicode
from transformers.models.whisper.tokenization_whisper import LANGUAGES

from tests.support.small_tokenizer import TIMES, train_tokenizer

END = "<|endoftext|>"
# Odd on purpose: neither CTranslate2's default (the later half of all heads) nor sorted.
ALIGNMENT_HEADS = [[1, 0], [0, 1]]
SUPPRESSED = [1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29, 31, 58, 59, 60, 61, 62, 63, 90, 91, 92, 93]
NEVER_GENERATED = (
    "startoftranscript",
    "translate",
    "transcribe",
    "startoflm",
    "startofprev",
    "nospeech",
)
SENTENCES = [
    "and how did that week go for you",
    "i slept badly and i kept thinking about work",
    "what went through your mind at that moment",
    "we talked about breathing slowly before the meeting",
    "it was easier than last time but i still felt tense",
    "my sister called on tuesday and we argued about the holidays again",
    "could you say a little more about what that was like",
    "sometimes i wake up early with my heart racing and cannot settle",
    "perhaps we might look at the diary you kept since our previous session",
    "nothing helped at first although walking near the river calmed me down",
    "which of these worries feels largest right now",
    "doctor harris changed the dose and my appetite slowly came back",
]


def tiny_multilingual(
    folder: Path, mels: int = 80, seed: int = 0, shape: dict[str, int] | None = None
) -> Path:
    """A multilingual Whisper with the real vocabulary: v2's for 80 mels, v3's for 128.

    v3 has one language more (`yue`), which moves all special tokens behind the languages by one.

    Args:
        shape: fields of its WhisperConfig, for another size than the smallest.
    """
    codes = list(LANGUAGES)[: 99 if mels == 80 else 100]
    tokenizer = _multilingual_tokenizer(codes)
    tokenizer.save_pretrained(folder)
    end = tokenizer.convert_tokens_to_ids(END)
    generation = {
        "is_multilingual": True,
        "lang_to_id": {f"<|{code}|>": _id(tokenizer, code) for code in codes},
        "task_to_id": {task: _id(tokenizer, task) for task in ("transcribe", "translate")},
        "suppress_tokens": [*SUPPRESSED, *(_id(tokenizer, mark) for mark in NEVER_GENERATED)],
        "begin_suppress_tokens": [220, end],
        "prev_sot_token_id": _id(tokenizer, "startofprev"),
    }
    return _save_model(folder, tokenizer, mels, seed, generation, shape or {})


def tiny_english(folder: Path, seed: int = 0) -> Path:
    """An English-only Whisper with at most 512 merged tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(SENTENCES, folder)
    end = tokenizer.convert_tokens_to_ids(END)
    generation = {
        "is_multilingual": False,
        "suppress_tokens": [],
        "begin_suppress_tokens": [end],
    }
    return _save_model(folder, tokenizer, 80, seed, generation)


def _multilingual_tokenizer(codes: list[str]) -> WhisperTokenizerFast:
    marks = [END, "<|startoftranscript|>", *(f"<|{code}|>" for code in codes)]
    marks += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    marks += ["<|nospeech|>", "<|notimestamps|>"]
    vocabulary, merges = _openai_vocabulary()
    raw = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, fuse_unk=False))
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    raw.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in marks])
    raw.add_tokens([AddedToken(time, normalized=False) for time in TIMES])
    return WhisperTokenizerFast(
        tokenizer_object=raw,
        unk_token=END,
        bos_token=END,
        eos_token=END,
        pad_token=END,
        additional_special_tokens=marks[1:],
        model_max_length=1024,
    )


def _openai_vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Tokens and merges of openai-whisper's multilingual vocabulary, as transformers writes them.

    The package is located, not imported: it needs packages that are not installed here.
    """
    spec = importlib.util.find_spec("whisper")
    if spec is None or spec.origin is None:
        raise RuntimeError("tests need the files of openai-whisper: pip install --no-deps it")
    lines = (Path(spec.origin).parent / "assets" / "multilingual.tiktoken").read_text("ascii")
    ranks = {
        base64.b64decode(token): int(rank)
        for token, rank in (line.split() for line in lines.splitlines() if line)
    }
    letters = bytes_to_unicode()
    spelled = {token: "".join(letters[byte] for byte in token) for token in ranks}
    merges = [
        (spelled[left], spelled[right])
        for token in sorted(ranks, key=ranks.__getitem__)
        if len(token) > 1
        for left, right in [_last_merge(token, ranks)]
    ]
    return {spelled[token]: rank for token, rank in ranks.items()}, merges


def _last_merge(token: bytes, ranks: dict[bytes, int]) -> tuple[bytes, bytes]:
    """The two parts that byte-pair encoding joins last to make `token`."""
    parts = [token[at : at + 1] for at in range(len(token))]
    while len(parts) > 2:
        pairs = [ranks.get(a + b, len(ranks)) for a, b in itertools.pairwise(parts)]
        best = pairs.index(min(pairs))
        parts[best : best + 2] = [parts[best] + parts[best + 1]]
    return parts[0], parts[1]


def _save_model(
    folder: Path,
    tokenizer: Any,
    mels: int,
    seed: int,
    generation: dict[str, Any],
    shape: dict[str, int] | None = None,
) -> Path:
    end = tokenizer.convert_tokens_to_ids(END)
    start = _id(tokenizer, "startoftranscript")
    special = {
        "decoder_start_token_id": start,
        "bos_token_id": end,
        "eos_token_id": end,
        "pad_token_id": end,
    }
    size = {
        "d_model": 32,
        "encoder_layers": 1,
        "encoder_attention_heads": 2,
        "encoder_ffn_dim": 64,
        "decoder_layers": 2,
        "decoder_attention_heads": 2,
        "decoder_ffn_dim": 64,
    }
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        num_mel_bins=mels,
        max_source_positions=1500,
        max_target_positions=448,
        suppress_tokens=generation["suppress_tokens"],
        begin_suppress_tokens=generation["begin_suppress_tokens"],
        **(size | (shape or {})),
        **special,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = WhisperForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        alignment_heads=ALIGNMENT_HEADS,
        max_initial_timestamp_index=50,
        max_length=448,
        no_timestamps_token_id=_id(tokenizer, "notimestamps"),
        return_timestamps=False,
        **special,
        **generation,
    )
    model.save_pretrained(folder)
    WhisperFeatureExtractor(feature_size=mels).save_pretrained(folder)
    return folder


def _id(tokenizer: Any, name: str) -> int:
    token: int = tokenizer.convert_tokens_to_ids(f"<|{name}|>")
    return token
