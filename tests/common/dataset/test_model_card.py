"""The card of a model: what it was trained on, and whose terms bind it."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub
import pytest

from stages.common.core.corpora import CORPORA
from stages.common.core.errors import UserError
from stages.common.dataset.model_card import (
    CARD,
    BaseModel,
    TrainingData,
    corpora_of,
    for_library,
    model_card,
    read_base_card,
    read_training_data,
    write_base_card,
    write_training_data,
)

DATA = TrainingData(14, 5, 0.2213, {"daic-woz": 3, "primock57": 2})
HUB = BaseModel("openai/whisper-small", "0123456789abcdef")


def card_in(folder: Path, *arguments: BaseModel | TrainingData) -> Path:
    folder.mkdir()
    base = next((a for a in arguments if isinstance(a, BaseModel)), None)
    data = next((a for a in arguments if isinstance(a, TrainingData)), None)
    (folder / CARD).write_text(model_card("transformers", "en", base, data))
    return folder


def test_training_data_reaches_the_card(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    write_training_data(tmp_path / "train", DATA)
    assert read_training_data(tmp_path / "train") == DATA
    folder = card_in(tmp_path / "model", HUB, DATA)
    text = (folder / CARD).read_text()
    assert "- Base: openai/whisper-small, revision 0123456789abcdef\n" in text
    assert (
        "- Training data: 14 recordings; 5 of them, 22.1% of the training time, are for training "
        "only\n" in text
    )
    for name, number in DATA.corpora.items():
        corpus = CORPORA[name]
        assert f"## {corpus.title}\n\n{number} training recording(s). " in text
        assert all(f"\n- {term}\n" in text for term in corpus.terms) and corpus.licence in text
    assert corpora_of(folder) == ["daic-woz", "primock57"]
    front = huggingface_hub.ModelCard.load(folder / CARD).data
    assert (front.library_name, front.base_model) == ("transformers", "openai/whisper-small")
    assert front.license == "other"


def test_without_corpora(tmp_path: Path) -> None:
    folder = card_in(tmp_path / "model", BaseModel("", "abc"), TrainingData(2, 0, 0.0))
    text = (folder / CARD).read_text()
    assert text.endswith("- Base: a local model, revision abc\n- Training data: 2 recordings\n")
    assert corpora_of(folder) == [] and "license" not in text


def test_another_format_keeps_all_else() -> None:
    card = model_card("transformers", "de", HUB, DATA)
    converted = for_library(card, "ctranslate2")
    assert converted == model_card("ctranslate2", "de", HUB, DATA)
    assert for_library(converted, "transformers") == card


def test_a_base_hands_its_corpora_on(tmp_path: Path) -> None:
    last = card_in(tmp_path / "last", HUB, TrainingData(1, 1, 1.0, {"daic-woz": 1}))
    base = tmp_path / "base"
    base.mkdir()
    write_base_card(last, base, "", "fedc")
    assert read_base_card(base) == BaseModel("", "fedc", ("daic-woz",))
    text = model_card("transformers", "en", read_base_card(base), TrainingData(9, 0, 0.0))
    assert "attune_corpora: [daic-woz]\n" in text and "Training data of the base. Holder" in text


@pytest.mark.parametrize(
    "content",
    [None, b"", b"\xff\xfe", b"# A title", b"---\nattune_corpora: [\n---\n", b"---\n- a\n---\n",
     b"---\nattune_corpora: daic-woz\n---\n", b"---\nattune_corpora: [other, 3]\n---\n"],
)  # fmt: skip
def test_a_foreign_card_states_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / CARD).write_bytes(content)
    assert corpora_of(tmp_path) == [] and read_base_card(tmp_path) == BaseModel()


def test_a_split_without_a_statement(tmp_path: Path) -> None:
    for content in (None, "{", "[]", '{"other": 1}'):
        if content:
            (tmp_path / "sources.json").write_text(content)
        with pytest.raises(UserError, match=r"missing or damaged; run `dvc repro build_dataset`"):
            read_training_data(tmp_path)
