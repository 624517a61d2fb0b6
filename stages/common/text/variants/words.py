"""Hesitations, backchannels, informal words and compounds, each written in one way.

Whether a transcriber types "gonna" or "going to" is the team's style, not what was said.
"""

from __future__ import annotations

_SOUNDS = {
    "um": "umm ummm uhm uhmm erm errm ermm uhhm",
    "uh": "uhh uhhh er err errr",
    "mm": "mmm mmmm mmmmm",
    "hmm": "hm hmmm hmmmm hmmmmm",
    "mm hmm": "mhm mhmm mmhm mmhmm mmmhmm mmhmmm",
    "uh huh": "uhhuh uhuh",
    "ah": "ahh ahhh",
    "oh": "ohh ohhh",
    "aw": "aww awww",
    "sh": "shh shhh",
    "yeah": "yeh",
    "okay": "okey",
}
_INFORMAL = {
    "going to": "gonna",
    "want to": "wanna",
    "got to": "gotta",
    "kind of": "kinda",
    "sort of": "sorta",
    "lot of": "lotta",
    "lots of": "lotsa",
    "out of": "outta",
    "let me": "lemme",
    "give me": "gimme",
    "can not": "cannot",
    "do not know": "dunno",
    "you know": "y'know yknow",
    "because": "cos coz cuz",
    "until": "til",
    "come on": "c'mon",
    "should have": "shoulda",
    "would have": "woulda",
    "could have": "coulda",
    "have to": "hafta",
    "ought to": "oughta",
    "do you": "d'you d'ya",
}
_ONE_OR_TWO = {
    "all right": "alright",
    "every day": "everyday",
    "any more": "anymore",
    "any time": "anytime",
    "no one": "noone",
    "well being": "wellbeing",
    "good bye": "goodbye",
    "good night": "goodnight",
    "thank you": "thankyou",
    "a lot": "alot",
    "a while": "awhile",
    "each other": "eachother",
    "as well": "aswell",
    "every time": "everytime",
    "never mind": "nevermind",
    "co worker": "coworker",
    "co workers": "coworkers",
    "non verbal": "nonverbal",
    "non judgmental": "nonjudgmental nonjudgemental",
    "bye bye": "byebye",
    "e mail": "email",
    "e mails": "emails",
    "self harm": "selfharm",
    "self harmed": "selfharmed",
    "self harming": "selfharming",
    "self esteem": "selfesteem",
    "per cent": "percent",
    "half way": "halfway",
    "o'clock": "oclock",
    "et cetera": "etcetera",
    "under way": "underway",
    "health care": "healthcare",
    "child care": "childcare",
    "break up": "breakup",
    "check in": "checkin",
    "follow up": "followup",
    "shut down": "shutdown",
    "break down": "breakdown",
    "melt down": "meltdown",
    "burn out": "burnout",
    "tele health": "telehealth",
    "step mom": "stepmom stepmum",
    "step dad": "stepdad",
    "two": "ii",
    "three": "iii",
}
# Typed without the apostrophe. No other word in use is spelled like these.
_NO_APOSTROPHE = {
    "don't": "dont", "can't": "cant", "won't": "wont", "didn't": "didnt", "doesn't": "doesnt",
    "isn't": "isnt", "aren't": "arent", "wasn't": "wasnt", "weren't": "werent",
    "haven't": "havent", "hasn't": "hasnt", "hadn't": "hadnt", "wouldn't": "wouldnt",
    "couldn't": "couldnt", "shouldn't": "shouldnt", "ain't": "aint", "i'm": "im", "i've": "ive",
    "you're": "youre", "you've": "youve", "you'll": "youll", "they're": "theyre",
    "they've": "theyve", "they'll": "theyll", "we've": "weve", "that's": "thats",
    "what's": "whats", "there's": "theres", "here's": "heres", "where's": "wheres",
    "he's": "hes", "she's": "shes", "who's": "whos", "how's": "hows", "it'll": "itll",
    "that'll": "thatll", "y'all": "yall",
}  # fmt: skip


def _by_variant(*tables: dict[str, str]) -> dict[str, str]:
    return {
        variant: form
        for table in tables
        for form, variants in table.items()
        for variant in variants.split()
    }


VARIANTS = _by_variant(_SOUNDS, _INFORMAL, _ONE_OR_TWO)
"""Word -> its form."""
APOSTROPHES = _by_variant(_NO_APOSTROPHE)
"""Contraction without its apostrophe -> the contraction."""
