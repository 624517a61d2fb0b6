"""The page in a browser: a session is corrected by keyboard, and nothing that was typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.chromium import browser

pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import Page, Route, expect

from attune.review.cues import from_vtt
from stages.common.transcripts.reviewed import vtt_is_reviewed
from tests.support.review import ReviewProject
from tests.support.review_desk import Desk, desk_of, press, saved, shown, until
from tests.support.review_session import add_session

pytestmark = pytest.mark.skipif(
    browser() is None, reason="Debian's package chromium is not installed"
)

MINUTES, SEGMENTS = 50, 900
SHORT = ("killed", "tabs", "full", "outside", "done")


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    """Name -> id of each recording; filled by `desk`."""
    return {}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, ids: dict[str, str]) -> Iterator[Desk]:
    project = ReviewProject(tmp_path_factory.mktemp("desk") / "project")
    project.prepare()
    ids["session"] = add_session(project, "session", MINUTES, SEGMENTS)
    for stem in SHORT:
        ids[stem] = add_session(project, stem, 1, 20)
    with desk_of(project) as made:
        yield made


@pytest.fixture(autouse=True)
def no_page_stays(desk: Desk) -> Iterator[None]:
    yield
    desk.limit(None)
    desk.close()
    assert desk.faults == []


def current(page: Page) -> str:
    found: str = page.locator(".cue.current .text").inner_text()
    return found


def test_a_session_is_corrected_by_keyboard(desk: Desk, ids: dict[str, str]) -> None:
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
    words = page.evaluate(f"fetch('/api/recordings/{ids['session']}').then((a) => a.json())")
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


def test_a_border_is_dragged(desk: Desk, ids: dict[str, str]) -> None:
    page = desk.open(ids["session"])
    page.locator("html[data-sound]").wait_for()
    press(page, *["Control+ArrowDown"] * 6)
    at = 6
    before = desk.cues("session")[at]
    wave = page.locator("#wave").bounding_box()
    handle = page.locator('.border[data-side="end"]').bounding_box()
    assert wave and handle
    per_second = wave["width"] / 20
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y, steps=3)
    page.mouse.move(x - 0.5 * per_second, y, steps=3)
    page.mouse.up()
    saved(page)
    after = desk.cues("session")[at]
    assert after.end == pytest.approx(before.end - 0.5, abs=2 / per_second)
    assert replace(after, end=before.end) == before
    press(page, "Control+z")
    saved(page)
    assert desk.cues("session")[at] == before


def test_the_sound_is_at_the_segment(desk: Desk, ids: dict[str, str]) -> None:
    page = desk.open(ids["session"])
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


def test_a_killed_server_loses_nothing(desk: Desk, ids: dict[str, str]) -> None:
    page = desk.open(ids["killed"])
    press(page, "End")
    for n, word in enumerate(["these", "words", "are", "typed", "while", "the", "server", "dies"]):
        if n == 4:
            desk.server.process.kill()
            desk.server.process.wait()
        page.keyboard.type(f" {word}")
    press(page, "Control+ArrowDown", "Control+ArrowRight", "Alt+s")
    page.keyboard.type("split ")
    expect(page.locator("#saved")).to_contain_text("not saved")
    desk.restart()
    saved(page)
    texts = desk.texts("killed")
    assert len(texts) == 21
    assert texts[0].endswith(" these words are typed while the server dies")
    assert texts[2].startswith("split ")
    assert shown(page) == texts
    press(page, "Control+z", "Control+z")
    saved(page)
    assert len(desk.texts("killed")) == 20
    press(page, "Control+Shift+Z", "Control+Shift+Z")
    saved(page)
    again = desk.open(ids["killed"])
    assert shown(again) == texts == desk.texts("killed")


def test_two_tabs(desk: Desk, ids: dict[str, str]) -> None:
    first = desk.open(ids["tabs"])
    press(first, "End")
    first.keyboard.type(" From the first.")
    saved(first)
    second = desk.open(ids["tabs"])
    notice = second.locator("#notice")
    expect(notice).to_contain_text("Read-only")
    before = desk.texts("tabs")
    second.locator(".cue .text").nth(1).click()
    second.keyboard.type("lost")
    press(second, "Alt+s", "Control+z", "Alt+c")
    assert shown(second) == before == desk.texts("tabs")

    second.get_by_role("button", name="Edit here instead").click()
    expect(notice).to_be_hidden()
    second.locator(".cue .text").first.click()
    press(second, "End")
    second.keyboard.type(" From the second.")
    saved(second)
    expect(first.locator("#notice")).to_contain_text("Read-only")
    assert desk.texts("tabs")[0].endswith(" From the first. From the second.")

    # The first goes on by itself when the second is closed.
    second.close(run_before_unload=True)
    expect(first.locator("#notice")).to_be_hidden(timeout=15_000)
    assert shown(first)[0].endswith(" From the first. From the second.")
    press(first, "End")
    first.keyboard.type(" Again.")
    saved(first)
    assert desk.texts("tabs")[0].endswith(" From the second. Again.")


def test_a_full_disk(desk: Desk, ids: dict[str, str]) -> None:
    page = desk.open(ids["full"])
    press(page, "End")
    page.keyboard.type(" One.")
    saved(page)
    before = desk.texts("full")
    log = desk.project.folder / "full.log.jsonl"
    for room in (0, 30):
        desk.limit(log.stat().st_size + room)
        page.keyboard.type(" More")
        expect(page.locator("#saved")).to_contain_text("not saved: the disk is full")
        page.keyboard.type(" and more.")
        assert desk.texts("full") == before
        desk.limit(None)
        saved(page)
        assert desk.texts("full")[0].endswith(" More and more.")
        before = desk.texts("full")
    again = desk.open(ids["full"])
    assert shown(again) == before


def test_a_file_that_changed_on_disk_meanwhile(desk: Desk, ids: dict[str, str]) -> None:
    page = desk.open(ids["outside"])
    press(page, "End")
    page.keyboard.type(" Typed")
    saved(page)
    path = desk.vtt("outside")
    before = desk.texts("outside")
    text = path.read_text(encoding="utf-8").replace(before[3], "Edited elsewhere.")
    path.write_text(text, encoding="utf-8")
    page.keyboard.type(" while it changed.")
    expect(page.locator("#notice")).to_contain_text("changed by another program")
    page.keyboard.type(" And on.")
    saved(page)
    texts = desk.texts("outside")
    assert texts[0] == f"{before[0]} while it changed. And on."
    assert texts[3] == "Edited elsewhere."
    assert texts[1:3] + texts[4:] == before[1:3] + before[4:]
    assert shown(page) == texts

    # While nobody types, it is shown as well; a split that was not saved is made in its text.
    path.write_text(path.read_text(encoding="utf-8").replace(texts[5], "Edited again."))
    expect(page.locator(".cue .text").nth(5)).to_have_text("Edited again.")
    saved(page)
    desk.limit(0)
    press(page, "Home", "Control+ArrowRight", "Alt+s")
    expect(page.locator("#saved")).to_contain_text("not saved")
    text = path.read_text(encoding="utf-8").replace(texts[7], "And a third.")
    path.write_text(text, encoding="utf-8")
    desk.limit(None)
    until(lambda: len(desk.cues("outside")) == 21)
    saved(page)
    after = desk.texts("outside")
    assert " ".join(after[:2]) == texts[0] and after[8] == "And a third."
    assert shown(page) == after


def test_typing_on_before_an_undo_is_answered_leaves_page_and_disk_alike(
    desk: Desk, ids: dict[str, str]
) -> None:
    page = desk.open(ids["full"])
    press(page, "End")
    page.keyboard.type(" One.")
    press(page, "Control+ArrowDown", "End")
    page.keyboard.type(" Two.")
    saved(page)
    held: list[Route] = []
    page.route("**/undo", lambda route: held.append(route))
    with page.expect_request("**/undo"):
        press(page, "Control+z", "Control+ArrowDown", "End")
    page.keyboard.type(" Three.")
    held[0].continue_()
    saved(page)
    texts = desk.texts("full")
    assert shown(page) == texts
    assert [texts[0].endswith(" One."), texts[1].endswith(" Two.")] == [True, False]
    assert texts[2].endswith(" Three.")


def test_edits_that_were_not_saved_are_made_again_on_other_cues(desk: Desk) -> None:
    def cue(id_: int, text: str, start: float = 0.0, speaker: str = "") -> dict[str, Any]:
        times = {"start": start, "end": start + 2.0}
        return {"id": id_, **times, "speaker": speaker, "text": text, "checked": False}

    def edit(kind: str, remove: list[dict[str, Any]], insert: list[dict[str, Any]]) -> Any:
        return {
            "kind": kind,
            "group": "",
            "splices": [{"at": 0, "remove": remove, "insert": insert}],
        }

    one, three = cue(1, "one two"), cue(3, "four", 8.0)
    named, second = one | {"speaker": "Client"}, cue(4, "two", 2.0, "Client")
    items = [
        edit("speaker", [one], [named]),
        edit("split", [named], [cue(1, "one", 0.0, "Client"), second]),
        edit("text", [second], [second | {"text": "two!"}]),
        edit("text", [three], [cue(3, "four, typed", 8.0)]),
        edit("insert", [], [cue(5, "new", 6.0)]),
    ]
    # Meanwhile another program moved the second, deleted the third and took the number 4.
    now = [one, cue(2, "three", 5.0), cue(4, "another", 9.0)]
    script = """async ([cues, items]) => {
        const { rebase } = await import('/page/rebase.js');
        return rebase(cues.map((cue) => ({ ...cue, words: [], doubt: '' })), items);
    }"""
    page = desk.page()
    found = page.evaluate(script, [now, items])
    assert [(each["text"], each["start"], each["speaker"]) for each in found["cues"]] == [
        ("one", 0.0, "Client"), ("two!", 2.0, "Client"), ("three", 5.0, ""), ("new", 6.0, ""),
        ("another", 9.0, ""),
    ]  # fmt: skip
    assert len({each["id"] for each in found["cues"]}) == 5
    assert found["lost"] == ["four, typed"] and len(found["again"]) == 4


def test_done(desk: Desk, ids: dict[str, str]) -> None:
    page = desk.open(ids["done"])
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


def test_keys_are_remapped_and_stay(desk: Desk, ids: dict[str, str]) -> None:
    page = desk.open(ids["tabs"])
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
    assert len(shown(page)) == len(desk.texts("tabs")) == segments + 1


def test_nothing_left_this_machine(desk: Desk) -> None:
    """Of all pages above."""
    assert desk.requested == {desk.server.url}
    log = desk.project.root.with_name(f"{desk.project.root.name}.review.log")
    told = log.read_text(encoding="utf-8").splitlines()
    assert len(told) == 2 and told[0].startswith("review: ")
