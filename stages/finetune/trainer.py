"""transformers' Seq2SeqTrainer with log-mels computed on the training device and an exact loss.

Several processes take the steps of one process whose batch is that of all together: the same
windows in the same order, with the same loss. Results differ by rounding alone.

Only public methods that transformers documents for overriding are overridden.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.utils.data import DataLoader
from transformers import Seq2SeqTrainer

from stages.finetune.batches import WindowDataset, WindowSampler
from stages.finetune.log_mels import LogMels
from stages.finetune.loss import IGNORED


class WhisperTrainer(Seq2SeqTrainer):  # type: ignore[misc]
    """Validates with one pass of the encoder, which costs the most, for loss and text alike.

    Autocast to bfloat16 is its own: accelerate's converts all outputs of the model to float32, the
    logits too, and casts the weights anew for every token that validation generates.
    """

    def __init__(self, log_mels: LogMels, bfloat16: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self._log_mels = log_mels
        self._bfloat16 = bfloat16

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.args.device.type, torch.bfloat16, self._bfloat16)

    def _with_features(self, batch: dict[str, Any]) -> dict[str, Any]:
        """The batch of `collate` with log-mels in place of samples."""
        rest = {name: part for name, part in batch.items() if name not in ("samples", "frames")}
        return {"input_features": self._log_mels(batch["samples"], batch["frames"]), **rest}

    def compute_loss(self, model: Any, inputs: dict[str, Any], *rest: Any, **more: Any) -> Any:
        inputs = self._with_features(inputs)
        with self._autocast():
            return super().compute_loss(model, inputs, *rest, **more)

    def prediction_step(self, model: Any, inputs: dict[str, Any], *rest: Any, **more: Any) -> Any:
        inputs = self._with_features(inputs)
        with self._autocast():
            with torch.no_grad(), self.accelerator.autocast():
                encoded = self.model.get_encoder()(inputs["input_features"])
            inputs |= {"encoder_outputs": encoded}
            loss, *predicted = super().prediction_step(model, inputs, *rest, **more)
        # The mean over the tokens of all processes. Without tokens the loss of a process is NaN.
        tokens = (inputs["labels"] != IGNORED).sum()
        total = self.accelerator.reduce(torch.where(tokens > 0, loss * tokens, 0.0))
        return (total / self.accelerator.reduce(tokens), *predicted)

    def get_train_dataloader(self) -> DataLoader[Any]:
        return self._loader(self.train_dataset, self.args.train_batch_size, self.args.data_seed)

    def get_eval_dataloader(self, eval_dataset: Any = None) -> DataLoader[Any]:
        return self._loader(self.eval_dataset, self.args.eval_batch_size, None)

    def _loader(self, windows: WindowDataset, batch: int, seed: int | None) -> DataLoader[Any]:
        # The last batch of one process may be short; several processes need equal numbers.
        processes = self.args.world_size
        sampler = WindowSampler(len(windows), batch * processes if processes > 1 else 1, seed)
        loader: DataLoader[Any] = DataLoader(
            windows,
            batch,
            sampler=sampler,
            collate_fn=self.data_collator,
            num_workers=self.args.dataloader_num_workers,
            pin_memory=self.args.dataloader_pin_memory,
        )
        loader = self.accelerator.prepare(loader)
        return loader
