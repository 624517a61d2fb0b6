"""German."""

NEGATIONS = """
nicht nein nie niemals nichts niemand niemanden niemandem kein keine keinen keinem keiner keines
keins nirgends nirgendwo ohne weder nee nö
"""
FILLERS = ("äh | ähm | öh | öhm", "mm hm | mhm | hm | hmm | mm")
RISK = (
    "suizid | suizide | suizidal | selbstmord | selbsttötung",
    "umbringen | umgebracht | umbringe | bringe mich um | bring mich um",
    "töten | tötet | getötet | tötete",
    "sterben | sterbe | stirbt | gestorben | tot | tod",
    "nicht mehr leben | nicht mehr leben will",
    "selbstverletzung | selbstverletzungen | selbstverletzend",
    "verletzen | verletze | verletzt | verletzte",
    "ritzen | ritze | geritzt | ritzte",
    "schneiden | geschnitten | schneide",
    "erhängen | erhängt",
    "überdosis | überdosen",
    "missbrauch | missbraucht | missbrauchen",
    "vergewaltigt | vergewaltigung | vergewaltigen",
    "geschlagen | schlägt | schlagen | schlug",
    "gewalt | gewalttätig",
    "bedroht | bedrohung | droht | drohen | gedroht",
    "waffe | waffen | messer | pistole",
    "rückfall | rückfällig | rückfälle",
    "gefahr | gefährlich",
)
