"""Conversion of a Whisper from transformers' format to CTranslate2's, which faster-whisper runs.

transformers and ctranslate2 take seconds to import, so the functions that need them import them:
faults of the files are reported before.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from tokenizers import Tokenizer

from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, read_json
from stages.common.dataset.labels import MULTILINGUAL_VOCABULARY

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
NO_SPEECH = ("<|nospeech|>", "<|nocaptions|>")
"""One of the two is required."""
TIMESTAMPS = 1501
"""Timestamp tokens: 0.00 s to 30.00 s in steps of 0.02 s, directly after `<|notimestamps|>`."""
ENCODER_POSITIONS = 1500
"""faster-whisper pads every window to 30 s, which has this many positions in the encoder."""
DECODER_POSITIONS = 448
"""Labels of the longest sequence, prompt included, that faster-whisper decodes."""


def to_ctranslate2(source: Path, target: Path, quantization: str) -> None:
    """Convert the Whisper in the folder `source` into the folder `target`, without a connection.

    Deterministic: the same `source` always gives the same bytes. Beside CTranslate2's own files,
    `target` gets `tokenizer.json` and `preprocessor_config.json`: without them faster-whisper would
    download another model's tokenizer from the hub and use 80 mels.

    Args:
        quantization: CTranslate2's name of the weights' type, such as "int8".

    Raises: UserError if a file is missing or unreadable, if the parts do not match, or if the
        conversion loses something that decoding needs.
    """
    config = read_json(source / "config.json")
    generation = read_json(source / "generation_config.json")
    tokens = _tokens(source)
    _check_tokens(source, config, generation, tokens)
    _check_shape(source, config)
    with new_folder(target) as fresh:
        _convert(source, fresh, quantization)
        write_tokenizer(source, fresh)
        write_preprocessor(source, fresh)
        _check_mels(source, config, read_json(fresh / PREPROCESSOR))
        _check_result(source, fresh, generation, tokens)


def write_preprocessor(source: Path, target: Path) -> None:
    """`preprocessor_config.json` in `target`: copied, or written from `processor_config.json`.

    transformers 5 saves a processor as `processor_config.json` alone, which faster-whisper does not
    read.

    Raises: UserError if `source` has neither, or if it describes no Whisper.
    """
    if not _copy_or_require(PREPROCESSOR, "processor_config.json", source, target):
        from transformers import WhisperFeatureExtractor

        _save(WhisperFeatureExtractor, PREPROCESSOR, source, target)


def write_tokenizer(source: Path, target: Path) -> None:
    """`tokenizer.json` in `target`: copied, or written from `vocab.json` and `merges.txt`.

    Raises: UserError if `source` has neither, or if they make no tokenizer.
    """
    if not _copy_or_require(TOKENIZER, "vocab.json", source, target):
        from transformers import WhisperTokenizerFast

        _save(WhisperTokenizerFast, TOKENIZER, source, target)


def _copy_or_require(name: str, other: str, source: Path, target: Path) -> bool:
    """Copy `name` to `target` and return True; False if `source` has `other` instead.

    Raises: UserError if it has neither.
    """
    if (source / name).is_file():
        if source != target:
            shutil.copyfile(source / name, target / name)
        return True
    if not (source / other).is_file():
        raise UserError(f"{source}: {name} is missing; copy it from the original model")
    return False


def _save(kind: Any, name: str, source: Path, target: Path) -> None:
    """Write `target/name`: what the transformers class `kind` loads from `source` and saves."""
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
    converter.load_tokenizer = _load_tokenizer
    try:
        converter.convert(str(target), quantization=quantization, force=True)
    finally:
        if shown:
            logging.enable_progress_bar()


def _load_model(kind: Any, source: str, **options: Any) -> Any:
    import torch

    # With float16 weights "int8" would become int8_float16, another type than the tuned model's.
    options.pop("torch_dtype", None)
    options["dtype"] = torch.float32
    try:
        model, report = kind.from_pretrained(
            source, local_files_only=True, output_loading_info=True, **options
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(f"{source}: its weights cannot be read: {reason}") from None
    # transformers initializes missing weights at random and merely warns.
    missing = sorted(report["missing_keys"])
    if missing:
        raise UserError(f"{source}: {len(missing)} weight(s) are missing, such as {missing[0]}")
    return model


def _load_tokenizer(kind: Any, source: str, **options: Any) -> Any:
    return kind.from_pretrained(source, local_files_only=True, **options)


def _tokens(source: Path) -> dict[str, int]:
    path = source / TOKENIZER
    if not path.is_file():
        raise UserError(f"{source}: {TOKENIZER} is missing, faster-whisper needs it")
    try:
        vocabulary: dict[str, int] = Tokenizer.from_file(str(path)).get_vocab()
    except Exception as error:  # tokenizers raises nothing narrower
        raise UserError(f"{path}: not a tokenizer ({error})") from None
    return vocabulary


def _check_tokens(
    source: Path, config: dict[str, Any], generation: dict[str, Any], tokens: dict[str, int]
) -> None:
    missing = [token for token in SPECIAL_TOKENS if token not in tokens]
    if not any(token in tokens for token in NO_SPEECH):
        missing.append(NO_SPEECH[0])
    if missing:
        raise UserError(f"{source}: {TOKENIZER} lacks {' '.join(missing)}; it is not a Whisper's")
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


def _check_shape(source: Path, config: dict[str, Any]) -> None:
    """faster-whisper would load a model of another shape and fail on the first window."""
    shape = {
        "max_source_positions": ENCODER_POSITIONS,
        "max_target_positions": DECODER_POSITIONS,
    }
    for key, value in shape.items():
        if config.get(key) != value:
            raise UserError(f"{source}: {key} is {config.get(key)}, faster-whisper needs {value}")


def _check_mels(source: Path, config: dict[str, Any], preprocessor: dict[str, Any]) -> None:
    computed, expected = preprocessor.get("feature_size"), config.get("num_mel_bins")
    if computed != expected:
        raise UserError(
            f"{source}: {PREPROCESSOR} makes {computed} mels, the model takes {expected};"
            " take both from the same model"
        )


def _check_result(
    source: Path, target: Path, generation: dict[str, Any], tokens: dict[str, int]
) -> None:
    """Check that the conversion kept all that decoding depends on."""
    heads = generation.get("alignment_heads")
    kept = read_json(target / "config.json").get("alignment_heads")
    # Without them CTranslate2 uses half of all heads, and the word timestamps are wrong.
    if heads is not None and kept != [list(head) for head in heads]:
        raise UserError(f"{source}: alignment_heads were lost in the conversion")
    written = json.loads((target / "vocabulary.json").read_text(encoding="utf-8"))
    moved = [token for token, number in tokens.items() if written[number] != token]
    if moved:
        raise UserError(f"{source}: {len(moved)} token(s) changed their id in the conversion")
