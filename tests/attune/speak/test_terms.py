"""The terms to speak: rare in training or lost on validation, and not yet spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from attune.speak.terms import choose_terms, forms_of, heading_of, lost_terms, read_list
from attune.webvtt import write_vtt
from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id
from stages.common.core.params import load_params
from stages.common.dataset.split_storage import Clip, save_split
from stages.common.evaluation.entities.vocabulary import parse
from stages.common.text.normalizer import scoring_form
from stages.common.transcripts.cue import Cue
from tests.support.mini_project import KEY, MiniProject

LIST = """# Medication: names
sertraline
lithium
# Medication: classes
SSRI | SSRIs
# Methods
CBT | cognitive behavioural therapy
grounding
"""
SPOKEN = "speak-0123456789abcdef"


def save(name: str, texts: dict[str, list[str]]) -> None:
    """A split with a clip for each text; texts: by recording."""
    save_split(
        Path("data/dataset") / name,
        [
            Clip(f"{recording}-{number}", recording, float(number), 1.0, text, [], 0, b"")
            for recording, some in texts.items()
            for number, text in enumerate(some)
        ],
    )


@pytest.fixture
def project(mini: MiniProject) -> MiniProject:
    Path("data/dataset").mkdir(parents=True)
    Path("data/terms.txt").write_text(LIST, encoding="utf-8")
    save("validation", {"r0": ["nothing of interest"]})
    save(
        "train",
        {
            "r1": ["sertraline, sertraline and sertraline", "cbt or c b t or CBT", "grounding"],
            recording_id(KEY, SPOKEN): ["lithium lithium lithium lithium grounding grounding"],
        },
    )
    return mini


def test_terms_with_few_occurrences_in_training_are_chosen(project: MiniProject) -> None:
    """Those of spoken sessions in the training split do not count."""
    project.transcript(f"{SPOKEN}.vtt", write_vtt([Cue(0.0, 1.0, "As it was then.", "Client")]))
    choice = choose_terms(load_params(), KEY)
    assert [term.forms for term in choice.terms] == [("lithium",), ("SSRIs",), ("grounding",)]
    assert [term.medication for term in choice.terms] == [True, False, False]
    assert (choice.listed, choice.rare, choice.lost, choice.spoken) == (5, 3, None, 0)


def test_a_term_that_is_spoken_already_is_not_chosen(project: MiniProject) -> None:
    cue = Cue(0.0, 1.0, "Lithium, after some grounding.", "Client")
    project.transcript(f"{SPOKEN}.vtt", write_vtt([cue]))
    project.transcript("speak-up.vtt", write_vtt([Cue(0.0, 1.0, "SSRIs", "Client")]))
    choice = choose_terms(load_params(), KEY)
    assert [term.name for term in choice.terms] == ["s s r i"] and choice.spoken == 2


def test_without_a_dataset_it_says_what_to_run(mini: MiniProject) -> None:
    Path("data").mkdir()
    Path("data/terms.txt").write_text(LIST, encoding="utf-8")
    with pytest.raises(UserError, match="dvc repro build_dataset"):
        choose_terms(load_params(), KEY)


def test_lost_terms_are_counted_in_place_for_each_term() -> None:
    pairs = [
        ("I take lithium and sertraline.", "i take lithium and search really"),
        ("Lithium, then sertraline.", "then sertraline and lithium"),
        ("No term at all.", "lithium"),
    ]
    lost = lost_terms(pairs, parse(LIST.splitlines(), "list"), "en")
    assert {name: count for name, count in lost.items() if count} == {"lithium": 1, "sertraline": 1}


def test_forms_are_the_plural_and_what_is_no_other_spelling() -> None:
    def forms(*variants: str) -> tuple[str, ...]:
        return forms_of(variants, scoring_form)

    assert forms("panic attack", "panic attacks") == ("panic attacks",)
    assert forms("boundary", "boundaries") == ("boundaries",)
    assert forms("safety behaviour", "safety behavior", "safety behaviours") == (
        "safety behaviours",
    )
    assert forms("rumination", "ruminate") == ("rumination",)
    assert forms("PTSD", "post-traumatic stress disorder") == (
        "PTSD", "post-traumatic stress disorder",
    )  # fmt: skip
    assert forms("dissociative disorder", "DID") == ("dissociative disorder", "DID")


def test_the_heading_above_a_term_tells_medicines(project: MiniProject) -> None:
    assert [term.medication for term in read_list("en")] == [True, True, False, False, False]
    heading = heading_of(["a", "# b", "c # no heading", "d"])
    assert [heading(number) for number in (1, 3, 4)] == ["", "# b", "# b"]
