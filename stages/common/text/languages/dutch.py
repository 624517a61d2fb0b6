"""Dutch: "1e" and "2de", "14.30 uur", years as "negentienhonderdachtennegentig"."""

from __future__ import annotations

import re

from stages.common.text.languages.numerals import cardinal, ordinal
from stages.common.text.languages.table import Table, pairs_of, units_of

_CLOCK = re.compile(
    r"(?<![\w.:,])(\d{1,2})[:.u]([0-5]\d)\s?(?:uur|u)\b|(?<![\w.:,])(\d{1,2})[:u]([0-5]\d)(?!\w)"
    r"|(?<![\w.:,])(\d{1,2})\s?(?:uur|u)\b(?: (\d{1,2})(?![\w.,]| \w))?"
)
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,4})(?:ste|de|e)\b")
_YEAR = re.compile(
    r"\b((?:in|sinds|uit|van|tot|jaar|voor|na|eind|begin|zomer|winter|herfst|lente|januari"
    r"|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december) )"
    r"(1[1-9]\d\d)(?!\w|[.,]\d|\s?(?:euro|gram|meter|mensen|stappen|keer))",
    re.I,
)


def _clock(match: re.Match[str]) -> str:
    hour = match[1] or match[3] or match[5]
    minute = match[2] or match[4] or match[6] or "0"
    tail = f" {cardinal(str(int(minute)), 'nl')}" if int(minute) else ""
    return f" {cardinal(str(int(hour)), 'nl')} uur{tail} "


def _year(match: re.Match[str]) -> str:
    hundreds, rest = match[2][:2], str(int(match[2][2:]))
    tail = "" if rest == "0" else cardinal(rest, "nl")
    return f"{match[1]}{cardinal(hundreds, 'nl')}honderd{tail}"


DUTCH = Table(
    language="nl",
    decimal_mark="komma",
    digits_after_mark=False,
    percent="procent",
    minus="min",
    plus="plus",
    to="tot",
    out_of="op",
    over="over",
    per="per",
    also="en",
    times="{} keer",
    half="een half",
    and_half="{}ënhalf",
    one_and_half="anderhalf",
    degrees=("één graad", "graden"),
    celsius="Celsius",
    units=units_of(
        """
        mg | één milligram | milligram
        µg μg mcg | één microgram | microgram
        g gr | één gram | gram
        kg | één kilo | kilo
        ml | één milliliter | milliliter
        l | één liter | liter
        mm | één millimeter | millimeter
        cm | één centimeter | centimeter
        m | één meter | meter
        km | één kilometer | kilometer
        km/u | één kilometer per uur | kilometer per uur
        s sec sec. | één seconde | seconden
        min min. | één minuut | minuten
        kcal | één kilocalorie | kilocalorieën
        """
    ),
    currencies=units_of(
        """
        € EUR euro | één euro | euro
        $ | één dollar | dollar
        £ | één pond | pond
        """
    ),
    abbreviations=pairs_of(
        """
        d.w.z. dat wil zeggen
        o.a. onder andere
        m.b.t. met betrekking tot
        i.v.m. in verband met
        i.p.v. in plaats van
        t/m tot en met
        bijv. bijvoorbeeld
        bv. bijvoorbeeld
        enz. enzovoort
        ca. circa
        nr. nummer
        dr. dokter
        dhr. de heer
        mevr. mevrouw
        mw. mevrouw
        tel. telefoon
        incl. inclusief
        evt. eventueel
        a.u.b. alstublieft
        """
    ),
    titles={},
    clock=lambda text: _CLOCK.sub(_clock, text),
    ordinals=lambda text: _ORDINAL.sub(lambda m: ordinal(m[1], "nl"), text),
    years=lambda text: _YEAR.sub(_year, text),
    helplines=(("bel|belt|belde|bellen|gebeld|met|naar", "112|113"),),
    variants={
        "uh": "eh euh uhh ehh",
        "uhm": "ehm euhm uhmm",
        "hm": "hmm hmmm",
        "mm hm": "mhm mmhm",
        "okay": "ok oké oke okey",
        "mijn": "m'n mn",
        "zijn": "z'n zn",
        "een": "n",
        "het": "t",
        "ik": "k",
        "enzovoort": "enz enzovoorts",
        "bijvoorbeeld": "bijv bv",
        "dokter": "dr",
        "mevrouw": "mw mevr",
    },
    # "Één" is a stressed "een"; the number is written either way.
    folded={"éé": "ee", "eé": "ee"},
)
