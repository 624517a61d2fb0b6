"""Which of the project's own files a module imports, directly or through others."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def file_of(module: str) -> Path | None:
    """The file of one of the project's modules; None for a library's."""
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def imported_modules(path: Path) -> set[str]:
    """The project's modules that a file names in its imports, wherever these stand."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if file_of(name)}


def reached(module: str) -> set[str]:
    """Paths, relative to the root, of all non-empty files of the project that `module` imports."""
    found: set[Path] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        path = file_of(name)
        if path and path not in found:
            found.add(path)
            todo += imported_modules(path)
            # Importing a.b.c runs a and a.b first.
            todo += [name.rsplit(".", level)[0] for level in range(1, name.count(".") + 1)]
    return {path.relative_to(ROOT).as_posix() for path in found if path.stat().st_size}
