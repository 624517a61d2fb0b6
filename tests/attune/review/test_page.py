"""The page in a browser: a session of 50 minutes is corrected by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.chromium import browser

pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import Page, expect

from attune.review.cues import from_vtt
from stages.common.core.ids import recording_id
from stages.common.transcripts.reviewed import vtt_is_reviewed
from tests.support.review import KEY, ReviewProject
from tests.support.review_desk import Desk, desk_of, drag, press, saved, shown, until
from tests.support.review_session import add_session

pytestmark = pytest.mark.skipif(
    browser() is None, reason="Debian's package chromium is not installed"
)

MINUTES, SEGMENTS = 50, 900


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = ReviewProject(tmp_path_factory.mktemp("desk") / "project")
    project.prepare()
    add_session(project, "session", MINUTES, SEGMENTS)
    for stem in ("done", "keys"):
        add_session(project, stem, 1, 20)
    with desk_of(project) as made:
        yield made


@pytest.fixture(autouse=True)
def no_page_stays(desk: Desk) -> Iterator[None]:
    yield
    desk.clear()


def current(page: Page) -> str:
    found: str = page.locator(".cue.current .text").inner_text()
    return found


def test_a_session_is_corrected_by_keyboard(desk: Desk) -> None:
    page = desk.page()
    link = page.get_by_role("link", name="session", exact=True)
    link.focus()
    press(page, "Enter")
    page.locator("html[data-ready]").wait_for()
    before = desk.texts("session")
    assert len(before) == SEGMENTS and shown(page) == before

    press(page, "End")
    page.keyboard.type(" And more.")
    saved(page)
    assert desk.texts("session")[0] == f"{before[0]} And more."

    # The text after the cursor goes into a segment of its own, which begins between the words.
    press(page, "Control+ArrowDown", *["Control+ArrowRight"] * 3, "Alt+s")
    saved(page)
    split = desk.cues("session")[1:3]
    assert [len(cue.text.split()) for cue in split] == [3, 6]
    words = desk.server.get(f"recordings/{recording_id(KEY, 'session')}")
    assert split[0].end == split[1].start == pytest.approx(words["cues"][2]["words"][0][2])
    assert len(desk.cues("session")) == SEGMENTS + 1

    press(page, "Alt+m")  # with the one below
    saved(page)
    merged = desk.texts("session")
    assert len(merged) == SEGMENTS and merged[2] == f"{split[1].text} {before[2]}"

    press(page, "Alt+ArrowLeft", "Alt+Shift+ArrowRight", "Alt+2")
    saved(page)
    cue = desk.cues("session")[2]
    assert cue.start == pytest.approx(split[1].start - 0.1)
    # The border that it touched went along.
    assert desk.cues("session")[1].end == cue.start
    assert cue.speaker == "Speaker 2"

    press(page, "Alt+1", "Control+z")
    saved(page)
    assert desk.cues("session")[2].speaker == "Speaker 2"
    press(page, "Control+Shift+Z")
    saved(page)
    assert desk.cues("session")[2].speaker == "Speaker 1"

    press(page, "Control+h")
    page.keyboard.type("breakfast")
    press(page, "Tab")
    page.keyboard.type("lunch")
    expect(page.locator("#places")).to_contain_text("here")
    press(page, "Enter")
    expect(page.locator("#told")).to_contain_text("replaced")
    saved(page)
    text = " ".join(desk.texts("session"))
    assert "breakfast" not in text and text.count("lunch") > 100

    press(page, "Control+ArrowDown", "Home", "Alt+i")
    page.keyboard.type(" then")
    saved(page)
    assert desk.texts("session")[3].startswith("[inaudible] then ")

    press(page, "Control+Enter")
    saved(page)
    assert desk.cues("session")[3].checked and current(page) == desk.texts("session")[4]
    press(page, "Escape")

    press(page, "Alt+d")
    selected = "() => [getSelection().focusNode.data, getSelection().focusOffset]"
    place, offset = page.evaluate(selected)
    assert place[offset:].startswith("maybe")
    press(page, "Alt+d")
    assert page.evaluate(selected) != [place, offset]

    page.reload()
    page.locator("html[data-ready]").wait_for()
    assert shown(page) == desk.texts("session")
    # It opens at the first segment that is not checked.
    assert current(page) == desk.texts("session")[0]


def test_a_border_is_dragged(desk: Desk) -> None:
    page = desk.open("session")
    page.locator("html[data-sound]").wait_for()
    press(page, *["Control+ArrowDown"] * 6)
    at = 6
    before = desk.cues("session")[at]
    wave = page.locator("#wave").bounding_box()
    assert wave
    per_second = wave["width"] / 20
    drag(page, "end", -0.5 * per_second)
    saved(page)
    after = desk.cues("session")[at]
    assert after.end == pytest.approx(before.end - 0.5, abs=2 / per_second)
    assert replace(after, end=before.end) == before
    press(page, "Control+z")
    saved(page)
    assert desk.cues("session")[at] == before


def test_the_sound_is_at_the_segment(desk: Desk) -> None:
    page = desk.open("session")
    page.locator("html[data-sound]").wait_for()
    cues = desk.cues("session")
    for at in (40, 877, 3):
        page.locator(".cue .text").nth(at).click()
        press(page, "Control+ArrowDown")
        page.wait_for_timeout(100)
        time_ = page.evaluate("document.getElementById('audio').currentTime")
        assert time_ == pytest.approx(cues[at + 1].start, abs=0.05)
    press(page, "Escape")  # plays from there
    until(lambda: page.evaluate("document.getElementById('audio').currentTime") > time_ + 0.3)
    press(page, "Escape")
    paused = page.evaluate("document.getElementById('audio').paused")
    assert paused
    press(page, "Alt+r")
    first = page.evaluate("document.getElementById('audio').currentTime")
    assert first == pytest.approx(cues[4].start, abs=0.3)


def test_a_click_lands_where_it_was_pressed(desk: Desk) -> None:
    """The list must not scroll under the mouse, low in the window as little as above."""
    page = desk.open("session")
    height = page.evaluate("innerHeight")
    rows = page.locator(".cue")
    low = next(
        n for n in range(rows.count())
        if (box := rows.nth(n).bounding_box()) and box["y"] > 0.8 * height
    )  # fmt: skip
    row = rows.nth(low)
    for target in (".check", ".text"):  # the first press makes the row the current one
        box = row.locator(target).bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + 5, box["y"] + 5)
    expect(row).to_have_class(re.compile(r"\bcurrent\b"))
    expect(row).to_have_class(re.compile(r"\bchecked\b"))
    saved(page)


def test_done(desk: Desk) -> None:
    page = desk.open("done")
    press(page, *["Control+Enter"] * 20)
    saved(page)
    assert all(cue.checked for cue in desk.cues("done"))
    press(page, "Alt+Enter")
    expect(page.locator("#done-text")).to_contain_text("All segments are checked.")
    press(page, "Enter")
    page.wait_for_url(f"{desk.server.url}/")
    expect(page.get_by_role("row", name="done", exact=False).first).to_be_visible()
    row = page.locator("tr", has=page.get_by_role("link", name="done", exact=True))
    expect(row).to_contain_text("done")
    text = (desk.project.sessions / "transcripts" / "done.vtt").read_text(encoding="utf-8")
    assert vtt_is_reviewed(text)
    assert [cue.text for cue in from_vtt(text)] == desk.texts("done")


def test_keys_are_remapped_and_stay(desk: Desk) -> None:
    page = desk.open("keys")
    press(page, "Alt+h")
    page.locator("#key-split").focus()
    press(page, "Enter", "F9")
    expect(page.locator("#key-split")).to_have_text("F9")
    page.locator("#help-dialog .main").click()
    page.reload()
    page.locator("html[data-ready]").wait_for()
    segments = len(shown(page))
    press(page, "Control+ArrowRight", "Alt+s")
    assert len(shown(page)) == segments
    press(page, "F9")
    saved(page)
    assert len(shown(page)) == len(desk.texts("keys")) == segments + 1


def test_the_browser_is_asked_to_keep_and_send_nothing(desk: Desk) -> None:
    """Spelling and translation may be services, and a title stays in the history."""
    page = desk.open("keys")
    assert page.title() == f"Review: {recording_id(KEY, 'keys')}"
    for field in page.locator(".cue .text, input:not([type])").all()[-8:]:
        assert field.evaluate("field => field.spellcheck") is False
        assert field.get_attribute("autocomplete") in (None, "off")
    assert page.evaluate("document.documentElement.translate") is False
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_nothing_left_this_machine(desk: Desk) -> None:
    """Of all pages above."""
    assert desk.requested == {desk.server.url}
    log = desk.project.root.with_name(f"{desk.project.root.name}.review.log")
    told = log.read_text(encoding="utf-8").splitlines()
    assert len(told) == 2 and told[0].startswith("review: ")
