"""Tokenizers made from the vocabulary of a converted model."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from tokenizers import Tokenizer

from stages.fetch_base.from_ctranslate2.vocabulary import read_vocabulary, write_tokenizer
from tests.support.converted import convert
from tests.support.real_whisper import real_whisper

TEXTS = [
    "",
    " ",
    "I slept badly, and I kept thinking about work.",
    " it's they're we've I'd don't won't Dr. Harris'",
    "25 mg at 7:30, 3.14159 1,000,000 ½ ² ٣ 五 100% $5 €7",
    "\t tab\n\n newline \r\n  two  spaces   three    four\u00a0nbsp\u2003em\u3000wide\u200bzero",
    "naïve café Zürich Ångström e\u0301 ﬁ ß ẞ İ",
    "Психотерапия, 心理療法, 심리 치료, علاج نفسي, מטפלת, मनोचिकित्सा, จิตบำบัด",
    "😀😃 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 ♥️",
    "\x00\x01\x1f\x7f\x85\xad\ufeff\ufffd\U0010ffff",
    "<|endoftext|><|startoftranscript|><|en|> <|0.00|> <|29.98|><|30.00|> <|nospeech|>",
    "<|nocaptions|> <|notimestamps|><|30.02|> <| en |>",
    "a" * 500 + "жжж" * 50 + "!?" * 100 + "=" * 64 + " " * 64,
]


def texts() -> list[str]:
    """`TEXTS`, and random texts from several ranges of Unicode."""
    generator = random.Random(4)
    ranges = [(0, 0x7F), (0x80, 0x24F), (0x250, 0x2FFF), (0x3000, 0xD7FF), (0x1F300, 0x1FAFF)]
    drawn = [
        "".join(chr(generator.randint(*generator.choice(ranges))) for _ in range(40))
        for _ in range(300)
    ]
    return [*TEXTS, *drawn]


def made_from_vocabulary(source: Path, folder: Path) -> Path:
    """The tokenizer written for a copy of `source` that has none."""
    folder.mkdir()
    bare = shutil.copytree(source, folder / "bare", ignore=shutil.ignore_patterns("tokenizer.json"))
    write_tokenizer(bare, folder, read_vocabulary(bare))
    return folder / "tokenizer.json"


def content(path: Path) -> dict[str, Any]:
    """The file as the library `tokenizers` writes it, whichever version wrote it before."""
    value: dict[str, Any] = json.loads(Tokenizer.from_file(str(path)).to_str())
    return value


def assert_same_tokens(first: Path, second: Path) -> None:
    one, other = Tokenizer.from_file(str(first)), Tokenizer.from_file(str(second))
    for special in (True, False):
        for text in texts():
            ids = one.encode(text, add_special_tokens=special).ids
            assert ids == other.encode(text, add_special_tokens=special).ids, text
            assert one.decode(ids) == other.decode(ids)
    assert one.get_vocab() == other.get_vocab()


@pytest.mark.parametrize("name", ["tiny.en", "base"])
def test_equal_to_a_real_one(name: str, tmp_path: Path) -> None:
    source = real_whisper(name)
    made = made_from_vocabulary(source, tmp_path / "made")
    real, ours = content(source / "tokenizer.json"), content(made)
    assert ours["model"]["merges"] == real["model"]["merges"]
    # The real tiny.en has its end token in `vocab` too.
    ours["model"]["vocab"] |= {"<|endoftext|>": real["model"]["vocab"].get("<|endoftext|>")}
    real["model"]["vocab"].setdefault("<|endoftext|>", None)
    assert ours == real
    assert_same_tokens(made, source / "tokenizer.json")


@pytest.mark.parametrize("fixture", ["multilingual_80", "multilingual_128", "english"])
def test_equal_to_the_original(
    fixture: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    original: Path = request.getfixturevalue(fixture)
    converted = convert(original, tmp_path / "ct2", "float16")
    made = made_from_vocabulary(converted, tmp_path / "made")
    ours, theirs = content(made)["model"], content(original / "tokenizer.json")["model"]
    assert ours["merges"] == theirs["merges"]
    if fixture != "english":
        assert_same_tokens(made, original / "tokenizer.json")


def test_a_text_file_is_split_at_newlines_alone(tmp_path: Path) -> None:
    tokens = ["a", "b\x85", "c\u2028", *(f"<|{name}|>" for name in (
        "endoftext", "startoftranscript", "translate", "transcribe", "startoflm", "startofprev",
        "nocaptions", "notimestamps",
    ))]  # fmt: skip
    (tmp_path / "vocabulary.txt").write_bytes(("\n".join(tokens) + "\n").encode())
    assert list(read_vocabulary(tmp_path)) == tokens
