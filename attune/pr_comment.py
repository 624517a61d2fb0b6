"""What a reviewer wants to know of a branch, as Markdown: `python -m attune.pr_comment BASE`.

Read from git alone, no data is needed: whether dvc.lock matches code, parameters and metrics;
whether the model is better than where the branch left BASE; the gates; what differs in parameters
and metrics. Exit status 1, with the comment all the same, where the lock is stale or a gate does
not hold. A worse verdict alone is no failure: `evaluate.gates` says what is too much.
"""

from __future__ import annotations

import argparse
import sys

from attune.comment import comment
from stages.common.core.errors import run_stage
from stages.common.evaluation.comparison.revisions import parting, working_tree


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m attune.pr_comment",
        description="Print a comment for a pull request.",
        epilog="Exit status: 0; 1 where dvc.lock is stale or a gate does not hold.",
    )
    parser.add_argument(
        "base", metavar="BASE", help="the branch that this one is to be merged into"
    )
    made = comment(parting([parser.parse_args().base]), working_tree())
    print(made.text)
    if not made.ok:
        sys.exit(1)


if __name__ == "__main__":
    run_stage("pr_comment", main)
