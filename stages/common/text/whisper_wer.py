"""WER under Whisper's own text normalizer: comparable with published figures.

The rules are transformers' copy of OpenAI's. The British-American spellings, which transformers
takes from a model's tokenizer and not every model has, come from `whisper-normalizer`; that
package's own rules are a few more than OpenAI's and are not used. Whisper's rules delete "um" and
"hmm" and join adjacent numbers: "eight, um, fifty milligrams" becomes "8 50 milligrams", and
"850 milligrams" without its commas. So the hypothesis is the model's own text, not its scoring
form. The reference is the dataset's, in `normalize.style`: where that spells out units and
acronyms, a model that writes "mg" makes errors here that it does not make in `wer`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import jiwer
from transformers.models.whisper.english_normalizer import (
    BasicTextNormalizer,
    EnglishTextNormalizer,
)
from whisper_normalizer.english import EnglishSpellingNormalizer


def whisper_wer(windows: Sequence[tuple[str, str]], language: str) -> dict[str, Any]:
    """`wer_whisper` over all windows together, None if no reference has words; and
    `whisper_normalizer`: its class and the version of transformers.

    Args:
        windows: (reference, hypothesis) of each.
        language: its code, such as "en".
    """
    normalize = normalizer(language)
    references = [normalize(reference).strip() for reference, _ in windows]
    hypotheses = [normalize(hypothesis).strip() for _, hypothesis in windows]
    words = jiwer.process_words(references, hypotheses) if any(references) else None
    return {
        "wer_whisper": words.wer if words else None,
        "whisper_normalizer": f"{type(normalize).__name__} {version('transformers')}",
    }


@cache
def normalizer(language: str) -> Callable[[str], str]:
    """Whisper's normalizer for English, or its basic one for any other language."""
    chosen: Callable[[str], str] = (
        EnglishTextNormalizer(EnglishSpellingNormalizer().mapping)
        if language == "en"
        else BasicTextNormalizer()
    )
    return chosen
