"""Stage `build_dataset`: select segments, split them by person, and write the dataset.

Reads `data/normalized`, `data/segments/audio`, the tokenizer in `models/base` and the key. Writes
`data/dataset` (a folder per split with a Hugging Face dataset of clips and their audio; the test
split's full recordings and slice labels) and `metrics/dataset.json`.
"""

from __future__ import annotations

from pathlib import Path

from stages.build_dataset.building import build
from stages.build_dataset.split_assignment import SPLITS
from stages.common.audio.samples import Pcm16, read_pcm
from stages.common.core.ids import read_key
from stages.common.core.manifest import audio_path, read_recordings
from stages.common.core.metrics import write_metrics
from stages.common.core.params import load_params
from stages.common.core.run_stage import run_stage
from stages.common.dataset.labels import load_labeller

SOURCE, AUDIO = Path("data/normalized"), Path("data/segments")
TARGET = Path("data/dataset")
BASE = Path("models/base")


def main() -> None:
    params = load_params()
    key = read_key(Path(params.data.key))
    labeller = load_labeller(BASE, params.build_dataset.language)
    recordings = {recording.id: recording for recording in read_recordings(SOURCE)}

    def read_audio(recording: str, gain_db: float) -> Pcm16:
        return read_pcm(audio_path(AUDIO, recording), gain_db)

    metrics = build(SOURCE, TARGET, recordings, read_audio, key, params.build_dataset, labeller)
    write_metrics("dataset", metrics)
    print(f"build_dataset: {metrics['segments_in']} segments in, dropped {metrics['dropped'] or 0}")
    for split in SPLITS:
        counts = metrics[split]
        print(
            f"  {split}: {counts['clips']} clips of {counts['segments']} segments, "
            f"{counts['recordings']} recordings, {counts['seconds'] / 60:.1f} min"
        )
    if metrics["train_only_recordings"]:
        print(
            f"  for training only: {metrics['train_only_recordings']} recordings, "
            f"{metrics['train_only_share']:.1%} of the training time"
        )
    for name, number in metrics["corpora"].items():
        print(f"  of {name}: {number} training recordings; its terms bind the tuned model")
    if metrics["train_only_left_out"]:
        print(
            f"  left out: {metrics['train_only_left_out']} recordings for training only, since "
            "their clients are in validation or test"
        )
    empty = metrics["empty_windows"]
    print(f"  without words: {empty['pauses']} of pauses, {empty['synthetic']} synthetic")


if __name__ == "__main__":
    run_stage("build_dataset", main)
