"""German in spoken style, worked by hand."""

from __future__ import annotations

import pytest

from stages.common.text.normalizer import normalize, scoring_form

CASES = [
    ("Wie geht es Ihnen heute?", "wie geht es ihnen heute"),
    ("Über die Feiertage war's schön.", "über die feiertage war's schön"),
    ("Ähm, ich weiß nicht…", "ähm ich weiß nicht"),
    ("„Mir geht\u2019s gut“, sagte er.", "mir geht's gut sagte er"),
    ("Ich habe 3 Kinder.", "ich habe drei kinder"),
    ("Sie ist 21 Jahre alt.", "sie ist einundzwanzig jahre alt"),
    ("Das war vor 12 Wochen.", "das war vor zwölf wochen"),
    ("Von 0 bis 10?", "von null bis zehn"),
    ("Es kamen 1.200 Leute.", "es kamen eintausendzweihundert leute"),
    ("Rund 25.000 Schritte", "rund fünfundzwanzigtausend schritte"),
    ("1 000 000 Menschen", "eine million menschen"),
    ("Ich nehme 50 mg Sertralin.", "ich nehme fünfzig milligramm sertralin"),
    ("Morgens 1 mg, abends 2 mg", "morgens ein milligramm abends zwei milligramm"),
    ("0,5 mg Lorazepam", "null komma fünf milligramm lorazepam"),
    ("12,5 mg pro Tag", "zwölf komma fünf milligramm pro tag"),
    ("20 mg/Tag", "zwanzig milligramm pro tag"),
    ("25 µg L-Thyroxin", "fünfundzwanzig mikrogramm l thyroxin"),
    ("10 ml Hustensaft", "zehn milliliter hustensaft"),
    ("Ich wiege 70 kg.", "ich wiege siebzig kilogramm"),
    ("1,5 l Wasser", "eins komma fünf liter wasser"),
    ("5 km zu Fuß", "fünf kilometer zu fuß"),
    ("Nach 20 Min. war es vorbei.", "nach zwanzig minuten war es vorbei"),
    ("Ich schlafe 6 h.", "ich schlafe sechs stunden"),
    ("Nur 1 Std. Schlaf", "nur eine stunde schlaf"),
    ("30 s einatmen", "dreißig sekunden einatmen"),
    ("Es war 37,5 °C.", "es war siebenunddreißig komma fünf grad celsius"),
    ("-5 Grad", "minus fünf grad"),
    ("Um 8 Uhr.", "um acht uhr"),
    ("Um 8:30 Uhr wache ich auf.", "um acht uhr dreißig wache ich auf"),
    ("um 14.15 Uhr", "um vierzehn uhr fünfzehn"),
    ("um 1 Uhr nachts", "um ein uhr nachts"),
    ("um 14:05", "um vierzehn uhr fünf"),
    ("von 9 bis 17 Uhr", "von neun bis siebzehn uhr"),
    ("um 12:00 Uhr", "um zwölf uhr"),
    ("am 3. Mai", "am dritten mai"),
    ("Der 1. Termin war kurz.", "der erste termin war kurz"),
    ("beim 2. Mal", "beim zweiten mal"),
    ("die 21. Sitzung", "die einundzwanzigste sitzung"),
    ("am 12.05.2019", "am zwölften fünften zweitausendneunzehn"),
    ("Ich war 5. Dann zogen wir um.", "ich war fünf dann zogen wir um"),
    ("seit 1998", "seit neunzehnhundertachtundneunzig"),
    ("im Jahr 1905", "im jahr neunzehnhundertfünf"),
    ("seit 2019", "seit zweitausendneunzehn"),
    ("im Sommer 1987", "im sommer neunzehnhundertsiebenundachtzig"),
    ("50 % der Zeit", "fünfzig prozent der zeit"),
    ("2,5% mehr", "zwei komma fünf prozent mehr"),
    ("Das kostet 20 €.", "das kostet zwanzig euro"),
    ("2,50 € am Tag", "zwei euro fünfzig am tag"),
    ("nur 1 €", "nur ein euro"),
    ("2-3 Wochen", "zwei bis drei wochen"),
    ("eine 7/10", "eine sieben von zehn"),
    ("120/80", "einhundertzwanzig zu achtzig"),
    ("1½ Stunden", "eineinhalb stunden"),
    ("2x täglich", "zweimal täglich"),
    ("z. B. Sport", "zum beispiel sport"),
    ("d.h. ich bleibe", "das heißt ich bleibe"),
    ("Dr. Müller und Fr. Weiß", "doktor müller und frau weiß"),
    ("bzw. ca. 10", "beziehungsweise circa zehn"),
    ("Nr. 4 usw.", "nummer vier und so weiter"),
    ("PTBS, P.T.B.S. und ADHS", "ptbs ptbs und adhs"),
    ("Ich wählte die 112.", "ich wählte die eins eins zwei"),
    ("0170 123456", "null eins sieben null eins zwei drei vier fünf sechs"),
    ("1 Tablette und 1 Termin", "eine tablette und ein termin"),
]

SAME = [
    ("Ähm, ich weiß", "ehm ich weiss"),
    ("mm-hm", "mhm"),
    ("okay", "ok"),
    ("daß", "dass"),
    ("100 Mal", "hundert mal"),
    ("eintausend", "tausend"),
    ("50 MG", "50 mg"),
    ("und so weiter", "usw"),
    ("PTBS", "ptbs"),
    ("zwo", "2"),
]
APART = [
    ("kein", "ein"), ("nicht", "nichts"), ("fünfzehn", "fünfzig"), ("schon", "schön"),
    ("0,5 mg", "5 mg"), ("äh", "ähm"), ("eh", "äh"), ("der", "er"), ("1998", "1989"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spoken"), CASES)
def test_spoken(text: str, spoken: str) -> None:
    assert normalize(text, "spoken", "de") == spoken
    assert normalize(spoken, "spoken", "de") == spoken
    assert scoring_form(spoken, "de") == scoring_form(text, "de")


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_form(one: str, other: str) -> None:
    assert scoring_form(one, "de") == scoring_form(other, "de")


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str) -> None:
    assert scoring_form(one, "de") != scoring_form(other, "de")


def test_there_are_sixty() -> None:
    assert len(dict(CASES)) == len(CASES) >= 60
