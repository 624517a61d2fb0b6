"""The spellings of the shared cases, read where they are."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from stages.common.text.normalizer import scoring_form

CASES = Path(os.environ.get("ATTUNE_SHARED", Path(__file__).parents[4] / "shared")) / "cases"
README = CASES / "README.md"
pytestmark = pytest.mark.skipif(not README.is_file(), reason="no cases at ATTUNE_SHARED")


def spellings() -> list[list[str]]:
    """Each group of spellings of one sound, such as `um`/`erm`."""
    _, _, after = README.read_text(encoding="utf-8").partition("## One sound, other spelling")
    line = next(each for each in after.splitlines() if each.startswith("`"))
    return [re.findall(r"`([^`]+)`", group) for group in line.split(";")]


def test_each_sound_has_one_form() -> None:
    groups = spellings()
    assert len(groups) >= 16 and all(len(group) >= 2 for group in groups)
    assert [group for group in groups if len({scoring_form(text) for text in group}) > 1] == []


def test_the_marks_that_are_numbers_or_acronyms() -> None:
    """The last row of "Inside the text"."""
    rows = README.read_text(encoding="utf-8").splitlines()
    row = next(each for each in rows if each.startswith("| `wait 20s`"))
    written, _, right = (cell.strip() for cell in row.strip("|").split("|"))
    seconds, call, questionnaire = re.findall(r"`([^`]+)`", written)
    expected = re.findall(r'"([^"]+)"', right)
    assert scoring_form(seconds).endswith(expected[0])
    assert expected[1] in scoring_form(call)
    assert scoring_form(questionnaire) == scoring_form("PHQ-9")
