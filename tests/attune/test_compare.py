"""`attune compare` in a scratch repository, with the real git."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.git_repository import (
    ERRORS,
    call,
    clips_with,
    commit,
    git,
    start_branch,
    write_model,
)
from tests.support.markdown import table_rows

Change = Callable[[Path], None]
# Errors that change in each recording for 5 % fewer in all.
FIVE_PERCENT = (-18, 9, -22, 14, -16, -2, -15, -10)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """main with one commit, and a branch from it that stands in the working tree."""
    start_branch(tmp_path)
    return tmp_path


def result(repository: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = call(repository, *arguments, "--json")
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_better(repository: Path) -> None:
    write_model(repository, clips_with([count * 3 // 4 for count in ERRORS]))
    code, row = result(repository)
    assert (code, row["verdict"]) == (0, "better")
    assert row["relative_change_high"] < 0 and row["difference"] == pytest.approx(-0.0375, abs=3e-4)
    assert row["better_probability"] > 0.99 and row["more_hours_to_settle"] is None
    output = call(repository).stdout
    names = [name for name, *_ in table_rows(output)[1:]]
    assert "**Better**" in output and names[0].startswith("tuned, main (")
    assert names[1] == "tuned, working tree"


def test_worse_is_exit_code_1(repository: Path) -> None:
    write_model(repository, clips_with([count * 5 // 4 for count in ERRORS]))
    commit(repository)
    code, row = result(repository, "main")
    assert (code, row["verdict"]) == (1, "worse")
    assert row["relative_change_low"] > 0 and row["better_probability"] < 0.01
    assert "**Worse**" in call(repository, "main").stdout


def test_five_per_cent_on_few_recordings_is_inconclusive(repository: Path) -> None:
    second = [count + more for count, more in zip(ERRORS, FIVE_PERCENT, strict=True)]
    assert sum(second) == 0.95 * sum(ERRORS)
    write_model(repository, clips_with(second))
    code, row = result(repository)
    assert (code, row["verdict"]) == (0, "not shown")
    assert row["relative_change"] == -0.05 and row["relative_change_high"] > 0
    assert 0.5 < row["better_probability"] < 0.975
    # 8 recordings last an hour together.
    assert row["more_hours_to_settle"] == pytest.approx(
        row["more_recordings_to_settle"] / 8, abs=0.06
    )
    output = call(repository).stdout
    assert "**Inconclusive**" in output
    assert f"{row['more_hours_to_settle']:,} more hours of test audio" in output


def test_few_people_are_mentioned(repository: Path) -> None:
    path = repository / "metrics" / "dataset.json"
    path.write_text(json.dumps({"test": {"people_or_recordings": 8}}))
    assert "the recordings are from" not in call(repository).stdout
    path.write_text(json.dumps({"test": {"people_or_recordings": 2}}))
    assert "the recordings are from 2 people: the CI" in call(repository).stdout


def other_set(repository: Path) -> None:
    write_model(repository, clips_with(ERRORS), test_set="another")


def other_beam(repository: Path) -> None:
    write_model(repository, clips_with(ERRORS), beam_size=1)


def with_hotwords(repository: Path) -> None:
    """The other run is from before there was such a number."""
    write_model(repository, clips_with(ERRORS), hotwords=12)


def other_normalizer(repository: Path) -> None:
    write_model(repository, clips_with(ERRORS), normalizer_version=2)


def other_clips(repository: Path) -> None:
    write_model(repository, clips_with(ERRORS)[1:])


def other_words(repository: Path) -> None:
    first, *rest = clips_with(ERRORS)
    write_model(repository, [replace(first, reference_words=first.reference_words + 1), *rest])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (other_set, "different test sets (set1 and another)"),
        (other_beam, "different beam sizes (5 and 1)"),
        (with_hotwords, "different numbers of hotwords (0 and 12)"),
        (other_normalizer, "different versions of the text normalizer (1 and 2)"),
        (other_clips, "different clips (7 recording(s) agree, 1 and 1 do not)"),
        (other_words, "different clips (7 recording(s) agree, 1 and 1 do not)"),
    ],
)
def test_not_comparable_is_exit_code_1(repository: Path, change: Change, message: str) -> None:
    change(repository)
    code, row = result(repository)
    assert (code, row["verdict"]) == (1, "not comparable")
    assert row["reasons"] == [message] and "difference" not in row
    assert f"**Not comparable**: {message}." in call(repository).stdout


def test_a_pipe_in_a_branch_s_name_does_not_end_its_cell(repository: Path) -> None:
    git(repository, "branch", "this|that")
    first, _ = table_rows(call(repository, "this|that").stdout)[1:]
    assert first[0].startswith("tuned, this|that (") and first[1] == "15.0%"


def test_base_against_tuned_of_this_tree(repository: Path) -> None:
    write_model(repository, clips_with([2 * count for count in ERRORS]), base=True)
    code, row = result(repository, "base")
    assert (code, row["verdict"], row["relative_change"]) == (0, "better", -0.5)
    assert [model["name"] for model in row["models"]] == [
        "base, working tree",
        "tuned, working tree",
    ]


def test_the_trunk_is_read_where_the_branch_left_it(repository: Path) -> None:
    git(repository, "switch", "-q", "main")
    write_model(repository, clips_with([3 * count for count in ERRORS]))
    commit(repository)
    git(repository, "switch", "-q", "work")
    code, row = result(repository)
    assert (code, row["verdict"], row["difference"]) == (0, "not shown", 0.0)
    assert row["better_probability"] == 0.5
    assert result(repository, "main")[1]["verdict"] == "better"


def test_parameters_that_differ_are_listed_without_paths(repository: Path) -> None:
    path = repository / "params.yaml"
    path.write_text(
        path.read_text().replace("0.002", "0.004").replace("private-place", "secret-place")
    )
    _, row = result(repository)
    assert row["changed_params"] == [
        "data.sessions: changed",
        "finetune.learning_rate: 0.002 -> 0.004",
    ]
    assert "secret" not in call(repository).stdout


def without_counts(repository: Path) -> None:
    (repository / "metrics" / "errors.csv").unlink()


def with_stale_counts(repository: Path) -> None:
    path = repository / "metrics" / "evaluate.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"deletions": 1}))


def with_no_json(repository: Path) -> None:
    (repository / "metrics" / "evaluate.json").write_text("what was said")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_counts, "working tree has no metrics/errors.csv: run `dvc repro`"),
        (with_stale_counts, "metrics/errors.csv and metrics/evaluate.json are from different runs"),
        (with_no_json, "metrics/evaluate.json is not a JSON object"),
    ],
)
def test_errors_are_one_line_and_exit_2(repository: Path, change: Change, message: str) -> None:
    change(repository)
    done = call(repository)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr and done.stderr.count("\n") == 1
    assert "what was said" not in done.stderr


def test_a_revision_with_a_line_per_clip_is_compared(repository: Path) -> None:
    """As earlier versions committed it; the counts are the same."""
    lines = ["clip,recording,reference_words,substitutions,deletions,insertions"]
    for number, clip in enumerate(clips_with(ERRORS)):
        lines.append(f"{clip.recording}-{number % 10:04},{clip.recording},100,{clip.errors},0,0")
    (repository / "metrics" / "errors.csv").write_text("\n".join(lines) + "\n")
    commit(repository)
    write_model(repository, clips_with([count * 3 // 4 for count in ERRORS]))
    code, row = result(repository, "HEAD")
    assert (code, row["verdict"]) == (0, "better")
    assert row | {"models": []} == result(repository, "main")[1] | {"models": []}


def test_a_revision_without_counts_is_one_line(repository: Path) -> None:
    git(repository, "rm", "-q", "--cached", "metrics/errors.csv")
    git(repository, "-c", "user.name=T", "-c", "user.email=t@localhost", "commit", "-qm", "Older")
    done = call(repository, "HEAD")
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert "has no metrics/errors.csv" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("no-such-name",), ("--no-such",), ("main", "--experiments"), ("--experiments",)]
)
def test_a_usage_error_is_not_a_verdict(repository: Path, arguments: tuple[str, ...]) -> None:
    done = call(repository, *arguments)
    assert done.returncode == 2 and "compare" in done.stderr and "Traceback" not in done.stderr
    assert not done.stdout


def test_no_trunk(repository: Path) -> None:
    git(repository, "branch", "-D", "main")
    done = call(repository)
    assert done.returncode == 2 and "no branch main, master" in done.stderr


def test_help_lists_the_exit_codes(repository: Path) -> None:
    done = call(repository, "--help")
    output = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert "Exit code 1: this tree's model, or the second file's, is worse, or" in output


HEADER = "recording,client,clips,reference_words,substitutions,deletions,insertions\n"
GOOD = "r1,c1,2,10,1,1,0\n"


def test_damaged_counts_are_one_line(repository: Path) -> None:
    """Against themselves, and in either place."""
    (repository / "damaged.csv").write_text(HEADER + GOOD + GOOD)
    (repository / "good.csv").write_text(HEADER + GOOD)
    for names in (("damaged.csv",) * 2, ("good.csv", "damaged.csv"), ("damaged.csv", "good.csv")):
        done = call(repository, "--counts", *names)
        assert (done.returncode, done.stdout) == (2, "")
        message = "damaged.csv: line 3 repeats the recording"
        assert message in done.stderr and done.stderr.count("\n") == 1


def test_good_counts_are_compared(repository: Path) -> None:
    """Also beside metrics from before there were hotwords."""
    (repository / "good.csv").write_text(HEADER + GOOD + "r2,,1,4,0,4,9\n")
    code, row = result(repository, "--counts", "good.csv", "good.csv")
    assert (code, row["verdict"]) == (0, "not shown")
