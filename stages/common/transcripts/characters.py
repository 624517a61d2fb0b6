"""Clean-up of invisible characters, HTML entities and line ends."""

from __future__ import annotations

import html
import re

_INVISIBLE = dict.fromkeys([
    0x00AD, 0x180E, 0xFEFF, 0x2060,  # soft hyphen, vowel separator, byte-order mark, word joiner
    *range(0x200B, 0x2010),  # zero-width spaces and joiners, left-to-right and right-to-left marks
    *range(0x202A, 0x202F),  # embeddings and overrides of the direction
    *range(0x2066, 0x206A),  # isolates
    *range(0xD800, 0xE000),  # halves of a character, as JSON can have them: no file holds one
])  # fmt: skip
_JOINERS = (0x200C, 0x200D)
"""Part of the spelling in Persian and of emoji: kept inside words."""
_REPLACED = {0x00A0: " ", 0x202F: " ", 0x2007: " ", 0x000C: "\n", 0x000B: "\n", 0x2028: "\n",
             0x2029: "\n", 0x0085: "\n"}  # fmt: skip
_TABLE: dict[int, str | None] = {**_INVISIBLE, **_REPLACED}
for _code in _JOINERS:
    del _TABLE[_code]
_LINE_END = re.compile(r"\r+\n?")
_LONGEST_RUN = 100
_RUN = re.compile(rf"([^\S\n]{{{_LONGEST_RUN}}})[^\S\n]+|(\n{{{_LONGEST_RUN}}})\n+"
                  rf"|([^\w\s]{{{_LONGEST_RUN}}})[^\w\s]+|(\d{{{_LONGEST_RUN}}})\d+")  # fmt: skip
"""Longer runs of white space, signs or digits than anybody types."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def tidy(text: str) -> str:
    """Text with `\\n` at line ends, plain spaces and no invisible characters.

    Runs of more than a hundred white-space characters, signs or digits are cut to a hundred.
    """
    text = _LINE_END.sub(_line_end, text).translate(_TABLE)
    return _RUN.sub(lambda run: run[run.lastindex or 0], text)


def _line_end(match: re.Match[str]) -> str:
    """One line end for `\\r\\n` and `\\r\\r\\n`, and one for each lone `\\r`."""
    return "\n" if match[0].endswith("\n") else "\n" * len(match[0])


def without_entities(text: str) -> str:
    """Text with HTML entities decoded; `&` without a semicolon stays."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)
