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
    from attune.lock import lock_markdown, stale_stages
    from attune.markdown import comparison_markdown, gates_markdown
    from stages.common.evaluation.comparison.evaluated import read_evaluated
    from stages.common.evaluation.comparison.gates import gates_at
    from stages.common.evaluation.comparison.result import NOT_COMPARABLE, compare_models
    from stages.common.evaluation.comparison.revisions import working_tree

    here = working_tree()
    gates = gates_at(here)
    result = compare_models(read_evaluated(here, "base"), read_evaluated(here, "tuned"))
    stale = stale_stages()
    print(gates_markdown(gates), comparison_markdown(result), lock_markdown(stale), sep="\n\n")
    comparable = result["verdict"] != NOT_COMPARABLE
    return comparable and not stale and all(gate.holds for gate in gates)
