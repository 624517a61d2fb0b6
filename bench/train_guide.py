"""The widely used recipe that is the baseline of `make bench-time-to-wer`.

The features of all clips are precomputed and stored on disk, as with `map()`; each clip is padded
to 30 s, training is in float32 (in float16 on a GPU), and the loss is the model's own. Only the
collator and the present names of arguments are added.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import (
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizerFast,
)

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.dataset.features import decode_clip
from stages.common.dataset.labels import is_multilingual
from stages.common.dataset.split_storage import clips_of

BATCH, ACCUMULATION = 2, 2
EPOCHS = 5
LEARNING_RATE = 1e-5
WARMUP_FRACTION = 0.1


def save_features(model: Path, clips: Path, language: str, folder: Path) -> None:
    """Store features and labels of the split `clips` as `map()` does."""
    extractor = WhisperFeatureExtractor.from_pretrained(model)
    # An English-only model has no language and task in its labels.
    named = {"language": language, "task": "transcribe"} if is_multilingual(model) else {}
    tokenizer = WhisperTokenizerFast.from_pretrained(model, predict_timestamps=False, **named)

    def rows() -> Any:
        for clip in clips_of(clips):
            features = extractor(decode_clip(clip.audio), sampling_rate=SAMPLE_RATE)
            yield {
                "input_features": features.input_features[0],
                "labels": tokenizer(clip.text).input_ids,
            }

    dataset = Dataset.from_generator(rows, cache_dir=str(folder.with_suffix(".cache")))
    dataset.save_to_disk(folder)


class Collator:
    """Batches of equal length. Padding and a start token common to all labels are not learned."""

    def __init__(self, model: Path, start: int) -> None:
        self._extractor = WhisperFeatureExtractor.from_pretrained(model)
        self._start = start

    def __call__(self, rows: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
        batch = self._extractor.pad(
            [{"input_features": row["input_features"]} for row in rows], return_tensors="pt"
        )
        labels = [torch.tensor(row["labels"]) for row in rows]
        padded = torch.nn.utils.rnn.pad_sequence(labels, batch_first=True, padding_value=-100)
        if bool((padded[:, 0] == self._start).all()):
            padded = padded[:, 1:]
        return {"input_features": batch["input_features"], "labels": padded}


def make_trainer(model: Path, features: Path, place: Path) -> Seq2SeqTrainer:
    """features: folder that `save_features` wrote."""
    loaded = WhisperForConditionalGeneration.from_pretrained(model, dtype=torch.float32)
    loaded.config.use_cache = False
    gpu = torch.cuda.is_available()
    return Seq2SeqTrainer(
        model=loaded,
        args=Seq2SeqTrainingArguments(
            output_dir=str(place),
            per_device_train_batch_size=BATCH,
            gradient_accumulation_steps=ACCUMULATION,
            learning_rate=LEARNING_RATE,
            warmup_steps=WARMUP_FRACTION,
            num_train_epochs=EPOCHS,
            fp16=gpu,
            eval_strategy="no",
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=not gpu,
            dataloader_pin_memory=gpu,
        ),
        train_dataset=Dataset.load_from_disk(str(features)),
        data_collator=Collator(model, loaded.config.decoder_start_token_id),
    )
