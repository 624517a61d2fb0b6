"""`make bench-doctor`: ratio of the times that `attune doctor` estimates to those that stages take.

After `make demo`. The stages run on the demo's data in a folder under `.state/bench`, without a
cache of the aligner.
"""

from __future__ import annotations

import shutil
import time

from attune.doctor.command import gather
from bench.project import ROOT, link, read_params, run_stage
from stages.common.core.params import load_params

LINKS = (
    "data/dataset", "data/terms.txt", "demo/guard", "demo/key", "demo/sessions", "models/base",
    "models/base-ct2", "models/ct2",
)  # fmt: skip
FOLDER = ROOT / ".state/bench/doctor"


def main() -> None:
    estimates = gather(load_params()).minutes
    shutil.rmtree(FOLDER, ignore_errors=True)
    link(FOLDER, *LINKS)
    print("| stage | estimate (s) | taken (s) | ratio |\n|---|---|---|---|")
    for stage, minutes in estimates.items():
        begin = time.monotonic()
        run_stage(FOLDER, stage, read_params())
        taken = time.monotonic() - begin
        print(f"| {stage} | {60 * minutes:.0f} | {taken:.0f} | {60 * minutes / taken:.2f} |",
              flush=True)  # fmt: skip
    shutil.rmtree(FOLDER)


if __name__ == "__main__":
    main()
