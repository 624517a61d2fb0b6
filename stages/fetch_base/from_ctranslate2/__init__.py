"""A CTranslate2 Whisper written in transformers' format, exactly: the inverse of the conversion.

Production runs such a folder, and a team without access to the hub may have nothing else.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from stages.common.asr.convert import PREPROCESSOR
from stages.common.core.errors import UserError
from stages.common.core.files import read_json
from stages.common.dataset.labels import is_multilingual
from stages.fetch_base.from_ctranslate2.model_bin import read_model
from stages.fetch_base.from_ctranslate2.vocabulary import read_vocabulary, write_tokenizer
from stages.fetch_base.from_ctranslate2.weights import write_weights
from stages.fetch_base.generation import SUPPRESSED, ids_of_generation, special_ids

GENERATION = {
    "suppress_ids": "suppress_tokens",
    "suppress_ids_begin": "begin_suppress_tokens",
    "alignment_heads": "alignment_heads",
}
"""Key in CTranslate2's config.json -> key in generation_config.json."""


def to_transformers(source: Path, target: Path) -> None:
    """Write the model in `source` to the existing folder `target`.

    The weights keep their type, so a conversion to that type gives the same tensors, bit for bit.
    Raises: UserError if the weights are quantized or no Whisper's, or if the parts do not match.
    """
    known = read_json(source / "config.json")
    model = read_model(source / "model.bin")
    tokens = read_vocabulary(source)
    generation = {to: known.get(name) for name, to in GENERATION.items()}
    # Without these two WhisperConfig would write defaults, which are another vocabulary's.
    suppressed = {key: generation[key] for key in SUPPRESSED}
    config = write_weights(model, target, special_ids(tokens) | suppressed)
    if len(tokens) != config.vocab_size:
        raise UserError(
            f"{source}: {len(tokens)} tokens in the vocabulary, {config.vocab_size} in model.bin;"
            " take both from the same model"
        )
    write_tokenizer(source, target, tokens)
    generation |= ids_of_generation(tokens, is_multilingual(target))
    (target / "generation_config.json").write_text(json.dumps(generation), encoding="utf-8")
    if (source / PREPROCESSOR).is_file():
        shutil.copyfile(source / PREPROCESSOR, target / PREPROCESSOR)
    else:
        from transformers import WhisperFeatureExtractor

        WhisperFeatureExtractor(feature_size=config.num_mel_bins).save_pretrained(str(target))
