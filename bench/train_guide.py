"""The widely used recipe that is the baseline of `make bench-train`.

The features of all clips are precomputed and stored on disk, as with `map()`; each clip is padded
to 30 s, training is in float32, and the loss is the model's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from transformers import (
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizerFast,
)

from bench.train_corpus import corpus
from demo.speech import SAMPLE_RATE

BATCH, ACCUMULATION = 2, 2


def save_features(model: Path, folder: Path) -> None:
    """Store features and labels as `map()` does."""
    extractor = WhisperFeatureExtractor.from_pretrained(model)
    tokenizer = WhisperTokenizerFast.from_pretrained(
        model, language="en", task="transcribe", predict_timestamps=False
    )

    def rows() -> Any:
        for samples, text in corpus().clips:
            audio = samples.astype(np.float32) / 32768
            yield {
                "input_features": extractor(audio, sampling_rate=SAMPLE_RATE).input_features[0],
                "labels": tokenizer(text).input_ids,
                "seconds": len(samples) / SAMPLE_RATE,
            }

    dataset = Dataset.from_generator(rows, cache_dir=str(folder.with_suffix(".cache")))
    dataset.save_to_disk(folder)


class _Collator:
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


def trainer(model: Path, dataset: Path, place: Path, steps: int) -> Seq2SeqTrainer:
    loaded = WhisperForConditionalGeneration.from_pretrained(model)
    loaded.config.use_cache = False
    data = Dataset.load_from_disk(str(dataset)).remove_columns(["seconds"])
    return Seq2SeqTrainer(
        model=loaded,
        args=Seq2SeqTrainingArguments(
            output_dir=str(place),
            per_device_train_batch_size=BATCH,
            gradient_accumulation_steps=ACCUMULATION,
            learning_rate=1e-5,
            max_steps=steps,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=not torch.cuda.is_available(),
            dataloader_pin_memory=torch.cuda.is_available(),
        ),
        train_dataset=data,
        data_collator=_Collator(model, loaded.config.decoder_start_token_id),
    )
