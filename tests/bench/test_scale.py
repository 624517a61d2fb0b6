"""`bench.scale`: its formulas on numbers calculated by hand."""

from __future__ import annotations

import pytest

from bench.scale import (
    Model,
    before_hours,
    checkpoint_gb,
    disk_gb,
    few,
    gpu_hours,
    model_of,
    step_seconds,
    traffic_seconds,
    windows_of,
)


def test_hours_become_windows_and_windows_become_hours() -> None:
    # 10 h, 90 % of them in segments: 32,400 s in windows of 20 s.
    assert windows_of(10, 0.9, 20.0) == pytest.approx(1_620)
    # 1,620 windows of 2 TFLOP at 0.9 TFLOP/s: 3,600 s.
    assert gpu_hours(1_620, 2e12, 0.9e12) == pytest.approx(1.0)


def test_a_step_over_the_network() -> None:
    # A ring of 4 sends 1.5 x 2 GB = 3 GB = 24 Gbit.
    assert traffic_seconds(500_000_000, 4, 8.0) == pytest.approx(3.0)
    # 64 windows on 8 devices: 8 each, 3 TFLOP per window at 12 TFLOP/s.
    model = Model(3e12, 0, 0)
    assert step_seconds(model, 64, 8, 12e12, wait=3.0) == pytest.approx(2.0 + 3.0)


def test_disk_and_the_time_before_the_first_step() -> None:
    # 100 h of 50 MB: 5 GB each of recordings and segments, 4 GB of clips and 0.5 GB of recordings
    # in the test split.
    assert disk_gb(100, 0.8, 50, linked=True) == pytest.approx(5 + 5 + 4.5)
    assert disk_gb(100, 0.8, 50, linked=False) == pytest.approx(2 * 5 + 3 * 5 + 2 * 4.5)
    # Hashed: 2 x 5 GB and twice 4.5 GB at 100 MB/s, 190 s; 100 h at 1.3 s.
    assert before_hours(100, 0.8, 50, 100, 1.3) == pytest.approx((190 + 130) / 3600)
    # 1 GB of weights, and two moments of the half that is trained.
    assert checkpoint_gb(Model(0, 250_000_000, 125_000_000)) == pytest.approx(2.0)


def test_the_shapes_are_whispers() -> None:
    """The sizes of the model cards: 244 M and 1,550 M, with positions."""
    small, large = model_of("small", 100), model_of("large-v3", 100)
    assert small.weights == 241_734_912
    assert large.weights == 1_543_490_560
    # The encoder's positions are fixed.
    assert small.weights - small.trained == 1500 * 768
    # Of 12 encoder layers alone: 2 x 1500 x (4 x 768^2 + 2 x 768 x 3072) + 4 x 1500^2 x 768 each.
    assert 3 * 12 * 28.1e9 < small.flops < 1.5 * 3 * 12 * 28.1e9


@pytest.mark.parametrize(("value", "text"), [(0.0613, "0.061"), (4.6, "4.6"), (2395.4, "2,395")])
def test_digits(value: float, text: str) -> None:
    assert few(value) == text
