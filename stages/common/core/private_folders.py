"""The folders of a clone that hold recordings, transcripts or a tuned model: only for their owner.

`python -m stages.common.core.private_folders` is the last step of `make setup`. It also moves
DVC's state database into the clone: DVC puts it, with the full path of each recording, into a
folder for temporary files that every user of the machine can read.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

from stages.common.core.errors import UserError
from stages.common.core.files import write_text

PRIVATE_FOLDERS = (
    "data",
    "models",
    "reports",
    "reports/private",
    ".state",
    ".dvc/cache",
    ".dvc/site-cache",
    ".dvc/tmp",
)
"""`reports` too, since `dvc checkout` makes `reports/private` anew with the user's own umask."""
_SITE_CACHE = Path(".dvc/site-cache")


def close_private_folders(root: Path) -> None:
    """Give those of `PRIVATE_FOLDERS` that exist in the clone `root` the mode 0700."""
    if not (root / ".dvc").is_dir():
        return
    for name in PRIVATE_FOLDERS:
        folder = root / name
        # Another user's folder cannot be changed.
        with suppress(OSError):
            if S_IMODE(folder.stat().st_mode) & 0o077:
                folder.chmod(0o700)


def set_up(root: Path) -> None:
    """Create `PRIVATE_FOLDERS` and write the path of DVC's state database to .dvc/config.local.

    The path is absolute, since DVC resolves a relative one against the working directory; in a
    clone that was moved or copied it is corrected. Other settings are kept, and so is a path that
    the user chose.

    Raises: UserError if the file cannot be read or written.
    """
    from configobj import ConfigObj, ConfigObjError

    for name in PRIVATE_FOLDERS:
        (root / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    close_private_folders(root)
    path, wanted = root / ".dvc" / "config.local", root.resolve() / _SITE_CACHE
    try:
        path.touch(mode=0o600)
        path.chmod(0o600)  # it may hold a remote's password
        lines = path.read_text(encoding="utf-8").splitlines()
        config = ConfigObj(lines, list_values=False)
        core = config.setdefault("core", {})
        known = core.get("site_cache_dir", str(_SITE_CACHE))
        if known == str(wanted) or not known.endswith(str(_SITE_CACHE)):
            return
        core["site_cache_dir"] = str(wanted)
        write_text(path, "\n".join([*config.write(), ""]))
    except (ConfigObjError, UnicodeDecodeError):
        raise UserError(f"{path}: not a configuration of DVC; correct or remove it") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


if __name__ == "__main__":
    from stages.common.core.run_stage import run_stage

    run_stage("setup", lambda: set_up(Path()))
