"""After a full run, shared files contain no transcript text and no file name of a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.dvc_project import CLIENTS, log_of, run
from tests.support.privacy import Private, files_in, leaks, private_of, public_files, search

pytestmark = pytest.mark.pipeline
SOUND = (b"fLaC", b"RIFF", b"OggS", b"ID3", b"ARROW1")


@pytest.fixture(scope="module")
def private(finished: Path) -> Private:
    """Private texts and names of the sessions and of the out-of-domain set."""
    sessions, guard = (private_of(finished / "data" / name) for name in ("sessions", "guard"))
    return Private(sessions.runs | guard.runs, sessions.names | guard.names)


def test_nothing_private_is_public(project: Path, private: Private, tmp_path: Path) -> None:
    public = list(public_files(project))
    names = {path.relative_to(project).as_posix() for path in public}
    assert {"dvc.lock", "metrics/errors.csv", "metrics/evaluate.json"} <= names
    assert "reports/report.html" in names
    assert any(name.startswith(".state/tensorboard/") for name in names)
    assert leaks(private, project, public) == {}
    audio = [path.name for path in public if path.read_bytes().startswith(SOUND)]
    assert not audio, "audio or the dataset in git"

    plots = tmp_path / "plots"
    run(project, "dvc", "plots", "show", "-o", str(plots))
    assert "reference_words" in (plots / "index.html").read_text(encoding="utf-8")
    assert leaks(private, plots, files_in(plots)) == {}


def test_nothing_private_is_logged(finished: Path, private: Private) -> None:
    log = log_of(finished)
    assert "evaluate: WER" in log.read_text(encoding="utf-8")
    assert leaks(private, log.parent, [log]) == {}


def test_the_search_finds_private_files(finished: Path, private: Private) -> None:
    assert private.names == {*CLIENTS, "guard_0", "guard_1"}
    hypotheses = leaks(private, finished, files_in(finished / "data" / "hypotheses"))
    assert all(
        hypotheses[f"data/hypotheses/{name}.jsonl"].runs > 50 for name in ("baseline", "evaluate")
    )
    sessions = leaks(private, finished, files_in(finished / "data" / "sessions"))
    assert sum(leak.names for leak in sessions.values()) == 2 * len(CLIENTS)


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
def test_the_search_ignores_markup_and_case(private: Private, text: str) -> None:
    assert search(private, text).runs == 1


def test_numbers_are_searched_as_written_and_in_scoring_form(tmp_path: Path) -> None:
    for name in ("audio", "transcripts"):
        (tmp_path / name).mkdir()
    text = "T: She takes 50 mg of it, since May.\nC: Not [inaudible] any more."
    (tmp_path / "transcripts" / "Anna - 3 May.txt").write_text(text, encoding="utf-8")
    private = private_of(tmp_path)
    assert {"takes 50 mg of", "takes fifty milligrams of"} <= private.runs
    assert search(private, "see anna_3_may.flac").names == 1
