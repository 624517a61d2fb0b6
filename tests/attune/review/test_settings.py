"""Settings of the page: stored, and the defaults where they are damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from attune.review.settings import Settings, read_settings, write_settings


def test_settings_come_back(tmp_path: Path) -> None:
    settings = Settings(rewind=2.5, keys={"play": "Tab", "back": ""})
    write_settings(tmp_path, settings)
    assert read_settings(tmp_path) == settings


@pytest.mark.parametrize("text", [None, "", "{", '{"rewind": 99}', '{"more": 1}', "\udcff"])
def test_damaged_ones_are_the_defaults(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "settings.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    assert read_settings(tmp_path) == Settings(rewind=1.0, keys={})
