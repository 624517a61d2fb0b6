"""`attune compare`: is this working tree's model better than another?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from stages.common.core.errors import UserError


def compare(
    rev: Annotated[
        str | None,
        typer.Argument(
            metavar="REV",
            help="A branch, tag, commit or DVC experiment, or `base` for this tree's base model. "
            "Without it: the commit at which this branch left main or master.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not Markdown.")] = False,
    experiments: Annotated[
        bool,
        typer.Option(
            "--experiments", help="Rank DVC's experiments and this tree by validation WER."
        ),
    ] = False,
) -> bool:
    """Compare this tree's model with another; rank experiments.

    Reads metrics in git alone: no recording and no model is needed. Prints both test WERs, their
    difference with its 95 % interval over recordings, the parameters that differ, and the gates of
    this working tree.

    Exit code 1: this tree's model is worse, or the two cannot be compared (another test set, other
    clips, another normalizer, beam size or window length). Gates do not change the exit code;
    `attune release-check` fails on them.

    \b
    Examples:
      attune compare base
      attune compare main --json
      attune compare --experiments
    """
    if experiments and rev:
        raise UserError("--experiments takes no REV")
    from attune.markdown import comparison_markdown, gates_markdown
    from attune.ranking import ranked, ranking_markdown
    from stages.common.evaluation.comparison import revisions
    from stages.common.evaluation.comparison.evaluated import read_evaluated
    from stages.common.evaluation.comparison.gates import gates_at
    from stages.common.evaluation.comparison.result import compare_models

    here = revisions.working_tree()
    if experiments:
        ranking = ranked(revisions.experiments(), here)
        print(json.dumps(ranking, indent=2) if as_json else ranking_markdown(ranking))
        return True
    if rev == "base":
        other = read_evaluated(here, "base")
    else:
        source = revisions.revision(rev) if rev else revisions.merge_base()
        other = read_evaluated(source, "tuned")
    result, gates = compare_models(other, read_evaluated(here, "tuned")), gates_at(here)
    if as_json:
        rows = [asdict(gate) | {"reason": gate.reason} for gate in gates]
        print(json.dumps(result | {"gates": rows}, indent=2))
    else:
        print(comparison_markdown(result), gates_markdown(gates), sep="\n\n")
    return result["verdict"] in ("better", "not shown")
