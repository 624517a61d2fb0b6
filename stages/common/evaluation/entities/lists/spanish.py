"""Spanish."""

NEGATIONS = """
no nunca jamás nada nadie ningún ninguno ninguna ninguno tampoco ni sin
"""
FILLERS = ("eh | em", "mm hm | mhm | hm | mm")
RISK = (
    "suicidio | suicidios | suicidarme | suicidarse | suicida | suicidas",
    "matarme | me mato | quitarme la vida",
    "matar | mató | matado | matarlo | matarla",
    "morir | morirme | muerto | muerta | muerte | murió",
    "acabar con todo | no quiero vivir",
    "autolesión | autolesiones | autolesionarme | autolesionarse",
    "hacerme daño | me hago daño | hacerse daño",
    "cortarme | me corto | me corté | me cortaba",
    "ahorcarme | ahorcarse | ahorcado",
    "sobredosis",
    "abuso | abusos | abusó | abusado | abusada | abusar",
    "violación | violó | violado | violada | violaron",
    "golpeó | golpeado | golpeada | golpear | golpes | pegó | pegaba",
    "violencia | violento | violenta",
    "amenaza | amenazas | amenazó | amenazado | amenazada",
    "arma | armas | cuchillo | cuchillos | pistola",
    "recaída | recaídas | recaí | recaído",
    "peligro | peligroso | peligrosa",
)
