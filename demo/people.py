"""The speakers of the demo's sessions: voices of clients and therapists, and each client's theme.

No two people share voice, pitch and speed, and no two clients share a therapist, so a split by
client keeps every person in one split. `demo/guard.py` has none of these voices.
"""

from __future__ import annotations

from dataclasses import dataclass

from attune.speak.espeak import Voice


@dataclass(frozen=True)
class Pair:
    """A client and their therapist."""

    code: str
    """As in `sessions.csv`."""
    first_name: str
    theme: str
    """Stem of a file in `demo/dialogues/themes`."""
    therapist: Voice
    client: Voice


# First name, theme, and (voice, words per minute, pitch) of the therapist and of the client.
_ROWS = (
    ("Julia", "01_generalised_anxiety", ("en-us+m3", 152, 49), ("en+f5", 157, 50)),
    ("Oscar", "02_ocd", ("en-us+m5", 162, 51), ("en+m3", 154, 49)),
    ("Nora", "03_ptsd", ("en-us+m8", 159, 50), ("en+m5", 164, 51)),
    ("Frank", "04_adhd", ("en-us+f3", 156, 49), ("en+m8", 161, 50)),
    ("Sophie", "05_bipolar", ("en-us+f5", 153, 51), ("en+f3", 158, 49)),
    ("Irene", "06_borderline", ("en-us+m3", 175, 41), ("en+f5", 167, 42)),
    ("Walter", "07_depression", ("en-us+m5", 172, 40), ("en+m3", 164, 41)),
    ("Victor", "08_panic", ("en-us+m8", 169, 42), ("en+m5", 174, 40)),
    ("Martha", "09_insomnia", ("en-us+f3", 166, 41), ("en+m8", 171, 42)),
    ("Philip", "10_social_anxiety", ("en-us+f5", 176, 40), ("en+f3", 168, 41)),
    ("Edward", "12_grief", ("en-us+m5", 148, 59), ("en+m3", 153, 60)),
    ("Paul", "13_alcohol", ("en-us+m8", 145, 58), ("en+m5", 150, 59)),
)


def _voice(row: tuple[str, int, int]) -> Voice:
    name, rate, pitch = row
    return Voice(name, rate=rate, pitch=pitch)


PAIRS = tuple(
    Pair(f"client_{theme[:2]}", first_name, theme, _voice(therapist), _voice(client))
    for first_name, theme, therapist, client in _ROWS
)
