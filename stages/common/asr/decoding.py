"""How a model is decoded: by `evaluate` when it is scored, and alike by the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from faster_whisper import WhisperModel

from stages.common.core.params import Params
from stages.common.text.term_list import TERMS, read_lines, variants_of


@dataclass(frozen=True)
class Decoding:
    language: str
    beam_size: int
    window_seconds: float
    """Longest window, at most 30."""
    level_dbfs: float
    """Level to which recordings are brought before decoding, as `normalize` does for training."""
    hotwords: str | None = None
    """Words that the model is led to expect, as text before each window."""


def decoding_of(params: Params, model: WhisperModel) -> Decoding:
    """The decoding that `params` ask of `model`.

    Raises: UserError if `data/terms.txt` is needed and cannot be read.
    """
    evaluate = params.evaluate
    hotwords = None
    if evaluate.hotwords:
        terms = [variants[0] for _, variants in variants_of(read_lines(TERMS))]
        fit = first_that_fit(terms, model)
        if len(fit) < len(terms):
            print(
                f"{TERMS}: the model takes the first {len(fit)} of {len(terms)} terms as hotwords; "
                "put the most frequent first",
                flush=True,
            )
        hotwords = ", ".join(fit) or None
    return Decoding(
        params.build_dataset.language,
        evaluate.beam_size,
        evaluate.window_seconds,
        params.normalize.level_dbfs,
        hotwords,
    )


def first_that_fit(terms: Sequence[str], model: WhisperModel) -> list[str]:
    """The first of `terms` that faster-whisper does not cut off: half of a sequence is for them."""
    limit = model.max_length // 2 - 1
    fit: list[str] = []
    for term in terms:
        text = " " + ", ".join([*fit, term])
        if len(model.hf_tokenizer.encode(text, add_special_tokens=False).ids) > limit:
            break
        fit.append(term)
    return fit
