"""Which of the possible labels of a text are labels: decided by the whole text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from stages.common.transcripts.labels import Form, Opening
from stages.common.transcripts.marks import hides_or_directs
from stages.common.transcripts.speakers import is_role

Labels = frozenset[tuple[str, Form]]
"""Names with the forms in which they are labels."""

_WITH_SIGN: tuple[Form, ...] = ("colon", "dash", "tight", "head", "stamped")
_PEOPLE = frozenset("""
    assistant aunt boyfriend boy brother caller carer child coach cofacilitator coordinator
    cotherapist co-therapist co-facilitator counselee dad daughter father friend girl girlfriend
    grandmother grandfather group guest host husband interpreter interviewee mediator moderator
    mother mum mom nurse observer operator others parent participant partner person psychiatrist
    psychologist receptionist researcher respondent sister social-worker son student subject
    supervisor supervisee teacher trainee translator trainer unknown user wife worker
""".split())  # fmt: skip
_NUMBERED_PERSON = re.compile(
    r"(?:speaker|spk|sp|spkr|s|participant|person|voice|unknown|client|patient|therapist|family"
    r"|member|parent|child|interviewer|interviewee|respondent|subject|channel|ch)[ _-]?\d{1,3}",
    re.IGNORECASE,
)
_LEADS = frozenset("""
    a about above actually after again all also although always am an and another any anyway are as
    ask at basically be because before being besides both but by can cause clearly come could dear
    did do does don't each either else em er erm especially even every everything example exactly
    excuse fact fine finally first firstly for from get given go goal going good great had has have
    he hello hence her here hers hey hi him his hm hmm homework honestly how however i i'd i'll i'm
    i've idea if important in indeed instead into is it it's its just last later let let's like
    listen look maybe me meaning mhm mine mm monday my nb never next nice no nope nor not note
    nothing now obviously of off oh ok okay on once one only option or other otherwise our out over
    per perhaps plan please point pp pps problem ps question quote re really reason remember result
    right saturday say says second secondly see seriously she should similarly since so some
    something sometimes sorry still such sunday sure tell thank thanks that that's the their them
    then there therefore these they thing third this those though thought three through thursday
    till time to today tomorrow tonight too true tuesday two uh uhm um under until up upon us url
    very via wait warning was we wednesday well were what what's when where whether which while who
    whoever whom whose why with within without yeah yep yes yesterday yet you your friday tip rule
    answer step summary conclusion update hint eg ie e.g i.e etc http https ftp mailto www number
    meanwhile unfortunately luckily frankly remarkably wow god gosh damn shit fuck aha ah aw ooh ouch
    january february march june july september october november december
""".split())  # fmt: skip
"""Words that begin speech before a colon or a dash, and no name."""
_SAYING = frozenset("""
    said says say asked asks replied told tells thought thinks went goes was were is are answered
    wrote writes called like means meant shouted whispered added continued to
""".split())  # fmt: skip


def choose(openings: Sequence[Opening | None], lines: Sequence[str], timed: bool = False) -> Labels:
    """The labels of a text.

    Args:
        openings: for each line, see labels.opening.
        timed: the lines are those of cues, where a label may stand at a change of speakers alone.
    """
    found = [opening for opening in openings if opening]
    written = sum(bool(line.strip()) and not line[0].isspace() for line in lines)
    chosen = _signed(openings, lines, written, timed)
    signed = {name for name, _ in chosen}
    labels = {(name, form) for name in signed for form in _WITH_SIGN}
    # A line "T - Monday" opens a turn where T is a label; a name's dash needs a text full of them.
    labels |= _angled(found) | _tight(found, signed)
    if not labels:
        labels |= _bracketed(found, written)
    if not labels:
        labels |= _in_columns(found, written)
    if not labels:
        labels |= _alone(openings, lines)
    return frozenset(labels)


def is_lead(name: str) -> bool:
    """Whether a name begins or ends like speech: "Note to self", "He said", "So"."""
    words = [word.strip(".'\u2019,") for word in name.lower().split()]
    first, last = words[0], words[-1]
    if len(words) == 1 and name.isupper() and len(name) <= 2:  # initials: "IS:", "I:"
        return False
    return (
        first in _LEADS
        or first.partition("'")[0].partition("\u2019")[0] in _LEADS
        or last in _SAYING
        or (len(words) > 1 and last in _LEADS)
        or (len(first) > 4 and first.endswith("ly") and len(words) == 1 and first not in _NAMES_LY)
    )


_NAMES_LY = frozenset("kelly emily molly sally holly billy polly lilly ally carly beverly".split())


def is_person(name: str) -> bool:
    """Whether a label names a person by itself: a role, a numbered speaker, "Nurse"."""
    return (
        is_role(name)
        or _NUMBERED_PERSON.fullmatch(name) is not None
        or bool(re.fullmatch(r"\w+_\d+", name))
        or (name.lower() in _PEOPLE and (name[0].isupper()))
        or bool(re.fullmatch(r"(?i:t|th|c|cl|p|pt|therapist|client|patient|speaker)\d{1,4}", name))
    )


def _looks_like_name(name: str) -> bool:
    """Words with a capital or a digit, joined by particles, or a name in lower case of one word."""
    words = name.split()
    rest_fits = all(
        word[0].isupper() or word[0].isdigit() or word in ("&", "and", "de", "del", "van", "von")
        for word in words[1:]
    )
    return (name[0].isupper() or "_" in name) and rest_fits


def _signed(
    openings: Sequence[Opening | None], lines: Sequence[str], written: int, timed: bool
) -> set[tuple[str, Form]]:
    """Names before a colon, a dash or a time."""
    found = [(at, o) for at, o in enumerate(openings) if o and o.form in _WITH_SIGN]
    counts = Counter(o.name for _, o in found if o.form not in ("tight", "dash"))
    dashes = Counter(o.name for _, o in found if o.form == "dash")
    heads = Counter(o.name for _, o in found if o.form in ("head", "stamped"))
    people = {o.name for _, o in found if o.form != "tight" and is_person(o.name)}
    if timed:  # "c: good" may continue "vitamin" of the line before
        small = {
            n for n in people if n.islower() and len(n) <= 2 or n in ("speaker", "interviewer")
        }
        if len(small) < 2 or sum(counts[name] for name in small) < 3:
            people -= small
    repeated = {
        name
        for name, count in counts.items()
        if count >= 2 and _looks_like_name(name) and not is_lead(name)
    }
    if sum(dashes.values()) * 2 >= written or people or repeated:
        repeated |= {
            n for n, c in dashes.items() if c >= 2 and _looks_like_name(n) and not is_lead(n)
        }
    if sum(heads.values()) >= 2 or (heads and _is_first(found, heads, lines)):
        repeated |= {n for n in heads if _looks_like_name(n) and not is_lead(n)}
    small = {n for n, c in counts.items() if c >= 2 and n.islower() and " " not in n}
    small = {name for name in small if not is_lead(name)}
    separated = _all_after_blank(found, lines, small)
    if len(small) >= 2 and (separated or sum(counts[n] for n in small) * 2 >= written):
        repeated |= small
    chosen = people | repeated
    share = sum(o.name in chosen or not is_lead(o.name) for _, o in found if o.form != "dash")
    full = share >= 0.9 * written
    once = {name for name in counts if name not in chosen and not is_lead(name)}
    if full and len(once | chosen) >= 2:
        chosen |= {name for name in once if _looks_like_name(name) or " " not in name}
    elif timed or chosen:
        known = sum(o.name in chosen for _, o in found)
        separated = _all_after_blank(found, lines, chosen)
        dense = separated or known * 2 >= written
        chosen |= {
            o.name
            for at, o in found
            if o.name in once
            and o.form != "tight"
            and _looks_like_name(o.name)
            and (timed or (dense and _begins_turn(at, lines, separated)))
            and not _elsewhere_in_lower_case(o.name, lines)
        }
    return {(name, "colon") for name in chosen}


def _is_first(
    found: Sequence[tuple[int, Opening]], heads: Counter[str], lines: Sequence[str]
) -> bool:
    """Whether the text begins with a name and a time."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    return any(at == first and o.name in heads for at, o in found)


def _all_after_blank(
    found: Sequence[tuple[int, Opening]], lines: Sequence[str], chosen: Iterable[str]
) -> bool:
    """Whether the turns of this text are separated by empty lines."""
    places = [at for at, o in found if o.name in set(chosen)]
    after = sum(at == 0 or not lines[at - 1].strip() for at in places)
    return bool(places) and after >= 0.8 * len(places)


def _begins_turn(at: int, lines: Sequence[str], separated: bool) -> bool:
    before = lines[at - 1].strip() if at else ""
    return (
        not before if separated else not before or before[-1] in ".?!\u2026-\u2013\u2014)]\"'\u201d"
    )


def _elsewhere_in_lower_case(name: str, lines: Sequence[str]) -> bool:
    """Whether a word is no name, since the text has it in lower case as well."""
    word = re.compile(rf"\b{re.escape(name.lower())}\b")
    return any(word.search(line) for line in lines)


def _tight(found: Sequence[Opening], signed: set[str]) -> set[tuple[str, Form]]:
    """`T:x`: roles, and capitals that stand so several times."""
    counts = Counter(o.name for o in found if o.form == "tight")
    people = {name for name in counts if is_person(name)}
    if sum(counts[name] for name in people) >= 2 or people & signed:
        return {(name, "tight") for name in people}
    names = {n for n, c in counts.items() if c >= 2 and _looks_like_name(n) and not is_lead(n)}
    return {(name, "tight") for name in names} if len(names) >= 2 else set()


def _angled(found: Sequence[Opening]) -> set[tuple[str, Form]]:
    """`S1> x`."""
    counts = Counter(o.name for o in found if o.form == "angle")
    return {
        (name, "angle")
        for name, count in counts.items()
        if is_person(name) or (count >= 2 and _looks_like_name(name) and not is_lead(name))
    }


def _bracketed(found: Sequence[Opening], written: int) -> set[tuple[str, Form]]:
    """`(Therapist) x`: half of the lines, as "[PATIENT] called" has a word that was removed."""
    counts = Counter(o.name for o in found if o.form == "bracket")
    people = {name for name in counts if is_person(name)}
    named = {
        name
        for name, count in counts.items()
        if count >= 2
        and _looks_like_name(name)
        and not is_lead(name)
        and not hides_or_directs(name)
    }
    if not people and len(named) < 2:
        return set()
    chosen = people | named
    many = sum(counts[name] for name in chosen) * 2 >= written
    return {(name, "bracket") for name in chosen} if many else set()


def _in_columns(found: Sequence[Opening], written: int) -> set[tuple[str, Form]]:
    """`T`, a tab or two spaces, `x`: nearly all lines, among them two labels or a role."""
    counts = Counter(o.name for o in found if o.form == "column")
    chosen = {n for n in counts if is_person(n) or (_looks_like_name(n) and not is_lead(n))}
    many = sum(counts[name] for name in chosen)
    if many < 2 or many < 0.8 * written:
        return set()
    people = any(is_person(name) for name in chosen)
    repeated = sum(counts[name] >= 2 for name in chosen) >= 2
    return {(name, "column") for name in chosen} if people or repeated else set()


def _alone(openings: Sequence[Opening | None], lines: Sequence[str]) -> set[tuple[str, Form]]:
    """Labels on lines of their own: the text begins with one, and each has text below it."""
    alone = [
        (at, o)
        for at, o in enumerate(openings)
        if o and o.form == "alone" and not o.name.endswith(".") and not is_lead(o.name)
    ]
    counts = Counter(o.name for _, o in alone)
    people = {name for name in counts if is_person(name)}
    people |= {name for name in counts if is_person(re.sub(r"\s*\d+$", "", name))}
    named = {n for n, c in counts.items() if c >= 2 and _looks_like_name(n)}
    chosen = people if people else named if len(named) >= 2 else set()
    places = [at for at, o in alone if o.name in chosen]
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if len({openings[at].name for at in places if openings[at]}) < 2:  # type: ignore[union-attr]
        return set()
    with_text = sum(
        any(line.strip() for line in lines[at + 1 : at + 3]) and at + 1 not in places
        for at in places
    )
    if with_text < 0.9 * len(places) or (not people and first != places[0]):
        return set()
    return {(name, "alone") for name in chosen}
