"""Decoding options, the same for `evaluate` and the service."""

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
    hotwords: tuple[str, ...] = ()
    """Put before each window, so that the model is more likely to write them."""

    @property
    def hotwords_text(self) -> str | None:
        """The hotwords as faster-whisper takes them."""
        return ", ".join(self.hotwords) or None


def decoding_of(params: Params, model: WhisperModel) -> Decoding:
    """The decoding options in `params`, with the hotwords that fit `model`.

    Raises: UserError if `data/terms.txt` is needed and cannot be read.
    """
    evaluate = params.evaluate
    hotwords: list[str] = []
    if evaluate.hotwords:
        terms = [variants[0] for _, variants in variants_of(read_lines(TERMS))]
        hotwords = first_that_fit(terms, model)
        if len(hotwords) < len(terms):
            print(
                f"{TERMS}: as hotwords the model takes the first {len(hotwords)} of {len(terms)} "
                "terms; put the most frequent first",
                flush=True,
            )
    return Decoding(
        params.build_dataset.language,
        evaluate.beam_size,
        evaluate.window_seconds,
        params.normalize.level_dbfs,
        tuple(hotwords),
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
