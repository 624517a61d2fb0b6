"""The WER that others publish for Whisper: under Whisper's own text normalizer.

The rules are transformers' copy of OpenAI's; the British-American spellings, which transformers
takes from a model's tokenizer and not every model brings, are those of `whisper-normalizer`, whose
own rules are a few more than OpenAI's. It drops what is said as "um" and "hmm", and joins numbers
that follow each other: "eight, um, fifty milligrams" is "8 50 milligrams", and without its commas
"850 milligrams". So it is given what the model wrote itself, not our scoring form of it. The
reference is the dataset's, in `normalize.style`: where that spells out units and acronyms, a model
that writes "mg" pays for it here and not in `wer`.
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
    """`wer_whisper`, over all together, None if no reference has words; and `whisper_normalizer`:
    which one, of which version of transformers.

    windows: what is said in each, and what the model wrote for it.
    """
    normalize = normalizer(language)
    spoken, heard = ([normalize(pair[side]).strip() for pair in windows] for side in (0, 1))
    return {
        "wer_whisper": jiwer.process_words(spoken, heard).wer if any(spoken) else None,
        "whisper_normalizer": f"{type(normalize).__name__} {version('transformers')}",
    }


@cache
def normalizer(language: str) -> Callable[[str], str]:
    """Whisper's for English, or its basic one for any other language."""
    if language == "en":
        english: Callable[[str], str] = EnglishTextNormalizer(EnglishSpellingNormalizer().mapping)
        return english
    basic: Callable[[str], str] = BasicTextNormalizer()
    return basic
