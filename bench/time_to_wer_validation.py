"""Validation of `make bench-time-to-wer`, the same for every recipe and outside its clock."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
from transformers import GenerationConfig, TrainerCallback, WhisperForConditionalGeneration

from bench.time_to_wer_curve import Point, validation_steps
from stages.common.dataset.features import decode_clip, load_extractor
from stages.common.dataset.labels import load_labeller
from stages.common.dataset.split_storage import clips_of
from stages.common.text.wer import score
from stages.finetune.log_mels import LogMels, padded, with_edges

BATCH = 16
MAX_TOKENS = 224
"""Half of the decoder's positions, as in production."""


class Validation:
    """Greedy decoding of a split's clips, each padded to 30 s, with production's features.

    In float32, where the models of both recipes run the same code: `finetune` replaces attention in
    bfloat16. On three clips the base once had 35 % WER in one recipe's run and 41 % in the other's.
    """

    def __init__(self, base: Path, split: Path, language: str, device: str) -> None:
        """The base's generation config names the suppressed tokens; time tokens are suppressed."""
        self._device = device
        self._labeller = load_labeller(base, language)
        config = GenerationConfig.from_pretrained(base)
        self._suppressed, self._at_begin = (
            torch.tensor(tokens or [], dtype=torch.long, device=device)
            for tokens in (config.suppress_tokens, config.begin_suppress_tokens)
        )
        # The longest first: the clips of a batch end at about the same token.
        clips = sorted(clips_of(split), key=lambda clip: -len(clip.text))
        self._texts = [clip.text for clip in clips]
        log_mels = LogMels(load_extractor(base))
        samples = [with_edges(decode_clip(clip.audio)) for clip in clips]
        batches = (samples[at : at + BATCH] for at in range(0, len(samples), BATCH))
        self._features = [log_mels(*padded(batch)) for batch in batches]

    def wer(self, model: WhisperForConditionalGeneration) -> float:
        """WER of the model on all clips together. The model is in training mode afterwards."""
        model.eval()
        hypotheses: list[str] = []
        with torch.no_grad():
            for features in self._features:
                hypotheses += self._transcribe(model, features.to(self._device))
        model.train()
        return score(self._texts, hypotheses).wer

    def _transcribe(
        self, model: WhisperForConditionalGeneration, features: torch.Tensor
    ) -> list[str]:
        """features: float32, shape (clips, mels, 3000)."""
        encoded = model.get_encoder()(features).last_hidden_state
        start = [*self._labeller.prompt, self._labeller.no_timestamps]
        tokens = torch.tensor([start] * len(features), device=features.device)
        ended = torch.zeros(len(features), dtype=torch.bool, device=features.device)
        cache, step = None, tokens
        for number in range(MAX_TOKENS):
            out = model.get_decoder()(
                step, encoder_hidden_states=encoded, past_key_values=cache, use_cache=True
            )
            cache = out.past_key_values
            logits = model.proj_out(out.last_hidden_state[:, -1])
            logits[:, self._suppressed] = -torch.inf
            logits[:, self._labeller.first_time :] = -torch.inf
            if number == 0:
                logits[:, self._at_begin] = -torch.inf
            chosen = logits.argmax(-1).masked_fill(ended, self._labeller.end)
            ended |= chosen == self._labeller.end
            if bool(ended.all()):
                break
            step = chosen[:, None]
            tokens = torch.cat([tokens, step], 1)
        texts = [[t for t in row if t < self._labeller.end] for row in tokens.tolist()]
        return [str(self._labeller.tokenizer.decode(row)).strip() for row in texts]


class Clock(TrainerCallback):  # type: ignore[misc]
    """Takes the curve of a run: the base's WER, then one at each of `points` steps.

    Time runs from the start of training, data loading included, validation excluded. The Trainer's
    own validations and checkpoints are left out.
    """

    def __init__(self, name: str, validation: Validation, points: int) -> None:
        """name: of the run, for the printed rows."""
        self.curve: list[Point] = []
        self._name, self._validation, self._points = name, validation, points
        self._steps: set[int] = set()
        self._seconds = self._resumed = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any, **_: Any) -> None:
        self._steps = validation_steps(state.max_steps, self._points)
        self._take(0, model)

    def on_step_end(self, args: Any, state: Any, control: Any, model: Any, **_: Any) -> None:
        # Added last, this callback follows those that ask for a validation and a checkpoint.
        control.should_evaluate = control.should_save = False
        if state.global_step in self._steps:
            self._seconds += _now() - self._resumed
            self._take(state.global_step, model)

    def _take(self, step: int, model: Any) -> None:
        point = Point(self._seconds, step, self._validation.wer(model))
        self.curve.append(point)
        print(f"| {self._name} | {step} | {point.seconds / 60:.2f} | {point.wer:.2%} |", flush=True)
        self._resumed = _now()


def _now() -> float:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()
