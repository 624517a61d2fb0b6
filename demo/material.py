"""The hand-written dialogues of the demo, and their markup.

Reads `demo/dialogues`: `slots.txt` (values of slots such as `{day}`), `shared_*.txt` (exchanges for
any session, by phase) and `themes/*.txt` (exchanges on one client's condition).

Markup: `{day}` is filled from the slots, `{day2}` with another day. `[50 mg|fifty milligrams]` is
the written and the spoken form.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "dialogues"
ROLES = {"T": "Therapist", "C": "Client"}

_SLOT = re.compile(r"\{([a-z_]+)(\d?)\}")
_FORMS = re.compile(r"\[([^\[\]|]+)\|([^\[\]|]+)\]")
_SENTENCE_START = re.compile(r"(^|[.?!] )([a-z])")

Exchange = tuple[tuple[str, str], ...]  # (role, marked-up text) of each line, in order
Slots = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Material:
    words: dict[str, str]
    """Slots with a fixed value in this file."""
    phases: dict[str, tuple[Exchange, ...]]
    """Exchanges by phase."""


def read_material(path: Path) -> Material:
    """Parse a dialogue file. Raises: ValueError with file and line for an invalid line."""
    words: dict[str, str] = {}
    by_phase: dict[str, list[list[tuple[str, str]]]] = {}
    phase = ""
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if line.startswith("#"):
            continue
        if line.startswith("== "):
            phase = line[3:]
            by_phase[phase] = [[]]
        elif phase and not line:
            by_phase[phase].append([])
        elif phase and line[:3] in ("T: ", "C: "):
            by_phase[phase][-1].append((ROLES[line[0]], line[3:]))
        elif not phase and " = " in line:
            name, value = line.split(" = ", 1)
            words[name] = value
        elif line:
            raise ValueError(f"{path}:{number}: expected 'T: ', 'C: ', '== ' or 'name = value'")
    phases = {
        name: tuple(tuple(lines) for lines in exchanges if lines)
        for name, exchanges in by_phase.items()
    }
    return Material(words, phases)


def read_slots(path: Path = FOLDER / "slots.txt") -> Slots:
    return {
        name: tuple(value.strip() for value in values.split(";"))
        for name, values in read_material(path).words.items()
    }


def read_shared(folder: Path = FOLDER) -> dict[str, tuple[Exchange, ...]]:
    """All phases of all `shared_*.txt`."""
    phases: dict[str, tuple[Exchange, ...]] = {}
    for path in sorted(folder.glob("shared_*.txt")):
        phases |= read_material(path).phases
    return phases


def read_theme(name: str, folder: Path = FOLDER) -> Material:
    return read_material(folder / "themes" / f"{name}.txt")


def fill(
    exchange: Exchange,
    slots: Slots,
    fixed: dict[str, str],
    used: Counter[str],
    draw: random.Random,
) -> Exchange:
    """Fill the slots of an exchange from `fixed`, else with a random value per slot.

    Args:
        used: how often each value was drawn so far; updated. The rarest values are drawn first, so
            that every clinical term occurs with several clients.

    Raises: ValueError for an unknown slot.
    """
    chosen: dict[str, str] = {}

    def value(match: re.Match[str]) -> str:
        name, key = match.group(1), match.group(0)
        if name in fixed:
            return fixed[name]
        if name not in slots:
            raise ValueError(f"the dialogues use the slot {key}: add it to slots.txt")
        if key not in chosen:
            # {other_drug} is never the client's own {drug}, and {day2} never {day}.
            taken = set(chosen.values()) | {fixed.get(name.removeprefix("other_"))}
            free = [v for v in slots[name] if v not in taken]
            draw.shuffle(free)
            chosen[key] = min(free, key=lambda v: used[v])
            used[chosen[key]] += 1
        return chosen[key]

    return tuple((role, _capitals(_SLOT.sub(value, text))) for role, text in exchange)


def _capitals(text: str) -> str:
    return _SENTENCE_START.sub(lambda match: match.group(1) + match.group(2).upper(), text)


def written(text: str) -> str:
    """The written form: "50 mg"."""
    return _FORMS.sub(r"\1", text)


def spoken(text: str) -> str:
    """The spoken form: "fifty milligrams"."""
    return _FORMS.sub(r"\2", text)
