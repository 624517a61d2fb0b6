"""Is the model of this working tree better? Read from git alone: no data, no model is needed.

`python -m attune.compare` holds the committed or uncommitted metrics of this tree against those
where its branch left main; `python -m attune.compare REV` against a branch, tag, commit or DVC
experiment; `python -m attune.compare base` the tuned model against the base model.
Each also holds this tree's tuned model against its gates (`evaluate.gates`).
`python -m attune.compare --experiments` ranks DVC's experiments by validation WER.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from dataclasses import asdict
from typing import NoReturn

from attune.ranking import ranked, ranking_markdown
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.evaluated import read_evaluated
from stages.common.evaluation.comparison.gates import gates_at, gates_markdown
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, markdown, result_of
from stages.common.evaluation.comparison.revisions import (
    experiments,
    parting,
    revision,
    working_tree,
)

CODES = {"better": 0, "not shown": 0, "worse": 1, NOT_COMPARABLE: 2}
FAULT = 3


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # Argparse's own code for this, 2, means "not comparable" here.
        self.print_usage(sys.stderr)
        self.exit(FAULT, f"compare: {message}\n")


def _arguments() -> argparse.Namespace:
    parser = _Parser(
        prog="python -m attune.compare",
        description="Hold this working tree's model against another revision's, from the metrics "
        "in git alone, and say what the recordings of the test split can show.",
        epilog="Exit code: 0 better or not shown, 1 worse, 2 not comparable (another test set, "
        "other clips, another normalizer or beam size), 3 anything wrong, such as a missing file. "
        "--experiments: 0 or 3. Gates are told and do not change it: see stages.release_check.",
    )
    parser.add_argument(
        "rev",
        nargs="?",
        metavar="REV",
        help="a branch, tag, commit or DVC experiment; `base`: this tree's base model against its "
        "tuned one. Without it: where this branch left main or master",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of Markdown")
    parser.add_argument(
        "--experiments",
        action="store_true",
        help="rank DVC's experiments and this tree by validation WER, never by test WER",
    )
    chosen = parser.parse_args()
    if chosen.experiments and chosen.rev:
        parser.error("--experiments takes no REV")
    return chosen


def run(chosen: argparse.Namespace) -> int:
    """Print what was asked for. Returns: the exit code. Raises: UserError."""
    here = working_tree()
    if chosen.experiments:
        found = ranked(experiments(), here)
        print(json.dumps(found, indent=2) if chosen.json else ranking_markdown(found))
        return 0
    if chosen.rev == "base":
        first = read_evaluated(here, "base")
    else:
        source = revision(chosen.rev) if chosen.rev else parting()
        first = read_evaluated(source, "tuned")
    result, gates = result_of(first, read_evaluated(here, "tuned")), gates_at(here)
    if chosen.json:
        rows = [asdict(gate) | {"reason": gate.reason} for gate in gates]
        print(json.dumps(result | {"gates": rows}, indent=2))
    else:
        print(markdown(result), gates_markdown(gates), sep="\n\n")
    return CODES[result["verdict"]]


def main() -> NoReturn:
    chosen = _arguments()
    try:
        sys.exit(run(chosen))
    except UserError as fault:
        for line in str(fault).splitlines():
            print(f"compare: {line}", file=sys.stderr)
    except Exception:
        # Python's own code for it, 1, means "worse" here.
        traceback.print_exc()
    sys.exit(FAULT)


if __name__ == "__main__":
    main()
