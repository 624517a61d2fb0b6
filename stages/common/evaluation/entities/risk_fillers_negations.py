"""The project's own lists: negations, fillers and risk words.

Forms that carry the same meaning for a reader are one term, whatever their grammar: the WER
already counts "hurts" for "hurt"; these lists measure whether the meaning is preserved.
"""

from __future__ import annotations

from collections.abc import Sequence

from stages.common.evaluation.entities.occurrences import Occurrence
from stages.common.evaluation.entities.vocabulary import parse

# The second line as people type them without the apostrophe.
_NEGATION_TEXT = """
not no never none nobody nothing nowhere neither nor nope nah without cannot
aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont wouldnt
"""
_NEGATIONS = frozenset(_NEGATION_TEXT.split())


def find_negations(words: Sequence[str]) -> list[Occurrence]:
    """Negations, all of which count as one entity: "cannot", "can't", "never" for "not"."""
    return [
        Occurrence(at, at + 1, "negation")
        for at, word in enumerate(words)
        if word in _NEGATIONS or word.endswith("n't")
    ]


FILLERS = parse(
    (
        # Hesitation. Which letters a transcriber writes for it is habit: one term.
        "um | umm | ummm | uhm | uh | uhh | er | err | erm | errm",
        # A sign of listening or of thought.
        "mm hmm | mm hm | mhm | mmhm | mmhmm | uh huh | hmm | hm | hmmm | mm | mmm",
    ),
    "fillers",
)
"""Sounds alone. "You know", "like", "well" and "I mean" are left out: text does not tell the filler
from "you know him", and a model that writes one down has heard words."""

RISK = parse(
    (
        "suicide | suicides | suicidal | suicidality",
        "kill myself | killing myself | killed myself",
        "kill yourself | killing yourself | killed yourself",
        "kill himself | killing himself | killed himself",
        "kill herself | killing herself | killed herself",
        "kill themselves | killing themselves | killed themselves",
        "kill | kills | killed | killing",
        "murder | murders | murdered | murdering",
        "end my life | ending my life | ended my life | take my life | taking my life",
        "end your life | ending your life | take your life | taking your life",
        "end it all | ending it all",
        "die | dies | died | dying | dead",
        "self harm | self harms | self harmed | self harming | selfharm",
        "self injury | self injure | self injured | self injuring",
        "harm myself | harming myself | harmed myself",
        "harm yourself | harming yourself | harmed yourself",
        "harm | harms | harmed | harming",
        "hurt myself | hurting myself",
        "hurt yourself | hurting yourself",
        "hurt | hurts | hurting",
        "cut myself | cutting myself | cuts myself",
        "cut yourself | cutting yourself",
        "burn myself | burned myself | burnt myself | burning myself",
        "hang myself | hanging myself | hanged myself | hung myself",
        "overdose | overdoses | overdosed | overdosing",
        "abuse | abuses | abused | abusing | abuser | abusive",
        "assault | assaults | assaulted | assaulting",
        "rape | rapes | raped | raping | rapist",
        "molest | molested | molesting",
        "attack me | attacked me | attacking me",
        "hit me | hits me | hitting me",
        "beat me | beats me | beating me",
        "strangle | strangled | strangling | strangulation",
        "choke | choked | choking",
        "stab | stabs | stabbed | stabbing",
        "shoot | shoots | shot | shooting",
        "gun | guns",
        "knife | knives",
        "weapon | weapons",
        "poison | poisoned | poisoning",
        "violence | violent | violently",
        "threaten | threatens | threatened | threatening | threat | threats",
        "unsafe | not safe",
        "danger | dangerous",
        "relapse | relapses | relapsed | relapsing",
    ),
    "risk words",
)
"""Harm to oneself and by others: words that a note must neither omit nor invent."""
