"""The stages of the pipeline, a package each, run as `python -m stages.<name>`.

Set here, before any library is imported: no stage contacts the Hugging Face Hub (except
`fetch_base`) or sends telemetry, and progress bars appear on a terminal only.
"""

import os
from pathlib import Path

from stages.common.core.endings import end_with_dvc

end_with_dvc()

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["DO_NOT_TRACK"] = "1"
# The library `evaluate` loads metrics from this repository alone, and counts no loads on a server.
os.environ["HF_EVALUATE_OFFLINE"] = "1"
os.environ["HF_UPDATE_DOWNLOAD_COUNTS"] = "0"
# It imports a copy of each module, from the folder that state_folder names.
_STATE = Path(os.environ.get("DVC_ROOT", ".")).resolve() / ".state"
os.environ["HF_MODULES_CACHE"] = str(_STATE / "evaluate" / "modules")
# onnxruntime (voice activity detection) reads it when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
if not os.isatty(2):
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
