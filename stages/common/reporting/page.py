"""The reviewer's page: one file without scripts, without a word of a session."""

from __future__ import annotations

from stages.common.page_style import opening
from stages.common.reporting.inputs import data, params
from stages.common.reporting.judgement import gates, verdict
from stages.common.reporting.numbers import Numbers
from stages.common.reporting.parts import matters, recordings, slices
from stages.common.reporting.style import POLICY, STYLE
from stages.common.reporting.totals import kinds, totals
from stages.common.reporting.training import confidence, learning


def page(numbers: Numbers) -> str:
    """The whole page. The same numbers give the same bytes."""
    return (
        f"{opening('Attune: base and tuned', STYLE)}{POLICY}<main>"
        "<h1>Is the tuned model better?</h1>"
        f"{verdict(numbers)}{gates(numbers)}{totals(numbers)}{slices(numbers)}{recordings(numbers)}"
        f"{matters(numbers)}{kinds(numbers)}{learning(numbers)}{confidence(numbers)}{data(numbers)}"
        f"{params(numbers.tuned.params)}</main></html>\n"
    )
