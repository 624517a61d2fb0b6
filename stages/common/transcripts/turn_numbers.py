"""Labels that count the turns: `T1`, `C1`, `T2`, `C2`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from stages.common.transcripts.label_words import PEOPLE
from stages.common.transcripts.speakers import is_role

_NUMBERED = re.compile(r"(.*?[^\W\d])[ _.-]?(\d+)")


def without_turn_numbers(names: Sequence[str]) -> list[str]:
    """Names of the turns in order, without the turn's number; "" stays.

    A couple's `C1` and `C2` are two people: turn numbers only grow, and all labels, of two people
    or more, have one.
    """
    matches = [_NUMBERED.fullmatch(name) for name in names]
    numbers: dict[str, list[int]] = {}
    for name, match in zip(names, matches, strict=True):
        if match:
            numbers.setdefault(match[1], []).append(int(match[2]))
        elif name:
            return list(names)
    grow = all(a < b for values in numbers.values() for a, b in pairwise(values))
    people = all(is_role(n) or len(n) <= 3 or n.lower() in PEOPLE for n in numbers)
    if len(numbers) < 2 or not grow or not people:
        return list(names)
    return [match[1] if match else name for name, match in zip(names, matches, strict=True)]
