"""Word lists that distinguish a speaker label from the beginning of speech."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PEOPLE = _words("""
    assistant aunt both boy boyfriend brother caller carer child cliente cliënt co-facilitator co-
    therapist coach cofacilitator coordinator cotherapist counselee dad daughter father friend
    girl girlfriend grandfather grandmother group guest host husband interpreter interviewee
    klient klientin mediator moderator mom mother mum nurse observer operator others paciente
    parent participant partner patientin person psychiatrist psychologist psychologue
    receptionist researcher respondent sister social-worker son student subject supervisee
    supervisor teacher terapeuta therapeut therapeutin thérapeute trainee trainer translator
    unknown user wife worker
""")
"""Words for a person, in addition to the roles of speakers.py."""
LEADS = _words("""
    a about above activity actually address after afternoon again age ah aha aim all also
    alternative although always am an and anger another answer answers anxiety any anybody
    anyway anywhere are as ask at aw basically be because before behavior behaviour behaviours
    being belief beliefs besides breakfast but by can cause chapter clearly come conclusion
    cons consequence consequences cost could damn date dear december did dinner do does don't
    dream dunno duration e.g each eg either else em emotion emotions er erm especially etc even
    evening every everybody everything everywhere evidence exactly example excuse exercise fact
    facts family fear february feeling feelings finally fine first firstly food for frankly
    friday from ftp fuck get given go goal goals god going gonna good gosh great had has have he
    health hello hence her here hers hey hi him hint his hm hmm homework honestly hope how
    however http https i i'd i'll i'm i've i.e idea ie if important in indeed instead into is it
    it's item its january july june just last later let let's like listen location look luckily
    lunch mailto march maybe me meaning meanwhile mhm mine mm monday money mood morning my name
    nb never next nice night no nobody nope nor not note nothing november now nowhere number
    obviously october of off oh ok okay on once one only ooh option or other otherwise ouch our
    out over page pain part per perhaps phone plan please point points pp pps price problem
    problems pros ps question questions quote re really reason reasons remarkably remember
    result right rule rules sadness saturday say says school second secondly section see
    september seriously session she shit should similarly since situation sleep so some somebody
    somehow something sometimes somewhere sorry step steps still subject such summary sunday
    sure task tell thank thanks that that's the their theirs them then there therefore these
    they thing third this those though thought thoughts three through thursday till time tip
    title to today tomorrow tonight too trigger triggers true tuesday two uh uhm um under
    unfortunately until up update upon url us version very via wait wanna warning was we
    wednesday well were what what's whatever when where whether which whichever while who
    whoever whom whose why wish with within without work wow www yeah yep yes yesterday yet you
    your yours
""")
"""Words that begin speech, not a name, before a colon or a dash: "Note to self: call"."""
SAYING = _words("""
    added answered are asked asks called continued goes is like means meant replied said say
    says shouted tells thinks thought to told was went were whispered writes wrote
""")
"""Words that introduce a quotation: "He said: no"."""
NAMES_IN_LY = _words("ally beverly billy carly emily holly kelly lilly molly polly sally")
"""Names in "-ly"; other words with this ending are adverbs."""
OTHER_LEADS = _words("""
    aber alors antwort après au beispiel bueno beaucoup dan dann denn dimanche dinsdag domingo
    donc donderdag donnerstag dus eigentlich ejemplo en entonces et etwa exemple frage genau gut
    hay heute ich ja jeudi jeudis jeg jueves lundi lunes maandag maar mais mardi martes mercredi
    miércoles mittwoch montag morgen naja natürlich nee nein niet non nu nun oder oui parce pero
    plötzlich por porque pregunta puis pues quand que quoi réponse sabato sábado samedi samstag
    si sí sonntag tja todo trotzdem und vendredi viernes vielleicht voilà voorbeeld vraag vrijdag
    weil wenn wir woensdag y ya zaterdag ziel zondag
""")
"""The same in German, French, Spanish and Dutch."""
NAMES_THAT_ARE_WORDS = _words("""
    amber angel april art autumn bill bob chance chase daisy dawn dean drew eve faith frank gene
    grace guy hazel heath hope iris ivy jack joy lance lily mark max may miles nick norm olive pat
    pearl penny pierce ray rich rob rose ruby rusty sky sue summer violet wade ward will
""")
"""First names that are also common words."""
NO_INITIALS = _words("ah am aw eh er ex go hi hm mm my nb no oh ok pm pp ps re so uh um up we")
"""Words of two letters that are not initials even in capitals."""
GREETINGS = _words("fine good great hello hi mhm mm no ok okay right sure well yeah yes")
"""Words that may be a whole first turn, and so are not initials or a name."""
