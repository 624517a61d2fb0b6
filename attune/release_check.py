"""`attune release-check`: may this model be released?"""

from __future__ import annotations


def release_check() -> bool:
    """Check the gates, the base model's comparison and dvc.lock.

    Reads git alone. Prints the gates (evaluate.gates), the tuned model's comparison with its base
    model, and whether dvc.lock matches code, parameters and metrics.

    Exit code 1: a gate does not hold, dvc.lock is stale, or the models were not evaluated alike.

    \b
    Example:
      attune release-check && git tag v1.2
    """
    from attune.lock import lock_markdown, read_lock
    from stages.common.evaluation.comparison.evaluated import read_evaluated
    from stages.common.evaluation.comparison.gates import gates_at, gates_markdown
    from stages.common.evaluation.comparison.result import NOT_COMPARABLE, markdown, result_of
    from stages.common.evaluation.comparison.revisions import working_tree

    here = working_tree()
    gates = gates_at(here)
    result = result_of(read_evaluated(here, "base"), read_evaluated(here, "tuned"))
    lock = read_lock()
    print(gates_markdown(gates), markdown(result), lock_markdown(lock), sep="\n\n")
    comparable = result["verdict"] != NOT_COMPARABLE
    return comparable and lock.fresh and all(gate.holds for gate in gates)
