"""The demo's out-of-domain set: disjoint from the sessions in its sentences and voices."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from demo.compose import compose
from demo.guard import PER_FILE, SPEAKERS, texts
from demo.material import written
from demo.people import PAIRS
from stages.common.dataset.out_of_domain import HALVES, read_out_of_domain_set
from stages.common.text.normalizer import scoring_form
from tests.support.imports import ROOT

KEY = b"a key for tests, which everybody may know"


def test_enough_sentences_for_two_halves() -> None:
    assert len(texts()) == len(set(texts())) >= 120
    assert len(texts()) % PER_FILE == 0 and len(texts()) // PER_FILE >= 25
    for half in (0, 1):
        files = range(half, len(texts()) // PER_FILE, 2)
        assert {SPEAKERS[number % len(SPEAKERS)] for number in files} == set(SPEAKERS)


def test_no_voice_is_in_a_session() -> None:
    """Nor is any variant, which shapes a voice more than its accent does."""
    voices = {voice.name for pair in PAIRS for voice in (pair.therapist, pair.client)}
    variants = {name.split("+")[1] for name in voices}
    assert not {voice.name.split("+")[1] for voice in SPEAKERS} & variants
    assert len({voice.name for voice in SPEAKERS}) == len(SPEAKERS)


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
    assert len(once) == 2 * len(texts()) // PER_FILE
    assert once == again
    assert [path.name for path in made[0].parent.iterdir()] == ["guard"]


def test_it_is_read_as_an_out_of_domain_set_with_every_sentence(made: list[Path]) -> None:
    halves = [read_out_of_domain_set(made[0], KEY, half, -22.0) for half in HALVES]
    assert abs(len(halves[0]) - len(halves[1])) <= 1
    recordings = sorted((each for half in halves for each in half), key=lambda each: each.audio)
    assert all(2 < recording.seconds <= 28 for recording in recordings)
    assert 8 * 60 < sum(recording.seconds for recording in recordings) < 10 * 60
    assert sum(path.stat().st_size for path in made[0].rglob("*.*")) < 8_000_000
    lines = [line for recording in recordings for line in recording.text.splitlines()]
    assert lines == texts()
