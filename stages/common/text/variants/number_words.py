"""One form of numbers in words: "a hundred and five" is "one hundred five".

Numerals have neither "and" nor "oh", so the form leaves out what spoken style may have added.
"""

from __future__ import annotations

from collections.abc import Sequence

from stages.common.text.word_set import word_set

_SMALL = word_set(
    """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
    """
)
_SCALES = word_set("hundred thousand million billion trillion")
_NUMBERS = _SMALL | _SCALES
_UNITS = {
    form: (f"{unit}", f"{unit}s")
    for unit, forms in {
        "milligram": "mg mgs", "microgram": "mcg mcgs", "kilogram": "kg kgs",
        "milliliter": "ml mls", "centimeter": "cm", "kilometer": "km", "hour": "hr hrs",
        "minute": "min mins", "second": "sec secs",
    }.items()
    for form in forms.split()
}  # fmt: skip
_BEFORE_AM = _NUMBERS | {"the", "o'clock"}


def plain_numbers(words: Sequence[str]) -> list[str]:
    """The words with one form of each number, clock time and dose."""
    out: list[str] = []
    for at, word in enumerate(words):
        before = out[-1] if out else ""
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "a" and after in _SCALES and before != "half":
            out.append("one")
        elif word == "and" and before in _SCALES and after in _SMALL:
            continue
        elif word == "oh" and after in _SMALL and before in _NUMBERS:
            out.append("zero")
        elif word == "point" and after in _SMALL and before in ("zero", "oh"):
            # "Zero point five" is "point five"; "ten point five" is no such number.
            if len(out) < 2 or out[-2] not in _NUMBERS:
                out.pop()
            out.append(word)
        elif word == "m" and before == "a" and len(out) > 1 and out[-2] in _BEFORE_AM:
            # Rather than the reverse: "six" may end one clip, and "am I" begin the next.
            out[-1] = "am"
        elif word == "us" and before == "the":
            out += ("u", "s")
        elif word in _UNITS and before in _NUMBERS:
            out.append(_UNITS[word][before != "one"])
        else:
            out.append(word)
    return out
