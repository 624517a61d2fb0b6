"""Spanish in spoken style, worked by hand."""

from __future__ import annotations

import pytest

from stages.common.text.normalizer import normalize, scoring_form

CASES = [
    ("¿Cómo está hoy?", "cómo está hoy"),
    ("¡No quiero!", "no quiero"),
    ("Mañana vendrá el niño.", "mañana vendrá el niño"),
    ("Eh… no sé.", "eh no sé"),
    ("«Estoy bien», dijo.", "estoy bien dijo"),
    ("Mi cigüeña y mi corazón", "mi cigüeña y mi corazón"),
    ("Tengo 2 hermanas.", "tengo dos hermanas"),
    ("Tiene 16 años.", "tiene dieciséis años"),
    ("hace 21 días", "hace veintiún días"),
    ("hace 21 semanas", "hace veintiuna semanas"),
    ("tengo 1 hijo", "tengo un hijo"),
    ("1 persona", "una persona"),
    ("del 0 al 10", "del cero al diez"),
    ("100 veces", "cien veces"),
    ("200 personas", "doscientas personas"),
    ("500 páginas", "quinientas páginas"),
    ("1.200 euros", "mil doscientos euros"),
    ("21.000 pasos", "veintiún mil pasos"),
    ("1.000.000 de personas", "un millón de personas"),
    ("Tomo 50 mg de sertralina.", "tomo cincuenta miligramos de sertralina"),
    ("1 mg por la noche", "un miligramo por la noche"),
    ("0,5 mg", "cero coma cinco miligramos"),
    ("12,5 mg al día", "doce coma cinco miligramos al día"),
    ("3,14", "tres coma catorce"),
    ("1,05", "uno coma cero cinco"),
    ("20 mg/día", "veinte miligramos por día"),
    ("25 µg", "veinticinco microgramos"),
    ("10 ml de jarabe", "diez mililitros de jarabe"),
    ("Peso 70 kg.", "peso setenta kilos"),
    ("5 km a pie", "cinco kilómetros a pie"),
    ("20 min andando", "veinte minutos andando"),
    ("Duermo 6 h.", "duermo seis horas"),
    ("solo 1 h", "solo una hora"),
    ("30 s", "treinta segundos"),
    ("37,5 °C", "treinta y siete coma cinco grados celsius"),
    ("-5 grados", "menos cinco grados"),
    ("a las 8", "a las ocho"),
    ("a la 1", "a la una"),
    ("a las 8:30", "a las ocho y treinta"),
    ("a las 14:15 h", "a las catorce y quince"),
    ("a las 21:00", "a las veintiuna"),
    ("a las 9.05", "a las nueve y cinco"),
    ("la 1.ª vez", "la primera vez"),
    ("el 2.º día", "el segundo día"),
    ("el 3er piso", "el tercer piso"),
    ("el 1 de mayo de 2019", "el uno de mayo de dos mil diecinueve"),
    ("en 1998", "en mil novecientos noventa y ocho"),
    ("el 12/05/2019", "el doce cinco dos mil diecinueve"),
    ("el 50 % del tiempo", "el cincuenta por ciento del tiempo"),
    ("un 2,5% más", "un dos coma cinco por ciento más"),
    ("20 € la sesión", "veinte euros la sesión"),
    ("2,50 €", "dos euros cincuenta"),
    ("1 €", "un euro"),
    ("31 libros", "treinta y un libros"),
    ("2-3 semanas", "dos a tres semanas"),
    ("7/10", "siete sobre diez"),
    ("2x al día", "dos veces al día"),
    ("El Sr. Pérez y la Sra. Ruiz", "el señor pérez y la señora ruiz"),
    ("la Dra. Núñez, p. ej.", "la doctora núñez por ejemplo"),
    ("en EE. UU., etc.", "en estados unidos etcétera"),
    ("TEPT, T.E.P.T. y TDAH", "tept tept y tdah"),
    ("Llamé al 112.", "llamé al uno uno dos"),
    ("Ud. decide", "usted decide"),
]

SAME = [
    ("em, sí", "emm, sí"),
    ("mm-hm", "mhm"),
    ("okay", "OK"),
    ("sólo", "solo"),
    ("TDAH", "tdah"),
    ("21 %", "veintiuno por ciento"),
    ("Sr. Ruiz", "señor Ruiz"),
    ("50 MG", "50 mg"),
    ("¿Qué?", "qué"),
    ("etc.", "etcétera"),
]
APART = [
    ("no", "nos"), ("nada", "cada"), ("sesenta", "setenta"), ("dos", "doce"), ("si", "sí"),
    ("0,5 mg", "5 mg"), ("nunca", "nuca"), ("esta", "está"), ("año", "ano"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "spoken"), CASES)
def test_spoken(text: str, spoken: str) -> None:
    assert normalize(text, "spoken", "es") == spoken
    assert normalize(spoken, "spoken", "es") == spoken
    assert scoring_form(spoken, "es") == scoring_form(text, "es")


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_form(one: str, other: str) -> None:
    assert scoring_form(one, "es") == scoring_form(other, "es")


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str) -> None:
    assert scoring_form(one, "es") != scoring_form(other, "es")


def test_there_are_sixty() -> None:
    assert len(dict(CASES)) == len(CASES) >= 60
