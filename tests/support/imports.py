"""The project's import graph, read from the source files."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def file_of(module: str) -> Path | None:
    """The file of a module; None if it is not one of the project's."""
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def imported_modules(path: Path) -> set[str]:
    """The project's modules that a file imports, also within functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if file_of(name)}


def reached(module: str) -> set[str]:
    """All non-empty files of the project that `module` imports, directly or indirectly, as paths
    relative to the root."""
    files: set[Path] = set()
    pending = [module]
    while pending:
        name = pending.pop()
        path = file_of(name)
        if path and path not in files:
            files.add(path)
            pending += imported_modules(path)
            # Importing a.b.c runs a and a.b first.
            pending += [name.rsplit(".", level)[0] for level in range(1, name.count(".") + 1)]
    return {path.relative_to(ROOT).as_posix() for path in files if path.stat().st_size}
