"""German: numbers in one word, ordinals with a full stop, "8.30 Uhr"."""

from __future__ import annotations

import re

from stages.common.text.languages.numerals import cardinal, ordinal
from stages.common.text.languages.table import Table, pairs_of, units_of
from stages.common.text.word_set import word_set

_CLOCK = re.compile(
    r"(?<![\w.:,])(\d{1,2})[:.](\d\d)(?::\d\d)?\s?(?:Uhr|h)\b|(?<![\w.:,])(\d{1,2}):([0-5]\d)(?!\w)"
    r"|(?<![\w.:,])(\d{1,2}) Uhr(?: (\d{1,2})(?![\w.,]| \w))?"
)
_MONTHS = (
    "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Jänner"
)
# Only before a month, or between an article and a noun: elsewhere the full stop may end a sentence.
_ORDINAL = re.compile(
    rf"\b(?:(der|die|das|den|dem|des|am|im|beim|vom|zum|zur|seit|ab|bis|ein|eine|einen|einem)\s)?"
    rf"(\d{{1,3}})\.\s(?=({_MONTHS})\b|[A-ZÄÖÜ])",
    re.I,
)
_DATE = re.compile(
    r"\b((?:am|vom|zum|bis|den|dem|seit|ab) )?(\d{1,2})\.(\d{1,2})\.(\d{4})?(?!\d)", re.I
)
_YEAR = re.compile(
    rf"\b((?:in|im|jahr|jahre|seit|ab|bis|von|vor|nach|um|ende|anfang|mitte|sommer|winter|herbst"
    rf"|frühling|frühjahr|dezember|{_MONTHS}) )(1[1-9]\d\d)(?![\w.,]\d|\s?\w*(?:gramm|meter))",
    re.I,
)
_FEMININE = re.compile(r"(e|ung|heit|keit|schaft|ion|tät)$")
_WEAK = word_set("am im beim vom zum zur den dem des seit ab bis")


def _clock(match: re.Match[str]) -> str:
    hour = match[1] or match[3] or match[5]
    minute = match[2] or match[4] or match[6] or "0"
    words = "ein" if int(hour) == 1 else cardinal(str(int(hour)), "de")
    tail = f" {cardinal(str(int(minute)), 'de')}" if int(minute) else ""
    return f" {words} Uhr{tail} "


def _ending(word: str | None, base: str) -> str:
    """The ordinal "dritte" with the ending that the word before it asks for."""
    before = (word or "").lower()
    if before in _WEAK or before in ("einen", "einem"):
        return f"{base}n"
    return f"{base}r" if before == "ein" else base


def _ordinal(match: re.Match[str]) -> str:
    before, digits, month = match.groups()
    if before is None and month is None:
        return match[0]
    words = _ending(before, ordinal(digits, "de"))
    if before is None:
        # A date alone: "3. Mai" is "dritter Mai".
        words += "r"
    return f"{before + ' ' if before else ''}{words} "


def _date(match: re.Match[str]) -> str:
    before, day, month, year = match.groups()
    if not 1 <= int(day) <= 31 or not 1 <= int(month) <= 12:
        return match[0]
    end = "n" if before else "r"
    parts = [f"{ordinal(str(int(part)), 'de')}{end}" for part in (day, month)]
    return f"{before or ''}{' '.join(parts)} {_year_words(year) if year else ''} "


def _year_words(text: str) -> str:
    value = int(text)
    if 1100 <= value <= 1999:
        rest = str(value % 100)
        tail = "" if rest == "0" else cardinal(rest, "de")
        return f"{cardinal(text[:2], 'de')}hundert{tail}"
    return cardinal(text, "de")


def _before_noun(number: str, noun: str) -> str:
    if number != "eins" or (noun and not noun[0].isupper()):
        return number
    return "eine" if _FEMININE.search(noun) else "ein"


GERMAN = Table(
    language="de",
    decimal_mark="Komma",
    digits_after_mark=True,
    percent="Prozent",
    minus="minus",
    plus="plus",
    to="bis",
    out_of="von",
    over="zu",
    per="pro",
    also="und",
    times="{}mal",
    half="ein halb",
    and_half="{}einhalb",
    one_and_half="eineinhalb",
    degrees=("ein Grad", "Grad"),
    celsius="Celsius",
    units=units_of(
        """
        mg | ein Milligramm | Milligramm
        µg μg mcg | ein Mikrogramm | Mikrogramm
        g | ein Gramm | Gramm
        kg | ein Kilogramm | Kilogramm
        ml | ein Milliliter | Milliliter
        l | ein Liter | Liter
        mm | ein Millimeter | Millimeter
        cm | ein Zentimeter | Zentimeter
        m | ein Meter | Meter
        km | ein Kilometer | Kilometer
        km/h | ein Stundenkilometer | Stundenkilometer
        s sek sek. Sek Sek. | eine Sekunde | Sekunden
        min Min Min. | eine Minute | Minuten
        h Std Std. | eine Stunde | Stunden
        kcal | eine Kilokalorie | Kilokalorien
        Mio. Mio | eine Million | Millionen
        """
    ),
    currencies=units_of(
        """
        € EUR Euro | ein Euro | Euro
        $ | ein Dollar | Dollar
        £ | ein Pfund | Pfund
        CHF | ein Franken | Franken
        """
    ),
    abbreviations=pairs_of(
        """
        z.B. zum Beispiel
        d.h. das heißt
        u.a. unter anderem
        u.U. unter Umständen
        o.Ä. oder Ähnliches
        i.d.R. in der Regel
        v.a. vor allem
        z.T. zum Teil
        usw. und so weiter
        bzw. beziehungsweise
        ca. circa
        etc. et cetera
        evtl. eventuell
        ggf. gegebenenfalls
        inkl. inklusive
        sog. sogenannt
        vgl. vergleiche
        Nr. Nummer
        Dr. Doktor
        Prof. Professor
        Tel. Telefon
        Str. Straße
        """
    ),
    titles={"Hr.": "Herr", "Fr.": "Frau"},
    clock=lambda text: _CLOCK.sub(_clock, text),
    ordinals=lambda text: _ORDINAL.sub(_ordinal, _DATE.sub(_date, text)),
    years=lambda text: _YEAR.sub(lambda m: f"{m[1]}{_year_words(m[2])}", text),
    before_noun=_before_noun,
    helplines=(("die|der|den notruf|notruf|unter", "110|112"),),
    variants={
        "ähm": "ehm öhm ähmm ähhm",
        "äh": "öh ähh öhh",
        "mm hm": "mhm mmhm",
        "hm": "hmm hmmm",
        "okay": "ok okey",
        "zwei": "zwo",
        "nicht": "nich",
        "gibt es": "gibts gibt's",
        "geht es": "gehts geht's",
        "habe": "hab",
        "und so weiter": "usw",
        "beziehungsweise": "bzw",
        "circa": "ca zirka",
        "doktor": "dr",
    },
    folded={"ß": "ss"},
)
