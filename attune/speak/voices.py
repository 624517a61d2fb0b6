"""The voices of a script, chosen by its content.

The variants are those of eSpeak NG that Whisper tiny.en recognizes best in American English,
without those of the demo's sessions and out-of-domain set, which measure unseen speakers.
"""

from __future__ import annotations

import random

from attune.speak.espeak import Voice, has_voice
from stages.common.core.errors import UserError

VARIANTS = (
    "m6", "Hugo", "pablo", "sandro", "rob", "Mike", "Reed", "caleb", "f2", "belinda", "steph2",
    "aunty",
)  # fmt: skip
ACCENTS = ("en", "en-us", "en-us-nyc", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-scotland")
_OTHER_NAMES = {"zh": "cmn", "no": "nb"}
"""Whisper's code -> eSpeak's, where they differ."""


def choose_voices(seed: int, language: str) -> dict[str, Voice]:
    """Role -> voice: two different variants, each with its own pitch and rate.

    Args: language: Whisper's code; English is spoken in several accents.
    Raises: UserError if eSpeak NG does not have the language.
    """
    draw = random.Random(seed)
    accents = ACCENTS if language == "en" else (espeak_name(language),)
    return {
        role: Voice(
            f"{draw.choice(accents)}+{variant}",
            rate=draw.randint(140, 185),
            pitch=draw.randint(38, 62),
            pitch_range=draw.randint(40, 60),
        )
        for role, variant in zip(("Therapist", "Client"), draw.sample(VARIANTS, 2), strict=True)
    }


def espeak_name(language: str) -> str:
    """eSpeak's name of a language. Raises: UserError if eSpeak has no voice for it."""
    name = _OTHER_NAMES.get(language, language)
    if not has_voice(name):
        raise UserError(
            f"build_dataset.language {language}: eSpeak NG has no voice for it; "
            "scripts in this language cannot be spoken"
        )
    return name
