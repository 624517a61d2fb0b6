"""French: numbers with spaces between thousands, "14 h 30", "1er" and "2e"."""

from __future__ import annotations

import re

from stages.common.text.languages.numerals import cardinal, ordinal
from stages.common.text.languages.table import Table, pairs_of, units_of

_CLOCK = re.compile(
    r"(?<![\w.:,])(\d{1,2})\s?(?:[hH]|:(?=[0-5]\d(?!\w)))\s?([0-5]\d)?(?![\w:])"
    r"|(?<![\w.:,])(\d{1,2}) heures?(?: (\d{1,2})(?![\w.,]| \w))?"
)
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,4})(er|re|ère|nd|nde|ème|eme|e)s?\b")
_FEMININE_ENDINGS = frozenset({"re", "ère", "nde"})


def _clock(match: re.Match[str]) -> str:
    hour, minute = match[1] or match[3], match[2] or match[4] or "0"
    words = _feminine(cardinal(str(int(hour)), "fr"))
    name = "heure" if int(hour) < 2 else "heures"
    tail = f" {_feminine(cardinal(str(int(minute)), 'fr'))}" if int(minute) else ""
    return f" {words} {name}{tail} "


def _feminine(number: str) -> str:
    return f"{number}e" if number == "un" or number.endswith((" un", "-un")) else number


def _ordinal(match: re.Match[str]) -> str:
    digits, ending = match[1], match[2]
    if digits == "1":
        return "première" if ending in _FEMININE_ENDINGS else "premier"
    if ending in ("nd", "nde"):
        return f"second{ending[2:]}"
    return ordinal(digits, "fr")


FRENCH = Table(
    language="fr",
    decimal_mark="virgule",
    digits_after_mark=False,
    percent="pour cent",
    minus="moins",
    plus="plus",
    to="à",
    out_of="sur",
    over="sur",
    per="par",
    also="et",
    times="{} fois",
    half="un demi",
    and_half="{} et demi",
    one_and_half="un et demi",
    degrees=("un degré", "degrés"),
    celsius="Celsius",
    units=units_of(
        """
        mg | un milligramme | milligrammes
        µg μg mcg | un microgramme | microgrammes
        g | un gramme | grammes
        kg | un kilogramme | kilogrammes
        ml mL | un millilitre | millilitres
        l L | un litre | litres
        mm | un millimètre | millimètres
        cm | un centimètre | centimètres
        m | un mètre | mètres
        km | un kilomètre | kilomètres
        km/h | un kilomètre heure | kilomètres heure
        s sec | une seconde | secondes
        min mn | une minute | minutes
        kcal | une kilocalorie | kilocalories
        """
    ),
    currencies=units_of(
        """
        € EUR euros euro | un euro | euros
        $ | un dollar | dollars
        £ | une livre | livres
        CHF | un franc | francs
        """
    ),
    abbreviations=pairs_of(
        """
        p.ex. par exemple
        c.-à-d. c'est-à-dire
        etc. et cetera
        env. environ
        tél. téléphone
        av. avenue
        Dr. docteur
        Pr. professeur
        n° numéro
        """
    ),
    titles=pairs_of(
        """
        Mme madame
        Mmes mesdames
        Mlle mademoiselle
        M. monsieur
        MM. messieurs
        Dr docteur
        Pr professeur
        """
    ),
    clock=lambda text: _CLOCK.sub(_clock, text),
    ordinals=lambda text: _ORDINAL.sub(_ordinal, text),
    phones_in_digits=False,
    variants={
        "euh": "heu euhh euhm",
        "hum": "hmm hm hmmm",
        "mm hum": "mhm mmhm",
        "okay": "ok okey",
        "docteur": "dr",
        "madame": "mme",
        "mademoiselle": "mlle",
        "et cetera": "etc etcetera",
        "vingt": "vingts",
        "cent": "cents",
    },
    folded={"œ": "oe", "æ": "ae"},
)
