"""Change values in `params.yaml` in place; comments are kept."""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.common.core.errors import UserError
from stages.common.core.files import write_text
from stages.common.core.params import load_params
from stages.common.core.yaml_files import read_mapping

PARAMS = Path("params.yaml")
Changes = Mapping[str, Mapping[str, Any]]
"""Section -> name -> value."""


def set_params(changes: Changes, dry: bool = False) -> str:
    """Write `changes` to `params.yaml`, or only compute the diff if `dry`.

    Returns: the changed lines as in a unified diff, "" if nothing changes.
    Raises: UserError if the result would be invalid; `params.yaml` is then unchanged.
    """
    read_mapping(PARAMS)  # so that a damaged file is not edited
    before = PARAMS.read_text(encoding="utf-8")
    after = edited(before, changes)
    _check(after)
    if not dry and after != before:
        write_text(PARAMS, after)
    diff = difflib.unified_diff(
        before.splitlines(True), after.splitlines(True), str(PARAMS), str(PARAMS), n=0
    )
    return "".join(line for line in diff if not line.startswith("@@"))


def edited(text: str, changes: Changes) -> str:
    """The YAML `text` with `changes`. Raises: UserError if it has no sections to edit."""
    yaml = YAML()
    yaml.preserve_quotes = True
    try:
        document = yaml.load(text)
        sections = {section: document.setdefault(section, {}) for section in changes}
        for section, values in changes.items():
            for name, value in values.items():
                # An equal value keeps its spelling: 2.0e-03 stays 2.0e-03.
                if sections[section].get(name) != value:
                    sections[section][name] = value
    except (YAMLError, AttributeError, TypeError):
        raise UserError(
            f"{PARAMS}: not YAML with sections; `git diff {PARAMS}` shows edits"
        ) from None
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _check(text: str) -> None:
    """Raises: UserError if `text` is not a valid `params.yaml`."""
    trial = PARAMS.with_name(".params.new.yaml")
    write_text(trial, text)
    try:
        load_params(trial)
    except UserError as fault:
        raise UserError(str(fault).replace(str(trial), str(PARAMS))) from None
    finally:
        trial.unlink()
