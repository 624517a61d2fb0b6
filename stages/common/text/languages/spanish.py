"""Spanish: "21" is "veintiún" or "veintiuna" before a noun, "1er" and "2.ª", "las 14:30 h"."""

from __future__ import annotations

import re

from stages.common.text.languages.numerals import cardinal, ordinal
from stages.common.text.languages.table import Table, pairs_of, units_of
from stages.common.text.word_set import word_set

_CLOCK = re.compile(
    r"(?<![\w.:,])(\d{1,2})[:.]([0-5]\d)\s?(?:horas|hs?|hrs)\b\.?"
    r"|(?<![\w.:,])(\d{1,2}):([0-5]\d)(?!\w)"
    r"|(?<=\blas )(\d{1,2})\.([0-5]\d)(?!\w)|\b([Ll]a )1(?![\w.,:])"
)
# Ordinal signs are letters after the clean-up: "2.ª" is "2.a".
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,2})\.?(er|[oa]s?)\b")
_HUNDREDS = re.compile(r"cientos\b|quinientos\b")


def _clock(match: re.Match[str]) -> str:
    if match[7]:
        return f"{match[7]}una"
    hour = match[1] or match[3] or match[5]
    minute = match[2] or match[4] or match[6]
    words = "una" if int(hour) == 1 else _feminine(cardinal(str(int(hour)), "es"))
    tail = f" y {cardinal(str(int(minute)), 'es')}" if int(minute) else ""
    return f" {words}{tail} "


def _ordinal(match: re.Match[str]) -> str:
    digits, ending = match.groups()
    words = ordinal(digits, "es")
    if ending == "er":
        return words.removesuffix("o") if words.endswith(("primero", "tercero")) else words
    if ending[0] == "a":
        words = re.sub(r"o\b", "a", words)
    return f"{words}s" if ending.endswith("s") else words


def _feminine(number: str) -> str:
    number = _HUNDREDS.sub(lambda m: f"{m[0][:-2]}as", number)
    return f"{number[:-1]}a" if number.endswith("uno") else number


_FEMININE = ("as", "ciones", "dades", "a", "ción", "dad")
_NO_NOUN = word_set("de del y o u a al por en que con ni pero como") | {""}
_MASCULINE = word_set(
    "días problemas programas síntomas sistemas temas traumas idiomas poemas mapas día"
)


def _before_noun(number: str, noun: str) -> str:
    """ "Veintiún días", "veintiuna semanas", "doscientas personas"."""
    if noun in _NO_NOUN:
        return number
    if noun not in _MASCULINE and noun.endswith(_FEMININE):
        return _feminine(number)
    if number.endswith("veintiuno"):
        return f"{number[:-3]}ún"
    return number[:-1] if number.endswith("uno") else number


SPANISH = Table(
    language="es",
    decimal_mark="coma",
    digits_after_mark=False,
    percent="por ciento",
    minus="menos",
    plus="más",
    to="a",
    out_of="sobre",
    over="sobre",
    per="por",
    also="y",
    times="{} veces",
    half="medio",
    and_half="{} y medio",
    one_and_half="uno y medio",
    degrees=("un grado", "grados"),
    celsius="Celsius",
    units=units_of(
        """
        mg | un miligramo | miligramos
        µg μg mcg | un microgramo | microgramos
        g gr | un gramo | gramos
        kg | un kilo | kilos
        ml | un mililitro | mililitros
        l | un litro | litros
        mm | un milímetro | milímetros
        cm | un centímetro | centímetros
        m | un metro | metros
        km | un kilómetro | kilómetros
        km/h | un kilómetro por hora | kilómetros por hora
        s seg seg. | un segundo | segundos
        min min. | un minuto | minutos
        h hs hrs | una hora | horas
        kcal | una kilocaloría | kilocalorías
        """
    ),
    currencies=units_of(
        """
        € EUR euros euro | un euro | euros
        $ | un dólar | dólares
        £ | una libra | libras
        """
    ),
    abbreviations=pairs_of(
        """
        p.ej. por ejemplo
        EE.UU. Estados Unidos
        etc. etcétera
        aprox. aproximadamente
        núm. número
        tel. teléfono
        Sr. señor
        Sra. señora
        Sres. señores
        Srta. señorita
        Dr. doctor
        Dra. doctora
        Ud. usted
        Uds. ustedes
        Vd. usted
        n.o número
        """
    ),
    titles=pairs_of(
        """
        D. don
        Dña. doña
        """
    ),
    clock=lambda text: _CLOCK.sub(_clock, text),
    ordinals=lambda text: _ORDINAL.sub(_ordinal, text),
    before_noun=_before_noun,
    helplines=(("al|el", "112|091|061"),),
    variants={
        "eh": "ehh ehhh",
        "em": "emm ehm ehmm",
        "mm": "mmm mmmm",
        "hm": "hmm hmmm",
        "mm hm": "mhm mmhm",
        "okay": "ok okey",
        "etcétera": "etc",
        "doctor": "dr",
        "doctora": "dra",
        "señor": "sr",
        "señora": "sra",
        "usted": "ud vd",
        "solo": "sólo",
    },
)
