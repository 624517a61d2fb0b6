"""Labels: Whisper's prompt, timestamps and previous text as its tokenizer writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.errors import UserError
from stages.common.dataset.labels import load_labeller
from tests.support.whisper_models import tiny_english, tiny_multilingual


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_english(tmp_path_factory.mktemp("english"))


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_multilingual(tmp_path_factory.mktemp("multilingual"))


def test_english_only_prompts_have_neither_language_nor_task(english: Path) -> None:
    labeller = load_labeller(english, "en")
    ids = labeller([(0.0, 1.0, "hello")], timed=False)
    tokens = [labeller.tokenizer.id_to_token(i) for i in ids]
    assert tokens[:2] == ["<|startoftranscript|>", "<|notimestamps|>"]
    assert tokens[-1] == "<|endoftext|>"
    before = labeller.previous(["hello"], len(ids))
    assert labeller.tokenizer.id_to_token(before[0]) == "<|startofprev|>"
    assert before[1:] == ids[2:-1]
    with pytest.raises(UserError, match="English-only"):
        load_labeller(english, "nb")


def test_multilingual_prompts_have_both(multilingual: Path) -> None:
    labeller = load_labeller(multilingual, "no")
    ids = labeller([(0.5, 1.0, "hello there"), (1.2, 2.0, "yes")], timed=True)
    tokens = [labeller.tokenizer.id_to_token(i) for i in ids]
    assert tokens == [
        "<|startoftranscript|>", "<|no|>", "<|transcribe|>",
        "<|0.50|>", "Ġhello", "Ġthere", "<|1.00|>",
        "<|1.20|>", "Ġyes", "<|2.00|>", "<|endoftext|>",
    ]  # fmt: skip
    assert ids[0] == 50258 and ids[-1] == 50257
    cut = labeller([(0.5, 1.0, "hello there")], timed=True, cut_off=1.2)
    assert [labeller.tokenizer.id_to_token(i) for i in cut][-3:] == [
        "<|1.00|>", "<|1.20|>", "<|endoftext|>",
    ]  # fmt: skip
    previous = [labeller.tokenizer.id_to_token(i) for i in labeller.previous(["yes", "hello"], 5)]
    assert previous == ["<|startofprev|>", "Ġyes", "Ġhello"]
    with pytest.raises(UserError, match="does not know it"):
        load_labeller(multilingual, "xx")
