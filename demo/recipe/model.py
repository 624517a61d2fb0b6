"""The demo's base model: Whisper's own architecture, small, with an extra CTC head to learn by."""

from __future__ import annotations

import torch
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens
from torch import nn
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperForConditionalGeneration,
    WhisperTokenizerFast,
)

from demo.recipe.tokenizer import MERGED_SIZE
from stages.finetune.cpu.attention import use_by_head


def build(tokenizer: WhisperTokenizerFast) -> WhisperForConditionalGeneration:
    """A Whisper with random weights that fits `tokenizer`: 30-s windows, 80 mels, 448 positions."""
    end = tokenizer.convert_tokens_to_ids("<|endoftext|>")
    start = tokenizer.convert_tokens_to_ids("<|startoftranscript|>")
    plain = tokenizer.convert_tokens_to_ids("<|notimestamps|>")
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        num_mel_bins=80,
        d_model=192,
        encoder_layers=4,
        encoder_attention_heads=3,
        encoder_ffn_dim=768,
        decoder_layers=2,
        decoder_attention_heads=3,
        decoder_ffn_dim=768,
        max_source_positions=1500,
        max_target_positions=448,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
        suppress_tokens=[],
        begin_suppress_tokens=[end],
    )
    model = WhisperForConditionalGeneration(config)
    use_by_head(model)
    model.generation_config = GenerationConfig(
        decoder_start_token_id=start,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        is_multilingual=False,
        no_timestamps_token_id=plain,
        return_timestamps=False,
        max_initial_timestamp_index=50,
        max_length=448,
        suppress_tokens=suppressed(tokenizer),
        begin_suppress_tokens=[end],
        alignment_heads=[[1, head] for head in range(3)],
    )
    return model


def suppressed(tokenizer: WhisperTokenizerFast) -> list[int]:
    """The tokens that faster-whisper never lets a model say; transformers is told them here, so
    that both hear alike."""
    as_heard = Tokenizer(tokenizer.backend_tokenizer, multilingual=False)
    return list(get_suppressed_tokens(as_heard, [-1]))


class Learner(nn.Module):
    """Whisper with windows as short as the batch needs, and a CTC head beside its decoder.

    Whisper's own forward() insists on 30 s; short clips need a tenth of that while it learns.
    CTC beside cross-entropy: Watanabe et al. 2017, "Hybrid CTC/Attention Architecture".
    """

    def __init__(self, whisper: WhisperForConditionalGeneration) -> None:
        super().__init__()
        self.whisper = whisper
        self.ctc = nn.Linear(whisper.config.d_model, MERGED_SIZE + 1)

    def encode(self, mels: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
        """mels: (batch, 80, frames) -> (batch, frames / 2, d_model).

        offsets: (batch,), the position of each window's first frame: a short window that stands
        anywhere in the 30 s teaches all of their positions.
        """
        encoder = self.whisper.model.encoder
        hidden = nn.functional.gelu(encoder.conv1(mels))
        hidden = nn.functional.gelu(encoder.conv2(hidden)).transpose(1, 2)
        places = offsets[:, None] + torch.arange(hidden.shape[1])
        hidden = hidden + encoder.embed_positions.weight[places]
        for layer in encoder.layers:
            out = layer(hidden, None)
            hidden = out[0] if isinstance(out, tuple) else out
        return encoder.layer_norm(hidden)

    def forward(
        self,
        mels: torch.Tensor,
        offsets: torch.Tensor,
        frames: torch.Tensor,
        inputs: torch.Tensor,
        labels: torch.Tensor,
        words: torch.Tensor,
        word_counts: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns: (cross-entropy, CTC loss). `labels` are -100 where nothing is learned."""
        hidden = self.encode(mels, offsets)
        decoded = self.whisper.model.decoder(input_ids=inputs, encoder_hidden_states=hidden)
        logits = self.whisper.proj_out(decoded.last_hidden_state)
        cross = nn.functional.cross_entropy(
            logits.flatten(0, 1), labels.flatten(), ignore_index=-100, label_smoothing=0.05
        )
        log_probs = self.ctc(hidden).log_softmax(-1).transpose(0, 1)
        ctc = nn.functional.ctc_loss(
            log_probs, words, frames // 2, word_counts, blank=MERGED_SIZE, zero_infinity=True
        )
        return cross, ctc
