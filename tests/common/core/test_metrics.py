"""Metrics files: their content and its limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.metrics import write_metrics


def test_metrics_take_numbers_and_words_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_metrics("one", {"wer": 1 / 3, "counts": {"a": 2}, "style": "spoken"})
    assert '"wer": 0.3333' in Path("metrics/one.json").read_text()
    with pytest.raises(TypeError, match="not list"):
        write_metrics("one", {"lists": [1, 2]})
