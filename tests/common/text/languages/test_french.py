"""French in spoken style, worked by hand."""

from __future__ import annotations

import pytest

from stages.common.text.normalizer import normalize, scoring_form

CASES = [
    ("Comment allez-vous ?", "comment allez vous"),
    ("J\u2019ai peur de l\u2019école.", "j'ai peur de l'école"),
    ("Aujourd'hui, ça va.", "aujourd'hui ça va"),
    ("Euh… je ne sais pas.", "euh je ne sais pas"),
    ("« Ça ira », dit-elle.", "ça ira dit elle"),
    ("À Noël, c'était dur.", "à noël c'était dur"),
    ("J'ai 2 sœurs.", "j'ai deux sœurs"),
    ("Elle a 21 ans.", "elle a vingt et un ans"),
    ("Mon père a 71 ans.", "mon père a soixante et onze ans"),
    ("Il a 80 ans.", "il a quatre vingts ans"),
    ("99 fois", "quatre vingt dix neuf fois"),
    ("de 0 à 10", "de zéro à dix"),
    ("12 000 pas par jour", "douze mille pas par jour"),
    ("1 500 personnes", "mille cinq cents personnes"),
    ("200 personnes", "deux cents personnes"),
    ("Je prends 50 mg de sertraline.", "je prends cinquante milligrammes de sertraline"),
    ("1 mg le soir", "un milligramme le soir"),
    ("0,5 mg", "zéro virgule cinq milligrammes"),
    ("2,5 mg par jour", "deux virgule cinq milligrammes par jour"),
    ("3,14", "trois virgule quatorze"),
    ("1,05", "un virgule zéro cinq"),
    ("20 mg/jour", "vingt milligrammes par jour"),
    ("25 µg", "vingt cinq microgrammes"),
    ("10 ml de sirop", "dix millilitres de sirop"),
    ("Je pèse 70 kg.", "je pèse soixante dix kilogrammes"),
    ("1,5 l d'eau", "un virgule cinq litres d'eau"),
    ("5 km à pied", "cinq kilomètres à pied"),
    ("20 min de marche", "vingt minutes de marche"),
    ("1 min", "une minute"),
    ("30 s", "trente secondes"),
    ("37,5 °C", "trente sept virgule cinq degrés celsius"),
    ("-5 °C", "moins cinq degrés celsius"),
    ("à 8 h", "à huit heures"),
    ("à 8h30", "à huit heures trente"),
    ("à 14 h 05", "à quatorze heures cinq"),
    ("à 1 h du matin", "à une heure du matin"),
    ("à 21h", "à vingt et une heures"),
    ("à 14:30", "à quatorze heures trente"),
    ("de 9h à 17h", "de neuf heures à dix sept heures"),
    ("8 heures par nuit", "huit heures par nuit"),
    ("le 1er mai", "le premier mai"),
    ("la 1re fois", "la première fois"),
    ("la 2e séance", "la deuxième séance"),
    ("le 3ème jour", "le troisième jour"),
    ("la 2nde fois", "la seconde fois"),
    ("le 5 juin 2019", "le cinq juin deux mille dix neuf"),
    ("en 1998", "en mille neuf cent quatre vingt dix huit"),
    ("le 12/05/2019", "le douze cinq deux mille dix neuf"),
    ("50 % du temps", "cinquante pour cent du temps"),
    ("2,5% de plus", "deux virgule cinq pour cent de plus"),
    ("20 € la séance", "vingt euros la séance"),
    ("2,50 €", "deux euros cinquante"),
    ("1 € seulement", "un euro seulement"),
    ("2-3 semaines", "deux à trois semaines"),
    ("7/10", "sept sur dix"),
    ("2x par jour", "deux fois par jour"),
    ("1½", "un et demi"),
    ("M. Martin et Mme Dupont", "monsieur martin et madame dupont"),
    ("Dr Blanc, p. ex.", "docteur blanc par exemple"),
    ("le n° 5, etc.", "le numéro cinq et cetera"),
    ("TSPT, T.S.P.T. et TDAH", "tspt tspt et tdah"),
    ("06 12 34 56 78", "zéro six douze trente quatre cinquante six soixante dix huit"),
    ("moi & toi", "moi et toi"),
]

SAME = [
    ("Euh, oui", "heu oui"),
    ("mm-hum", "mhm"),
    ("okay", "OK"),
    ("ma sœur", "ma soeur"),
    ("quatre-vingts ans", "quatre vingt ans"),
    ("200 personnes", "deux-cents personnes"),
    ("vingt-et-un", "21"),
    ("TDAH", "tdah"),
    ("Dr Blanc", "docteur Blanc"),
    ("ET CETERA", "etc."),
]
APART = [
    ("pas", "par"), ("rien", "bien"), ("deux", "douze"), ("à", "a"), ("0,5 mg", "5 mg"),
    ("jamais", "mais"), ("treize", "trente"), ("ou", "où"), ("non", "nom"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spoken"), CASES)
def test_spoken(text: str, spoken: str) -> None:
    assert normalize(text, "spoken", "fr") == spoken
    assert normalize(spoken, "spoken", "fr") == spoken
    assert scoring_form(spoken, "fr") == scoring_form(text, "fr")


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_form(one: str, other: str) -> None:
    assert scoring_form(one, "fr") == scoring_form(other, "fr")


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str) -> None:
    assert scoring_form(one, "fr") != scoring_form(other, "fr")


def test_there_are_sixty() -> None:
    assert len(dict(CASES)) == len(CASES) >= 60
