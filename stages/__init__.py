"""The stages of the pipeline, a package each, run as `python -m stages.<name>`.

Set here, before any library is imported: no stage contacts the Hugging Face Hub (except
`fetch_base`) or sends telemetry, and progress bars appear on a terminal only.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["DO_NOT_TRACK"] = "1"
# onnxruntime (voice activity detection) reads this when it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
if not os.isatty(2):
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
