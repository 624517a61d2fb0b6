"""Tier names in TextGrid and ELAN: which tiers are not speech, and whose speech the others are."""

from __future__ import annotations

import re

_NO_SPEECH = re.compile(
    r"notes?|comments?|remarks?|annotations?|annotator|codes?|coding|events?|noise|noises|sounds?"
    r"|phones?|phonemes?|phonetics?|syllables?|segments?|gestures?|gaze|affect|emotions?|topics?"
    r"|translations?|gloss|glosses|pos|lemmas?|silences?|pauses?|quality|metadata|marks?|todo",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"words?|text|utterances?|transcripts?|transcription|speech|orthography|orth"
                      r"|ort|sentences?|tx|txt|utt", re.IGNORECASE)  # fmt: skip
_PAUSES = re.compile(r"[<(\[]?(?:sil|sp|pau|p:|silence)[>)\]]?|[#_]", re.IGNORECASE)
_NOISE = re.compile(r"[<(\[]?(?:spn|unk|nib|usb)[>)\]]?", re.IGNORECASE)
_PARTS = re.compile(r"\s*[-_@./:]\s*|\s+")


_TWO_PARTS = re.compile(r"(.+?)\s*[-_@/:]\s*(\w+)")
_LONGEST = 100
"""Characters of a tier's name that count."""


def has_speech(tier: str) -> bool:
    """Whether a tier of this name holds speech; `notes` and `T - phones` do not."""
    return not any(_NO_SPEECH.fullmatch(part) for part in _PARTS.split(tier.strip()[:_LONGEST]))


def is_content(tier: str) -> bool:
    """Whether a tier's name says that it holds words: `Client - words`, `tx@Client`."""
    return any(_CONTENT.fullmatch(part) for part in _PARTS.split(tier.strip()[:_LONGEST]))


def speaker_of(tier: str) -> str:
    """The speaker in a tier's name: `Client` of `Client - words` or `tx@Client`; else the name."""
    match = _TWO_PARTS.fullmatch(tier.strip()[:_LONGEST])
    if match and _CONTENT.fullmatch(match[1]):
        return match[2]
    return match[1] if match and _CONTENT.fullmatch(match[2]) else tier.strip()[:_LONGEST]


def interval_text(text: str) -> str:
    """An interval's text; "" for an aligner's silence, a mark for its unknown words."""
    if _PAUSES.fullmatch(text.strip()):
        return ""
    return "[inaudible]" if _NOISE.fullmatch(text.strip()) else text
