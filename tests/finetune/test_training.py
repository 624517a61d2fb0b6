"""Labels, masks and loss: the places where fine-tuning Whisper silently goes wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate.data_loader import BatchSamplerShard
from torch.utils.data import BatchSampler
from transformers import WhisperForConditionalGeneration

from stages.common.core.errors import UserError
from stages.common.core.params import load_params
from stages.common.dataset.labels import load_labeller
from stages.finetune.loss import IGNORED, token_loss
from stages.finetune.trainer import Order, collate
from stages.finetune.tuning import load_model, repeat_exactly
from tests.support.whisper_models import tiny_english, tiny_multilingual


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_english(tmp_path_factory.mktemp("english"))


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_multilingual(tmp_path_factory.mktemp("multilingual"))


def clip(labels: list[int], prompt: int = 0) -> dict[str, np.ndarray]:
    samples = np.zeros(1600, np.float32)
    return {"samples": samples, "labels": np.asarray(labels), "prompt": np.asarray(prompt)}


def test_start_stands_once_and_the_end_is_learned() -> None:
    start, end = 50258, 50257
    batch = collate([clip([start, 50363, 11, 12, end]), clip([start, 50363, 11, end])])
    read = [[start, 50363, 11, 12, *[end] * 12], [start, 50363, 11, *[end] * 13]]
    assert batch["decoder_input_ids"].tolist() == read
    # The second row's end token is learned; only what stands after it is masked.
    learned = [[50363, 11, 12, end, *[IGNORED] * 12], [50363, 11, end, *[IGNORED] * 13]]
    assert batch["labels"].tolist() == learned


def test_a_prompt_is_read_and_not_learned() -> None:
    before, start, end = 50361, 50258, 50257
    plain, with_prompt = [start, 50363, 11, end], [before, 7, 8, start, 50363, 11, end]
    batch = collate([clip(plain), clip(with_prompt, prompt=3)])
    assert batch["decoder_input_ids"][1, :6].tolist() == with_prompt[:-1]
    assert batch["labels"][:, :6].tolist() == [
        [50363, 11, end, IGNORED, IGNORED, IGNORED],
        # Nor is the start token, which stands behind the prompt.
        [IGNORED, IGNORED, IGNORED, 50363, 11, end],
    ]
    assert (batch["labels"][:, 6:] == IGNORED).all()


@pytest.mark.parametrize(("longest", "rows"), [(2, 16), (17, 16), (18, 32), (449, 448)])
def test_batches_have_few_lengths(longest: int, rows: int) -> None:
    batch = collate([clip([7] * longest), clip([7, 8])])
    assert batch["labels"].shape == batch["decoder_input_ids"].shape == (2, rows)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_loss_and_gradient_are_those_of_cross_entropy(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    # More tokens than are taken at once, and not a multiple of those.
    logits, labels = torch.randn(3, 13, 50, dtype=dtype), torch.randint(0, 50, (3, 13))
    labels[1, 5:], labels[2] = IGNORED, IGNORED
    mine, plain = (logits.clone().requires_grad_() for _ in range(2))
    loss = token_loss({"logits": mine}, labels)
    right = torch.nn.functional.cross_entropy(
        plain.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED
    )
    assert torch.allclose(loss, right, rtol=1e-6)
    # The Trainer scales it: by the devices, and in float16 by much more.
    (loss * 2).backward()
    (right * 2).backward()
    assert mine.grad is not None and plain.grad is not None and mine.grad.dtype == dtype
    assert torch.allclose(mine.grad, plain.grad, rtol=1e-5 if dtype == torch.float32 else 1e-2)
    assert not mine.grad[2].any() and not mine.grad[1, 5:].any()


def test_loss_of_an_accumulated_batch_is_that_of_the_whole() -> None:
    torch.manual_seed(0)
    logits, labels = torch.randn(3, 6, 20), torch.randint(0, 20, (3, 6))
    labels[0, 2:] = IGNORED
    count = (labels != IGNORED).sum()
    whole = token_loss({"logits": logits}, labels)
    parts = [token_loss({"logits": logits[i : i + 1]}, labels[i : i + 1], count) for i in range(3)]
    assert torch.allclose(sum(parts), whole)
    kept = labels != IGNORED
    assert torch.allclose(whole, torch.nn.functional.cross_entropy(logits[kept], labels[kept]))


@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("windows", [2, 9, 16, 21])
def test_processes_share_what_one_process_takes(windows: int, processes: int) -> None:
    """Every step holds the windows of one process that takes 4 at once."""
    alone = list(BatchSampler(Order(windows, 1, seed=5), 4, drop_last=False))
    shards = [
        BatchSamplerShard(
            BatchSampler(Order(windows, 4, seed=5), 4 // processes, drop_last=False),
            processes,
            rank,
        )
        for rank in range(processes)
    ]
    turns = zip(*shards, strict=True)
    together = [[i for batch in turn for i in batch if i < windows] for turn in turns]
    assert together == alone
    assert sorted(index for step in alone for index in step) == list(range(windows))


def test_each_epoch_has_an_order_of_its_own() -> None:
    order = Order(30, 4, seed=5)
    first = list(order)
    order.set_epoch(1)
    assert list(order) != first
    assert list(order)[30:] == [30, 31]


def test_nothing_is_learned_past_the_last_window() -> None:
    batch = collate([clip([0]), clip([0])])
    assert (batch["labels"] == IGNORED).all()
    batch = collate([clip([0]), clip([7, 8, 9])])
    assert (batch["labels"][0] == IGNORED).all()
    assert batch["labels"][1, :2].tolist() == [8, 9] and (batch["labels"][1, 2:] == IGNORED).all()
    assert batch["decoder_input_ids"].min() >= 0


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
    said = [labeller.tokenizer.id_to_token(i) for i in labeller.previous(["yes", "hello"], 5)]
    assert said == ["<|startofprev|>", "Ġyes", "Ġhello"]
    with pytest.raises(UserError, match="does not know it"):
        load_labeller(multilingual, "xx")


def test_gradients_are_added_in_one_order() -> None:
    model = WhisperForConditionalGeneration.from_pretrained(Path("demo/base"), dtype=torch.float32)
    heard = (torch.randn(4, 1500, model.config.d_model),)
    ids = torch.randint(0, 500, (4, 90))
    weights = model.model.decoder.embed_positions.weight
    found = []
    try:
        repeat_exactly(1)
        for _ in range(8):
            model.zero_grad()
            model(encoder_outputs=heard, decoder_input_ids=ids).logits.square().mean().backward()
            found.append(weights.grad.clone())
    finally:
        torch.use_deterministic_algorithms(False)
    assert all(torch.equal(gradient, found[0]) for gradient in found)


def test_validation_writes_no_times(english: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much a model likes to: each clip is heard once, with its own encoder outputs."""
    params = load_params().finetune
    monkeypatch.setattr("stages.common.training.tuning.BASE", english)
    model = load_model(params, "en").eval()
    first_time = model.generation_config.no_timestamps_token_id + 1
    liked = torch.randn(model.config.d_model)
    with torch.no_grad():
        model.model.decoder.layer_norm.bias.copy_(liked)
        model.model.decoder.embed_tokens.weight[first_time + 99] = 9 * liked
        features = torch.randn(3, 80, 3000)
        encoded = model.get_encoder()(features)
        ids = model.generate(input_features=features, encoder_outputs=encoded, max_length=8)
    assert ids.shape[1] <= 8
    assert int(ids.max()) < first_time
