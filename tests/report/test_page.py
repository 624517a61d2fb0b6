"""The reviewer's page: the numbers of the metrics, and nothing that a reviewer may not see."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from stages.common.core.errors import UserError
from stages.common.evaluation.comparison.revisions import working_tree
from stages.report.numbers import lacking, read_numbers
from stages.report.page import page
from tests.support.chromium import browser, opened
from tests.support.crafted import (
    BETTER,
    GATES,
    OPTIONAL,
    PARAMS,
    SECRET,
    write_needed,
    write_optional,
)
from tests.support.repository import ERRORS, clips_with, write_model


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a whole run's metrics."""
    monkeypatch.chdir(tmp_path)
    write_needed(tmp_path)
    write_optional(tmp_path)
    return tmp_path


def made() -> str:
    return page(read_numbers(working_tree()))


def words(html: str) -> str:
    """What a reader sees of it, without the drawings' marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


def section(html: str, name: str) -> str:
    """The inside of it, with the rest of its opening tag."""
    return html.partition(f'<section id="{name}"')[2].partition("</section>")[0]


def test_the_verdict_stands_first(place: Path) -> None:
    said = words(section(made(), "verdict"))
    assert "Better: the tuned model's WER is 7.5%, its base's 15.0%, -7.5 points (95 %" in said
    assert "better with a probability of over 99.9%; no more test audio is needed" in said
    assert "80 clips of 8 recordings, of 2 people" in said and "8,000 words" in said


def test_what_is_not_shown_says_how_many_hours_would_settle_it(place: Path) -> None:
    write_needed(place, [count + (-9, 7)[n % 2] for n, count in enumerate(ERRORS)])
    said = words(section(made(), "verdict"))
    assert re.search(r"Not shown: .* [\d,.]+ more hours of test audio would settle it", said)


def test_one_recording_and_other_clips_are_no_verdict(place: Path) -> None:
    write_model(place, clips_with(ERRORS[:1]), wer=0.12)
    assert "Not comparable: other clips (10 in common" in words(section(made(), "verdict"))
    write_model(place, clips_with(ERRORS[:1]), wer=0.12, base=True)
    assert "one recording says nothing about the spread" in words(section(made(), "verdict"))


def test_gates_are_shown_where_there_are_any(place: Path) -> None:
    assert 'id="gates"' not in made()
    (place / "params.yaml").write_text(PARAMS + GATES)
    said = words(section(made(), "gates"))
    assert "1 of 2 does not hold." in said
    assert "wer 0.15 0.075 at most 0.15 holds" in said
    assert "hallucinated_words 40 61 at most 60 does not hold: too high" in said


def test_totals_and_kinds(place: Path) -> None:
    html = made()
    said = words(section(html, "totals"))
    assert "15.0% 12.0% to 19.0% 7.5% 5.0% to 11.0% -7.5 points" in said
    assert "Words written where nobody speaks 40 61 +21" in said
    assert "Seconds to hear a second 0.125 0.062 -0.062" in said
    assert "Not measured in this run: WER by Whisper's own normalizer" in said
    assert "1,200 replaced 0 left out" in words(section(html, "kinds"))


def test_charts_have_their_numbers_as_text_too(place: Path) -> None:
    html = made()
    assert "client 40 clips, 4,000 words" in words(section(html, "slices"))
    label = "client: base 20.0% (15.0% to 26.0%); tuned 10.0% (8.0% to 12.3%)"
    assert f'role="img" aria-label="{label}"' in section(html, "slices")
    assert "base 5 of 50, tuned 31 of 50" in words(section(html, "matters"))
    assert "nothing to count" in section(html, "matters")
    assert "r0000000003 10 clips, 1,000 words 20.0% 10.0%" in words(section(html, "recordings"))
    assert "35.0% 321 29.0%" in words(section(html, "confidence"))
    assert "from 40% to 25% at step 188" in section(html, "learning")
    drawings = re.findall(r"<svg [^>]*>(?:<title>)?", html)
    assert drawings and all(
        any(said in one for said in ("aria-label", "aria-hidden", "<title>", "preserveAspect"))
        for one in drawings
    )


def test_the_data_with_reasons_and_every_parameter(place: Path) -> None:
    html = made()
    said = words(section(html, "data"))
    assert "Train 2 3 1,234 10.0 5,678" in said
    assert "Recordings audio silent 1 the recording is silent" in said
    assert "Segments text also in test 264" in said
    said = words(section(html, "params"))
    assert "data.sessions hidden" in said and "base.model hidden" in said
    assert "finetune.learning_rate 0.002" in said and "augment.gain_db [-12.0, 6.0]" in said
    assert SECRET not in html


def test_of_many_recordings_the_longest(place: Path) -> None:
    many = [100] * 40
    write_model(place, clips_with(many), wer=0.1, cer=0.1)
    write_model(place, clips_with(many), base=True, wer=0.1, cer=0.1)
    html = section(made(), "recordings")
    assert "The 30 longest of 40 recordings." in words(html)
    assert html.count('role="img"') == 30


@pytest.mark.parametrize("name", OPTIONAL)
def test_a_file_that_an_older_version_lacks_is_only_missed(place: Path, name: str) -> None:
    (place / "metrics" / name).unlink()
    html = made()
    if name.endswith(".csv"):
        assert f"Not shown: this run has no metrics/{name}." in words(html)
    assert "Better: " in html and "</html>" in html


def test_what_is_needed_and_what_is_damaged(place: Path) -> None:
    (place / "metrics" / "segment.json").unlink()
    (place / "metrics" / "errors_base.csv").unlink()
    assert lacking(working_tree()) == ["metrics/segment.json", "metrics/errors_base.csv"]
    write_needed(place)
    (place / "metrics" / "matters.csv").write_text("measure,found,of,value,low,high\nx,said,1,,,\n")
    with pytest.raises(UserError, match=r"metrics/matters.csv: line 2") as fault:
        read_numbers(working_tree())
    assert "said" not in str(fault.value)


def test_a_run_that_went_astray_has_a_page_too(place: Path) -> None:
    curve = "step,train_loss,learning_rate,validation_loss,validation_wer\n"
    (place / "metrics" / "finetune_curve.csv").write_text(f"{curve}5,nan,0.1,inf,3.5\n")
    html = section(made(), "learning")
    assert "Loss by step" not in html and "from 350% to 350% at step 5" in html


def test_one_file_that_loads_nothing_in_light_and_dark(place: Path) -> None:
    html = made()
    assert "prefers-color-scheme: dark" in html and "@media print" in html
    assert "default-src 'none'" in html
    assert not re.search(r"<script|<link|<img|src=|href=|url\(|https?:", html)


def test_the_same_numbers_give_the_same_bytes(place: Path) -> None:
    assert made() == made()


def test_values_are_text(place: Path) -> None:
    (place / "params.yaml").write_text(PARAMS + "  note: '<b>&'\n")
    assert "&lt;b&gt;&amp;" in made() and "<b>&" not in made()


@pytest.mark.skipif(browser() is None, reason="Debian's package chromium is not installed")
def test_a_browser_draws_it(place: Path) -> None:
    path = place / "report.html"
    path.write_text(made(), encoding="utf-8")
    drawn = opened(path)
    assert drawn.count("<figure") == 8 and drawn.count("<section") == 10
    assert sum(BETTER) == 600 and "600 replaced" in words(drawn)
