"""The error browser: order of the clips, and content of each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stages.common.evaluation.harm import WEIGHTS, ClipHarm, by_harm
from stages.report import error_browser
from stages.report.error_browser import MAX_CLIPS, Chunk, render_error_browser, word_diff
from tests.support.chromium import browser, dom_of
from tests.support.html_tree import parse
from tests.support.scores import score_of

CLIPS = {
    "harmless": ("the bus was late", "the bus was great"),
    "right": ("all of it is here", "all of it is here"),
    "invented": ("so we went home", "so then we both went home"),
    "term": ("the insomnia is back", "the in sum is back"),
    "dose": ("take fifty milligrams", "take fifteen milligrams"),
    "negation": ("i am not tired", "i am tired"),
    "risk": ("i thought of suicide", "i thought of sunrise"),
}
"""Name -> reference, hypothesis."""
HOSTILE = """</dd><script>alert(1)</script> "quoted" &amp; it's"""


def harmful() -> list[ClipHarm]:
    scores = [score_of("r1", *texts, name) for name, texts in CLIPS.items()]
    return by_harm(scores, scores)


def clip_with(reference: str, hypothesis: str) -> list[ClipHarm]:
    score = score_of("r1", reference, hypothesis)
    return by_harm([score], [score])


def rendered(clips: list[ClipHarm], transcribed: int = len(CLIPS)) -> str:
    return render_error_browser(clips, transcribed, lambda name: name.encode(), "en")


def test_hypothesis_is_divided_into_matches_and_errors() -> None:
    assert word_diff("We went to the park.", "we then walked to park", "en") == [
        Chunk("equal", "we", "we"),
        Chunk("insert", "", "then"),
        Chunk("substitute", "went", "walked"),
        Chunk("equal", "to", "to"),
        Chunk("delete", "the", ""),
        Chunk("equal", "park", "park"),
    ]


def test_page_is_marked_private_and_has_text_and_audio() -> None:
    html = rendered(harmful())
    page = parse(html)
    assert (
        "PRIVATE: this page contains transcripts and voices" in page.one("p", class_="private").text
    )
    assert page.one("title").text.startswith("PRIVATE")
    assert "makes errors in 6 of 7 clips." in page.text and "omitted" not in page.text
    sources = [audio.attributes["src"] for audio in page.all("audio")]
    assert len(sources) == 6 and sources[0] == "data:audio/flac;base64,cmlzaw=="
    first = page.all("article")[0]
    assert [term.text for term in first.all("dt")] == ["Reference", "Base", "Tuned"]
    assert [words.text for words in first.all("dd")] == [
        "i thought of suicide", "i thought of sunrise", "i thought of sunrise",
    ]  # fmt: skip
    marks = first.all("mark")
    assert {mark.attributes["title"] for mark in marks} == {"Substitution for: suicide"}
    assert [mark.text for mark in marks] == ["sunrise", "sunrise"]
    assert "risk, at 1:01.2, 2.5 s; word errors: 1 base, 1 tuned" in first.text
    assert page.rows[1:] == [[kind.capitalize(), str(weight)] for kind, weight in WEIGHTS.items()]


def test_page_loads_nothing_and_runs_no_other_script() -> None:
    html = rendered(harmful())
    page = parse(html)
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert re.fullmatch(
        r"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'; "
        r"script-src 'sha256-[\w+/]{43}='; "
        "media-src data:",
        policy,
    )
    assert not re.search(r"<link|<img|url\(|https?:|href=", html)
    assert len(page.all("script")) == 1


def test_transcripts_are_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scored form has hardly any punctuation left; the page must not rest on that."""
    monkeypatch.setattr(error_browser, "scoring_form", lambda text, language: text)
    page = parse(rendered(clip_with(f"one {HOSTILE}", f"{HOSTILE} two")))
    reference, _, tuned = page.all("dd")
    assert reference.children == [f"one {HOSTILE}"]
    assert tuned.text == f"one {HOSTILE} two" and len(page.all("script")) == 1


def test_omissions_are_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    many = harmful() * 20
    assert len(many) > MAX_CLIPS
    page = parse(render_error_browser(many, 500, lambda name: b"x" * 100, "en"))
    assert len(page.all("article")) == MAX_CLIPS
    assert f"shows the 100 most harmful; {len(many) - MAX_CLIPS} are omitted." in page.text
    assert "no audio here" not in page.text
    monkeypatch.setattr(error_browser, "MAX_AUDIO_BYTES", 250)
    page = parse(render_error_browser(many, 500, lambda name: b"x" * 100, "en"))
    assert len(page.all("audio")) == 2 and page.text.count("Audio omitted.") == 98
    assert "98 of them have no audio here" in page.text


@pytest.mark.skipif(browser() is None, reason="Debian's package chromium is not installed")
class TestInABrowser:
    def test_own_script_runs_and_an_injected_one_does_not(self, tmp_path: Path) -> None:
        path = tmp_path / "errors.html"
        html = rendered(harmful())
        injected = "<script>document.body.dataset.injected = 1</script><article"
        path.write_text(html.replace("<article", injected, 1), encoding="utf-8")
        page = parse(dom_of(path))
        assert page.one("p", role="status").text == "Showing 6 of 6 clips."
        assert "data-injected" not in page.one("body").attributes

    def test_filter_hides_the_other_clips(self, tmp_path: Path) -> None:
        path = tmp_path / "errors.html"
        # A user's click; the policy blocks scripts that a test would inject.
        html = re.sub(r"<meta http-equiv[^>]*>", "", rendered(harmful()))
        click = """<script>document.querySelector("[data-group='risk']").click();</script></body>"""
        path.write_text(html.replace("</body>", click), encoding="utf-8")
        page = parse(dom_of(path))
        shown = [clip for clip in page.all("article") if "hidden" not in clip.attributes]
        assert [clip.attributes["data-groups"] for clip in shown] == ["risk"]
        pressed = [b.attributes["data-group"] for b in page.all("button", aria_pressed="true")]
        assert pressed == ["risk"]
        assert page.one("p", role="status").text == "Showing 1 of 6 clips."
