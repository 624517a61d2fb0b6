"""Set `params.yaml` to a recommendation: `python -m attune.profile NAME` shows what it changes.

Without a name it lists the profiles. `--dry` changes nothing; `--check` says whether the profile is
in force (exit status 1 if not).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import yaml

from attune.edit_params import apply
from stages.common.core.errors import UserError, run_stage

PROFILES = Path(__file__).parent / "profiles"


def _about(path: Path) -> str:
    return path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--dry", action="store_true", help="show the difference, change nothing")
    parser.add_argument("--check", action="store_true", help="fail unless the profile is in force")
    chosen = parser.parse_args()
    profiles = {path.stem: path for path in sorted(PROFILES.glob("*.yaml"))}
    if chosen.name is None:
        for name, path in profiles.items():
            print(f"{name:10} {_about(path)}")
        return
    if chosen.name not in profiles:
        raise UserError(f"no profile {chosen.name!r}; there are {', '.join(profiles)}")
    changes = yaml.safe_load(profiles[chosen.name].read_text(encoding="utf-8"))
    difference = apply(changes, dry=chosen.dry or chosen.check)
    if chosen.check and difference:
        raise UserError(
            f"params.yaml is not that of the profile {chosen.name!r} (it may be set to your own "
            f"recordings). `python -m attune.profile {chosen.name}` sets it; it would change:\n"
            + difference
        )
    print(difference.rstrip() or f"params.yaml is already that of {chosen.name}")


if __name__ == "__main__":
    run_stage("profile", main)
