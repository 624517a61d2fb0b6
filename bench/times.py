"""`make bench-times`: timestamp error of the fine-tuned model, against exact times.

`timestamp_error` in metrics/evaluate.json compares with the transcripts' segments as `segment`
aligned them. Here the reference is the exact times of the demo's synthetic sessions
(`demo/truth`). Needs the outputs of `make demo`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from stages.common.asr.decoding import decoding_of
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
    hypotheses = transcribe_recordings(model, RECORDINGS, decoding_of(params, model))
    errors: dict[str, list[float]] = {"start": [], "end": []}
    for name, segments in hypotheses.items():
        lines = json.loads((TRUTH / f"{stems[name]}.json").read_text(encoding="utf-8"))
        for edge, values in errors.items():
            exact = sorted(line[edge] for line in lines)
            values += [nearest(getattr(segment, edge), exact) for segment in segments]
    print(f"{len(hypotheses)} recordings, {len(errors['end'])} decoded segments; "
          "error in seconds\n\n| | median | 90th percentile | 95th percentile |\n"
          "|---|---|---|---|")  # fmt: skip
    for edge, values in errors.items():
        cells = " | ".join(f"{value:.3f}" for value in np.percentile(values, [50, 90, 95]))
        print(f"| {edge} | {cells} |")


if __name__ == "__main__":
    main()
