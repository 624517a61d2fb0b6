"""The stage: both pages, and what it says where something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.errors import UserError
from stages.report import __main__ as report
from tests.support.crafted import write_heard, write_needed, write_optional

SAID, HEARD = "gooseberry is not a number", "gooseberry is a lumber of plums"


def test_text_stands_in_the_private_page_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_needed(tmp_path)
    write_optional(tmp_path)
    write_heard(tmp_path, SAID, HEARD)
    report.main()
    public, private = Path("reports/report.html"), Path("reports/private/errors.html")
    first, screen = (public.read_bytes(), private.read_bytes()), capsys.readouterr().out
    for word in ("gooseberry", "lumber", "plums"):
        assert word.encode() in first[1]
        assert word.encode() not in first[0] and word not in screen
    assert b"PRIVATE" in first[1] and first[1].count(b"<audio") == 80
    assert sorted(path.name for path in Path("reports").rglob("*")) == [
        "errors.html", "private", "report.html",
    ]  # fmt: skip
    report.main()
    assert (public.read_bytes(), private.read_bytes()) == first


def test_all_that_is_missing_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as fault:
        report.main()
    lines = str(fault.value).splitlines()
    assert all(line.endswith("not there yet; run `dvc repro`") for line in lines)
    for path in ("params.yaml", "metrics/errors.csv", "data/hypotheses/baseline.jsonl",
                 "data/dataset/test"):  # fmt: skip
        assert any(line.startswith(f"{path}:") for line in lines), path
