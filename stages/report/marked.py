"""What was heard against what was said, as HTML in which every error is marked."""

from __future__ import annotations

import html

import jiwer

from stages.common.text.normalizer import scoring_form


def marked(reference: str, hypothesis: str) -> str:
    """The hypothesis with its substitutions, insertions and deletions marked."""
    out = jiwer.process_words(scoring_form(reference), scoring_form(hypothesis))
    spoken, heard = out.references[0], out.hypotheses[0]
    parts = []
    for chunk in out.alignments[0]:
        lost = html.escape(" ".join(spoken[chunk.ref_start_idx : chunk.ref_end_idx]))
        got = html.escape(" ".join(heard[chunk.hyp_start_idx : chunk.hyp_end_idx]))
        parts.append(
            {
                "equal": got,
                "insert": f'<ins title="nobody said this">{got}</ins>',
                "delete": f'<del title="this was left out">{lost}</del>',
                "substitute": f'<mark title="for: {lost}">{got}</mark>',
            }[chunk.type]
        )
    return " ".join(parts)
