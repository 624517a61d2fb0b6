"""What eSpeak is given, and the voices that it speaks with."""

from __future__ import annotations

from pathlib import Path

import pytest

from attune.speak.espeak import Voice, speak
from attune.speak.pronounce import _PHONEMES, pronunciation
from attune.speak.voices import VARIANTS, choose_voices
from demo.guard import SPEAKERS
from demo.people import PAIRS
from stages.common.core.errors import UserError


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("We tried EMDR, then CBT-I; was it 50 mg?",
         "we tried e m d r, then c b t i; was it fifty milligrams?"),
        ("SSRIs, Dr. Moore said.", "s s r i's, doctor moore said."),
        ("Is it ADHD, GAD-7 or MAOI?",
         "is it [['eI]] d h d, g [['eI]] d seven or m [['eI]] o i?"),
        ("A plan, a walk.", "a plan, a walk."),
        ("PTSD at 10.30!", "p t s d at ten thirty!"),
        ("Quetiapine.", "[[kwIt'aI@pi:n]]."),
    ],
)  # fmt: skip
def test_english_is_given_as_people_say_it(text: str, given: str) -> None:
    assert pronunciation(text, "en") == given


def test_other_languages_are_given_as_typed() -> None:
    assert pronunciation("Ich nehme 50 mg, Dr. Moser.", "de") == "Ich nehme 50 mg, Dr. Moser."


@pytest.mark.parametrize("accent", ["en-us+m6", "en-gb-x-rp+f2"])
def test_phonemes_are_spoken_and_not_spelled(accent: str) -> None:
    """A notation that eSpeak does not know would be read letter by letter, which takes longer."""
    for word, phonemes in _PHONEMES.items():
        given, read = (
            speak(text, Voice(accent)).size
            for text in (f"[[{phonemes}]]", f"x {' '.join(phonemes)}")
        )
        assert 0.2 * 16_000 < given < 1.7 * 16_000 and given < read / 2, word


def test_the_voices_depend_on_the_seed_and_differ() -> None:
    once = choose_voices(7, "en")
    assert once == choose_voices(7, "en") != choose_voices(8, "en")
    for seed in range(50):
        therapist, client = choose_voices(seed, "en").values()
        assert therapist.name.split("+")[1] != client.name.split("+")[1]


def test_no_variant_is_the_demos_and_all_exist() -> None:
    espeakng_loader = pytest.importorskip("espeakng_loader")
    known = {p.name for p in Path(espeakng_loader.get_data_path(), "voices", "!v").iterdir()}
    assert set(VARIANTS) <= known
    demo = [*SPEAKERS, *(voice for pair in PAIRS for voice in (pair.therapist, pair.client))]
    assert not set(VARIANTS) & {voice.name.split("+")[1] for voice in demo}


def test_another_language_has_its_own_voice() -> None:
    assert choose_voices(1, "de")["Client"].name.startswith("de+")
    assert choose_voices(1, "zh")["Client"].name.startswith("cmn+")
    with pytest.raises(UserError, match=r"build_dataset\.language tl"):
        choose_voices(1, "tl")
