"""`attune compare` and `attune release-check`: this working tree's model against another."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from attune.lock import lock_markdown, stale_stages
from attune.locked_params import note
from attune.markdown import comparison_markdown, gates_markdown
from stages.common.core.errors import UserError
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import Evaluated, model_metrics, read_evaluated
from stages.common.evaluation.comparison.gates import gates_at
from stages.common.evaluation.comparison.result import NOT_COMPARABLE, compare_models
from stages.common.evaluation.comparison.revisions import merge_base, revision, working_tree
from stages.common.evaluation.comparison.written import METRICS
from stages.common.text.error_counts import from_csv


def compare(rev: str | None, as_json: bool) -> bool:
    """Returns: False if the model is worse or not comparable."""
    here = working_tree()
    if stale := note():
        print(stale, file=sys.stderr)
    if rev == "base":
        other = read_evaluated(here, "base")
    else:
        other = read_evaluated(revision(rev) if rev else merge_base(), "tuned")
    result, gates = compare_models(other, read_evaluated(here, "tuned")), gates_at(here)
    if as_json:
        rows = [asdict(gate) | {"reason": gate.reason} for gate in gates]
        print(json.dumps(result | {"gates": rows}, indent=2))
    else:
        print(comparison_markdown(result), gates_markdown(gates), sep="\n\n")
    return _stands(result)


def compare_counts(first: Path, second: Path, as_json: bool) -> bool:
    """Compare the counts of two models on full recordings, see `attune.score.recordings`.

    Returns: False if the second is worse or not comparable.
    """
    result = compare_models(_counted(first), _counted(second))
    print(json.dumps(result, indent=2) if as_json else comparison_markdown(result))
    return _stands(result)


def _stands(result: Row) -> bool:
    """Whether the second model is comparable and not worse."""
    return result["verdict"] in ("better", "not shown")


def _counted(path: Path) -> Evaluated:
    """Raises: UserError if the file is missing, or no file of counts."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UserError(f"{path}: it cannot be read; `attune score --counts` writes it") from None
    counts = from_csv(text, str(path))
    # Counts state neither test set nor normalizer: both files are of this working tree.
    metrics = model_metrics(working_tree(), "metrics/evaluate.json")
    # The metrics of case and punctuation in the file are the tuned model's, not theirs.
    metrics |= dict.fromkeys(METRICS)
    return Evaluated(path.stem, metrics, counts, {}, None)


def release_check() -> bool:
    """Returns: whether the gates hold, dvc.lock is fresh and the models are comparable."""
    here = working_tree()
    gates = gates_at(here)
    result = compare_models(read_evaluated(here, "base"), read_evaluated(here, "tuned"))
    stale = stale_stages()
    print(gates_markdown(gates), comparison_markdown(result), lock_markdown(stale), sep="\n\n")
    comparable = result["verdict"] != NOT_COMPARABLE
    return comparable and not stale and not any(gate.fails for gate in gates)
