"""Decoding: UTF-8, UTF-16 and Windows-1252, detected from the bytes."""

from __future__ import annotations

import codecs
import unicodedata

from stages.common.core.rejections import RecordingRejected

_BINARY_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"ooBinaryFile")
"""Zip archives (Word, OpenDocument), old Word, PDF, and Praat's binary form."""
_PUNCTUATION = frozenset(
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2013\u2014\u2026\u2022\u20ac"
    "\u00a3\u00a7\u00b0\u00ab\u00bb\u2039\u203a\u00bf\u00a1\u00b7\u00bd"
    "\u00bc\u00be\u00d7\u00f7\u00a0\u00ad\u00a9\u00ae\u2122\u00ba\u00aa"
)
"""Characters of Windows-1252, other than letters, that people type."""
_MAX_SHARE = 0.25
"""Largest share of non-ASCII letters in a language that Windows-1252 can write."""


def decode_text(data: bytes) -> tuple[str, bool]:
    """(text, whether the encoding had to be guessed).

    UTF-8 and UTF-16 with a byte-order mark, as Word and Praat write it, are certain. UTF-16 without
    a mark and Windows-1252 are guesses, made only if the whole text is plausible.

    Raises: RecordingRejected(transcript_binary, transcript_not_utf8).
    """
    if data.startswith(_BINARY_STARTS):
        raise RecordingRejected("transcript_binary")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(data, "utf-16"), False
    if b"\0" in data:
        return _utf_16(data), True
    try:
        return data.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        return _windows_1252(data), True


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise RecordingRejected("transcript_not_utf8") from None
    if "\0" in text:  # UTF-32 begins with UTF-16's byte-order mark
        raise RecordingRejected("transcript_binary")
    return text


def _utf_16(data: bytes) -> str:
    """UTF-16 without a byte-order mark, in the byte order that gives text."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # In the wrong byte order, line ends, spaces and digits are letters of other scripts; in the
        # right one most characters are ASCII.
        ascii_share = sum(character < "\x80" for character in text) / len(text)
        if ascii_share > 0.5 and all(c.isprintable() or c in "\t\r\n\f\v\ufeff" for c in text):
            return text
    raise RecordingRejected("transcript_binary")


def _windows_1252(data: bytes) -> str:
    """Raises: RecordingRejected(transcript_not_utf8) if the text looks like another encoding."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise RecordingRejected("transcript_not_utf8") from None
    letters = [character for character in text if character.isalpha()]
    foreign = sum(character > "\x7f" for character in letters)
    if foreign > max(2, _MAX_SHARE * len(letters)):
        raise RecordingRejected("transcript_not_utf8")
    if not all(_plausible(text, at) for at, character in enumerate(text) if character > "\x7f"):
        raise RecordingRejected("transcript_not_utf8")
    return text


def _plausible(text: str, at: int) -> bool:
    """Whether a character outside ASCII stands where a writer would put it.

    A letter in another 8-bit encoding becomes a symbol inside a word, or a capital after a
    lower-case letter: Mac Roman's apostrophe is Windows-1252's capital O with a tilde.
    """
    character, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if character in _PUNCTUATION:
        inside_word = before.isalpha() and after.isalpha()
        return not inside_word or character in "\u2018\u2019\u2013\u2014\u00ad\u00b7\u2026"
    if character in "\u00ff\u0192":  # no language's, but 0xFF and 0x83 of other encodings
        return False
    category = unicodedata.category(character)
    return category == "Ll" or (category == "Lu" and not before.islower())
