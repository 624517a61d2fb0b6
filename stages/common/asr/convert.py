"""Conversion of a Whisper from transformers' format to CTranslate2's, which faster-whisper runs.

transformers and ctranslate2 take seconds to import, so the functions that need them import them:
faults of the files are reported before.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from tokenizers import Tokenizer

from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, read_json
from stages.common.dataset.labels import MULTILINGUAL_VOCABULARY, TIMESTAMPS

TOKENIZER = "tokenizer.json"
PREPROCESSOR = "preprocessor_config.json"
SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|notimestamps|>",
)
"""faster-whisper looks each up by name, also for an English-only model; without one it fails with a
TypeError."""
NO_SPEECH_TOKENS = ("<|nospeech|>", "<|nocaptions|>")
"""One of the two is required."""
SHAPE = {"max_source_positions": 1500, "max_target_positions": 448}
"""faster-whisper pads every window to 30 s, which has 1500 positions in the encoder, and decodes
sequences of up to 448 tokens, prompt included."""


def to_ctranslate2(source: Path, target: Path, quantization: str) -> None:
    """Convert the Whisper in the folder `source` into the folder `target`, without a connection.

    Deterministic: the same `source` always gives the same bytes. Besides CTranslate2's own files,
    `target` gets `tokenizer.json` and `preprocessor_config.json`: without them faster-whisper would
    download another model's tokenizer from the hub and use 80 mels.

    Args:
        quantization: CTranslate2's name of the weights' type, such as "int8".

    Raises: UserError if a file is missing or unreadable, if the parts do not match, or if the
        conversion loses something that decoding needs.
    """
    config = read_json(source / "config.json")
    generation = read_json(source / "generation_config.json")
    tokens = read_tokens(source)
    _check_parts(source, config, generation, tokens)
    with new_folder(target) as fresh:
        _convert(source, fresh, quantization)
        write_processor(source, fresh)
        _check_result(source, fresh, config, generation, tokens)


def write_processor(source: Path, target: Path) -> None:
    """`tokenizer.json` and `preprocessor_config.json` in `target`: copied, or written from other
    files.

    transformers 5 saves a feature extractor in `processor_config.json` alone, and older models have
    a tokenizer in `vocab.json` and `merges.txt`; faster-whisper reads neither.

    Raises: UserError if `source` has neither form, or if the other files do not describe a Whisper.
    """
    others = (TOKENIZER, "vocab.json"), (PREPROCESSOR, "processor_config.json")
    for name, other in others:
        if (source / name).is_file():
            if source != target:
                shutil.copyfile(source / name, target / name)
            continue
        if not (source / other).is_file():
            raise UserError(f"{source}: {name} is missing; copy it from the original model")
        from transformers import WhisperFeatureExtractor, WhisperTokenizerFast

        kind: Any = WhisperTokenizerFast if name == TOKENIZER else WhisperFeatureExtractor
        try:
            loaded = kind.from_pretrained(str(source), local_files_only=True)
        except (OSError, ValueError, TypeError, KeyError):
            raise UserError(
                f"{source}: {name} is missing and cannot be made from the other files"
            ) from None
        with tempfile.TemporaryDirectory() as saved:
            loaded.save_pretrained(saved)
            shutil.copyfile(Path(saved) / name, target / name)


def _convert(source: Path, target: Path, quantization: str) -> None:
    from ctranslate2.converters import TransformersConverter
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    converter = TransformersConverter(str(source))
    # In these two places the converter could contact the hub, or accept missing weights.
    converter.load_model = _load_model
    converter.load_tokenizer = lambda kind, source, **options: kind.from_pretrained(
        source, local_files_only=True, **options
    )
    try:
        converter.convert(str(target), quantization=quantization, force=True)
    finally:
        if shown:
            logging.enable_progress_bar()


def _load_model(kind: Any, source: str, **options: Any) -> Any:
    import torch

    # With float16 weights "int8" would become int8_float16, another type than the tuned model's.
    options.pop("torch_dtype", None)
    options |= {"dtype": torch.float32, "local_files_only": True, "output_loading_info": True}
    try:
        model, report = kind.from_pretrained(source, **options)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(f"{source}: its weights cannot be read: {reason}") from None
    # transformers initializes missing weights at random and merely warns.
    missing = sorted(report["missing_keys"])
    if missing:
        raise UserError(f"{source}: {len(missing)} weight(s) are missing, such as {missing[0]}")
    return model


def read_tokens(source: Path) -> dict[str, int]:
    """Token -> id, from `tokenizer.json` in `source`. Raises: UserError if it is no tokenizer."""
    path = source / TOKENIZER
    if not path.is_file():
        raise UserError(f"{source}: {TOKENIZER} is missing, faster-whisper needs it")
    try:
        return dict(Tokenizer.from_file(str(path)).get_vocab())
    except Exception as error:  # tokenizers raises nothing narrower
        raise UserError(f"{path}: not a tokenizer ({error})") from None


def check_special_tokens(tokens: Mapping[str, int], path: Path) -> None:
    """Raises: UserError if `tokens`, read from `path`, lacks one that faster-whisper looks up."""
    missing = [token for token in SPECIAL_TOKENS if token not in tokens]
    if not any(token in tokens for token in NO_SPEECH_TOKENS):
        missing.append(NO_SPEECH_TOKENS[0])
    if missing:
        raise UserError(f"{path}: it lacks {' '.join(missing)}; this is not a Whisper tokenizer")


def valid_heads(heads: Any, config: Mapping[str, Any]) -> bool:
    """Whether `heads` is a list of (layer, head) of the decoder of `config`, and not empty.

    With invalid heads CTranslate2 reads out of bounds.
    """
    try:
        return bool(heads) and all(
            0 <= layer < config["decoder_layers"] and 0 <= head < config["decoder_attention_heads"]
            for layer, head in heads
        )
    except (TypeError, ValueError):
        return False


def _check_parts(
    source: Path, config: dict[str, Any], generation: dict[str, Any], tokens: dict[str, int]
) -> None:
    check_special_tokens(tokens, source / TOKENIZER)
    heads = generation.get("alignment_heads")
    if heads is not None and not valid_heads(heads, config):
        raise UserError(f"{source}: alignment_heads of generation_config.json fit another decoder")
    size = int(config.get("vocab_size", 0))
    needed = max(max(tokens.values()), tokens["<|notimestamps|>"] + TIMESTAMPS) + 1
    if size < needed:
        raise UserError(
            f"{source}: {TOKENIZER} needs a vocabulary of {needed}, the model has {size};"
            " take both from the same model"
        )
    multilingual = generation.get("is_multilingual")
    if multilingual is not None and bool(multilingual) != (size >= MULTILINGUAL_VOCABULARY):
        kind = "multilingual" if multilingual else "English-only"
        raise UserError(
            f"{source}: generation_config.json calls it {kind}, but with a vocabulary of {size}"
            " faster-whisper takes it for the opposite"
        )
    # faster-whisper would load a model of another shape and fail on the first window.
    for key, value in SHAPE.items():
        if config.get(key) != value:
            raise UserError(f"{source}: {key} is {config.get(key)}, faster-whisper needs {value}")


def _check_result(
    source: Path,
    target: Path,
    config: dict[str, Any],
    generation: dict[str, Any],
    tokens: dict[str, int],
) -> None:
    """Check that the conversion kept all that decoding depends on."""
    computed = read_json(target / PREPROCESSOR).get("feature_size")
    if computed != config.get("num_mel_bins"):
        raise UserError(
            f"{source}: {PREPROCESSOR} makes {computed} mels, the model takes"
            f" {config.get('num_mel_bins')}; take both from the same model"
        )
    heads = generation.get("alignment_heads")
    kept = read_json(target / "config.json").get("alignment_heads")
    # Without them CTranslate2 uses half of all heads, and the word timestamps are wrong.
    if heads is not None and kept != [list(head) for head in heads]:
        raise UserError(f"{source}: alignment_heads were lost in the conversion")
    written = json.loads((target / "vocabulary.json").read_text(encoding="utf-8"))
    moved = [token for token, number in tokens.items() if written[number] != token]
    if moved:
        raise UserError(f"{source}: {len(moved)} token(s) changed their id in the conversion")
