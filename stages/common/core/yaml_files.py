"""YAML files whose content is a mapping: params.yaml, dvc.yaml and dvc.lock.

Read as DVC reads them: a duplicate key, as after a merge, is a fault. Aliases are refused, since
nine lines of them can expand to a billion values.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from stages.common.core.errors import UserError


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(
                problem="an alias; write the value itself", problem_mark=mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key.value, str):
                continue
            if key.value in seen:
                raise yaml.MarkedYAMLError(
                    problem="a key that stands twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """Raises: UserError with the line's number; the text is not repeated."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UserError(f"{path}: not found; run in the root of the repository") from None
    except OSError as error:
        raise UserError(f"{path}: it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError(f"{path}: not UTF-8 in line {line}; save it in that encoding") from None
    return parse_mapping(text, str(path))


def parse_mapping(text: str, name: str) -> dict[str, Any]:
    """name: of the file, in messages. Raises: UserError."""
    check_conflict(text, name)
    try:
        value = yaml.load(text, _Loader)
    except RecursionError:
        raise UserError(f"{name}: nested too deeply; {restore(name)}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", "") or "a character that YAML excludes"
        raise UserError(f"{name}: invalid YAML{where}: {what}") from None
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
        # PyYAML's constructors of dates and numbers.
        raise UserError(f"{name}: a number or date that cannot be read; {restore(name)}") from None
    if value is None:
        raise UserError(f"{name}: it is empty; {restore(name)}")
    if not isinstance(value, dict):
        raise UserError(f"{name}: its top level has no names; {restore(name)}")
    return {str(key): item for key, item in value.items()}


def check_conflict(text: str, name: str) -> None:
    """Raises: UserError if `text` has git's merge conflict markers."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            raise UserError(f"{name}: a merge conflict in line {number}; resolve it")


def restore(name: str) -> str:
    """What to do about a damaged file that git has. name: may begin with its revision."""
    name = name.rpartition(": ")[2]
    return f"`git diff {name}` shows edits, `git checkout {name}` undoes them"
