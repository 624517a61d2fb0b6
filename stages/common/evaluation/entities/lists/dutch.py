"""Dutch."""

NEGATIONS = """
niet nee geen nooit niets niks niemand nergens zonder noch
"""
FILLERS = ("uh | uhm", "mm hm | mhm | hm | mm")
RISK = (
    "zelfmoord | zelfmoorden | zelfdoding | suïcide | suïcidaal | suïcidale",
    "mezelf van het leven beroven | mezelf iets aandoen | mezelf ombrengen",
    "doden | gedood | vermoorden | vermoord | doodmaken",
    "dood | doodgaan | sterven | gestorven | stierf | overleden",
    "niet meer leven | niet meer leven wil",
    "zelfbeschadiging | zelfbeschadigen | mezelf beschadigen",
    "mezelf pijn doen | mezelf verwonden",
    "mezelf snijden | snijden | gesneden | sneed",
    "ophangen | opgehangen",
    "overdosis",
    "misbruik | misbruikt | misbruiken",
    "verkracht | verkrachting | verkrachten",
    "geslagen | slaan | slaat | sloeg",
    "geweld | gewelddadig",
    "bedreigd | bedreiging | bedreigen | dreigen | gedreigd",
    "wapen | wapens | mes | messen | pistool",
    "terugval | teruggevallen",
    "gevaar | gevaarlijk",
)
