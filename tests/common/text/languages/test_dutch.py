"""Dutch in spoken style, worked by hand."""

from __future__ import annotations

import pytest

from stages.common.text.normalizer import normalize, scoring_form

CASES = [
    ("Hoe gaat het vandaag?", "hoe gaat het vandaag"),
    ("Uh… ik weet het niet.", "uh ik weet het niet"),
    ("Zo'n week heb ik vaak.", "zo'n week heb ik vaak"),
    ("Mijn coöperatieve collega's", "mijn coöperatieve collega's"),
    ("Eén keer maar.", "eén keer maar"),
    ("“Het gaat goed”, zei ze.", "het gaat goed zei ze"),
    ("Ik heb 3 kinderen.", "ik heb drie kinderen"),
    ("Ze is 21 jaar.", "ze is eenentwintig jaar"),
    ("van 0 tot 10", "van nul tot tien"),
    ("99 keer", "negenennegentig keer"),
    ("100 mensen", "honderd mensen"),
    ("1.200 mensen", "duizendtweehonderd mensen"),
    ("25.000 stappen", "vijfentwintigduizend stappen"),
    ("1.000.000 mensen", "een miljoen mensen"),
    ("Ik neem 50 mg sertraline.", "ik neem vijftig milligram sertraline"),
    ("1 mg 's avonds", "één milligram s avonds"),
    ("0,5 mg", "nul komma vijf milligram"),
    ("12,5 mg per dag", "twaalf komma vijf milligram per dag"),
    ("3,14", "drie komma veertien"),
    ("1,05", "één komma nul vijf"),
    ("20 mg/dag", "twintig milligram per dag"),
    ("25 µg", "vijfentwintig microgram"),
    ("10 ml siroop", "tien milliliter siroop"),
    ("Ik weeg 70 kg.", "ik weeg zeventig kilo"),
    ("1,5 l water", "één komma vijf liter water"),
    ("5 km lopen", "vijf kilometer lopen"),
    ("20 min wandelen", "twintig minuten wandelen"),
    ("1 min.", "één minuut"),
    ("30 sec. inademen", "dertig seconden inademen"),
    ("37,5 °C", "zevenendertig komma vijf graden celsius"),
    ("-5 graden", "min vijf graden"),
    ("om 8 uur", "om acht uur"),
    ("om 8.30 uur", "om acht uur dertig"),
    ("om 14:15 uur", "om veertien uur vijftien"),
    ("om 14:05", "om veertien uur vijf"),
    ("om 12.00 uur", "om twaalf uur"),
    ("van 9 tot 17 uur", "van negen tot zeventien uur"),
    ("om 20u30", "om twintig uur dertig"),
    ("de 1e keer", "de eerste keer"),
    ("de 2de sessie", "de tweede sessie"),
    ("de 3e week", "de derde week"),
    ("zijn 21ste verjaardag", "zijn eenentwintigste verjaardag"),
    ("op 5 mei 2019", "op vijf mei tweeduizendnegentien"),
    ("in 1998", "in negentienhonderdachtennegentig"),
    ("sinds 1905", "sinds negentienhonderdvijf"),
    ("op 12-05-2019", "op twaalf vijf tweeduizendnegentien"),
    ("50 % van de tijd", "vijftig procent van de tijd"),
    ("2,5% meer", "twee komma vijf procent meer"),
    ("€ 20 per keer", "twintig euro per keer"),
    ("2,50 €", "twee euro vijftig"),
    ("maar 1 euro", "maar één euro"),
    ("2-3 weken", "twee tot drie weken"),
    ("een 7/10", "een zeven op tien"),
    ("2x per dag", "twee keer per dag"),
    ("1½ uur", "anderhalf uur"),
    ("2½ jaar", "tweeënhalf jaar"),
    ("dhr. Jansen en mevr. De Wit", "de heer jansen en mevrouw de wit"),
    ("bijv. sporten, d.w.z. rennen", "bijvoorbeeld sporten dat wil zeggen rennen"),
    ("ca. 10 enz.", "circa tien enzovoort"),
    ("o.a. dr. Bakker", "onder andere dokter bakker"),
    ("PTSS, P.T.S.S. en ADHD", "ptss ptss en adhd"),
    ("Ik belde 112.", "ik belde één één twee"),
    ("06 12345678", "nul zes één twee drie vier vijf zes zeven acht"),
]

SAME = [
    ("uhm, ja", "ehm ja"),
    ("mm-hm", "mhm"),
    ("oké", "OK"),
    ("m'n moeder", "mijn moeder"),
    ("z'n vader", "zijn vader"),
    ("één keer", "een keer"),
    ("1 keer", "een keer"),
    ("PTSS", "ptss"),
    ("'t is", "het is"),
    ("enz.", "enzovoort"),
]
APART = [
    ("niet", "iets"), ("geen", "een"), ("zestig", "zestien"), ("nooit", "ooit"),
    ("0,5 mg", "5 mg"), ("uh", "uhm"), ("hij", "hij's"), ("dood", "nood"), ("112", "122"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spoken"), CASES)
def test_spoken(text: str, spoken: str) -> None:
    assert normalize(text, "spoken", "nl") == spoken
    assert normalize(spoken, "spoken", "nl") == spoken
    assert scoring_form(spoken, "nl") == scoring_form(text, "nl")


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_form(one: str, other: str) -> None:
    assert scoring_form(one, "nl") == scoring_form(other, "nl")


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str) -> None:
    assert scoring_form(one, "nl") != scoring_form(other, "nl")


def test_there_are_sixty() -> None:
    assert len(dict(CASES)) == len(CASES) >= 60
