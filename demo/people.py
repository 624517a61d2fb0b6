"""The people of the demo's sessions: who speaks, in which voice, and what each client comes with.

Every person has an eSpeak variant of their own, so no two people sound alike and the split by
client keeps every voice on one side. The base model (`demo/recipe/corpus.py`) hears none of them.
The variants were chosen by their spectrum: near the plain voices, without whisper or clipping.
"""

from __future__ import annotations

from dataclasses import dataclass

from demo.speech import Voice


@dataclass(frozen=True)
class Pair:
    """A client and their therapist. `theme` is a file's stem in `demo/dialogues/themes`."""

    code: str
    first_name: str
    theme: str
    therapist: Voice
    client: Voice


# first name, theme, then (voice, words a minute, pitch) of the therapist and of the client
_ROWS = (
    ("Julia", "01_generalised_anxiety", ("en-us+m3", 160, 48), ("en+f3", 168, 52)),
    ("Oscar", "02_ocd", ("en+aunty", 158, 50), ("en-us+Alex", 170, 53)),
    ("Nora", "03_ptsd", ("en-us+linda", 155, 46), ("en+shelby", 162, 55)),
    ("Frank", "04_adhd", ("en+m5", 162, 50), ("en-us+max", 178, 57)),
    ("Sophie", "05_bipolar", ("en-us+Michael", 156, 47), ("en-us+f5", 172, 54)),
    ("Irene", "06_borderline", ("en+Mario", 160, 52), ("en-us+Alicia", 165, 50)),
    ("Walter", "07_depression", ("en-us+Andrea", 154, 44), ("en+Diogo", 150, 42)),
    ("Victor", "08_panic", ("en+Mike", 157, 49), ("en-us+rob", 175, 55)),
    ("Martha", "09_insomnia", ("en-us+adam", 159, 45), ("en+belinda", 158, 46)),
    ("Philip", "10_social_anxiety", ("en+robert", 161, 46), ("en+Nguyen", 166, 51)),
    ("Ruth", "11_bulimia", ("en-us+quincy", 158, 53), ("en+grandma", 164, 56)),
    ("Edward", "12_grief", ("en-us+Denis", 152, 50), ("en+edward2", 155, 58)),
    ("Paul", "13_alcohol", ("en+victor", 163, 54), ("en-us+Reed", 169, 48)),
)


def _voice(row: tuple[str, int, int]) -> Voice:
    name, rate, pitch = row
    return Voice(name, rate=rate, pitch=pitch)


PAIRS = tuple(
    Pair(f"client_{number:02d}", first_name, theme, _voice(therapist), _voice(client))
    for number, (first_name, theme, therapist, client) in enumerate(_ROWS, start=1)
)
