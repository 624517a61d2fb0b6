"""Occurrences of numbers and doses in spoken form, and which of them are equivalent."""

from __future__ import annotations

from collections.abc import Sequence

from stages.common.evaluation.entities.occurrences import Occurrence

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_DECADES = "twenties thirties forties fifties sixties seventies eighties nineties"
_RANKS = (
    "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)
_SCALES = frozenset({"hundred", "thousand", "million", "billion"})
_PARTS = frozenset({"half", "quarter", "quarters"})
_WORDS = frozenset(f"{_SMALL} {_TENS} {_DECADES} {_RANKS}".split()) | _SCALES | _PARTS
_INSIDE = frozenset({"point", "oh"})
"""Part of a number between two others: "one point five", "three oh five"."""
_TAILS = frozenset({"first", "second"})
"""Ranks at the end of a number ("twenty first"); alone they are mostly none ("at first")."""
_ARTICLES = frozenset({"a", "an"})

_UNITS = {
    "milligram": "milligram milligrams milligramme milligrammes mg mgs",
    "microgram": "microgram micrograms microgramme microgrammes mcg mcgs",
    "gram": "gram grams gramme grammes",
    "kilogram": "kilogram kilograms kilo kilos kg",
    "millilitre": "millilitre millilitres milliliter milliliters ml mls",
    "litre": "litre litres liter liters",
    "mil": "mil mils",
    "millimole": "millimole millimoles mmol",
    "unit": "unit units",
    "tablet": "tablet tablets",
    "pill": "pill pills",
    "capsule": "capsule capsules",
    "drop": "drop drops",
    "puff": "puff puffs",
    "patch": "patch patches",
    "spoon": "teaspoon teaspoons tablespoon tablespoons spoonful spoonfuls",
    "injection": "injection injections",
}
_UNIT_OF = {form: unit for unit, forms in _UNITS.items() for form in forms.split()}


def find_numbers(words: Sequence[str]) -> list[Occurrence]:
    """Runs of number words. A lone "one" counts before a unit only: else it is mostly a pronoun.

    "One hundred and five", "a hundred and five" and "one hundred five" are the same number.
    Numbers that are the same only by their value ("fifteen hundred") are not.
    """
    found: list[Occurrence] = []
    at = 0
    while at < len(words):
        end = _run(words, at)
        said = _plain(words[at:end])
        if end > at and (said != "one" or (end < len(words) and words[end] in _UNIT_OF)):
            found.append(Occurrence(at, end, said))
        at = max(end, at + 1)
    return found


def find_doses(words: Sequence[str]) -> list[Occurrence]:
    """Numbers with the unit that follows ("fifty milligrams", "half a tablet"): both must be
    right."""
    found: list[Occurrence] = []
    for number in find_numbers(words):
        at = number.end
        if words[at - 1] in _PARTS and at < len(words) and words[at] in _ARTICLES:
            at += 1
        unit = _UNIT_OF.get(words[at]) if at < len(words) else None
        if unit:
            found.append(Occurrence(number.start, at + 1, f"{number.entity} {unit}"))
    return found


def _run(words: Sequence[str], start: int) -> int:
    """Where the number that begins at `start` ends; `start` itself where none does."""
    at = start

    def word(ahead: int) -> str:
        return words[at + ahead] if at + ahead < len(words) else ""

    if word(0) in _ARTICLES and word(1) in _SCALES | {"half", "quarter"}:
        at += 2
    elif word(0) in _WORDS:
        at += 1
    elif word(0) == "point" and word(1) in _WORDS:
        # "Point five milligrams" must never be the same as five.
        at += 2
    else:
        return start
    while at < len(words):
        before = words[at - 1]
        part = 1 + (word(1) in _ARTICLES or word(1) in ("one", "three"))
        if word(0) in _WORDS:
            at += 1
        elif word(0) in _INSIDE and word(1) in _WORDS:
            at += 2
        elif word(0) == "and" and word(part) in _PARTS:
            at += part + 1
        elif word(0) == "and" and before in _SCALES and word(1) in _WORDS:
            at += 2
        else:
            return at + (word(0) in _TAILS and before in _TENS.split())
    return at


def _plain(words: Sequence[str]) -> str:
    """A number without what may be left out of it."""
    kept: list[str] = []
    opens = True
    for at, word in enumerate(words):
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "and":
            opens = True
        elif not (opens and word in ("a", "an", "one") and after in _SCALES | _PARTS):
            kept.append("zero" if word == "oh" else word)
            opens = False
    if kept[:2] == ["zero", "point"]:
        del kept[0]
    return " ".join(kept)
