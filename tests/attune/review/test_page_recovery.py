"""Nothing that was typed is lost: a killed server, two tabs, a full disk, a file that changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.chromium import browser

pytest.importorskip("playwright", reason="playwright is not installed")

from playwright.sync_api import Route, expect

from tests.support.review import ReviewProject
from tests.support.review_desk import Desk, desk_of, press, saved, shown, until
from tests.support.review_session import add_session

pytestmark = pytest.mark.skipif(
    browser() is None, reason="Debian's package chromium is not installed"
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = ReviewProject(tmp_path_factory.mktemp("desk") / "project")
    project.prepare()
    for stem in ("killed", "tabs", "full", "outside", "undone"):
        add_session(project, stem, 1, 20)
    with desk_of(project) as made:
        yield made


@pytest.fixture(autouse=True)
def no_page_stays(desk: Desk) -> Iterator[None]:
    yield
    desk.clear()


def test_a_killed_server_loses_nothing(desk: Desk) -> None:
    page = desk.open("killed")
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
    again = desk.open("killed")
    assert shown(again) == texts == desk.texts("killed")


def test_two_tabs(desk: Desk) -> None:
    first = desk.open("tabs")
    press(first, "End")
    first.keyboard.type(" From the first.")
    saved(first)
    second = desk.open("tabs")
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


def test_a_full_disk(desk: Desk) -> None:
    page = desk.open("full")
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
    again = desk.open("full")
    assert shown(again) == before


def test_a_file_that_changed_on_disk_meanwhile(desk: Desk) -> None:
    page = desk.open("outside")
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


def test_typing_on_before_an_undo_is_answered_leaves_page_and_disk_alike(desk: Desk) -> None:
    page = desk.open("undone")
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
    texts = desk.texts("undone")
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
