"""Settings of every process of the project: no telemetry, no connection, private files.

Imports the standard library alone: the packages `stages`, `attune`, `service`, `demo`, `bench` and
`tests` call `confine` before any other library is imported. docs/privacy.md says what each library
could send.
"""

from __future__ import annotations

import os
from pathlib import Path

NO_TELEMETRY = {
    # onnxruntime (voice activity detection) reads it when it is imported.
    "ORT_DISABLE_TELEMETRY": "1",
    "DVC_NO_ANALYTICS": "1",
    "ITERATIVE_DO_NOT_TRACK": "1",
    "DVC_STUDIO_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    # The library `evaluate` counts the loads of a metric on a server.
    "HF_UPDATE_DOWNLOAD_COUNTS": "0",
    # FastAPI's traces.
    "OTEL_SDK_DISABLED": "true",
    "DO_NOT_TRACK": "1",
}
OFFLINE = {
    # Read by huggingface_hub, transformers and datasets. Only `fetch_base` sets it to 0, for a
    # model that is not a folder.
    "HF_HUB_OFFLINE": "1",
    "HF_EVALUATE_OFFLINE": "1",
    # Xet would download from other hosts, into a cache of its own in the home folder.
    "HF_HUB_DISABLE_XET": "1",
}


def confine() -> None:
    """Switch off telemetry and connections in this process and its children, and make their new
    files readable by this user only. Progress bars appear on a terminal only."""
    os.umask(0o077)
    os.environ |= NO_TELEMETRY | OFFLINE
    # `evaluate` imports a copy of each metric's module, from the folder that state_folder names.
    state = Path(os.environ.get("DVC_ROOT", ".")).resolve() / ".state"
    os.environ["HF_MODULES_CACHE"] = str(state / "evaluate" / "modules")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    if not os.isatty(2):
        os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
