"""Plain text of a whole session: turns by speaker, or paragraphs where nobody is named."""

from __future__ import annotations

import re
from collections import Counter

from stages.common.transcripts.cue import Cue, one_line

ROLES = {
    "t": "Therapist", "th": "Therapist", "therapist": "Therapist",
    "c": "Client", "cl": "Client", "client": "Client",
    "p": "Patient", "pt": "Patient", "patient": "Patient",
    "dr": "Doctor", "doctor": "Doctor", "clinician": "Clinician",
    "counsellor": "Counsellor", "counselor": "Counsellor",
    "interviewer": "Interviewer", "speaker": "Speaker",
}  # fmt: skip
"""Labels that count wherever a line begins with them, and how the role is written from then on."""

_CLOCK = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_STAMP = rf"[\[(]?{_CLOCK}(?:\s*-\s*{_CLOCK})?[\])]?"
_LABEL = re.compile(
    rf"""\s*(?:{_STAMP}\s*[-:\u2013\u2014]?\s*)?      # [00:12:31] Client:
        [-*>\s]*                                      # a list's dash, markdown's stars
        [\[(]?(?P<name>[^\W\d_][\w.'\u2019]*(?:[ ]\w[\w.'\u2019]*){{0,2}}|\w+_\d+)[\])]?
        \**\s*
        (?:{_STAMP}\s*)?                              # Client [00:12:31]:
        (?:(?P<colon>:)\**(?=\s|$)|\s(?P<dash>[-\u2013\u2014])(?=\s|$))\**
        \s*(?P<rest>.*)$""",
    re.VERBOSE,
)
_LONGEST_LABEL = 40
_PAGE = re.compile(
    r"\s*(?:[-\u2013\u2014]*\s*(?:page\s*)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?\s*[-\u2013\u2014]*"
    r"|(?:strictly\s+)?(?:private\s+(?:and|&)\s+)?confidential\W*)\s*",
    re.IGNORECASE,
)
_TYPED = str.maketrans({"\u00ad": None, "\u200b": None, "\ufeff": None, "\u00a0": " ",
                        "\u202f": " ", "\f": "\n", "\v": "\n"})  # fmt: skip
_HYPHENATED = re.compile(r"(?<=[a-z])-\n\s*(?=[a-z])")
_REPEATS = 3


def parse(text: str) -> list[Cue]:
    """The turns in order, or, where no line has a label, the paragraphs; no times.

    Page numbers and headers are left out: lines that stand alone, are nobody's speech by their
    label and come at least three times but for their digits.
    """
    text = _HYPHENATED.sub("", text.translate(_TYPED))
    lines = _without_headers(text.splitlines())
    names = _names(lines)
    turns: list[tuple[str, list[str]]] = []
    for line in lines:
        speaker, rest = _label(line, names)
        if speaker:
            turns.append((speaker, [rest]))
        elif names and turns:
            turns[-1][1].append(line)
        elif names or not turns or (not line.strip() and turns[-1][1]):
            turns.append(("", [line]))  # before the first label, or a new paragraph
        else:
            turns[-1][1].append(line)
    cues = [Cue(0.0, 0.0, one_line(" ".join(said)), speaker) for speaker, said in turns]
    return [cue for cue in cues if cue.text]


def role(name: str) -> str:
    """One spelling for what is a role, `T` or `CLIENT`; any other name as it is."""
    name = one_line(name)
    return ROLES.get(name.rstrip(".").lower(), name)


def _names(lines: list[str]) -> set[str]:
    """The labels of this text: known roles, and names that open at least two lines."""
    counts: Counter[str] = Counter()
    for line in lines:
        found = _LABEL.match(line)
        if found and len(found["name"]) <= _LONGEST_LABEL:
            counts[found["name"]] += 1
    names = set()
    for name, count in counts.items():
        known = name.rstrip(".").lower() in ROLES
        if known or (count >= 2 and (name[0].isupper() or "_" in name)):
            names.add(name)
    return names


def _label(line: str, names: set[str]) -> tuple[str, str]:
    """(speaker, rest of the line), or ("", line)."""
    found = _LABEL.match(line)
    if not found or found["name"] not in names:
        return "", line
    # "T - Monday" is a label where the text has T; "So - well" is speech.
    return role(found["name"]), found["rest"]


def _without_headers(lines: list[str]) -> list[str]:
    """Lines without page numbers, and without what repeats alone between empty lines."""

    def alone(at: int) -> bool:
        before = at == 0 or not lines[at - 1].strip()
        after = at + 1 == len(lines) or not lines[at + 1].strip()
        return before and after

    shapes = Counter(
        re.sub(r"\d+", "0", line.strip())
        for at, line in enumerate(lines)
        if re.search(r"\d", line) and alone(at) and not _LABEL.match(line)
    )
    kept = []
    for at, line in enumerate(lines):
        repeated = alone(at) and shapes[re.sub(r"\d+", "0", line.strip())] >= _REPEATS
        if line.strip() and (_PAGE.fullmatch(line) or repeated):
            continue
        kept.append(line)
    return kept
