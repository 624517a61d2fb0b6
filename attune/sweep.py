"""One DVC experiment per learning rate, one after the other, ranked by validation WER.

Each is a `dvc exp run --temp`: it runs in a copy of the files that git and DVC track, returns an
exit code, and stops at Ctrl-C. DVC's queue hides failures and loses experiments (dvc 3.67).
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from attune.ranking import ranked, ranking_markdown, read_run
from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.evaluated import read_params
from stages.common.evaluation.comparison.revisions import (
    Source,
    dvc_repository,
    experiments,
    git,
    working_tree,
)

RATES = ("1e-6", "5e-6", "1e-5", "3e-5", "5e-5")
"""The usual grid for full fine-tuning of Whisper."""
_PARAM = "finetune.learning_rate"
_PATHS = ("data.sessions", "data.key", "evaluate.guard", "segment.aligner")
"""Parameters that name inputs of the pipeline."""
_RESULTS = (":!dvc.lock", ":!metrics", ":!params.yaml")
"""Git pathspecs: the files that differ between experiments that differ in one parameter."""


def sweep(rates: Sequence[str]) -> bool:
    """Run the experiments, print a line as each ends and then the ranking.

    A rate for which this working tree already has an experiment is not run again, so a second call
    resumes an interrupted sweep. Returns: whether all succeeded. Raises: UserError if a rate is
    invalid, an input is not versioned, or tracked files change before the last experiment starts.
    """
    remaining = _parse(rates)
    _check_versioned()
    read_run(working_tree())  # Fail now, not at the end: the ranking needs it.
    commit = git("rev-parse", "HEAD") or ""
    changes = git("diff", "--binary", commit)
    failed = []
    while remaining:
        rate = remaining[0]
        if git("diff", "--binary", commit) != changes:
            raise UserError(
                "tracked files changed during the sweep; learning rates not run: "
                f"{', '.join(remaining)}. Undo the change and repeat the command to resume, or "
                "sweep all rates again"
            )
        try:
            outcome = _run(rate)
        except KeyboardInterrupt:
            print(
                f"sweep: learning rates not finished: {', '.join(remaining)}; repeat the command "
                "to resume, the interrupted training at its last checkpoint",
                file=sys.stderr,
            )
            raise
        remaining.pop(0)
        print(f"learning rate {rate}: {outcome or 'failed'}; {len(remaining)} left", flush=True)
        if not outcome:
            failed.append(rate)
    print("", ranking_markdown(ranked(experiments(), working_tree())), sep="\n")
    if failed:
        print(
            f"sweep: learning rates that failed: {', '.join(failed)}; see the errors above; repeat "
            "the command to run only these again",
            file=sys.stderr,
        )
    return not failed


def _run(rate: str) -> str:
    """Run one experiment unless it exists. Returns: how it ended, empty if it failed."""
    known = _find_experiment(rate)
    if known:
        return f"finished earlier as {known}"
    started, name = time.monotonic(), f"lr-{rate}-{secrets.token_hex(2)}"
    command = (sys.executable, "-m", "dvc", "exp", "run", "--temp", "--name", name,
               "--set-param", f"{_PARAM}={rate}")  # fmt: skip
    # The output of DVC and the stages goes to stderr: stdout has only the results.
    with subprocess.Popen(command, stdout=sys.stderr) as experiment:
        try:
            code = experiment.wait()
        except KeyboardInterrupt:
            # The terminal interrupts DVC as well. Let it remove its copy and its locks.
            experiment.wait()
            raise
    minutes = (time.monotonic() - started) / 60
    return "" if code else f"finished as {name} after {minutes:.0f} min"


def _find_experiment(rate: str) -> str | None:
    """The name of the experiment with this working tree's files and the learning rate `rate`."""
    params = _comparable(working_tree()) | {_PARAM: float(rate)}
    for source in experiments():
        same_files = git("diff", "--quiet", source.commit, "--", ".", *_RESULTS) is not None
        if same_files and _comparable(source) == params:
            return source.name
    return None


def _comparable(source: Source) -> dict[str, object]:
    """params.yaml with the learning rate as a number: YAML reads 1e-05 as a string."""
    params = read_params(source)
    return params | {_PARAM: float(params[_PARAM])}


def _parse(given: Sequence[str]) -> list[str]:
    """Learning rates without duplicates. Raises: UserError naming every invalid one."""
    rates, wrong = [], []
    for text in (part for item in given for part in item.split(",") if part):
        try:
            rate = float(text)
        except ValueError:
            rate = 0.0
        if 0 < rate < 1:
            rates.append(f"{rate:g}")
        else:
            wrong.append(text)
    if wrong:
        raise UserError(f"not a learning rate: {', '.join(wrong)}; use numbers such as 1e-5")
    return list(dict.fromkeys(rates))


def _check_versioned() -> None:
    """Raises: UserError naming the inputs that an experiment's copy would lack."""
    params = read_params(working_tree())
    with dvc_repository() as repo:
        outs = [Path(out.fs_path) for out in repo.index.outs]
    missing = [
        name
        for name in _PATHS
        if name in params
        and not git("ls-files", "--", params[name])
        and not any(Path(params[name]).resolve().is_relative_to(out) for out in outs)
    ]
    if missing:
        raise UserError(
            f"neither DVC nor git tracks the path in {' and '.join(missing)} of params.yaml, so an "
            "experiment would lack it: `dvc add` it, and commit the .dvc file"
        )
