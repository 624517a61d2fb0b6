"""The pages of `attune.quality.command`: what they show, and that a browser draws them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from attune.quality import command
from attune.quality.index import Row, index
from attune.quality.page import page
from attune.quality.view import Passage, View, peaks
from stages.common.core.errors import UserError
from tests.support.chromium import browser, drawn_after, opened
from tests.support.workplace import WORDS, Workplace, spoken, srt, tone

NASTY = 'He said "no" </script><b>&amp; \u05e9\u05dc\u05d5\u05dd'


def view(*passages: Passage, seconds: float = 300.0) -> View:
    return View("r0123456789", seconds, [50] * round(seconds * 5), [(0.0, 20.0)], list(passages),
                "../segments/audio/r0123456789.flac")  # fmt: skip


KEPT = [
    Passage(1, 4, "the first of them", "Client", 0.9, None, ""),
    Passage(5, 8, "the second one here", "Client", 0.2, None, ""),
    Passage(121, 124, NASTY, "", None, None, ""),
]
LOST = [
    Passage(9, 12, "hardly heard", "Therapist", 0.1, None, "score_low"),
    Passage(13, 13, "never said at all", "Client", None, None, "not_found"),
]
VIEW = view(*sorted(KEPT + LOST, key=lambda passage: passage.start))


def test_numbers_of_a_recording() -> None:
    assert VIEW.kept_share == pytest.approx(12 / 18, abs=0.04)
    assert VIEW.score_median == pytest.approx(0.55)
    assert VIEW.lost_words() == {"score_low": 2, "not_found": 4}
    assert VIEW.untexted_seconds == pytest.approx(11)
    assert [passage.text for passage in VIEW.suspicious()][:2] == [KEPT[1].text, KEPT[0].text]
    many = [Passage(n, n + 0.5, "x", "", n / 100, None, "") for n in range(40)]
    assert view(*many).suspicious() == many[:10]


def test_every_passage_is_drawn_in_its_row_and_colour() -> None:
    html = page(VIEW)
    assert html.count("<svg") == 3
    classes = re.findall(r'<rect [^>]*class="(\w+)"', html)
    assert classes == ["s3", "s0", "lost", "lost", "timed"]
    assert page(VIEW) == html


def test_a_passage_over_the_end_of_a_row_is_drawn_in_both() -> None:
    assert page(view(Passage(118, 125, "long", "", 0.5, None, ""))).count("<rect ") == 2


def test_text_is_text() -> None:
    html = page(VIEW)
    assert "</script><b>" not in html and html.count("</script>") == 1
    assert "&lt;/script&gt;&lt;b&gt;&amp;amp;" in html
    assert page(view()).count("<rect ") == 0


def test_the_index_has_the_worst_first_and_no_text() -> None:
    good = Row("rb", 60.0, 3, 1.0, 0.8, {}, 0.0)
    html = index([good, Row.of(VIEW)])
    assert html.index("r0123456789.html") < html.index("rb.html")
    assert "score_low 2" in html and "first of them" not in html


def test_peaks_follow_the_loudness() -> None:
    samples = np.concatenate([tone(1.0)[:, 0], 0.25 * tone(1.0)[:, 0], np.zeros(1600, np.float32)])
    found = peaks(samples)
    assert found == [100] * 5 + [50] * 5 + [0]
    assert peaks(np.zeros(0, np.float32)) == []


def test_the_command(place: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    place.audio("a.wav", np.tile(spoken(), 3))
    place.words("a.srt", srt((0.1, 2.9, WORDS), (2.0, 2.9, "over it"), (5, 7, "and more")))
    place.segment()
    command.main()
    (name,) = (path.stem for path in (place.root / "data/segments/audio").iterdir())
    html = (place.root / "data/quality" / f"{name}.html").read_text(encoding="utf-8")
    assert f"../segments/audio/{name}.flac" in html and "and more" in html
    assert "lost: its words lie over other cues" in html
    assert WORDS not in (place.root / "data/quality/index.html").read_text(encoding="utf-8")
    assert WORDS not in capsys.readouterr().out


def test_before_the_stage_ran_it_says_so(place: Workplace) -> None:
    with pytest.raises(UserError, match="dvc repro segment"):
        command.main()


@pytest.mark.skipif(browser() is None, reason="Debian's package chromium is not installed")
def test_a_browser_draws_it(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page(VIEW), encoding="utf-8")
    assert drawn_after(path) >= 0
    assert opened(path).count("<rect ") == 5
