"""Whispers that say what a test wrote for them, whatever they hear: faults planted on purpose.

Real weights in real files, run by the real faster-whisper. Attention and feed-forward of the
decoder add nothing, so that the next token follows from the position alone: its embedding carries
the token that is wanted there, and the output matrix, which is the embedding of the tokens, finds
it again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from transformers import WhisperForConditionalGeneration, WhisperTokenizerFast

from stages.common.asr.convert import to_ctranslate2
from tests.support.whisper_models import END, tiny_english

_PROMPT = 2
"""Tokens before the first that is said: the start token, and that there are no times."""
SILENT = "."
"""Says no word. Nothing at all cannot be said: Whisper's first token is never the end."""


def scripted(folder: Path, text: str) -> Path:
    """A converted English-only Whisper in `folder` that says `text` and ends.

    Raises: ValueError if faster-whisper would not let it: it takes no more tokens than half of the
    decoder's positions, and never a space alone, with which it would have to begin a word that is
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
            raise ValueError(f"this text of {len(tokens)} tokens cannot be said")
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
    # Of one length and without a mean, as the layer norm leaves them: the same token fits best.
    embedded = torch.randn(decoder.embed_tokens.weight.shape, generator=torch.Generator())
    embedded -= embedded.mean(-1, keepdim=True)
    embedded /= embedded.norm(dim=-1, keepdim=True)
    decoder.embed_tokens.weight.copy_(embedded)
    positions = decoder.embed_positions.weight
    wanted = torch.full((len(positions),), end)
    wanted[_PROMPT - 1 : _PROMPT - 1 + len(tokens)] = torch.tensor(tokens)
    # Far longer than the embedding of the token that was said last, which is added to it.
    positions.copy_(30 * embedded[wanted])
    # As sure as a trained model is of an easy word.
    decoder.layer_norm.weight.fill_(10.0)
