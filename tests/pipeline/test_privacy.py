"""After a whole run nothing that was said, and no name of a recording, stands where others read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.privacy import Private, files_in, leaks, private_of, public_files, search
from tests.support.workspace import CLIENTS, log_of, run

pytestmark = pytest.mark.pipeline
SOUND = (b"fLaC", b"RIFF", b"OggS", b"ID3", b"ARROW1")


@pytest.fixture(scope="module")
def private(finished: Path) -> Private:
    """Of the sessions, and of the guard, which may be recordings of people too."""
    sessions, guard = (private_of(finished / "data" / name) for name in ("sessions", "guard"))
    return Private(sessions.runs | guard.runs, sessions.names | guard.names)


def test_nothing_private_is_public(project: Path, private: Private, tmp_path: Path) -> None:
    public = list(public_files(project))
    names = {path.relative_to(project).as_posix() for path in public}
    assert {"dvc.lock", "metrics/errors.csv", "metrics/evaluate.json"} <= names
    assert "reports/report.html" in names
    assert any(name.startswith(".state/tensorboard/") for name in names)
    assert leaks(private, project, public) == {}
    holding = [path.name for path in public if path.read_bytes().startswith(SOUND)]
    assert not holding, "audio or the dataset in git"

    plots = tmp_path / "plots"
    run(project, "dvc", "plots", "show", "-o", str(plots))
    assert "reference_words" in (plots / "index.html").read_text(encoding="utf-8")
    assert leaks(private, plots, files_in(plots)) == {}


def test_nothing_private_is_logged(finished: Path, private: Private) -> None:
    log = log_of(finished)
    assert "evaluate: WER" in log.read_text(encoding="utf-8")
    assert leaks(private, log.parent, [log]) == {}


def test_the_search_finds_what_is_there(finished: Path, private: Private) -> None:
    """It is the same search that finds what lies outside git."""
    assert private.names == {*CLIENTS, "guard_0", "guard_1"}
    heard = leaks(private, finished, files_in(finished / "data" / "hypotheses"))
    assert all(
        heard[f"data/hypotheses/{name}.jsonl"].runs > 50 for name in ("baseline", "evaluate")
    )
    sessions = leaks(private, finished, files_in(finished / "data" / "sessions"))
    assert sum(found.names for found in sessions.values()) == 2 * len(CLIENTS)


@pytest.mark.parametrize(
    "text",
    [
        "Shoulders getting lighter, after",
        "<td>shoulders</td><td>getting</td><td>lighter</td><td>after</td>",
        '<p title="shoulders getting lighter after">',
        '["shoulders", "getting", "lighter", "after"]',
        "shoulders_getting_lighter_after.wav",
        r"SHOULDERS\u00a0getting\nlighter&nbsp;after",
        r"\nshoulders getting lighter\nafter",
    ],
)
def test_the_search_sees_through_forms(private: Private, text: str) -> None:
    assert search(private, text).runs == 1


def test_numbers_are_looked_for_as_written_and_as_compared(tmp_path: Path) -> None:
    for name in ("audio", "transcripts"):
        (tmp_path / name).mkdir()
    text = "T: She takes 50 mg of it, since May.\nC: Not [inaudible] any more."
    (tmp_path / "transcripts" / "Anna - 3 May.txt").write_text(text, encoding="utf-8")
    private = private_of(tmp_path)
    assert {"takes 50 mg of", "takes fifty milligrams of"} <= private.runs
    assert search(private, "see anna_3_may.flac").names == 1
