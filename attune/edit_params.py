"""Change values in `params.yaml` in place, keep its comments, and show the difference."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.common.core.params import load_params

PARAMS = Path("params.yaml")


def apply(changes: Mapping[str, Mapping[str, Any]], dry: bool = False) -> str:
    """Set `changes` (section -> name -> value) in `params.yaml`.

    Returns: the unified diff, "" where nothing changes. With `dry` nothing is written.
    Raises: UserError if the changed file would not be valid; `params.yaml` is then as it was.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    before = PARAMS.read_text(encoding="utf-8")
    document = yaml.load(before)
    for section, values in changes.items():
        for name, value in values.items():
            if document.setdefault(section, {}).get(name) != value:
                document[section][name] = value
    text = io.StringIO()
    yaml.dump(document, text)
    after = text.getvalue()
    # Checked under another name, so that a fault leaves the file alone.
    trial = PARAMS.with_name(".params.new.yaml")
    write_text(trial, after)
    try:
        load_params(trial)
    except UserError as fault:
        raise UserError(str(fault).replace(str(trial), str(PARAMS))) from None
    finally:
        trial.unlink()
    if not dry and after != before:
        write_text(PARAMS, after)
    lines = difflib.unified_diff(
        before.splitlines(True), after.splitlines(True), "params.yaml", "params.yaml", n=0
    )
    return "".join(line for line in lines if not line.startswith("@@"))
