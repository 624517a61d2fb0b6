"""Scripts to be spoken: text files with one turn per line.

`T: ` starts a turn of the therapist, `C: ` one of the client. Blank lines and lines that start with
`#` are skipped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.core.errors import UserError

ROLES = {"T": "Therapist", "C": "Client"}
MAX_WORDS = 60
"""Words per sentence. At 140 words a minute they take 26 s; no segment is longer than 30 s."""

_LABEL = re.compile(r"([^\W\d_]+)\s*:\s*(.*)")
_MARKS = re.compile(r"[\[\]<>{}]")
_SENTENCE = re.compile(
    r"(?<=[.?!…])(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|Ms|St|vs)\.)(?<!\bMrs\.) +"
    # Full-width: full stop, question mark, exclamation mark.
    "|(?<=[\u3002\uff1f\uff01]) *(?=.)"
)


@dataclass(frozen=True)
class Line:
    role: str
    """A value of `ROLES`."""
    text: str
    """A sentence as typed; it becomes a cue of the transcript."""


@dataclass(frozen=True)
class Script:
    lines: tuple[Line, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over what is spoken, as 64 hex digits: comments and spacing do not change it."""
        text = "\n".join(f"{line.role}: {line.text}" for line in self.lines)
        return hashlib.sha256(text.encode()).hexdigest()


def read_scripts(paths: Sequence[Path]) -> list[Script]:
    """The scripts in `paths`, without duplicates.

    Raises: UserError naming every fault by the number of the script among `paths` and its line.
        Messages omit file names and text.
    """
    scripts: dict[str, Script] = {}
    faults: list[str] = []
    for number, path in enumerate(paths, 1):
        name = f"script {number}"
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError:
            faults.append(f"{name}: it cannot be read; name a text file")
        except UnicodeDecodeError:
            faults.append(f"{name}: not UTF-8; save it as UTF-8 text")
        else:
            script, wrong = parse(text)
            faults += [f"{name}{fault}" for fault in wrong]
            scripts[script.digest] = script
    if faults:
        raise UserError("\n".join(faults))
    return list(scripts.values())


def parse(text: str) -> tuple[Script, list[str]]:
    """A script with its faults, each as `, line N: fault` or `: fault`."""
    lines: list[Line] = []
    faults: list[str] = []
    turns = 0
    for number, raw in enumerate(text.splitlines(), 1):
        turn = " ".join(raw.split())
        if not turn or turn.startswith("#"):
            continue
        turns += 1
        labelled = _LABEL.fullmatch(turn)
        label, words = (labelled[1].upper(), labelled[2]) if labelled else ("", turn)
        if fault := _fault(label, words):
            faults.append(f", line {number}: {fault}")
        else:
            lines += [Line(ROLES[label], part) for part in _sentences(words)]
    if not turns:
        faults.append(": no turns; write lines such as `T: How was your week?`")
    return Script(tuple(lines)), faults


def _fault(label: str, words: str) -> str:
    """What is wrong with a turn, or ""."""
    if not label:
        return "no label; begin it with T: or C:"
    if label not in ROLES:
        return "unknown label; use T: or C:"
    if not any(char.isalnum() for char in words):
        return "no words after the label"
    if _MARKS.search(words):
        return "a mark in brackets; write only what is to be spoken"
    if any(len(part.split()) > MAX_WORDS for part in _sentences(words)):
        return f"a sentence of more than {MAX_WORDS} words; split it"
    return ""


def _sentences(turn: str) -> list[str]:
    """The sentences of a turn; a part without letters or digits joins the one before."""
    sentences: list[str] = []
    for part in _SENTENCE.split(turn):
        if sentences and not any(char.isalnum() for char in part):
            sentences[-1] += f" {part}"
        else:
            sentences.append(part)
    return sentences
