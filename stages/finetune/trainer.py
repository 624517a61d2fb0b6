"""transformers' Seq2SeqTrainer with log-mels computed on the training device and an exact loss.

Several processes take the steps of one process whose batch is that of all together: the same
windows in the same order, with the same loss. Results differ only by rounding and by the masks of
`spec_augment`.

Only public methods that transformers documents for overriding are overridden.
"""

from __future__ import annotations

import signal
from typing import Any

import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset
from transformers import Seq2SeqTrainer

from stages.common.core.process_lifetime import end_with_parent
from stages.finetune.batch_size import is_out_of_memory, release_memory
from stages.finetune.batches import WindowSampler
from stages.finetune.generation import Generation
from stages.finetune.log_mels import LogMels
from stages.finetune.loss import IGNORED, token_loss

Batch = dict[str, Any]


class WhisperTrainer(Seq2SeqTrainer):  # type: ignore[misc]
    """Validates with one pass of the encoder, which costs the most, for loss and text alike.

    Autocast to bfloat16 is its own: accelerate's converts all outputs of the model to float32, the
    logits too, and casts the weights anew for every token that validation generates.
    """

    def __init__(self, log_mels: LogMels, bfloat16: bool, **settings: Any) -> None:
        super().__init__(**settings)
        self._log_mels = log_mels
        self._bfloat16 = bfloat16
        args = self.args
        self._generate = Generation(
            self.model, args.generation_max_length, args.generation_num_beams
        )
        self._validated_at_once = args.eval_batch_size

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.args.device.type, torch.bfloat16, self._bfloat16)

    def _with_features(self, batch: Batch) -> Batch:
        """The batch of `collate` with log-mels in place of samples."""
        rest = {name: part for name, part in batch.items() if name not in ("samples", "frames")}
        return {"input_features": self._log_mels(batch["samples"], batch["frames"]), **rest}

    def compute_loss(self, model: Any, inputs: Batch, *rest: Any, **more: Any) -> Any:
        inputs = self._with_features(inputs)
        with self._autocast():
            return super().compute_loss(model, inputs, *rest, **more)

    def prediction_step(self, model: Any, inputs: Batch, *rest: Any, **more: Any) -> Any:
        """Loss, hypotheses and labels of a batch; in halves if memory runs out, from then on."""
        parts = None
        while parts is None:
            parts = self._predict_within_memory(model, inputs)
        losses, tokens, hypotheses = zip(*parts, strict=True)
        rows = [row for part in hypotheses for row in part]
        # The mean over the tokens of all processes. Without tokens a process has no loss.
        total, count = (self.accelerator.reduce(sum(part)) for part in (losses, tokens))
        return total / count, pad_sequence(rows, True, IGNORED), inputs["labels"]

    def _predict_within_memory(self, model: Any, inputs: Batch) -> list[Any] | None:
        """`_predict` for parts of the batch; None if memory ran out, with half of it next time."""
        at_once, rows = self._validated_at_once, len(inputs["labels"])
        try:
            return [
                self._predict(model, {name: x[at : at + at_once] for name, x in inputs.items()})
                for at in range(0, rows, at_once)
            ]
        except RuntimeError as error:
            if not is_out_of_memory(error) or min(at_once, rows) == 1:
                raise
        self._validated_at_once = min(at_once, rows) // 2
        release_memory(self.args.device.type)
        print(
            f"finetune: memory ran out in validation; {self._validated_at_once} window(s) at once",
            flush=True,
        )
        return None

    def _predict(self, model: Any, inputs: Batch) -> tuple[torch.Tensor, torch.Tensor, Any]:
        """The sum of the tokens' losses, the number of tokens, and hypotheses as token ids."""
        inputs = self._with_features(inputs)
        with torch.no_grad(), self._autocast(), self.accelerator.autocast():
            encoded = self.model.get_encoder()(inputs["input_features"])
            ids = self._generate(inputs["input_features"], encoded)
            read = inputs["decoder_input_ids"]
            outputs = model(encoder_outputs=encoded, decoder_input_ids=read, use_cache=False)
        count = torch.ones((), dtype=torch.long, device=ids.device)
        with torch.no_grad():
            loss = token_loss(outputs, inputs["labels"], count)
        return loss, (inputs["labels"] != IGNORED).sum(), ids

    def get_train_dataloader(self) -> DataLoader[Any]:
        return self._loader(self.train_dataset, self.args.train_batch_size, self.args.data_seed)

    def get_eval_dataloader(self, eval_dataset: Any = None) -> DataLoader[Any]:
        return self._loader(self.eval_dataset, self.args.eval_batch_size, None)

    def get_test_dataloader(self, test_dataset: Any) -> DataLoader[Any]:
        return self._loader(test_dataset, self.args.eval_batch_size, None)

    def _loader(self, windows: Dataset[Any], batch: int, seed: int | None) -> DataLoader[Any]:
        # The last batch of one process may be short; several processes need equal numbers.
        processes = self.args.world_size
        multiple = batch * processes if processes > 1 else 1
        sampler = WindowSampler(len(windows), multiple, seed)  # type: ignore[arg-type]
        loader: DataLoader[Any] = DataLoader(
            windows,
            batch,
            sampler=sampler,
            collate_fn=self.data_collator,
            num_workers=self.args.dataloader_num_workers,
            worker_init_fn=_end_with_trainer,
            pin_memory=self.args.dataloader_pin_memory,
        )
        loader = self.accelerator.prepare(loader)
        return loader


def _end_with_trainer(worker: int) -> None:
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the main process ends it
