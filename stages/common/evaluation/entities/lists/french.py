"""French. "Plus" and "personne" are left out: text does not distinguish
"plus de" from "ne plus"."""

NEGATIONS = """
pas non jamais rien aucun aucune ni sans nulle guère
"""
FILLERS = ("euh | heu | euhm", "mm hum | mhm | hum | hmm | mm")
RISK = (
    "suicide | suicides | suicider | suicidé | suicidée | suicidaire | suicidaires",
    "me tuer | m'tuer",
    "tuer | tué | tuée | tue",
    "mourir | meurt | mort | morte | morts",
    "en finir | mettre fin à mes jours",
    "automutilation | automutiler | m'automutiler | scarifier | me scarifier | scarifications",
    "me faire du mal | me blesser",
    "blesser | blessé | blessée",
    "me couper | me coupe | me coupais",
    "pendre | pendu | pendue",
    "surdose | overdose",
    "abus | abusé | abusée | abuser",
    "viol | violé | violée | violer",
    "frappé | frappée | frapper | frappe | battu | battue",
    "violence | violences | violent | violente",
    "menace | menaces | menacé | menacée | menacer",
    "arme | armes | couteau | couteaux | pistolet",
    "rechute | rechuter | rechuté",
    "danger | dangereux | dangereuse",
)
