"""`attune pr-comment`: what a reviewer needs to know of a branch, as Markdown."""

from __future__ import annotations

from typing import Annotated

import typer


def pr_comment(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="The branch that this one is to be merged into.")
    ],
) -> bool:
    """Print the Markdown comment for a pull request.

    Reads git alone, no data: whether dvc.lock matches code, parameters and metrics; the comparison
    with the commit at which the branch left BASE; the gates; parameters and metrics that differ.

    Exit code 1, with the comment all the same: dvc.lock is stale or a gate does not hold. A worse
    model alone is no finding, as a smaller one may be wanted: the gates set the limits.

    \b
    Example:
      attune pr-comment main
    """
    from attune.comment import comment
    from stages.common.evaluation.comparison.revisions import merge_base, working_tree

    made = comment(merge_base([base]), working_tree())
    print(made.text)
    return made.ok
