"""`finetune` in its ways of training: LoRA, a frozen encoder, accumulation, checkpointing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import WhisperForConditionalGeneration

from stages.finetune.lora import add_lora, merge_lora
from tests.support.tuning import curve, make_tuning, set_finetune, tuned, weights
from tests.support.whisper_models import tiny_english

BOTH = ("encoder", "decoder")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tuning(tmp_path_factory.mktemp("methods"), train=12, validation=4)


def changed(place: Path) -> set[str]:
    """Names of the weights that are not the base's."""
    base = load_file(place / "models/base/model.safetensors")
    found = weights(place / "models" / "finetuned")
    assert set(found) == set(base), "a merged model has the base's weights and no other"
    return {name for name, value in found.items() if not torch.equal(value, base[name])}


def test_lora_changes_matrices_alone_and_leaves_a_plain_whisper(place: Path) -> None:
    set_finetune(place, method="lora", lora_rank=4)
    tuned(place)
    names = changed(place)
    assert names and all(name.endswith((".weight",)) for name in names)
    assert not [name for name in names if "embed" in name or "layer_norm" in name]
    assert {part for part in BOTH for name in names if part in name} == set(BOTH)
    first, *_, last = (row["train_loss"] for row in curve(place) if "train_loss" in row)
    assert last < first


def test_lora_beside_a_frozen_encoder_changes_the_decoder_alone(place: Path) -> None:
    set_finetune(place, method="lora", lora_rank=4, freeze_encoder=True)
    tuned(place)
    names = changed(place)
    assert names and all("decoder" in name for name in names)


def test_merged_it_says_what_it_said_before(tmp_path: Path) -> None:
    folder = tiny_english(tmp_path / "base")
    model = WhisperForConditionalGeneration.from_pretrained(folder).eval()
    add_lora(model, 4)
    torch.manual_seed(1)
    for name, part in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(part, std=0.1)
    inputs = {
        "input_features": torch.randn(2, 80, 3000),
        "decoder_input_ids": torch.randint(0, 100, (2, 5)),
    }
    with torch.no_grad():
        before = model(**inputs).logits
        merge_lora(model)
        after = model(**inputs).logits
    assert torch.allclose(before, after, atol=1e-5)
    model.save_pretrained(tmp_path / "merged")
    again = WhisperForConditionalGeneration.from_pretrained(tmp_path / "merged").eval()
    with torch.no_grad():
        assert torch.allclose(again(**inputs).logits, after, atol=1e-6)


@pytest.mark.parametrize("frozen", [False, True])
def test_checkpointing_learns_the_same(place: Path, frozen: bool) -> None:
    found = []
    for checkpointing in (False, True):
        set_finetune(place, gradient_checkpointing=checkpointing, freeze_encoder=frozen)
        tuned(place)
        assert bool([name for name in changed(place) if "model.encoder" in name]) != frozen
        found.append(weights(place / "models" / "finetuned"))
    plain, checkpointed = found
    assert all(torch.allclose(plain[name], checkpointed[name], atol=1e-5) for name in plain)


def test_accumulated_the_loss_is_that_of_one_big_batch(place: Path) -> None:
    losses = []
    for batch, accumulated in ((4, 1), (1, 4)):
        set_finetune(
            place, per_device_train_batch_size=batch, gradient_accumulation_steps=accumulated,
        )  # fmt: skip
        tuned(place)
        losses.append([row["train_loss"] for row in curve(place) if "train_loss" in row])
    assert len(losses[0]) >= 3
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
