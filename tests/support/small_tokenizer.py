"""A small English-only Whisper tokenizer: byte-level BPE, Whisper's marks and time tokens."""

from __future__ import annotations

from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import WhisperTokenizerFast

MERGED_SIZE = 512
# faster-whisper asks for each of these by name; the time tokens must follow <|notimestamps|>.
MARKS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
TIMES = tuple(f"<|{step * 0.02:.2f}|>" for step in range(1501))


def train_tokenizer(texts: list[str], folder: Path) -> WhisperTokenizerFast:
    """Train on `texts`, save into `folder`, and return it as transformers loads it."""
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=MERGED_SIZE,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    raw.train_from_iterator((f" {text}" for text in texts), trainer)
    raw.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in MARKS])
    raw.add_tokens([AddedToken(time, normalized=False) for time in TIMES])
    tokenizer = WhisperTokenizerFast(
        tokenizer_object=raw,
        unk_token=MARKS[0],
        bos_token=MARKS[0],
        eos_token=MARKS[0],
        pad_token=MARKS[0],
        model_max_length=448,
    )
    tokenizer.save_pretrained(folder)
    return tokenizer
