"""`make bench-average`: WERs of averages of base and tuned weights, by share of tuned weights.

Needs the outputs of `make demo`. Each average is converted as it would ship and scored on the
demo's test split, on clips without speech and, with real speech at `$ATTUNE_SHARED`, on
`speech/crowd`. For documentation only; with `--validation` on the validation split and the
validation half of `speech/crowd` alone, to choose a share.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration

from bench.real_speech import SPEECH, crowd_wer, words_on_nonspeech
from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.decoding import decoding_of
from stages.common.asr.model import open_model
from stages.common.asr.windowed import transcribe_clips
from stages.common.core.metrics import read_metrics
from stages.common.core.params import load_params
from stages.common.dataset.out_of_domain import HALVES
from stages.common.dataset.split_storage import clips_of
from stages.common.text.wer import score
from stages.finetune.averaging import SHARES, Averager

BASE, TUNED = Path("models/base"), Path("models/finetuned")
DATASET = Path("data/dataset")


def write_average(share: float, tuned_share: float, target: Path) -> None:
    """Write (1 - share) base + share tuned to `target`.

    tuned_share: share of tuned weights that `TUNED` already has, above 0; a larger `share`
        extrapolates.
    """
    shutil.copytree(TUNED, target)
    model = WhisperForConditionalGeneration.from_pretrained(TUNED, dtype=torch.float32)
    Averager(model, BASE).set_share(share / tuned_share)
    model.save_pretrained(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--validation", action="store_true", help="leave the test split alone")
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    args = parser.parse_args()
    split, halves = ("validation", HALVES[:1]) if args.validation else ("test", HALVES)
    params, tuned_share = load_params(), float(read_metrics("finetune")["average_with_base"])
    print(f"| tuned share | {split} sessions | crowd | words without speech |\n|---|---|---|---|")
    for share in args.shares:
        with tempfile.TemporaryDirectory() as folder:
            average, converted = Path(folder) / "average", Path(folder) / "ct2"
            write_average(share, tuned_share, average)
            to_ctranslate2(average, converted, params.convert.quantization)
            model = open_model(converted, params.evaluate.device)
            decoding = decoding_of(params, model)
            pairs = list(transcribe_clips(model, clips_of(DATASET / split), decoding))
            sessions = score([clip.text for clip, _ in pairs], [text for _, text in pairs]).wer
            crowd = crowd_wer(model, decoding, halves) if SPEECH.is_dir() else "-"
            words = words_on_nonspeech(model, decoding)
        print(f"| {share:g} | {sessions:.1%} | {crowd} | {words} |", flush=True)


if __name__ == "__main__":
    main()
