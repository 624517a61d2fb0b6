"""May this model be released? `python -m attune.release_check`, from git alone.

Prints the gates (`evaluate.gates`), the verdict on the tuned model against its base, and whether
dvc.lock matches code, parameters and metrics. Exit status 1 where a gate does not hold, the lock
is stale, or the two models were not heard alike.
"""

from __future__ import annotations

import sys

from attune.lock import lock_markdown, read_lock
from stages.common.core.errors import run_stage
from stages.common.evaluation.comparison.evaluated import read_evaluated
from stages.common.evaluation.comparison.gates import gates_at, gates_markdown
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, markdown, result_of
from stages.common.evaluation.comparison.revisions import working_tree


def main() -> None:
    here = working_tree()
    gates = gates_at(here)
    result = result_of(read_evaluated(here, "base"), read_evaluated(here, "tuned"))
    lock = read_lock()
    print(gates_markdown(gates), markdown(result), lock_markdown(lock), sep="\n\n")
    alike = result["verdict"] != NOT_COMPARABLE
    if not (alike and lock.fresh and all(gate.holds for gate in gates)):
        sys.exit(1)


if __name__ == "__main__":
    run_stage("release_check", main)
