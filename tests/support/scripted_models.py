"""Whisper models that always transcribe a given text, whatever the audio: planted faults.

They are real weights in real files, run by the real faster-whisper. Attention and feed-forward
layers of the decoder add nothing, so that the next token depends on the position alone: the
position's embedding is that of the wanted token, and the output matrix, which is the embedding of
the tokens, maps it back to the token.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration, WhisperTokenizerFast

from stages.common.asr.convert import to_ctranslate2
from tests.support.whisper_models import END, tiny_english

_PROMPT = 2
"""Tokens before the text: `<|startoftranscript|>` and `<|notimestamps|>`."""
SILENT = "."
"""A text without words. An empty one is not possible: Whisper's first token is never the end."""


def scripted(folder: Path, text: str) -> Path:
    """A converted English-only Whisper in `folder` that transcribes `text` and ends.

    Raises: ValueError if faster-whisper cannot generate it: it generates at most half as many
        tokens as the decoder has positions, and never a single space, which would begin a word
        unlike all of `whisper_models.SENTENCES`.
    """
    with tempfile.TemporaryDirectory() as name:
        source = tiny_english(Path(name))
        tokenizer = WhisperTokenizerFast.from_pretrained(source)
        written = f" {text}" if text[0].isalpha() else text
        tokens = tokenizer.encode(written, add_special_tokens=False)
        model = WhisperForConditionalGeneration.from_pretrained(source)
        space = tokenizer.convert_tokens_to_ids("\u0120")
        if space in tokens or len(tokens) > len(model.model.decoder.embed_positions.weight) // 2:
            raise ValueError(f"this text of {len(tokens)} tokens cannot be generated")
        with torch.no_grad():
            _write(model, tokens, tokenizer.convert_tokens_to_ids(END))
        model.save_pretrained(source)
        to_ctranslate2(source, folder, "float32")
    return folder


def _write(model: WhisperForConditionalGeneration, tokens: list[int], end: int) -> None:
    decoder = model.model.decoder
    for layer in decoder.layers:
        for part in (layer.self_attn.out_proj, layer.encoder_attn.out_proj, layer.fc2):
            part.weight.zero_()
            part.bias.zero_()
    # Same norm and zero mean, as after the layer norm: each embedding is nearest to itself.
    embedded = torch.randn(decoder.embed_tokens.weight.shape, generator=torch.Generator())
    embedded -= embedded.mean(-1, keepdim=True)
    embedded /= embedded.norm(dim=-1, keepdim=True)
    decoder.embed_tokens.weight.copy_(embedded)
    positions = decoder.embed_positions.weight
    wanted = torch.full((len(positions),), end)
    wanted[_PROMPT - 1 : _PROMPT - 1 + len(tokens)] = torch.tensor(tokens)
    # Far longer than the embedding of the previous token, which is added to it.
    positions.copy_(30 * embedded[wanted])
    # As confident as a trained model of an easy word.
    decoder.layer_norm.weight.fill_(10.0)
