"""The demo's out-of-domain set: disjoint from the base's training data and from the sessions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from demo.compose import compose
from demo.guard import COUNT, PER_FILE, texts
from demo.material import written
from demo.recipe import lengthen, train
from demo.recipe.sentences import TALK, sentences
from stages.common.dataset.out_of_domain import HALVES, read_out_of_domain_set
from stages.common.text.normalizer import scoring_form
from tests.support.imports import ROOT

KEY = b"a key for tests, which everybody may know"


def test_no_sentence_is_in_the_bases_training_data() -> None:
    trained_on: set[str] = set()
    for recipe in (train, lengthen):
        trained_on |= set(sentences(recipe.SENTENCES, recipe.SEED))
        trained_on |= set(sentences(recipe.SENTENCES, recipe.SEED + 1, TALK))
    assert len(trained_on) > 50_000 and len(set(texts())) == 2 * COUNT
    assert not trained_on & set(texts())


def test_no_sentence_is_in_a_session() -> None:
    lines = [scoring_form(written(line.text)) for session in compose() for line in session.lines]
    everything = f" {' | '.join(lines)} "
    assert not [text for text in texts() if f" {scoring_form(text)} " in everything]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two runs, each in a process of its own, as eSpeak keeps state."""
    folders = [tmp_path_factory.mktemp("made") / "guard" for _ in range(2)]
    for folder in folders:
        code = (
            f"from pathlib import Path; from demo.guard import write; write(Path({str(folder)!r}))"
        )
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    return folders


def test_two_runs_write_the_same(made: list[Path]) -> None:
    once, again = ({p.relative_to(f): p.read_bytes() for p in sorted(f.rglob("*.*"))} for f in made)
    assert len(once) == 2 * 2 * COUNT // PER_FILE
    assert once == again
    assert [path.name for path in made[0].parent.iterdir()] == ["guard"]


def test_it_is_read_as_an_out_of_domain_set_with_every_sentence(made: list[Path]) -> None:
    halves = [read_out_of_domain_set(made[0], KEY, half) for half in HALVES]
    assert abs(len(halves[0]) - len(halves[1])) <= 1
    recordings = sorted((each for half in halves for each in half), key=lambda each: each.audio)
    assert all(2 < recording.seconds < 30 for recording in recordings)
    lines = [line for recording in recordings for line in recording.text.splitlines()]
    assert lines == texts()
