"""The pipeline's stages, one module each, run as `python -m stages.<name>`.

Set here, before any library is imported: no stage reaches for a hub or reports its use to anyone.
`fetch_base` alone lifts the first.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["DO_NOT_TRACK"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
