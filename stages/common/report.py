"""The page a person opens after a run: base and tuned side by side, clip by clip.

It holds transcripts, so it lies outside git. One file, no scripts, nothing loaded from elsewhere.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import jiwer

from stages.common.files import Row
from stages.common.text.normalizer import scoring_form

SHOWN = 40

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
article { border-left: 4px solid #8886; padding: .2rem 1rem; margin: 1.2rem 0; }
article p { margin: .2rem 0; } small { opacity: .7; }
.sub { background: #e8a33d66; } .ins { background: #4a90d966; } .del { background: #d9534f66; }
.del { text-decoration: line-through; } b { display: inline-block; min-width: 5.5rem; }
"""


def marked(reference: str, hypothesis: str) -> str:
    """The hypothesis as HTML with its substitutions, insertions and deletions marked."""
    out = jiwer.process_words(scoring_form(reference), scoring_form(hypothesis))
    spoken, heard = out.references[0], out.hypotheses[0]
    parts = []
    for chunk in out.alignments[0]:
        lost = html.escape(" ".join(spoken[chunk.ref_start_idx : chunk.ref_end_idx]))
        got = html.escape(" ".join(heard[chunk.hyp_start_idx : chunk.hyp_end_idx]))
        parts.append(
            {
                "equal": got,
                "insert": f'<span class="ins">{got}</span>',
                "delete": f'<span class="del">{lost}</span>',
                "substitute": f'<span class="sub" title="{lost}">{got}</span>',
            }[chunk.type]
        )
    return " ".join(parts)


def _totals(base: Mapping[str, Any], tuned: Mapping[str, Any]) -> str:
    rows = [("WER", "wer", "{:.1%}"), ("CER", "cer", "{:.1%}")]
    rows += [(n.capitalize(), n, "{:,}") for n in ("substitutions", "deletions", "insertions")]
    body = "".join(
        f"<tr><td>{name}<td>{form.format(base[key])}<td>{form.format(tuned[key])}"
        for name, key, form in rows
    )
    return f"<table><tr><th><th>Base<th>Tuned{body}</table>"


def _recordings(base: Sequence[Row], tuned: Sequence[Row]) -> str:
    """Rates use the words jiwer counts, so that they add up to the totals."""
    counts: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for before, after in zip(base, tuned, strict=True):
        row = counts[after["recording"]]
        row[0] += 1
        row[1] += after["seconds"]
        row[2] += len(scoring_form(after["reference"]).split())
        row[3] += before["errors"]
        row[4] += after["errors"]
    body = "".join(
        f"<tr><td>{name}<td>{clips:.0f}<td>{seconds / 60:.1f}"
        f"<td>{old / words:.1%}<td>{new / words:.1%}"
        for name, (clips, seconds, words, old, new) in sorted(counts.items())
    )
    head = "<tr><th>Recording<th>Clips<th>Minutes<th>Base WER<th>Tuned WER"
    return f"<table>{head}{body}</table>"


def _clip(before: Row, after: Row) -> str:
    minutes, seconds = divmod(after["start"], 60)
    return (
        f"<article><small>{after['id']}, from {minutes:.0f}:{seconds:04.1f}, "
        f"{after['seconds']:.1f} s: "
        f"{before['errors']} errors before, {after['errors']} after</small>"
        f"<p><b>Reference</b> {html.escape(scoring_form(after['reference']))}"
        f"<p><b>Base</b> {marked(before['reference'], before['hypothesis'])}"
        f"<p><b>Tuned</b> {marked(after['reference'], after['hypothesis'])}</article>"
    )


def page(
    base: Mapping[str, Any], tuned: Mapping[str, Any], before: Sequence[Row], after: Sequence[Row]
) -> str:
    """The whole page. `before` and `after` are the base's and the tuned model's rows."""
    worst = sorted(
        zip(before, after, strict=True), key=lambda pair: (-pair[1]["errors"], pair[1]["id"])
    )[:SHOWN]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Attune: base and tuned</title>'
        f"<style>{_STYLE}</style><h1>Base and tuned on the test split</h1>"
        f"<p>{tuned['clips']} clips of {tuned['recordings']} recordings, "
        f"{tuned['seconds'] / 60:.1f} minutes, {tuned['reference_words']:,} words. "
        "This page holds transcripts: keep it where the recordings are kept.</p>"
        f"{_totals(base, tuned)}<h2>By recording</h2>{_recordings(before, after)}"
        f"<h2>The {len(worst)} clips with the most errors left</h2>"
        '<p><span class="sub">replaced</span> <span class="ins">added</span> '
        '<span class="del">left out</span></p>'
        + "".join(_clip(*pair) for pair in worst)
        + "</html>\n"
    )
