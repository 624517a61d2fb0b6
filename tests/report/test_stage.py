"""The stage: both pages, and the message for missing files."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.core.errors import UserError
from stages.report import __main__ as report
from tests.support.html_tree import parse
from tests.support.report_inputs import write_hypotheses, write_optional, write_required

REFERENCE, HYPOTHESIS = "gooseberry is not a number", "gooseberry is a lumber of plums"


def test_only_the_private_page_has_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_required(tmp_path)
    write_optional(tmp_path)
    write_hypotheses(tmp_path, REFERENCE, HYPOTHESIS)
    report.main()
    public, private = Path("reports/report.html"), Path("reports/private/errors.html")
    first, screen = (public.read_bytes(), private.read_bytes()), capsys.readouterr().out
    for word in ("gooseberry", "lumber", "plums"):
        assert word.encode() in first[1]
        assert word.encode() not in first[0] and word not in screen
    page = parse(first[1].decode())
    assert "PRIVATE" in page.text and len(page.all("audio")) == 80
    assert sorted(path.name for path in Path("reports").rglob("*")) == [
        "errors.html", "private", "report.html",
    ]  # fmt: skip
    report.main()
    assert (public.read_bytes(), private.read_bytes()) == first


def test_all_missing_files_are_named_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError) as error:
        report.main()
    lines = str(error.value).splitlines()
    assert all(line.endswith("missing; run `dvc repro`") for line in lines)
    for path in ("params.yaml", "metrics/errors.csv", "data/hypotheses/baseline.jsonl",
                 "data/hypotheses/evaluate.jsonl", "data/dataset/test"):  # fmt: skip
        assert any(line.startswith(f"{path}:") for line in lines), path
