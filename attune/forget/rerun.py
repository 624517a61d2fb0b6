"""Input models that learned from the person, which stop the command; and the run without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from attune.forget.person import Person
from stages.common.core.errors import UserError
from stages.common.core.params import Params
from stages.common.dataset.model_card import CARD, OPENING
from stages.common.dataset.trained_on import read_trained_on
from stages.fetch_base.whisper_files import TARGET, TARGET_CT2

_BASE = (
    "base.model was tuned on this person's recordings, so every model trained from it has learned "
    "from them: set another base (`attune profile NAME`), run `dvc repro fetch_base`, and repeat"
)
_ALIGNER = (
    "segment.aligner was tuned on this person's recordings: set it to models/base-ct2, or to a "
    "model without them, and repeat"
)


def check_models(params: Params, person: Person) -> None:
    """Raises: UserError if the base or the aligner learned from the person."""
    faults = []
    if any(_learned(folder, person) for folder in _bases(params)):
        faults.append(_BASE)
    aligner = Path(params.segment.aligner)
    if aligner.resolve() != TARGET_CT2.resolve() and _learned(aligner, person):
        faults.append(_ALIGNER)
    if faults:
        raise UserError("\n".join(faults))


def unknown_models(params: Params) -> list[str]:
    """Parameters that name a model that Attune tuned without listing its recordings."""
    named = {"base.model": _bases(params)[0], "segment.aligner": Path(params.segment.aligner)}
    return [name for name, folder in named.items() if _is_unknown(folder)]


def has_run() -> bool:
    """Whether the pipeline has run here, so that outputs are to be made anew."""
    lock = Path("dvc.lock")
    return lock.is_file() and "data/segments" in lock.read_text(encoding="utf-8")


def rerun() -> bool:
    """Run the pipeline. Returns: whether it ended without an error."""
    # What DVC and the stages print goes to stderr: stdout has only the results.
    command = (sys.executable, "-m", "dvc", "repro")
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


def _bases(params: Params) -> list[Path]:
    return [Path(params.base.model).expanduser(), TARGET, TARGET_CT2]


def _learned(folder: Path, person: Person) -> bool:
    return bool((read_trained_on(folder) or frozenset()) & person.ids)


def _is_unknown(folder: Path) -> bool:
    if read_trained_on(folder) is not None or not (folder / CARD).is_file():
        return False
    return OPENING in (folder / CARD).read_text(encoding="utf-8", errors="replace")
