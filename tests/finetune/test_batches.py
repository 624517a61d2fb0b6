"""Training windows: what the decoder reads and learns, and in which order."""

from __future__ import annotations

import numpy as np
import pytest
from accelerate.data_loader import BatchSamplerShard
from torch.utils.data import BatchSampler

from stages.finetune.batches import Item, WindowSampler, collate, make_item
from stages.finetune.loss import IGNORED


def clip(labels: list[int], prompt: int = 0, no_speech: int = IGNORED) -> Item:
    return make_item(np.zeros(1600, np.float32), np.asarray(labels), prompt, no_speech)


def test_one_start_token_and_the_end_token_is_learned() -> None:
    start, end = 50258, 50257
    batch = collate([clip([start, 50363, 11, 12, end]), clip([start, 50363, 11, end])])
    read = [[start, 50363, 11, 12, *[end] * 12], [start, 50363, 11, *[end] * 13]]
    assert batch["decoder_input_ids"].tolist() == read
    # The second row's end token is learned; only positions after it are masked.
    learned = [[50363, 11, 12, end, *[IGNORED] * 12], [50363, 11, end, *[IGNORED] * 13]]
    assert batch["labels"].tolist() == learned


def test_a_prompt_is_read_and_not_learned() -> None:
    before, start, end = 50361, 50258, 50257
    plain, with_prompt = [start, 50363, 11, end], [before, 7, 8, start, 50363, 11, end]
    batch = collate([clip(plain), clip(with_prompt, prompt=3)])
    assert batch["decoder_input_ids"][1, :6].tolist() == with_prompt[:-1]
    assert batch["labels"][:, :6].tolist() == [
        [50363, 11, end, IGNORED, IGNORED, IGNORED],
        # Nor is the start token, which follows the prompt.
        [IGNORED, IGNORED, IGNORED, 50363, 11, end],
    ]
    assert (batch["labels"][:, 6:] == IGNORED).all()


def test_without_words_the_start_token_predicts_no_speech() -> None:
    start, no_speech, end = 50258, 50362, 50257
    labels = [start, 50363, end]
    batch = collate([clip(labels), clip(labels, no_speech=no_speech)])
    assert batch["decoder_input_ids"][:, :2].tolist() == [[start, 50363]] * 2
    assert batch["labels"][:, :2].tolist() == [[50363, end], [no_speech, end]]


@pytest.mark.parametrize(("longest", "rows"), [(2, 16), (17, 16), (18, 32), (449, 448)])
def test_batches_have_few_lengths(longest: int, rows: int) -> None:
    batch = collate([clip([7] * longest), clip([7, 8])])
    assert batch["labels"].shape == batch["decoder_input_ids"].shape == (2, rows)


@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("windows", [2, 9, 16, 21])
def test_processes_share_what_one_process_takes(windows: int, processes: int) -> None:
    """Every step holds the windows of one process that takes 4 at once."""
    alone = list(BatchSampler(WindowSampler(windows, 1, seed=5), 4, drop_last=False))
    shards = [
        BatchSamplerShard(
            BatchSampler(WindowSampler(windows, 4, seed=5), 4 // processes, drop_last=False),
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
    order = WindowSampler(30, 4, seed=5)
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
