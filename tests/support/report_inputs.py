"""Made-up inputs of the stage `report`: metrics, parameters, hypotheses and a test split."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stages.common.dataset.split_storage import Clip, save_split
from stages.common.evaluation.clip_scores import write_scores
from stages.common.text.error_counts import ErrorCounts
from tests.support.git_repository import CLIPS, ERRORS, clips_with, write_model
from tests.support.scores import with_errors

BETTER = [count // 2 for count in ERRORS]
SECRET = "elderberry sessions"
"""In parameters that the report may not show."""
PARAMS = f"""data:
  sessions: {SECRET}
  key: {SECRET}/key
base:
  model: {SECRET}/base
  revision: abc123
build_dataset:
  language: en
finetune:
  learning_rate: 0.002
  spec_augment: false
  launch: ''
augment:
  gain_db: [-12.0, 6.0]
evaluate:
  beam_size: 5
"""
GATES = "  gates:\n    wer: 0.0\n    hallucinated_words: 0.5\n"
_SPLIT = {"people_or_recordings": 2, "recordings": 3, "segments": 1234, "clips": 40,
         "seconds": 600.0, "words": 5678}  # fmt: skip
_OTHERS: dict[str, dict[str, Any]] = {
    "segment": {
        "recordings": 9,
        "kept": 8,
        "seconds": 3600.0,
        "speech_seconds": 3000.0,
        "segments": 1300,
        "untranscribed_speech_seconds": 60.0,
        "transcript_error_rate": 0.031,
        "transcript_error_rate_low": 0.012,
        "transcript_error_rate_high": 0.05,
        "transcript_words_compared": 2345,
        "dropped_recordings": {"audio_silent": 1},
        "dropped_transcripts": {},
        "dropped_cues": {"score_low": 23},
    },
    "normalize": {"style": "spoken", "words": 9876},
    "dataset": {
        "dropped": {"text_also_in_test": 264},
        "train": _SPLIT,
        "validation": _SPLIT,
        "test": _SPLIT,
    },
    "finetune": {
        "validation_wer": 0.2509,
        "average_with_base": 0.5,
        "best_step": 188,
        "steps": 188,
        "parameters": 3884928,
        "trained_parameters": 3884928,
        "device": "cpu",
        "precision": "bfloat16",
    },
    "convert": {"quantization": "float32", "compared_clips": 40, "same_transcripts": 38},
}
_TABLES = {
    "slices_base": "kind,slice,clips,words,wer,wer_low,wer_high\n"
    "speaker,client,40,4000,0.2000,0.1500,0.2600\nvoice,high,10,900,0.3000,,\n",
    "slices": "kind,slice,clips,words,wer,wer_low,wer_high\n"
    "speaker,client,40,4000,0.1000,0.0800,0.1234\nvoice,high,10,900,0.1717,,\n",
    "matters_base": "measure,found,of,value,low,high\n"
    "terms_recall,5,50,0.1000,0.0200,0.2000\nrisk_lost,7,9,0.7778,0.4000,0.9000\n"
    "doses_recall,0,0,,,\n",
    "matters": "measure,found,of,value,low,high\n"
    "terms_recall,31,50,0.6200,0.5000,0.7300\nrisk_lost,2,9,0.2222,0.1000,0.5000\n"
    "doses_recall,0,0,,,\n",
    "calibration": "confidence,words,correct\n0.3500,321,0.2900\n0.9500,4321,0.9300\n",
    "average_curve": "share,validation_wer,out_of_domain_wer\n"
    "0.0000,0.4100,0.1550\n0.5000,0.2612,0.1540\n1.0000,0.2509,0.1760\n",
    "finetune_curve": "step,train_loss,learning_rate,validation_loss,validation_wer\n"
    "47,1.75,0.002,,\n94,1.07,0.001,0.9,0.4\n188,0.43,0.0001,0.35,0.2509\n",
}
OPTIONAL = (*(f"{name}.csv" for name in _TABLES), "speed.json", "speed_base.json")


def write_required(folder: Path, errors: list[int] = BETTER, **tuned: Any) -> None:
    """What every version writes.

    Args:
        errors: the tuned model's errors in each recording.
        tuned: more of its metrics.
    """
    (folder / "params.yaml").write_text(PARAMS)
    shared: dict[str, Any] = {"cer": 0.1, "hallucinated_words": 40, "probe_clips": 30}
    write_model(folder, clips_with(ERRORS), base=True, wer=0.15, wer_ci_low=0.12,
                wer_ci_high=0.19, **shared)  # fmt: skip
    write_model(folder, clips_with(errors), wer=sum(errors) / 8000, wer_ci_low=0.05,
                wer_ci_high=0.11, **shared | {"hallucinated_words": 61} | tuned)  # fmt: skip
    for name, values in _OTHERS.items():
        (folder / "metrics" / f"{name}.json").write_text(json.dumps(values))


def write_optional(folder: Path) -> None:
    for name, content in _TABLES.items():
        (folder / "metrics" / f"{name}.csv").write_text(content)
    for name, factor in (("speed_base", 0.125), ("speed", 0.0625)):
        speed = {"real_time_factor": factor, "peak_memory_mb": 1234.0}
        (folder / "metrics" / f"{name}.json").write_text(json.dumps(speed))


def _names(clips: list[ErrorCounts]) -> list[str]:
    return [f"{clip.recording}-{number % CLIPS:04}" for number, clip in enumerate(clips)]


def write_hypotheses(folder: Path, reference: str, hypothesis: str) -> None:
    """The same in every clip; the counts of errors are those of the metrics, not of the texts."""
    for name, clips in (("baseline", clips_with(ERRORS)), ("evaluate", clips_with(BETTER))):
        scores = (
            with_errors(clip, name, reference, hypothesis)
            for name, clip in zip(_names(clips), clips, strict=True)
        )
        write_scores(folder / "data" / "hypotheses" / f"{name}.jsonl", scores)
    split = [
        Clip(name, c.recording, 61.25, 2.5, reference, [1], 0, f"flac {name}".encode())
        for clips in [clips_with(ERRORS)]
        for name, c in zip(_names(clips), clips, strict=True)
    ]
    save_split(folder / "data" / "dataset" / "test", split)
