"""A Whisper as transformers saves it -> the CTranslate2 form that faster-whisper runs.

transformers and ctranslate2 take seconds to import, so only the functions that work with them do:
what is wrong with the files is told first.
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
# faster-whisper asks for each by name, also for an English-only model; one that is missing is a
# TypeError deep inside it.
MARKS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|notimestamps|>",
)
NO_SPEECH = ("<|nospeech|>", "<|nocaptions|>")
TIMES = 1501
"""Time tokens: 0.00 s to 30.00 s in steps of 0.02 s, directly after `<|notimestamps|>`."""
FRAMES = 1500
"""faster-whisper pads every window to 30 s, which the encoder turns into this many positions."""
POSITIONS = 448
"""The longest text, with its prompt, that faster-whisper asks a decoder for."""


def to_ctranslate2(source: Path, target: Path, quantization: str) -> None:
    """Convert the Whisper in the folder `source` into the folder `target`, without a connection.

    The same `source` always gives the same bytes. Beside CTranslate2's own files, `target` gets
    `tokenizer.json` and `preprocessor_config.json`: without them faster-whisper would fetch another
    model's tokenizer from the hub, and hear with 80 mels.

    Raises: UserError when a file is missing or unreadable, when the parts do not fit each other, or
    when something that decoding needs is lost on the way.
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
    read. Raises: UserError when `source` has neither, or it describes no Whisper.
    """
    if not _copied(PREPROCESSOR, "processor_config.json", source, target):
        from transformers import WhisperFeatureExtractor

        _save(WhisperFeatureExtractor, PREPROCESSOR, source, target)


def write_tokenizer(source: Path, target: Path) -> None:
    """`tokenizer.json` in `target`: copied, or written from `vocab.json` and `merges.txt`.

    Raises: UserError when `source` has neither, or they make no tokenizer.
    """
    if not _copied(TOKENIZER, "vocab.json", source, target):
        from transformers import WhisperTokenizerFast

        _save(WhisperTokenizerFast, TOKENIZER, source, target)


def _copied(name: str, other: str, source: Path, target: Path) -> bool:
    """Whether `source` has `name`, then copied to `target`; if not, it must have `other`."""
    if (source / name).is_file():
        if source != target:
            shutil.copyfile(source / name, target / name)
        return True
    if not (source / other).is_file():
        raise UserError(f"{source}: {name} is missing; take it from the model that this one is of")
    return False


def _save(kind: Any, name: str, source: Path, target: Path) -> None:
    """`target/name` as the transformers class `kind` saves what it reads in `source`."""
    try:
        loaded = kind.from_pretrained(str(source), local_files_only=True)
    except (OSError, ValueError, TypeError, KeyError):
        raise UserError(
            f"{source}: {name} is missing, and the other files do not make one"
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
    # The two places where the converter could reach for the hub, or take what is not there.
    converter.load_model = _load_model
    converter.load_tokenizer = _load_tokenizer
    try:
        converter.convert(str(target), quantization=quantization, force=True)
    finally:
        if shown:
            logging.enable_progress_bar()


def _load_model(kind: Any, source: str, **options: Any) -> Any:
    import torch

    # From float16 weights "int8" would become int8_float16, another type than the tuned model's.
    options.pop("torch_dtype", None)
    options["dtype"] = torch.float32
    try:
        model, report = kind.from_pretrained(
            source, local_files_only=True, output_loading_info=True, **options
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(f"{source}: its weights cannot be read: {said}") from None
    # transformers fills what it does not find with random numbers, and merely warns.
    lost = sorted(report["missing_keys"])
    if lost:
        raise UserError(f"{source}: {len(lost)} weight(s) are missing, such as {lost[0]}")
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
    absent = [mark for mark in MARKS if mark not in tokens]
    if not any(mark in tokens for mark in NO_SPEECH):
        absent.append(NO_SPEECH[0])
    if absent:
        raise UserError(f"{source}: {TOKENIZER} lacks {' '.join(absent)}; it is not a Whisper's")
    size = int(config.get("vocab_size", 0))
    needed = max(max(tokens.values()), tokens["<|notimestamps|>"] + TIMES) + 1
    if size < needed:
        raise UserError(
            f"{source}: {TOKENIZER} needs a vocabulary of {needed}, the model has {size};"
            " take both from the same model"
        )
    said = generation.get("is_multilingual")
    if said is not None and bool(said) != (size >= MULTILINGUAL_VOCABULARY):
        kind = "multilingual" if said else "English-only"
        raise UserError(
            f"{source}: generation_config.json calls it {kind}, but with a vocabulary of {size}"
            " faster-whisper takes it for the contrary"
        )


def _check_shape(source: Path, config: dict[str, Any]) -> None:
    """faster-whisper loads a model of another shape, and then fails on the first window."""
    for key, value in (("max_source_positions", FRAMES), ("max_target_positions", POSITIONS)):
        if config.get(key) != value:
            raise UserError(f"{source}: {key} is {config.get(key)}, faster-whisper needs {value}")


def _check_mels(source: Path, config: dict[str, Any], preprocessor: dict[str, Any]) -> None:
    heard, wanted = preprocessor.get("feature_size"), config.get("num_mel_bins")
    if heard != wanted:
        raise UserError(
            f"{source}: {PREPROCESSOR} makes {heard} mels, the model takes {wanted};"
            " take both from the same model"
        )


def _check_result(
    source: Path, target: Path, generation: dict[str, Any], tokens: dict[str, int]
) -> None:
    """Nothing that decoding depends on was dropped or moved."""
    heads = generation.get("alignment_heads")
    kept = read_json(target / "config.json").get("alignment_heads")
    # Without them CTranslate2 takes half of all heads, and the words' times are wrong.
    if heads is not None and kept != [list(head) for head in heads]:
        raise UserError(f"{source}: alignment_heads were lost in the conversion")
    written = json.loads((target / "vocabulary.json").read_text(encoding="utf-8"))
    moved = [token for token, place in tokens.items() if written[place] != token]
    if moved:
        raise UserError(f"{source}: {len(moved)} token(s) changed their place in the conversion")
