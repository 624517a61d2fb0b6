"""`attune profile`: recommended parameters for a model and an amount of data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from stages.common.core.errors import UserError

PROFILES = Path(__file__).parent / "profiles"


def profile(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Without it, lists the profiles.")
    ] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show the changes without writing.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with code 1 unless the profile is set.")
    ] = False,
) -> bool:
    """List recommended parameters, or set params.yaml to them.

    Prints the lines that change. A profile may set the base model, fine-tuning, augmentation and
    gates; the profile `demo` alone sets data.sessions and data.key.

    \b
    Examples:
      attune profile
      attune profile small --dry
    """
    profiles = {path.stem: path for path in sorted(PROFILES.glob("*.yaml"))}
    if name is None:
        for known, path in profiles.items():
            print(f"{known:10} {_description(path)}")
        return True
    if name not in profiles:
        raise UserError(f"no profile {name!r}; choose one of {', '.join(profiles)}")
    import yaml

    from attune.edit_params import set_params

    changes = yaml.safe_load(profiles[name].read_text(encoding="utf-8"))
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


def _description(path: Path) -> str:
    """The profile's first line, a comment."""
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
