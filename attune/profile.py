"""`attune profile`: recommended parameters for a model and an amount of data."""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from attune.edit_params import set_params
from stages.common.core.errors import UserError
from stages.fetch_base.whisper_files import folder_digest

PROFILES = Path(__file__).parent / "profiles"
"""A file per profile; its first line, a comment, is the description."""


def profile(name: str | None, dry: bool, check: bool, base: str | None = None) -> bool:
    """base: folder of the base model, instead of the profile's.

    Returns: False if `check` and the profile is not set.
    """
    if name is None and base is not None:
        raise UserError(f"name a profile too: `attune profile NAME --base {base}`")
    profiles = {path.stem: path for path in sorted(PROFILES.glob("*.yaml"))}
    if name is None:
        for known, path in profiles.items():
            description = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
            print(f"{known:10} {description}")
        return True
    if name not in profiles:
        raise UserError(f"no profile {name!r}; choose one of {', '.join(profiles)}")
    changes = yaml.safe_load(profiles[name].read_text(encoding="utf-8"))
    if base is not None:
        chosen = {"model": base, "revision": folder_digest(Path(base).expanduser())}
        changes["base"] = changes.get("base", {}) | chosen
    diff = set_params(changes, dry=dry or check)
    if check and diff:
        print(
            f"params.yaml differs from the profile {name!r}; it may be set to your own recordings. "
            f"`attune profile {name}` would change:\n{diff}",
            end="",
            file=sys.stderr,
        )
        return False
    print(diff.rstrip() or f"params.yaml already has the values of {name}")
    return True
