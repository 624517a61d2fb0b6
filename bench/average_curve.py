"""`make bench-average`: WERs of averages of base and tuned weights, by share of tuned weights.

Needs the outputs of `make demo`. Each average is converted as it would ship and scored on the
demo's test split, on clips without speech and, with real speech at `$ATTUNE_SHARED`, on
`speech/crowd`. For documentation only: `finetune` chooses its share on validation data.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration

from bench.real_speech import SPEECH, crowd_wer, words_on_nonspeech
from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.model import open_model
from stages.common.asr.windowed import transcribe_clips
from stages.common.core.metrics import read_metrics
from stages.common.core.params import load_params
from stages.common.dataset.split_storage import clips_of
from stages.common.text.wer import score

BASE, TUNED = Path("models/base"), Path("models/finetuned")
TEST = Path("data/dataset/test")
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def write_average(share: float, tuned_share: float, target: Path) -> None:
    """Write (1 - share) base + share tuned to `target`.

    tuned_share: share of tuned weights that `TUNED` already has, above 0; a larger `share`
        extrapolates.
    """
    shutil.copytree(TUNED, target)
    base, model = (
        WhisperForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
        for folder in (BASE, TUNED)
    )
    from_base = dict(base.named_parameters())
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(torch.lerp(from_base[name], weight, share / tuned_share))
    model.save_pretrained(target)


def main() -> None:
    params, tuned_share = load_params(), float(read_metrics("finetune")["average_with_base"])
    evaluate, language = params.evaluate, params.build_dataset.language
    print("| tuned share | test sessions | crowd | words without speech |\n|---|---|---|---|")
    for share in SHARES:
        with tempfile.TemporaryDirectory() as folder:
            average, converted = Path(folder) / "average", Path(folder) / "ct2"
            write_average(share, tuned_share, average)
            to_ctranslate2(average, converted, params.convert.quantization)
            model = open_model(converted, evaluate.device)
            pairs = list(transcribe_clips(model, clips_of(TEST), language, evaluate))
            sessions = score([clip.text for clip, _ in pairs], [text for _, text in pairs]).wer
            crowd = crowd_wer(converted) if SPEECH.is_dir() else "-"
            words = words_on_nonspeech(converted)
        print(f"| {share:g} | {sessions:.1%} | {crowd} | {words} |", flush=True)


if __name__ == "__main__":
    main()
