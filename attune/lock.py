"""Does dvc.lock match the code, parameters, data hashes and metrics that are committed with it?

DVC's `Repo.status` reports the differences, data included. A clone in CI has no data: a missing
output counts as unchanged if dvc.lock and the .dvc files agree on its hash.
`Repo.reproduce(dry=True, allow_missing=True)` fails at a stale stage without a reason (dvc 3.67).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attune.markdown import bullets
from stages.common.core.errors import UserError
from stages.common.core.yaml_files import restore
from stages.common.evaluation.comparison.revisions import dvc_repository, git

_MISSING = ("deleted", "not in cache")


def stale_stages() -> dict[str, list[str]]:
    """The stages of dvc.yaml that do not match dvc.lock, each with what changed.

    Parameters and files in git are named. File names of data are private: "data" stands for any.

    Raises: UserError if DVC fails or there is no pipeline.
    """
    with dvc_repository() as repo:
        stages = repo.stage.collect("dvc.yaml", with_deps=True)
        status = repo.status(targets=["dvc.yaml"], with_deps=True)
        hashes = {out.fs_path: out.hash_info for stage in stages for out in stage.outs}
        changes = {
            stage.addressing: sorted(set(_changes(stage, status.get(stage.addressing, []), hashes)))
            for stage in stages
            if stage.cmd
        }
    if not changes:
        raise UserError(f"dvc.yaml: it has no stages; {restore('dvc.yaml')}")
    return {name: changed for name, changed in sorted(changes.items()) if changed}


def lock_markdown(stale: Mapping[str, list[str]]) -> str:
    """stale: from `stale_stages`."""
    if not stale:
        return "`dvc.lock` matches code, parameters and metrics."
    return (
        "**`dvc.lock` is stale**: run `dvc repro`, then commit `dvc.lock` and `metrics`.\n\n"
        "Stale stages and what changed:\n\n"
        + bullets(f"`{name}`: {', '.join(changes)}" for name, changes in stale.items())
    )


def _changes(stage: Any, entries: list[Any], hashes: Mapping[str, Any]) -> Iterator[str]:
    """entries: DVC's status of the stage; hashes: path -> hash of each stage's output."""
    metrics = {str(out) for out in stage.outs if not out.use_cache}
    for entry in entries:
        if isinstance(entry, str):
            if entry != "always changed":  # as of check_inputs, which runs each time
                yield entry
            continue
        for path, state in next(iter(entry.values())).items():
            if isinstance(state, Mapping):
                yield from (f"`{param}`" for param in state)
            elif path in metrics or git("ls-files", "--", path):
                yield f"`{path}`"
            elif state not in _MISSING:
                yield "data"
    if any(dep.hash_info != hashes.get(dep.fs_path, dep.hash_info) for dep in stage.deps):
        yield "input from another run"
    if not all(out.hash_info for out in stage.outs):
        yield "output missing from dvc.lock"
