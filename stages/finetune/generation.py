"""Hypotheses of validation windows: text tokens alone.

Greedy decoding is implemented here to keep validation short: transformers' `generate` spends as
much time outside the decoder as in it, and keeps decoding finished hypotheses until the longest one
ends. Tests compare the two. Beam search uses `generate`.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import GenerationConfig, LogitsProcessor, WhisperForConditionalGeneration

from stages.finetune.loss import IGNORED


class TextTokens(LogitsProcessor):  # type: ignore[misc]
    """Suppresses timestamps and the tokens that the base's generation config suppresses.

    After a timestamp token `generate` would decode the rest of that window again, but with the
    encoder outputs of all windows of the batch. transformers' own processor compares the whole
    vocabulary with its list at each token: 5 ms for 16 windows.
    """

    def __init__(self, config: GenerationConfig) -> None:
        """Takes the tokens from `config`, which has none afterwards."""
        self._suppressed = torch.tensor(config.suppress_tokens or [], dtype=torch.long)
        self._first_time = config.no_timestamps_token_id + 1
        config.suppress_tokens = None

    def __call__(self, input_ids: Any, scores: torch.Tensor) -> torch.Tensor:
        """scores: shape (rows, vocabulary), changed in place: `generate` passes a copy."""
        self._suppressed = self._suppressed.to(scores.device)
        # Nothing but timestamps follows the first one.
        scores[:, self._first_time :] = -torch.inf
        scores[:, self._suppressed] = -torch.inf
        return scores


class Generation:
    """Generates from encoder outputs."""

    def __init__(
        self, model: WhisperForConditionalGeneration, max_length: int | None, beams: int | None
    ) -> None:
        """max_length: most tokens of a hypothesis; None: as many as the decoder has positions."""
        config = model.generation_config
        self._model, self._config, self._beams = model, config, beams or 1
        self._text_tokens = TextTokens(config)
        self._start = start_tokens(config)
        positions = model.config.max_target_positions
        self._longest = min(max_length or positions, positions - len(self._start))

    def __call__(self, features: torch.Tensor, encoded: Any) -> torch.Tensor:
        """features: (rows, mels, 3000); encoded: the encoder's output for them -> token ids of
        shape (rows, longest + 1), without special tokens, `IGNORED` behind each hypothesis."""
        if self._beams == 1:
            return self._greedy(encoded.last_hidden_state)
        ids: torch.Tensor = self._model.generate(
            input_features=features,
            encoder_outputs=encoded,
            logits_processor=[self._text_tokens],
            max_length=self._longest,
            num_beams=self._beams,
        )
        ids = ids.masked_fill(ids == self._config.pad_token_id, IGNORED)
        return torch.nn.functional.pad(ids, (0, 1), value=IGNORED)

    def _greedy(self, encoded: torch.Tensor) -> torch.Tensor:
        """encoded: (rows, 1500, d_model)."""
        device, ended = encoded.device, self._config.eos_token_id
        out = torch.full((len(encoded), self._longest + 1), IGNORED, device=device)
        rows = torch.arange(len(encoded), device=device)  # those still in the batch
        ids = torch.tensor([self._start] * len(encoded), device=device)
        cache, position = None, 0
        while position < self._longest:
            decoded = self._model.model.decoder(
                input_ids=ids, encoder_hidden_states=encoded, past_key_values=cache, use_cache=True
            )
            cache = decoded.past_key_values
            scores = self._text_tokens(ids, self._model.proj_out(decoded.last_hidden_state[:, -1]))
            if position == 0:
                scores[:, self._config.begin_suppress_tokens or []] = -torch.inf
            tokens = scores.argmax(-1)
            going = tokens != ended
            if position:
                going &= out[rows, position - 1] != IGNORED
            out[rows[going], position] = tokens[going]
            position += 1
            count = int(going.sum())
            if count == 0:
                break
            # Leaving out ended rows copies the others: not for each single one.
            if count <= len(rows) // 2:
                kept = going.nonzero()[:, 0]
                cache.batch_select_indices(kept)
                rows, tokens, encoded = rows[kept], tokens[kept], encoded[kept]
            ids = tokens[:, None]
        return out[:, : position + 1]


def start_tokens(config: GenerationConfig) -> list[int]:
    """The tokens before the text: start, language and task of a multilingual model, and
    `<|notimestamps|>`."""
    start = [config.decoder_start_token_id]
    if getattr(config, "language", None):
        language, task = config.lang_to_id[f"<|{config.language}|>"], config.task_to_id[config.task]
        start += [language, task]
    return [*start, config.no_timestamps_token_id]
