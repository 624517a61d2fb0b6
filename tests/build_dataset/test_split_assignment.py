"""The split: by person, stable as data is added, and without texts in two splits."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.build_dataset.split_assignment import (
    SPLITS,
    Split,
    assign,
    filled_shares,
    split_of,
    texts_in_other_splits,
)
from stages.common.core.errors import UserError
from stages.common.core.ids import group_id, read_key, recording_id
from stages.common.core.manifest import Recording, Use

KEY = b"0123456789abcdef"


def test_shares_hold_over_many_groups() -> None:
    splits = Counter(split_of(KEY, f"c{n}", 0.1, 0.2) for n in range(20_000))
    assert splits["test"] == pytest.approx(4_000, rel=0.05)
    assert splits["validation"] == pytest.approx(2_000, rel=0.08)


def test_all_sessions_of_a_client_are_one_group() -> None:
    ids = [recording_id(KEY, name) for name in ("monday", "tuesday")]
    assert ids[0] != ids[1]
    assert group_id(KEY, "client seven", ids[0]) == group_id(KEY, "client seven", ids[1])
    assert group_id(KEY, None, ids[0]) == ids[0]
    assert group_id(KEY, "", ids[1]) == ids[1]


@given(st.text(max_size=20), st.text(max_size=20))
def test_ids_are_unique_and_depend_on_the_key(name: str, other: str) -> None:
    assert (recording_id(KEY, name) == recording_id(KEY, other)) == (name == other)
    assert recording_id(KEY, name) != recording_id(b"another key of 16", name)


@given(st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0, 0.1))
def test_a_larger_validation_share_moves_no_group_out_of_test(
    v: float, t: float, more: float
) -> None:
    for number in range(50):
        if split_of(KEY, f"c{number}", v, t) == "test":
            assert split_of(KEY, f"c{number}", v + more, t) == "test"


def recording(name: str, group: str, use: Use = "all") -> Recording:
    return Recording(name, group, 9.0, [], 0.1, 0.5, use=use)


@given(st.integers(3, 12), st.integers(0, 99), st.integers(0, 99), st.integers(0, 10_000))
def test_shares_that_leave_no_split_empty(
    number: int, validation: int, test: int, seed: int
) -> None:
    groups = [f"c{seed}-{each}" for each in range(number)]
    shares = filled_shares(KEY, groups, validation / 100, test / 100)
    assert shares
    # As a user types them from the message.
    typed = [float(f"{share:g}") for share in shares]
    assert {split_of(KEY, group, *typed) for group in groups} == set(SPLITS)
    assert filled_shares(KEY, groups, *typed) == tuple(typed)
    assert filled_shares(KEY, groups[:2], *typed) is None


def test_recordings_for_training_only_move_no_other_one() -> None:
    own = [recording(f"own {n}", f"c{n}") for n in range(300)]
    corpus = [recording(f"corpus {n}", f"d{n // 3}", "train") for n in range(900)]
    alone = assign(own, KEY, 0.2, 0.3)
    both = assign([*corpus, *own], KEY, 0.2, 0.3)
    assert {name: both.splits[name] for name in alone.splits} == alone.splits
    assert {both.splits[each.id] for each in corpus} == {"train"} and not both.left_out
    assert set(alone.splits.values()) == {"train", "validation", "test"}


def test_a_client_is_not_trained_on_and_tested() -> None:
    """Whichever recording comes first; a client's recordings for training follow the others."""
    clients = [f"c{n}" for n in range(60)]
    pairs = [
        recording(f"{use} {client}", client, use) for client in clients for use in ("train", "all")
    ]
    for order in (pairs, pairs[::-1]):
        found = assign(order, KEY, 0.2, 0.3)
        for client in clients:
            split = split_of(KEY, client, 0.2, 0.3)
            assert found.splits[f"all {client}"] == split
            if split == "train":
                assert found.splits[f"train {client}"] == "train"
            else:
                assert f"train {client}" not in found.splits
                assert found.left_out[f"train {client}"] == split
    assert set(found.left_out.values()) == {"validation", "test"}


def test_equal_texts_stay_in_the_split_with_precedence() -> None:
    week, yes, training, friday = 11, 0, 12, 13
    rows: list[tuple[Split | None, int]] = [
        ("train", week), ("test", week), ("validation", week), ("train", yes), ("test", yes),
        ("train", training), ("validation", friday), ("train", friday), (None, week),
    ]  # fmt: skip
    splits, digests = [split for split, _ in rows], [digest for _, digest in rows]
    shared = list(texts_in_other_splits(splits, digests))
    assert shared == [(0, "test"), (2, "test"), (7, "validation")]
    # A dropped segment keeps no text.
    assert not list(texts_in_other_splits([None, "train"], [week, week]))


def test_a_missing_or_short_key(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_key(tmp_path / "key")
    (tmp_path / "key").write_text("short")
    with pytest.raises(UserError, match="5 bytes"):
        read_key(tmp_path / "key")
