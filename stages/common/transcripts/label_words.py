"""English words that tell a speaker's label from the beginning of speech."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PEOPLE = _words("""
    assistant aunt boy boyfriend brother caller carer child co-facilitator co-therapist coach
    cofacilitator coordinator cotherapist counselee dad daughter father friend girl girlfriend
    grandfather grandmother group guest host husband interpreter interviewee mediator moderator
    mom mother mum nurse observer operator others parent participant partner person psychiatrist
    psychologist receptionist researcher respondent sister social-worker son student subject
    supervisee supervisor teacher trainee trainer translator unknown user wife worker
""")
"""Words that name a person by themselves, beside the roles of speakers.py."""
LEADS = _words("""
    a about above actually after again ah aha all also although always am an and another answer
    any anyway are as ask at aw basically be because before being besides both but by can cause
    clearly come conclusion could damn dear december did do does don't e.g each eg either else
    em er erm especially etc even every everything exactly example excuse fact february finally
    fine first firstly for frankly friday from ftp fuck get given go goal god going good gosh
    great had has have he hello hence her here hers hey hi him hint his hm hmm homework honestly
    how however http https i i'd i'll i'm i've i.e idea ie if important in indeed instead into
    is it it's its january july june just last later let let's like listen look luckily mailto
    march maybe me meaning meanwhile mhm mine mm monday my nb never next nice no nope nor not
    note nothing november now number obviously october of off oh ok okay on once one only ooh
    option or other otherwise ouch our out over per perhaps plan please point pp pps problem ps
    question quote re really reason remarkably remember result right rule saturday say says
    second secondly see september seriously she shit should similarly since so some something
    sometimes sorry step still such summary sunday sure tell thank thanks that that's the their
    them then there therefore these they thing third this those though thought three through
    thursday till time tip to today tomorrow tonight too true tuesday two uh uhm um under
    unfortunately until up update upon url us very via wait warning was we wednesday well were
    what what's when where whether which while who whoever whom whose why with within without
    wow www yeah yep yes yesterday yet you your
""")
"""Words that begin speech before a colon or a dash, and no name: "Note to self: call"."""
SAYING = _words("""
    added answered are asked asks called continued goes is like means meant replied said say
    says shouted tells thinks thought to told was went were whispered writes wrote
""")
"""Words that end the lead of a quotation: "He said: no"."""
NAMES_IN_LY = _words("ally beverly billy carly emily holly kelly lilly molly polly sally")
"""Other words with this end are adverbs."""
NAMES_THAT_ARE_WORDS = _words("""
    amber angel april art autumn bill bob chance chase daisy dawn dean drew eve faith frank gene
    grace guy hazel heath hope iris ivy jack joy lance lily mark max may miles nick norm olive pat
    pearl penny pierce ray rich rob rose ruby rusty sky sue summer violet wade ward will
""")
"""First names that stand in lower case in most texts."""
GREETINGS = _words("fine good great hello hi mhm mm no ok okay right sure well yeah yes")
"""What a first turn may be, and no initials or name."""
