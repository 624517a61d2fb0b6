"""`make bench-times`: the tuned model's times on the demo's test recordings, against the truth.

`timestamp_error` in metrics/evaluate.json is measured against the transcripts' segments, as
`segment` placed them. This measures the same against the exact times that the sessions were spoken
with. Needs the outputs of `make demo`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from stages.common.asr.long_form import transcribe_recordings
from stages.common.asr.model import open_model
from stages.common.core.ids import read_key, recording_id
from stages.common.core.params import load_params
from stages.common.evaluation.recording_scores import nearest
from stages.evaluate.__main__ import RECORDINGS, TUNED

TRUTH = Path("demo/truth")


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    stems = {recording_id(key, path.stem): path.stem for path in sorted(TRUTH.glob("*.json"))}
    model = open_model(TUNED, params.evaluate.device)
    heard = transcribe_recordings(model, RECORDINGS, params.build_dataset.language, params.evaluate)
    errors: dict[str, list[float]] = {"start": [], "end": []}
    for name, segments in heard.items():
        truth = json.loads((TRUTH / f"{stems[name]}.json").read_text(encoding="utf-8"))
        for side, found in errors.items():
            exact = sorted(row[side] for row in truth)
            found += [nearest(getattr(segment, side), exact) for segment in segments]
    print(f"{len(heard)} recordings, {len(errors['end'])} segments put out; error in seconds\n\n"
          "| | median | 90th percentile | 95th percentile |\n|---|---|---|---|")  # fmt: skip
    for side, found in errors.items():
        shown = " | ".join(f"{value:.3f}" for value in np.percentile(found, [50, 90, 95]))
        print(f"| {side} | {shown} |")


if __name__ == "__main__":
    main()
