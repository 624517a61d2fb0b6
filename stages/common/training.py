"""What the Trainer is given: windows with log-mels made on the fly, and an exact loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from datasets import Dataset
from transformers import Seq2SeqTrainer, TrainerCallback

from stages.common.features import decode_clip
from stages.common.log_mels import LogMels, padded, with_edges

IGNORED = -100


class Windows(torch.utils.data.Dataset[dict[str, np.ndarray]]):
    """The clips of one side, decoded when they are asked for."""

    def __init__(self, clips: Dataset) -> None:
        self.clips = clips

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        clip = self.clips[index]
        return {
            "samples": with_edges(decode_clip(clip["audio"])),
            "labels": np.asarray(clip["labels"], np.int64),
        }


def collate(clips: list[dict[str, np.ndarray]]) -> dict[str, torch.Tensor]:
    """Batch clips: samples and frames as `log_mels.padded` gives them; decoder_input_ids and labels
    (batch, longest).

    The decoder reads the sequence without its last token and learns it without its first, so the
    start token stands once and the end token is learned. Padding is told from the end token by its
    place, never by its id: Whisper's two are the same.
    """
    longest = max(len(clip["labels"]) for clip in clips) - 1
    inputs = np.zeros((len(clips), longest), np.int64)
    labels = np.full((len(clips), longest), IGNORED, np.int64)
    for row, clip in enumerate(clips):
        length = len(clip["labels"]) - 1
        inputs[row] = clip["labels"][-1]
        inputs[row, :length] = clip["labels"][:-1]
        labels[row, :length] = clip["labels"][1:]
    samples, frames = padded([clip["samples"] for clip in clips])
    return {
        "samples": samples,
        "frames": frames,
        "decoder_input_ids": torch.from_numpy(inputs),
        "labels": torch.from_numpy(labels),
    }


def token_loss(
    outputs: Any, labels: torch.Tensor, num_items_in_batch: torch.Tensor | int | None = None
) -> torch.Tensor:
    """Cross-entropy over the tokens of the whole accumulated batch.

    The model's own loss is a mean per small batch, which weighs short ones too high
    (transformers#37766).
    """
    total = torch.nn.functional.cross_entropy(
        outputs["logits"].flatten(0, 1).float(),
        labels.flatten(),
        ignore_index=IGNORED,
        reduction="sum",
    )
    count = num_items_in_batch if num_items_in_batch is not None else (labels != IGNORED).sum()
    return total / count


class Tuner(Seq2SeqTrainer):  # type: ignore[misc]
    """Makes log-mels where it trains; validates with one pass of the encoder, which costs the most,
    for loss and text alike."""

    def __init__(self, log_mels: LogMels, **settings: Any) -> None:
        super().__init__(**settings)
        self._log_mels = log_mels

    def _prepare_inputs(self, inputs: dict[str, Any]) -> dict[str, Any]:
        ready: dict[str, Any] = super()._prepare_inputs(inputs)
        if "samples" in ready:
            features = self._log_mels(ready.pop("samples"), ready.pop("frames"))
            ready = {"input_features": features} | ready
        return ready

    def prediction_step(self, model: Any, inputs: dict[str, Any], *rest: Any, **more: Any) -> Any:
        inputs = self._prepare_inputs(inputs)
        with torch.no_grad(), self.accelerator.autocast():
            encoded = self.model.get_encoder()(inputs["input_features"])
        return super().prediction_step(model, inputs | {"encoder_outputs": encoded}, *rest, **more)


class LastStep(TrainerCallback):  # type: ignore[misc]
    """Validate and save at the last step too, wherever it falls."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        if state.global_step >= state.max_steps:
            control.should_evaluate = True
            control.should_save = True
        return control
