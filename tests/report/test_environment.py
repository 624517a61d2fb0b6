"""The Jinja2 environment: values are text, misspelled names are errors, numbers have one form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from stages.common.evaluation.comparison.result import probability
from stages.report.environment import clock, count, csp_hash, fmt, render
from tests.support.html_tree import parse

ROOT = Path(__file__).parents[2]
HOSTILE = """"</p><script>alert('x')</script>&amp; <b title='"""
TEMPLATES = sorted(
    path for folder in ("stages", "attune") for path in (ROOT / folder).rglob("*.j2")
)


def test_values_are_text_in_elements_and_attributes(tmp_path: Path) -> None:
    template = tmp_path / "page.html.j2"
    template.write_text('<p title="{{ value }}">{{ value }}</p>')
    paragraph = parse(render(template, value=HOSTILE)).one("p")
    assert paragraph.attributes == {"title": HOSTILE} and paragraph.children == [HOSTILE]


def test_unknown_names_are_errors(tmp_path: Path) -> None:
    template = tmp_path / "page.html.j2"
    template.write_text("{{ mispelled }}")
    with pytest.raises(UndefinedError, match="mispelled"):
        render(template, misspelled=1)


def test_no_template_turns_escaping_off() -> None:
    assert len(TEMPLATES) >= 8
    for path in TEMPLATES:
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", path.read_text()), path


def test_forms_of_numbers() -> None:
    assert (fmt(0.1234, ".1%"), fmt(None, ".1%")) == ("12.3%", "\u2013")
    assert (count(1, "clip"), count(1234, "clip")) == ("1 clip", "1,234 clips")
    assert (count(1, "gate fails", "gates fail"), count(0, "a", "b")) == ("1 gate fails", "0 b")
    assert [clock(seconds) for seconds in (0, 59.97, 61.25, 3600)] == [
        "0:00.0", "1:00.0", "1:01.2", "60:00.0",
    ]  # fmt: skip


def test_probabilities_are_never_rounded_to_certainty() -> None:
    assert [probability(p) for p in (0.99996, 0.5, 0.00004)] == [
        "over 99.9%", "50.0%", "under 0.1%",
    ]  # fmt: skip


def test_script_hash_as_browsers_compute_it() -> None:
    # The example of the specification, Content Security Policy Level 3.
    assert csp_hash("doSomething();") == "sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc="
