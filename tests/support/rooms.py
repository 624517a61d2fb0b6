"""The rooms of the code, and which of them imports which."""

from __future__ import annotations

from pathlib import Path

from tests.support.imports import ROOT, imported_modules

WHOLE = ("service", "attune")
"""Packages that are one room each."""


def room_of(module: str) -> str:
    """`stages.common.text` of `stages.common.text.wer`; `stages.segment` of a stage's module."""
    parts = module.split(".")
    if parts[0] in WHOLE:
        return parts[0]
    return ".".join(parts[: 3 if parts[:2] == ["stages", "common"] else 2 if len(parts) > 1 else 1])


def modules(folder: str) -> dict[str, Path]:
    """Every module under `folder` with its file."""
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def arrows() -> dict[str, set[str]]:
    """Room -> the rooms that it imports from, itself left out."""
    graph: dict[str, set[str]] = {}
    for folder in ("stages", *WHOLE):
        for module, path in modules(folder).items():
            room = room_of(module)
            targets = {room_of(name) for name in imported_modules(path)}
            graph.setdefault(room, set()).update(targets - {room, "stages"})
    return graph
