"""Verbs whose form depends on a neighbour, "'s", "'d", "has" and "had", and "cause".

"It's" is "it is" or "it has", "I'd" is "I had" or "I would": the next word that is not an adverb
decides. Before a word that allows both ("he's gone") "is" and "has" share one form, and so do "had"
and "would" ("they'd come"): otherwise one of the long forms would be an error against the short.

The word lists are our own; the grammar is that of any handbook: "be" takes -ing and adjectives,
"have" takes past participles, "would" takes infinitives.
"""

from __future__ import annotations

from collections.abc import Sequence

from stages.common.text.variants.contractions import HAD_OR_WOULD, IS_OR_HAS, SUBJECTS
from stages.common.text.word_set import word_set

_ADVERBS = word_set(
    """
    actually all almost already also always basically both certainly clearly completely definitely
    even ever finally generally honestly just kind maybe nearly never not now obviously of often
    only pretty probably quite rather really recently simply slowly so sometimes sort still
    suddenly then too totally usually very
    """
)
_DEGREE = word_set("very so too quite rather pretty kind sort")
"""Adverbs of adjectives, so the verb before them is "be"."""
_PRONOUNS = word_set("i you he she it we they")
_QUESTIONS = word_set("what where when why how who")
_NEW_CLAUSE = _PRONOUNS | word_set("have has had is are was were 's that who which and but to")
_DETERMINERS = word_set("a an the my your his her our their no some any enough this that")
_HAVE_ALONE = word_set("been got gotten had")
# Both auxiliaries are possible, with hardly a difference in meaning.
_BOTH = word_set(
    """
    calmed changed done ended finished gone grown healed improved moved passed recovered started
    stopped
    """
)
# Participles that are mostly used as adjectives, so that the verb before them is "be".
_ADJECTIVES = word_set(
    """
    allowed annoyed ashamed associated based bored broken called closed committed complicated
    concerned confused connected crowded depressed detached devastated disabled disappointed
    disgusted divorced embarrassed engaged entitled excited exhausted expected fed focused
    frightened frustrated hurt interested involved isolated known limited located locked lost
    loved married meant mixed named needed numbed overwhelmed packed pleased related relaxed
    relieved required retired scared separated settled shocked stressed stuck supposed surprised
    terrified tired torn trapped traumatised traumatized triggered unexpected unfinished unused
    upset used wanted wired worried
    """
)
_IRREGULAR = word_set(
    """
    become begun bitten blown bought broken brought built caught chosen come cost cried cut dealt
    died done drawn driven drunk eaten fallen felt flown forgiven forgotten fought found given
    gone grown heard held hidden hit hurt kept laid led left lied lost made meant met overcome
    paid put quit read ridden risen run said seen sent set shaken shown shut slept sold spent
    spoken stolen stood sworn taken taught thought thrown told tried understood withdrawn woken
    won worn written
    """
)
# Infinitive and past participle alike. "I had cut myself" and "I would cut myself" stay apart, and
# so do "hit" and "hurt": the difference matters clinically.
_SAME = word_set("become come cost let overcome put quit read run set shut split spread")
_HARM = word_set("cut hit hurt")
_OBJECTS = word_set("me you him her us them myself himself herself yourself themselves my")
_NOT_PARTICIPLES = word_set(
    """
    bed bleed bred breed embed exceed feed hundred indeed infrared led naked need proceed red
    sacred seed shed speed succeed wed weed wicked
    """
)
# After a noun with 's, these show that it is "is": "my mother's not well", "the week's been bad".
_AFTER_VERB = word_set(
    """
    a already always an asked at become been being changed coming decided died doing done fine
    found getting given going gone got had here his in just left made moved my never not okay on
    our passed quite really said seen so started still stopped taken the their there told too
    tried trying very with your
    """
)
_NOUNS_IN_ING = word_set(
    """
    being breathing building ceiling clothing earring evening feeling king meeting morning
    offspring painting ring sibling spring string thing training upbringing wedding wing
    """
)
_CLAUSE = word_set("i he she we they there")
_CLAUSE_OR_OBJECT = word_set(
    """
    a all everyone everything if it my nobody now people sometimes that the then these this those
    what when you
    """
)
_BEFORE_CAUSE = word_set(
    """
    a an any can could did do does i main may might must never no not only real root should that
    the these they things this to we which will would you
    """
)


def resolved(words: Sequence[str]) -> list[str]:
    """The words with every ambiguous one resolved."""
    out: list[str] = []
    for at, word in enumerate(words):
        if word == IS_OR_HAS or word == "has":
            out.append(_is_or_has(words, at))
        elif word in (HAD_OR_WOULD, "had", "would"):
            out.append(_had_or_would(words, at))
        elif word == "cause":
            out.append(_cause(words, at))
        elif word.endswith("'s") and _is_verb_after(_word(words, at + 1)):
            out += (word[:-2], _is_or_has(words, at))
        else:
            out.append(word)
    return out


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def _next_verb(words: Sequence[str], at: int) -> int:
    """Index of the first word after `at` that is neither an adverb nor a question's subject."""
    asks = _word(words, at - 1) in _QUESTIONS
    at += 1
    if asks:
        # "How's your sleep been?": the subject stands between the two.
        for after in range(at + 1, at + 5):
            if _word(words, after) in _HAVE_ALONE:
                return after
            if _word(words, after) in _NEW_CLAUSE:
                break
    while _word(words, at) in _ADVERBS or (asks and _word(words, at) in _PRONOUNS):
        at += 1
    return at


def _is_verb_after(word: str) -> bool:
    """Whether the 's before `word` is a verb rather than a genitive."""
    return word in _AFTER_VERB or (word.endswith("ing") and word not in _NOUNS_IN_ING)


def _is_participle(word: str) -> bool:
    regular = word.endswith("ed") and len(word) > 3 and word not in _NOT_PARTICIPLES
    return regular or word in _IRREGULAR or word in _HAVE_ALONE


def _is_or_has(words: Sequence[str], at: int) -> str:
    place = _next_verb(words, at)
    verb = _word(words, place)
    if verb in _BOTH:
        return "is"
    if words[at] == "has":
        return "has"
    after = _word(words, place + 1)
    if _word(words, at + 1) in _DEGREE or after == "by":
        return "is"
    if verb in _ADJECTIVES and after not in _OBJECTS:
        return "is"
    return "has" if _is_participle(verb) else "is"


def _had_or_would(words: Sequence[str], at: int) -> str:
    verb = _word(words, _next_verb(words, at))
    word = words[at]
    if verb in _SAME and _word(words, at - 1) in SUBJECTS:
        return "would"
    if word != HAD_OR_WOULD:
        return word
    if _word(words, at - 1) in _QUESTIONS and _word(words, at + 1) in _PRONOUNS:
        return "did"
    if verb in _HARM:
        return "would"
    if verb == "better" or verb in _DETERMINERS or _is_participle(verb):
        return "had"
    return "would"


def _cause(words: Sequence[str], at: int) -> str:
    """ "Cause" that opens a clause is "because", whose apostrophe is not always typed."""
    after, before = _word(words, at + 1), _word(words, at - 1)
    if not after and before in ("", "just"):
        # "Why?" "'Cause."
        return "because"
    if after in _CLAUSE or (after in _CLAUSE_OR_OBJECT and before not in _BEFORE_CAUSE):
        return "because"
    return "cause"
