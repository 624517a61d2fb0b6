"""`finetune` in its ways of training: LoRA, a frozen encoder, accumulation, checkpointing."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import WhisperForConditionalGeneration

from stages.finetune.model import add_lora, merge_lora
from tests.support.tuning import make_tuning, run_finetune, set_finetune, train_losses, weights
from tests.support.whisper_models import tiny_english

BOTH = ("encoder", "decoder")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tuning(tmp_path_factory.mktemp("methods"), train=12, validation=4)


def changed(folder: Path) -> set[str]:
    """Names of the weights that differ from the base's."""
    base = load_file(folder / "models/base/model.safetensors")
    tuned = weights(folder / "models" / "finetuned")
    assert set(tuned) == set(base), "a merged model has the base's weights and no other"
    return {name for name, value in tuned.items() if not torch.equal(value, base[name])}


def test_lora_changes_matrices_alone_and_leaves_a_plain_whisper(folder: Path) -> None:
    set_finetune(folder, method="lora", lora_rank=4)
    run_finetune(folder)
    names = changed(folder)
    assert names and all(name.endswith((".weight",)) for name in names)
    assert not [name for name in names if "embed" in name or "layer_norm" in name]
    assert {part for part in BOTH for name in names if part in name} == set(BOTH)
    first, *_, last = train_losses(folder)
    assert last < first


def test_lora_beside_a_frozen_encoder_changes_the_decoder_alone(folder: Path) -> None:
    set_finetune(folder, method="lora", lora_rank=4, freeze_encoder=True)
    run_finetune(folder)
    names = changed(folder)
    assert names and all("decoder" in name for name in names)


def test_merging_changes_no_output(tmp_path: Path) -> None:
    base = tiny_english(tmp_path / "base")
    model = WhisperForConditionalGeneration.from_pretrained(base).eval()
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
def test_checkpointing_learns_the_same(folder: Path, frozen: bool) -> None:
    models = []
    for checkpointing in (False, True):
        set_finetune(folder, gradient_checkpointing=checkpointing, freeze_encoder=frozen)
        run_finetune(folder)
        assert bool([name for name in changed(folder) if "model.encoder" in name]) != frozen
        models.append(weights(folder / "models" / "finetuned"))
    plain, checkpointed = models
    assert all(torch.allclose(plain[name], checkpointed[name], atol=1e-5) for name in plain)


def test_accumulated_the_loss_is_that_of_one_big_batch(folder: Path) -> None:
    losses = []
    for batch, accumulated in ((4, 1), (1, 4)):
        set_finetune(
            folder, per_device_train_batch_size=batch, gradient_accumulation_steps=accumulated,
        )  # fmt: skip
        run_finetune(folder)
        losses.append(train_losses(folder))
    assert len(losses[0]) >= 3
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
