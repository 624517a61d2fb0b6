"""The pages of `attune quality`: their content, and that a browser draws them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attune.quality import pages
from attune.quality.pages import render_index, render_recording
from attune.quality.recording_view import RecordingView, TranscriptPart
from attune.quality.timeline import peaks
from stages.common.core.errors import UserError
from stages.common.core.rejections import CUE
from tests.support.chromium import browser, dom_of, drawn_after
from tests.support.html_tree import Element, parse
from tests.support.mini_project import WORDS, MiniProject, srt, tone, voice

HOSTILE = "He said \"no\" </script><script>alert('1')</script><b>&amp; \u05e9\u05dc\u05d5\u05dd"
SEGMENTS = [
    TranscriptPart(1, 4, "the first of them", "Client", 0.9, None, ""),
    TranscriptPart(5, 8, "the second one here", "Client", 0.2, 0.87, ""),
    TranscriptPart(121, 124, HOSTILE, "", None, None, ""),
]
DROPPED = [
    TranscriptPart(9, 12, "hardly heard", "Therapist", 0.1, None, "score_low"),
    TranscriptPart(13, 13, "never said at all", "Client", None, None, "not_found"),
]


def view(*parts: TranscriptPart, seconds: float = 300.0) -> RecordingView:
    return RecordingView("r0123456789", seconds, [50] * round(seconds * 5), [(0.0, 20.0)],
                         list(parts), "../segments/audio/r0123456789.flac")  # fmt: skip


VIEW = view(*sorted(SEGMENTS + DROPPED, key=lambda part: part.start))


def page_of(view: RecordingView) -> Element:
    return parse(render_recording(view))


def test_numbers_of_a_recording() -> None:
    assert VIEW.kept_share == pytest.approx(13 / 19)
    assert VIEW.score_median == pytest.approx(0.55)
    assert VIEW.losses == {"not_found": (4, 0), "score_low": (2, 3)}
    assert VIEW.untranscribed_seconds == pytest.approx(11)
    assert [part.text for part in VIEW.review_first][:2] == [SEGMENTS[1].text, SEGMENTS[0].text]
    many = [TranscriptPart(n, n + 0.5, "x", "", n / 100, None, "") for n in range(40)]
    assert view(*many).review_first == many[:10]


def test_every_part_is_drawn_in_its_row_by_its_score() -> None:
    page = page_of(VIEW)
    drawings = page.all("svg")
    assert [[box.attributes["class"] for box in svg.all("rect")] for svg in drawings] == [
        ["score3", "score0", "dropped", "dropped"], ["timed"], [],
    ]  # fmt: skip
    # A lower score has a lower box, so that colour is not the only sign.
    heights = [box.attributes["height"] for box in drawings[0].all("rect")]
    assert heights == ["15.0", "6.0", "15.0", "15.0"]
    assert render_recording(VIEW) == render_recording(VIEW)


def test_boxes_name_themselves_and_keep_their_text() -> None:
    box = page_of(VIEW).all("rect")[1]
    description = "0:05.0 to 0:08.0, Client, match score 0.20, aligner confidence 87%, 1.3 words/s"
    assert box.one("title").text == box.attributes["data-description"] == description
    assert box.attributes["data-text"] == SEGMENTS[1].text
    assert box.attributes["role"] == "button" and box.attributes["tabindex"] == "0"


def test_a_part_over_the_end_of_a_row_is_drawn_in_both() -> None:
    assert len(page_of(view(TranscriptPart(118, 125, "long", "", 0.5, None, ""))).all("rect")) == 2


def test_dropped_text_with_its_reasons() -> None:
    page = page_of(VIEW)
    assert page.rows[1:] == [
        [f"not found {CUE['not_found']}", "4", "0.0"],
        [f"score low {CUE['score_low']}", "2", "0.1"],
    ]
    articles = page.one("details").all("article")
    assert [article.one("p").text for article in articles] == [part.text for part in DROPPED]
    assert f"dropped (score low: {CUE['score_low']})" in articles[0].text


def test_transcripts_are_text() -> None:
    page = page_of(VIEW)
    (box,) = page.all("rect", class_="timed")
    assert box.attributes["data-text"] == HOSTILE
    assert len(page.all("script")) == 1 and not page.all("b")
    dropped = page_of(view(TranscriptPart(1, 2, HOSTILE, HOSTILE, None, None, "not_found")))
    assert [p.children for p in dropped.all("p", dir="auto")] == [[HOSTILE], [HOSTILE]]


def test_an_empty_recording_has_a_page() -> None:
    page = page_of(view())
    assert not page.all("rect") and not page.all("table")
    assert "No segment has a match score, and no text was dropped." in page.text


def test_pages_load_nothing_but_the_recording() -> None:
    html = render_recording(VIEW)
    page = parse(html)
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert re.fullmatch(
        r"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
        r"script-src 'sha256-[\w+/]{43}='; "
        "media-src 'self' file:",
        policy,
    )
    assert page.one("audio").attributes["src"] == VIEW.audio
    assert [link.attributes["href"] for link in page.all("a")] == ["index.html"]
    assert not re.search(r"<link|<img|url\(|https?:", html)
    index = parse(render_index([VIEW]))
    policy = index.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert (
        policy
        == "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
    )


def test_the_index_has_the_largest_losses_first_and_no_text() -> None:
    kept = [TranscriptPart(n, n + 1, "kept words", "", None, None, "") for n in range(3)]
    good = RecordingView("rb", 60.0, [], [(0.0, 3.0)], kept, "")
    wrong = replace(good, recording="rw", error_rate=0.4)
    html = render_index([good, VIEW, wrong])
    index = parse(html)
    names = [link.attributes["href"] for link in index.all("a")]
    assert names == ["rw.html", "r0123456789.html", "rb.html"]
    assert index.rows[1] == ["rw", "1.0", "3", "100.0%", "40.0%", "\u2013", "0.0", "0"]
    assert index.rows[2] == [
        "r0123456789", "5.0", "3", "68.4%", "\u2013", "0.55", "0.2", "not found: 4, score low: 2",
    ]  # fmt: skip
    assert index.rows[3] == ["rb", "1.0", "3", "100.0%", "\u2013", "\u2013", "0.0", "0"]
    assert "about 40.0% of them wrong or missing" in page_of(wrong).text
    assert "first of them" not in html


def test_peaks_follow_the_loudness() -> None:
    samples = np.concatenate([tone(1.0)[:, 0], 0.25 * tone(1.0)[:, 0], np.zeros(1600, np.float32)])
    assert peaks(samples) == [100] * 5 + [50] * 5 + [0]
    assert peaks(np.zeros(0, np.float32)) == []


def test_the_command(mini: MiniProject, capsys: pytest.CaptureFixture[str]) -> None:
    mini.audio("a.wav", np.tile(voice(), 3))
    mini.transcript("a.srt", srt((0.1, 2.9, WORDS), (2.0, 2.9, "over it"), (5, 7, "and more")))
    mini.segment()
    pages.write_pages()
    (name,) = (path.stem for path in (mini.root / "data/segments/audio").iterdir())
    page = parse((mini.root / "data/quality" / f"{name}.html").read_text(encoding="utf-8"))
    assert page.one("audio").attributes["src"] == f"../segments/audio/{name}.flac"
    assert "PRIVATE" in page.one("p", class_="private").text
    texts = [box.attributes["data-text"] for box in page.all("rect")]
    assert "and more" in texts and WORDS in texts
    assert f"dropped (overlapping speech: {CUE['overlapping_speech']})" in page.text
    assert WORDS not in (mini.root / "data/quality/index.html").read_text(encoding="utf-8")
    assert WORDS not in capsys.readouterr().out


def test_before_the_stage_ran_it_names_the_command(mini: MiniProject) -> None:
    with pytest.raises(UserError, match="dvc repro segment"):
        pages.write_pages()


@pytest.mark.skipif(browser() is None, reason="Debian's package chromium is not installed")
class TestInABrowser:
    def test_its_script_runs_to_its_end(self, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        path.write_text(render_recording(VIEW), encoding="utf-8")
        assert drawn_after(path) >= 0
        assert len(parse(dom_of(path)).all("rect")) == 5

    def test_the_index_is_not_cut_off(self, tmp_path: Path) -> None:
        """With all reasons, in a window of 1100 pixels."""
        lost = [TranscriptPart(9, 12, "lost " * 9_000, "C", None, None, reason) for reason in CUE]
        html = re.sub(r"<meta http-equiv[^>]*>", "", render_index([view(*lost)]))
        measure = """<script>const box = document.querySelector(".scroll");
            document.body.title = box.scrollWidth - box.clientWidth;</script></body>"""
        path = tmp_path / "index.html"
        path.write_text(html.replace("</body>", measure), encoding="utf-8")
        page = parse(dom_of(path, "--window-size=1100,900"))
        assert page.one("body").attributes["title"] == "0"

    def test_selecting_a_segment_shows_its_text(self, tmp_path: Path) -> None:
        path = tmp_path / "page.html"
        # A user's click; the policy blocks scripts that a test would inject.
        html = re.sub(r"<meta http-equiv[^>]*>", "", render_recording(VIEW))
        click = """<script>document.querySelector("rect.timed")
            .dispatchEvent(new MouseEvent("click", {bubbles: true}));</script></body>"""
        path.write_text(html.replace("</body>", click), encoding="utf-8")
        page = parse(dom_of(path))
        assert page.one("div", id="selection").one("p").children == [HOSTILE]
        assert page.all("rect", class_="timed selected")
