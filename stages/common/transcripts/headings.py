"""Lines of a document that are not speech: heading, page numbers, running headers, footers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from stages.common.transcripts.label_words import GREETINGS
from stages.common.transcripts.labels import label_candidate
from stages.common.transcripts.speakers import is_role

_PAGE_FURNITURE = re.compile(
    r"\s*+(?:[-\u2013\u2014]*+\s*+(?:page\s*+)?\d{1,4}(?:\s*+(?:of|/)\s*+\d{1,4})?\s*+[-\u2013\u2014]*+"
    r"|(?:strictly\s+)?(?:private\s+(?:and|&)\s+)?confidential\W*+)\s*+",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"\W*+(?:transcribed (?:by|with|using)\b.{0,80}|(?:this )?transcript (?:was )?(?:generated|"
    r"exported|provided) (?:by|with|from)\b.{0,80}|end of (?:the )?(?:transcript|transcription|"
    r"recording|session|interview|audio|tape|file)|.{1,60} (?:started|stopped) transcription"
    r"|meeting ended after [\d:]++|this editable transcript was computer generated\b.{0,120}"
    r"|(?:reacted to|replying to) [\"\u201c].{0,120}|removed an? .{1,20} reaction from .{0,120}"
    r")\W*|(?:(?!---|===)\W)*+(?:---|===)\W*+",
    re.IGNORECASE,
)
"""Footers of services, and lines that meeting chats write between messages."""
_KEY = re.compile(
    r"""\W*+(?:age|attendees|audio(?:\ file|\ name)?|case(?:\ number|\ no\.?|\ id)?|client\ id|code
    |client\ code|clinic|condition|consent|created|date(?:\ of\ (?:birth|session|interview))?
    |diagnosis|dob|document|duration|end(?:\ time)?|file(?:\s?name)?|gender|id|interviewed\ by
    |interview(?:\ date|\ number|\ no\.?)?|keywords|language|length|location|media|meeting
    |modality|participant\ id|participants|patient\ id|place|present|project
    |recorded(?:\ by|\ on)?|recording(?:\ date|\ time|\ name)?|sex|site|source|speakers
    |session(?:\ date|\ id|\ number|\ no\.?|\ type)?|start(?:\ time)?|study|supervisor|time
    |title|topic|transcriber|transcribed(?:\ by|\ on)?|transcript(?:\ of|\ by)?|venue|version
    |transcription(?:\ date|\ by|\ conventions)?|video)
    \s*(?:[:=\uff1a#\t]|\s[-\u2013]\s).*""",
    re.IGNORECASE | re.VERBOSE,
)
_ABOVE_NAMES = re.compile(
    r"\W*+(?:attendees|participants|invited|present|speakers)\W*", re.IGNORECASE
)
_NAMES = re.compile(r"[A-Z][^\n:.?!]{0,30}(?:, [A-Z][^\n:.?!,]{0,30})*")
_FILE = re.compile(
    r"\S.{0,120}\.(?:wav|mp3|m4a|mp4|aac|aiff?|flac|mkv|mov|ogg|opus|webm|wma|avi)\s*",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\W*+(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(?:{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}"
    rf"|\d{{1,2}}\.?\s+{_MONTH},?\s+\d{{4}}|\d{{4}}[-/.]\d{{2}}[-/.]\d{{2}}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[\s,T-]+\d{1,2}:\d{2}\S*(?:\s*[ap]\.?m\.?)?)?\W*",
    re.IGNORECASE,
)
"""A line that is a date, perhaps with a time."""
_TITLE = re.compile(
    r"\W*+(?:\w+ ){0,3}(?:session|interview|transcript|transcription|appointment|consultation|"
    r"recording|meeting|visit|tape|audio|video)(?:\W*|\s+(?:#|no\.?|nr\.?|number|of|with|transcript|"
    r"\d).{0,80}|\s*[-\u2013\u2014,:].{0,80})",
    re.IGNORECASE,
)
_LEGEND = re.compile(
    r"\W*+(?:(?:key|legend|speakers?)\W+)?\w[\w. ]{0,20}\s*=\s*\w[\w .'/-]{0,40}"
    r"(?:[,;]\s*\w[\w. ]{0,20}\s*=\s*\w[\w .'/-]{0,40})*\W*"
)
"""`T = therapist, C = client`."""
_VALUE = re.compile(r"(?:[A-Z]\.?){1,3}|(?:[A-Z][\w.'\u2019-]*)(?: [A-Z][\w.'\u2019-]*){0,3}|\d+")
"""Initials, a name or a number, as in the heading "Client: JM"."""
_LONGEST = 30
"""Most lines of a heading."""
_WIDEST = 300
"""Longest line of a heading or footer, in characters."""
_HEADER_REPEATS = 3
"""Occurrences from which a line between empty lines counts as a running header."""


def without_furniture(lines: Sequence[str]) -> list[str]:
    """Lines without page numbers, footers, and running headers, which recur between empty lines."""

    def stands_alone(at: int) -> bool:
        before = at == 0 or not lines[at - 1].strip()
        after = at + 1 == len(lines) or not lines[at + 1].strip()
        return before and after

    def without_digits(line: str) -> str:
        return re.sub(r"\d+", "0", line.strip())

    def has_label(line: str) -> bool:
        found = label_candidate(line)
        return found is not None and found.form not in ("alone", "column")

    counts = Counter(
        without_digits(line)
        for at, line in enumerate(lines)
        if re.search(r"\d", line) and stands_alone(at) and not has_label(line)
    )
    kept = []
    for at, line in enumerate(lines):
        header = stands_alone(at) and counts[without_digits(line)] >= _HEADER_REPEATS
        if not line.strip() or not (header or _is_furniture(line.strip())):
            kept.append(line)
    return kept


def _is_furniture(line: str) -> bool:
    return len(line) <= _WIDEST and bool(_PAGE_FURNITURE.fullmatch(line) or _FOOTER.fullmatch(line))


def heading_length(lines: Sequence[str], first_head: int | None) -> int:
    """Number of lines at the top that are the document's heading, not speech.

    They are `Date: ...`, `Session 4`, `T = therapist`, and `Client: JM` between such lines.

    Args:
        first_head: index of the first line with a name and a time alone, which services write:
            what they put above it is never speech.
    """
    if first_head is not None and first_head <= _LONGEST:
        return first_head
    end = at = 0
    while at < min(len(lines), _LONGEST):
        block = at
        while block < len(lines) and lines[block].strip():
            block += 1
        inner = _without_attendees(lines[at:block])
        if inner and any(map(_is_certain, inner)) and all(map(_is_heading, inner)):
            end = block
        else:
            heading = [_is_heading(line, alone=True) for line in inner]
            length = heading.index(False) if False in heading else len(inner)
            skipped = block - at - len(inner)
            end = at + length + skipped if any(map(_is_certain, inner[:length])) else end
            if inner:
                break
        at = block + 1
    return end


def _without_attendees(lines: Sequence[str]) -> list[str]:
    """The lines without the names listed below "Attendees"."""
    return [
        line
        for at, line in enumerate(lines)
        if not (at and _ABOVE_NAMES.fullmatch(lines[at - 1]) and _NAMES.fullmatch(line.strip()))
    ]


def _is_certain(line: str) -> bool:
    """Whether a line above the first turn is clearly not speech."""
    line = line.strip()
    if len(line) > _WIDEST:
        return False
    if any(form.fullmatch(line) for form in (_KEY, _LEGEND, _ABOVE_NAMES, _FILE, _DATE)):
        return True
    found = label_candidate(line)
    if found and len(found.name) <= 3 and is_role(found.name) and is_role(found.text.strip(".,;")):
        return True  # "T - therapist"
    words = line.split()
    return 0 < len(words) <= 10 and words[-1][-1] not in ".?!" and bool(_TITLE.fullmatch(line))


def _is_heading(line: str, alone: bool = False) -> bool:
    """Whether a line belongs to the heading, given that its neighbours do.

    Args:
        alone: turns follow without an empty line, so that "T: Anna" may be the first.
    """
    if _is_certain(line):
        return True
    found = label_candidate(line)
    if found is None or found.form != "colon":
        return False
    value = found.text.strip()
    if is_role(found.name):
        named = _VALUE.fullmatch(value) and value.lower() not in GREETINGS
        return bool(named) and not (alone and len(found.name) <= 2)
    return not alone and len(value.split()) <= 6 and value[-1:] not in (".", "?", "!")
