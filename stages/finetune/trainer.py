"""What the Trainer is given: windows with log-mels made on the fly, and an exact loss.

Several processes step as one does whose batch is that of all together: in the same order, over the
same windows, with the same loss. They differ in rounding only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from datasets import Dataset
from transformers import Seq2SeqTrainer, TrainerCallback, set_seed

from stages.common.audio.samples import SAMPLE_RATE
from stages.common.dataset.features import decode_clip
from stages.finetune.log_mels import LogMels, padded, with_edges
from stages.finetune.loss import IGNORED

_ROUND = 16
"""A batch's length is a multiple of this (Whisper's 448 places are one): for each new shape oneDNN
makes its kernels anew, which took longer than the decoder's products themselves."""

Change = Callable[[np.ndarray, np.ndarray, int, int], tuple[np.ndarray, np.ndarray]]


class Windows(torch.utils.data.Dataset[dict[str, np.ndarray]]):
    """The clips of one side, decoded when they are asked for. Past the last clip all is silent, and
    nothing is learned of it."""

    def __init__(self, clips: Dataset, change: Change | None = None) -> None:
        """change: samples, labels, epoch and place of a training window -> both, augmented."""
        self.clips = clips
        self._change = change
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        if index >= len(self):
            silence = with_edges(np.zeros(SAMPLE_RATE, np.float32))
            return {
                "samples": silence,
                "labels": np.zeros(1, np.int64),
                "prompt": np.zeros((), np.int64),
            }
        clip = self.clips[index]
        samples, labels = decode_clip(clip["audio"]), np.asarray(clip["labels"], np.int64)
        if self._change:
            samples, labels = self._change(samples, labels, self._epoch, index)
        prompt = np.asarray(clip["prompt"], np.int64)
        return {"samples": with_edges(samples), "labels": labels, "prompt": prompt}


class Order(torch.utils.data.Sampler[int]):
    """Indices 0 to `windows` - 1, shuffled anew each epoch if there is a `seed`, filled up to a
    multiple of `step` with indices past them.

    Processes take turns by the batch. accelerate would fill the last turn with windows that the
    epoch has already seen, and one process would have learned them once.
    """

    def __init__(self, windows: int, step: int, seed: int | None = None) -> None:
        self.windows = windows
        self.length = -(-windows // step) * step
        self.seed = seed
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[int]:
        if self.seed is None:
            yield from range(self.windows)
        else:
            dice = torch.Generator().manual_seed(self.seed + self.epoch)
            yield from torch.randperm(self.windows, generator=dice).tolist()
        yield from range(self.windows, self.length)


def batch_length(longest: int) -> int:
    """Tokens in each row of a batch whose longest has `longest`."""
    return -(-longest // _ROUND) * _ROUND


def collate(clips: list[dict[str, np.ndarray]]) -> dict[str, torch.Tensor]:
    """Batch clips: samples and frames as `log_mels.padded` gives them; decoder_input_ids and labels
    (batch, longest).

    The decoder reads the sequence without its last token and learns it without its first, so the
    start token stands once and the end token is learned. Padding is told from the end token by its
    place, never by its id: Whisper's two are the same. Of a single label nothing is learned, nor of
    a prompt and the start token behind it.
    """
    longest = batch_length(max(1, max(len(clip["labels"]) for clip in clips) - 1))
    inputs = np.zeros((len(clips), longest), np.int64)
    labels = np.full((len(clips), longest), IGNORED, np.int64)
    for row, clip in enumerate(clips):
        length = len(clip["labels"]) - 1
        inputs[row] = clip["labels"][-1]
        inputs[row, :length] = clip["labels"][:-1]
        labels[row, :length] = clip["labels"][1:]
        labels[row, : clip["prompt"]] = IGNORED
    samples, frames = padded([clip["samples"] for clip in clips])
    return {
        "samples": samples,
        "frames": frames,
        "decoder_input_ids": torch.from_numpy(inputs),
        "labels": torch.from_numpy(labels),
    }


class Tuner(Seq2SeqTrainer):  # type: ignore[misc]
    """Makes log-mels where it trains; validates with one pass of the encoder, which costs the most,
    for loss and text alike.

    Its autocast to bfloat16 is its own: accelerate's brings all that a model puts out back to
    float32, the logits too, and casts the weights anew for every token that validation writes.
    """

    def __init__(self, log_mels: LogMels, bfloat16: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self._log_mels = log_mels
        self._bfloat16 = bfloat16

    def autocast_smart_context_manager(self, cache_enabled: bool | None = True) -> torch.autocast:
        return torch.autocast(
            self.args.device.type, torch.bfloat16, self._bfloat16, cache_enabled=cache_enabled
        )

    def _prepare_inputs(self, inputs: dict[str, Any]) -> dict[str, Any]:
        ready: dict[str, Any] = super()._prepare_inputs(inputs)
        if "samples" in ready:
            features = self._log_mels(ready.pop("samples"), ready.pop("frames"))
            ready = {"input_features": features} | ready
        return ready

    def _get_train_sampler(self, train_dataset: Any = None) -> Order:
        return self._order(self.train_dataset, self.args.train_batch_size, self.args.data_seed)

    def _get_eval_sampler(self, eval_dataset: Any) -> Order:
        return self._order(eval_dataset, self.args.eval_batch_size, None)

    def _order(self, windows: Any, batch: int, seed: int | None) -> Order:
        # One process needs no filling: its last batch may be short.
        processes = self.args.world_size
        return Order(len(windows), batch * processes if processes > 1 else 1, seed)

    def prediction_step(self, model: Any, inputs: dict[str, Any], *rest: Any, **more: Any) -> Any:
        inputs = self._prepare_inputs(inputs)
        with self.autocast_smart_context_manager():
            with torch.no_grad(), self.accelerator.autocast():
                encoded = self.model.get_encoder()(inputs["input_features"])
            inputs = inputs | {"encoder_outputs": encoded}
            loss, *heard = super().prediction_step(model, inputs, *rest, **more)
        # The mean over the tokens of all processes. Where there are none the loss is not a number.
        tokens = (inputs["labels"] != IGNORED).sum()
        total = self.accelerator.reduce(torch.where(tokens > 0, loss * tokens, 0.0))
        return (total / self.accelerator.reduce(tokens), *heard)

    def _save_rng_state(self, output_dir: str) -> None:
        super()._save_rng_state(output_dir)
        # What tells that a checkpoint is whole is written next, by the main process.
        self.accelerator.wait_for_everyone()


class Turns(TrainerCallback):  # type: ignore[misc]
    """What several processes need to know about an epoch."""

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if args.process_index:
            # Or each would mask the same places of its windows as the main process.
            set_seed(args.seed + args.process_index)

    def on_epoch_begin(
        self, args: Any, state: Any, control: Any, train_dataloader: Any, **_: Any
    ) -> None:
        """accelerate does not reach the order of an epoch that is resumed in its middle, nor the
        dataset beside it."""
        steps = -(-len(train_dataloader) // args.gradient_accumulation_steps)
        train_dataloader.set_epoch(state.global_step // steps)
        train_dataloader.dataset.set_epoch(state.global_step // steps)


class LastStep(TrainerCallback):  # type: ignore[misc]
    """Validate and save at the last step too, wherever it falls."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        if state.global_step >= state.max_steps:
            control.should_evaluate = True
            control.should_save = True
        return control
