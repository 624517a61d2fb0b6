"""The reviewer's page: one file without scripts, without a word of a session."""

from __future__ import annotations

from stages.report.inputs import data, params
from stages.report.judgement import gates, verdict
from stages.report.numbers import Numbers
from stages.report.page_style import opening
from stages.report.parts import matters, recordings, slices
from stages.report.style import POLICY, STYLE
from stages.report.totals import kinds, totals
from stages.report.training import confidence, learning


def page(numbers: Numbers) -> str:
    """The whole page. The same numbers give the same bytes."""
    return (
        f"{opening('Attune: base and tuned', STYLE)}{POLICY}<main>"
        "<h1>Is the tuned model better?</h1>"
        f"{verdict(numbers)}{gates(numbers)}{totals(numbers)}{slices(numbers)}{recordings(numbers)}"
        f"{matters(numbers)}{kinds(numbers)}{learning(numbers)}{confidence(numbers)}{data(numbers)}"
        f"{params(numbers.tuned.params)}</main></html>\n"
    )
