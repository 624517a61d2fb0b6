"""English in spoken style: lower-case words as they are spoken, numbers and units in full.

The rules run in this order, and each relies on the ones before it:

 1. Unicode clean-up (one kind of quote, dash, space and digit; emoji dropped);
 2. text in capitals to lower case, since capitals mark acronyms later;
 3. web and mail addresses, then abbreviations and titles, whose full stops would end numbers;
 4. digits, from the most specific form to the most general:
    telephone numbers, numeric dates, heights, fixed phrases, minus, money, other signs, ranges,
    clock times, days of a month, decades, ordinals, fractions and scores,
    units, percentages, years, and last all remaining digits;
 5. initials with full stops, symbols, acronyms;
 6. lower case; everything but letters and in-word apostrophes becomes a space;
 7. abbreviations that are never words ("ok", "mr").

Steps 1 to 5 find nothing to change in a text after step 6, nor does step 7 in its own results, so a
second pass changes nothing.
"""

import re
import unicodedata
from collections.abc import Callable

from stages.common.text import abbreviations, acronyms, amounts, digit_groups, money, times, units
from stages.common.text.letters import letters_only
from stages.common.text.unicode_forms import clean

_Rule = Callable[[str], str]

_DIGIT_RULES: tuple[_Rule, ...] = (
    digit_groups.spelled_digits,
    times.numeric_dates,
    digit_groups.heights,
    digit_groups.fixed_phrases,
    amounts.minus_signs,
    money.money,
    amounts.signs,
    digit_groups.ranges,
    times.clock_times,
    times.month_days,
    times.seconds,
    times.decades,
    amounts.ordinals,
    amounts.fractions,
    units.quantities,
    amounts.percentages,
    times.years,
    amounts.remaining,
)

_DIGIT = re.compile(r"\d")
_UPPER = re.compile(r"[A-Z]")


def spoken_english(text: str) -> str:
    """The text in spoken style."""
    text = clean(text)
    if _UPPER.search(text):
        text = acronyms.unshout(text)
    text = abbreviations.abbreviations(abbreviations.web_addresses(text))
    if _DIGIT.search(text):
        text = acronyms.lower_with_number(text)
        for rule in _DIGIT_RULES:
            text = rule(text)
    text = abbreviations.symbols(abbreviations.initials(units.rates(text)))
    if _UPPER.search(text):
        text = acronyms.acronyms(text)
    text = letters_only(unicodedata.normalize("NFKC", text.lower()))
    return abbreviations.short_words(text)
