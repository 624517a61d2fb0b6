"""The error browser: which clips come first, and what each shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stages.common.core.errors import UserError
from stages.common.evaluation.harm import WEIGHTS, ClipHarm, by_harm
from stages.report import browser as module
from stages.report.browser import SHOWN, browser
from stages.report.marked import marked
from tests.support.chromium import browser as chromium
from tests.support.chromium import opened
from tests.support.scores import score_of

SPOKEN = {
    # Reference, hypothesis, substitutions, deletions, insertions.
    "harmless": ("the bus was late", "the bus was great", 1, 0, 0),
    "right": ("all of it is here", "all of it is here", 0, 0, 0),
    "invented": ("so we went home", "so then we both went home", 0, 0, 2),
    "term": ("the insomnia is back", "the in sum is back", 1, 0, 1),
    "dose": ("take fifty milligrams", "take fifteen milligrams", 1, 0, 0),
    "negation": ("i am not tired", "i am tired", 0, 1, 0),
    "risk": ("i thought of suicide", "i thought of sunrise", 1, 0, 0),
}


def found() -> list[ClipHarm]:
    scores = [
        score_of("r1", reference, hypothesis, name)
        for name, (reference, hypothesis, *_) in SPOKEN.items()
    ]
    counts = [(s.substitutions, s.deletions, s.insertions) for s in scores]
    assert counts == [tuple(expected) for _, _, *expected in SPOKEN.values()]
    return by_harm(scores, scores)


def test_the_most_harmful_come_first() -> None:
    clips = found()
    assert [clip.tuned.id for clip in clips] == [
        "risk", "dose", "negation", "term", "invented", "harmless",
    ]  # fmt: skip
    assert [clip.harm for clip in clips] == [21, 16, 11, 8, 4, 1]
    assert clips[1].errors == {"dose lost": 1, "number lost": 1, "other error": 1}
    assert [clip.groups for clip in clips] == [
        ["risk"], ["doses and numbers"], ["negation"], ["terms", "insertions"], ["insertions"], [],
    ]  # fmt: skip


def test_a_word_of_risk_or_a_negation_that_nobody_said_counts_as_one_lost() -> None:
    for said, heard, kind in (
        ("she wants to go", "she wants to die go", "word of risk lost or invented"),
        ("i am tired", "i am not tired", "negation lost or invented"),
    ):
        (only,) = by_harm([score_of("r1", said, said)], [score_of("r1", said, heard)])
        assert only.errors == {kind: 1, "inserted word": 1}


def test_other_runs_are_told() -> None:
    with pytest.raises(UserError, match="different runs"):
        by_harm([score_of("r1", "a", "b", "c")], [score_of("r1", "a", "b", "d")])


def test_every_error_is_marked_and_text_stays_text() -> None:
    html = marked("we went to the park", "we then walked to park")
    assert html.count("<mark") + html.count("<ins") + html.count("<del") >= 2
    assert "the</del>" in html
    assert marked("a & b", "a <b> b").count("<b>") == 0


def test_the_page_is_marked_private_and_holds_text_and_audio() -> None:
    html = browser(found(), len(SPOKEN), lambda name: name.encode())
    head = html.partition("<h1>")[0]
    assert "PRIVATE: this page holds words and voices" in head
    assert "6 of 7 clips have errors" in html and "are left out" not in html
    assert html.count("<audio controls") == 6 and "data:audio/flac;base64,cmlzaw==" in html
    assert '<mark title="for: suicide">sunrise</mark>' in html
    assert "from 1:01.2, 2.5 s" in html
    assert not re.search(r"<link|<img|url\(|https?:", html)
    for kind, weight in WEIGHTS.items():
        assert f"{kind.capitalize()}<td>{weight}" in html


def test_it_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    many = found() * 20
    assert len(many) > SHOWN
    html = browser(many, 500, lambda name: b"x" * 100)
    assert html.count("<article") == SHOWN
    assert f"These are the 100 most harmful; {len(many) - SHOWN} are left out." in html
    assert "no audio here" not in html
    monkeypatch.setattr(module, "_AUDIO_BYTES", 250)
    html = browser(many, 500, lambda name: b"x" * 100)
    assert html.count("<audio") == 2 and "98 of them have no audio here" in html


@pytest.mark.skipif(chromium() is None, reason="Debian's package chromium is not installed")
def test_its_filter_runs_in_a_browser(tmp_path: Path) -> None:
    page = tmp_path / "errors.html"
    html = browser(found(), len(SPOKEN), lambda name: name.encode())
    # What a person does: choose the second button.
    page.write_text(html.replace("</script>", "buttons[1].click();</script>"), encoding="utf-8")
    drawn = opened(page)
    assert len(re.findall(r"<article[^>]* hidden", drawn)) == 5
    assert re.search(r'data-kind="risk" aria-pressed="true"', drawn)
