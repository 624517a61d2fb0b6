"""Which label candidates are labels, decided over the whole transcript."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise

from stages.common.transcripts.label_words import (
    LEADS,
    NAMES_IN_LY,
    NAMES_THAT_ARE_WORDS,
    NO_INITIALS,
    OTHER_LEADS,
    PEOPLE,
    SAYING,
)
from stages.common.transcripts.labels import Form, LabelCandidate, is_stamp
from stages.common.transcripts.marks import is_known_mark
from stages.common.transcripts.speakers import is_role

Labels = frozenset[tuple[str, Form]]
"""Names with the forms in which they are labels."""
_Found = Sequence[tuple[int, LabelCandidate]]
"""Candidates with the index of their line."""

_WITH_SIGN: tuple[Form, ...] = ("colon", "dash", "tight", "head", "stamped")
_NUMBERED_PERSON = re.compile(
    r"(?:speaker|spk|spkr|sp|s|participant|person|voice|unknown|client|patient|therapist|parent|"
    r"child|interviewer|interviewee|respondent|channel|t|th|c|cl|p|pt)[ _-]?#?\d{1,4}|\w+_\d+"
    r"|(?:speaker|participant|person|voice|channel|client|patient|therapist)[ _-][A-Z]",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_PARTICLES = frozenset(["&", "and", "de", "del", "der", "la", "van", "von"])


def choose(
    candidates: Sequence[LabelCandidate | None], lines: Sequence[str], timed: bool = False
) -> Labels:
    """The labels of a text.

    Args:
        candidates: for each line, see labels.label_candidate.
        timed: the lines are cues, in which a label may occur only at a change of speaker.
    """
    found = [(at, o) for at, o in enumerate(candidates) if o]
    written = _count_written(lines)
    signed = _signed([(at, o) for at, o in found if o.form in _WITH_SIGN], lines, written, timed)
    # A line "T - Monday" opens a turn where T is a label.
    labels = {(name, form) for name in signed for form in _WITH_SIGN}
    labels |= _tight(_count(found, "tight"), signed, written) | _angled(_count(found, "angle"))
    if not labels:
        labels = _bracketed(_count(found, "bracket"), written)
    if not labels:
        labels = _in_columns(_count(found, "column"), written)
    if not labels:
        labels = _alone(found, lines)
    return frozenset(labels)


def is_person(name: str) -> bool:
    """Whether a label is a person's for certain: a role, or a numbered speaker."""
    return is_role(name) or _NUMBERED_PERSON.fullmatch(name) is not None


def is_lead(name: str) -> bool:
    """Whether a name begins or ends like speech: "Note to self", "He said", "So"."""
    if _NUMBERED_PERSON.fullmatch(name):  # "Speaker A"
        return False
    words = [re.split("['\u2019]", word.lower().strip(".,"))[0] for word in name.split()]
    # Initials, "IS:", and "THE WITNESS:": speech is not written in capitals.
    if name.isupper() and (len(words) > 1 or len(name) <= 2):
        return words[0] in NO_INITIALS
    return (
        words[0] in LEADS | OTHER_LEADS
        or words[-1] in SAYING
        or (len(words) > 1 and words[-1] in LEADS)
        or (len(words) == 1 and words[0].endswith("ly") and words[0] not in NAMES_IN_LY)
    )


def is_name(name: str) -> bool:
    """Whether a label may be a name: it begins with a capital, and so do its other words.

    Letters of scripts without case count as capitals; so does `iPhone`, a usual name in meetings.
    """
    rest = all(not word[0].islower() or word in _PARTICLES for word in name.split()[1:])
    begins = not name[0].islower() or name[1:2].isupper() or "_" in name
    return begins and rest and not is_lead(name)


def _count_written(lines: Sequence[str]) -> int:
    """Lines that are not empty, without indented ones, which continue a turn."""
    written = [line for line in lines if line.strip()]
    begin = sum(not line[0].isspace() for line in written)
    return begin if begin * 4 >= len(written) else len(written)


def _count(found: _Found, *forms: Form) -> Counter[str]:
    return Counter(o.name for _, o in found if o.form in forms)


def _signed(found: _Found, lines: Sequence[str], written: int, timed: bool) -> set[str]:
    """Names before a colon, a dash or a time.

    Roles are labels wherever they occur, names if they open several lines. A name that opens a
    single line is a label if the text has other labels and the line begins like theirs.
    """
    heads = _heads(found, lines)
    found = [
        (at, o)
        for at, o in found
        if o.form != "head" or o.text or o.name in heads or is_person(o.name)
    ]
    counts = _count(found, "colon", "head", "stamped")
    people = {o.name for _, o in found if o.form != "tight" and is_person(o.name)}
    if timed:
        unsure = _unsure_small(people, counts)
        people -= unsure
        counts = Counter({name: count for name, count in counts.items() if name not in unsure})
    chosen = people | {name for name, count in counts.items() if count >= 2 and is_name(name)}
    chosen |= heads | _in_lower_case(found, counts, lines, written)
    dashes = _count(found, "dash")
    if chosen or sum(dashes.values()) * 2 >= written:
        chosen |= {name for name, count in dashes.items() if count >= 2 and is_name(name)}
    return chosen | _once(found, counts, chosen, lines, written, timed)


def _once(
    found: _Found,
    counts: Counter[str],
    chosen: Collection[str],
    lines: Sequence[str],
    written: int,
    timed: bool,
) -> set[str]:
    """Names that open one line, if nearly all lines have labels or a turn can begin there."""
    once = {name for name in counts if name not in chosen and not is_lead(name)}
    words = _words_in_lower_case(lines) if once else set()
    likely = {
        name
        for name in once
        if is_name(name)
        if name.lower() in PEOPLE or name.split()[0].strip(".").lower() not in words
    }
    full = sum(counts[name] for name in {*chosen, *once}) >= 0.9 * written
    if full and len(chosen) + len(once) >= 2:
        small = {name for name in once if name.islower() and " " not in name}
        return likely | (small if all(name.islower() for name in chosen) else set())
    if not timed and not chosen:
        return set()
    begins = _turn_begins(found, lines, written, chosen, timed)
    forms = ("colon", "head", "stamped")
    return {o.name for at, o in found if o.name in likely and o.form in forms and begins(at)}


def _unsure_small(people: Collection[str], counts: Counter[str]) -> set[str]:
    """Lower-case roles that may be speech in a cue: "c: good" may continue "vitamin" above it."""
    small = {n for n in people if n.islower() and (len(n) <= 2 or n in ("speaker", "interviewer"))}
    return set() if len(small) >= 2 and sum(counts[n] for n in small) >= 3 else small


def _heads(found: _Found, lines: Sequence[str]) -> set[str]:
    """Names beside a time that occur twice, or at the beginning of the text.

    A name on a line of its own needs text below it; "0:03 Thanks Anna" above "0:05 Good" is speech.
    """
    written = [at for at, line in enumerate(lines) if line.strip()]
    below = dict(pairwise(written))
    lone = {at for at, o in found if o.form == "head" and not o.text}
    stamps = {at for at in written if is_stamp(lines[at])}
    heads = [
        (at, o.name)
        for at, o in found
        if o.form in ("head", "stamped") and is_name(o.name)
        if at not in lone or (at in below and below[at] not in lone | stamps)
    ]
    first = bool(heads) and heads[0][0] == written[0]
    return {name for _, name in heads} if len(heads) >= 2 or first else set()


def _in_lower_case(
    found: _Found, counts: Counter[str], lines: Sequence[str], written: int
) -> set[str]:
    """`anna: x`: such names, at least two, that open several lines each, and together most lines or
    turns between empty lines."""
    small = {n for n, c in counts.items() if c >= 2 and n.islower() and " " not in n}
    small = {name for name in small if not is_lead(name)}
    most = sum(counts[name] for name in small) * 2 >= written
    return small if len(small) >= 2 and (most or _are_apart(found, lines, small)) else set()


def _turn_begins(
    found: _Found, lines: Sequence[str], written: int, chosen: Collection[str], timed: bool
) -> Callable[[int], bool]:
    """A function that tells whether a turn can begin at a line's index."""
    apart = _are_apart(found, lines, chosen)
    dense = sum(o.name in chosen for _, o in found) * 2 >= written

    def begins(at: int) -> bool:
        before = lines[at - 1].strip() if at else ""
        ended = not before or before[-1] in ".?!\u2026-\u2013\u2014)]\"'\u201d"
        return timed or (not before if apart else dense and ended)

    return begins


def _are_apart(found: _Found, lines: Sequence[str], names: Collection[str]) -> bool:
    """Whether the turns of these names are separated by empty lines."""
    places = [at for at, o in found if o.name in names]
    after = sum(at == 0 or not lines[at - 1].strip() for at in places)
    return bool(places) and len(places) < len(lines) and after >= 0.8 * len(places)


def _words_in_lower_case(lines: Sequence[str]) -> set[str]:
    """Words that the text has in lower case, which are therefore not names."""
    words = {word for line in lines for word in _WORD.findall(line) if word.islower()}
    return words - NAMES_THAT_ARE_WORDS


def _tight(counts: Counter[str], signed: Collection[str], written: int) -> set[tuple[str, Form]]:
    """`T:x`: roles that occur so twice, or beside labels with a space; or several names."""
    people = {name for name in counts if is_person(name)}
    if sum(counts[name] for name in people) >= 2 or people & set(signed):
        return {(name, "tight") for name in people}
    names = {n for n, c in counts.items() if c >= 2 and (is_name(n) or n.islower())}
    names = {name for name in names if not is_lead(name)}
    most = sum(counts[name] for name in names) * 2 >= written
    return {(name, "tight") for name in names} if len(names) >= 2 and most else set()


def _angled(counts: Counter[str]) -> set[tuple[str, Form]]:
    """`S1> x`."""
    names = {n for n, count in counts.items() if is_person(n) or (count >= 2 and is_name(n))}
    return {(name, "angle") for name in names}


def _bracketed(counts: Counter[str], written: int) -> set[tuple[str, Form]]:
    """`(Therapist) x` in half of the lines: a single "[PATIENT] called" is a redacted name."""
    people = {name for name in counts if is_person(name)}
    named = {n for n, count in counts.items() if count >= 2 and is_name(n)}
    named = {name for name in named if not is_known_mark(name)}
    chosen = people | named
    many = sum(counts[name] for name in chosen) * 2 >= written
    return {(n, "bracket") for n in chosen} if many and (people or len(named) >= 2) else set()


def _in_columns(counts: Counter[str], written: int) -> set[tuple[str, Form]]:
    """`T`, a tab or two spaces, `x`, in nearly all lines, with a role or two names."""
    chosen = {name for name in counts if is_person(name) or is_name(name)}
    many = sum(counts[name] for name in chosen)
    known = any(is_person(n) for n in chosen) or sum(counts[n] >= 2 for n in chosen) >= 2
    return {(n, "column") for n in chosen} if known and many >= max(2, 0.8 * written) else set()


def _alone(found: _Found, lines: Sequence[str]) -> set[tuple[str, Form]]:
    """Labels on lines of their own: each has text below it; the text begins with a name."""
    alone = [
        (at, o.name)
        for at, o in found
        if o.form == "alone" and not is_lead(o.name) and not is_lead(o.name.capitalize())
        if is_person(o.name) or not o.name.istitle() or not is_known_mark(o.name)
    ]
    counts = Counter(name for _, name in alone)
    chosen = {name for name in counts if is_person(name)}
    people = bool(chosen)
    if not people:
        chosen = {n for n, c in counts.items() if c >= 2 and is_name(n) and n[-1] != "."}
    places = {at for at, name in alone if name in chosen}
    if len({name for at, name in alone if at in places}) < 2:
        return set()
    followed = sum(
        at + 1 not in places and any(line.strip() for line in lines[at + 1 : at + 3])
        for at in places
    )
    first = next(at for at, line in enumerate(lines) if line.strip())
    if followed < 0.9 * len(places) or (not people and first != min(places)):
        return set()
    return {(name, "alone") for name in chosen}
