"""All reviews of a folder: one page writes, edits elsewhere, done, and what remains."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

import pytest

from attune.review.cues import Splice, from_vtt
from attune.review.document import Stale
from attune.review.listing import listing
from attune.review.reviews import ReadOnly, Reviews
from stages.common.core.errors import UserError
from stages.common.transcripts.cue import Cue
from stages.common.transcripts.reviewed import vtt_is_reviewed
from tests.support.review import ReviewProject

CUES = [
    Cue(0.0, 40.0, "a session about sleep", "Speaker 1"),
    Cue(40.0, 80.0, "and about dreams", "Speaker 2"),
]


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ids(project: ReviewProject) -> list[str]:
    """Two drafted recordings, the second with more doubtful words."""
    made = [project.audio(stem) for stem in ("one", "two")]
    project.draft("one", CUES, {"sleep": 0.2})
    project.draft("two", CUES, {"sleep": 0.2, "dreams": 0.1})
    return made


def edit(
    reviews: Reviews, id_: str, page: str, text: str, checked: bool = False, seconds: float = 1.0
) -> None:
    """The first cue's text."""
    document = reviews.open(id_).document
    old = document.cues[0]
    splice = Splice(0, [old], [replace(old, text=text, checked=checked)])
    version = document.version
    reviews.edit(id_, page, version, f"r{version}", "text", "", [splice], seconds)


def first_text(project: ReviewProject, id_: str) -> str:
    return project.reviews().open(id_).document.cues[0].text


def test_one_page_writes_until_it_is_silent(
    project: ReviewProject, ids: list[str], clock: Clock
) -> None:
    reviews = project.reviews(clock)
    assert reviews.hold(ids[0], "a", False, 0.0)
    assert not reviews.hold(ids[0], "b", False, 0.0)
    with pytest.raises(ReadOnly):
        edit(reviews, ids[0], "b", "not mine")
    clock.now += 5
    edit(reviews, ids[0], "a", "mine")  # a sign of life
    clock.now += 5
    assert not reviews.hold(ids[0], "b", False, 0.0)
    clock.now += 2
    assert reviews.hold(ids[0], "b", False, 0.0)
    with pytest.raises(ReadOnly):
        edit(reviews, ids[0], "a", "too late")
    assert first_text(project, ids[0]) == "mine"
    assert reviews.hold(ids[1], "a", False, 0.0)


def test_a_page_can_take_over_and_gives_back_when_it_closes(
    project: ReviewProject, ids: list[str], clock: Clock
) -> None:
    reviews = project.reviews(clock)
    assert reviews.hold(ids[0], "a", False, 0.0) and reviews.hold(ids[0], "b", True, 0.0)
    for act in (
        lambda: edit(reviews, ids[0], "a", "x"), lambda: reviews.finish(ids[0], "a", 0.0),
        lambda: reviews.undo(ids[0], "a", 1, "r", 0.0, False),
    ):  # fmt: skip
        with pytest.raises(ReadOnly):
            act()
    reviews.release(ids[0], "a", 0.0)  # not the holder
    assert not reviews.hold(ids[0], "a", False, 0.0)
    reviews.release(ids[0], "b", 0.0)
    assert reviews.hold(ids[0], "a", False, 0.0)


def test_the_work_of_all_messages_is_kept(
    project: ReviewProject, ids: list[str], clock: Clock
) -> None:
    reviews = project.reviews(clock)
    reviews.hold(ids[0], "a", False, 10.0)
    edit(reviews, ids[0], "a", "one", seconds=5.0)
    reviews.hold(ids[0], "a", False, 500.0)  # a page asleep: no more than a minute counts
    reviews.release(ids[0], "a", 1.5)
    source = reviews.sources.by_id[ids[0]]
    assert reviews.progress(source)[0].work_seconds == 76.5
    assert project.reviews().progress(source)[0].work_seconds == 76.5


def test_an_edit_of_an_earlier_version_is_refused(project: ReviewProject, ids: list[str]) -> None:
    reviews = project.reviews()
    edit(reviews, ids[0], "a", "newer")
    with pytest.raises(Stale):
        reviews.edit(ids[0], "a", 1, "r", "text", "", [], 0.0)


def test_replacing_here_is_left_to_the_page(project: ReviewProject, ids: list[str]) -> None:
    reviews = project.reviews()
    splices, places = reviews.replace(ids[0], "about", "on")
    assert places == 2 and [splice.at for splice in splices] == [0, 1]
    assert reviews.open(ids[0]).document.version == 1


def test_replacing_elsewhere(project: ReviewProject, ids: list[str], clock: Clock) -> None:
    held, done = project.audio("held"), project.audio("done")
    for stem in ("held", "done"):
        project.draft(stem, CUES)
    project.audio("other")
    project.draft("other", [Cue(0.0, 2.0, "nothing of the kind")])
    project.audio("empty")
    reviews = project.reviews(clock)
    reviews.hold(held, "b", False, 0.0)
    reviews.hold(done, "b", False, 0.0)
    reviews.finish(done, "b", 0.0)
    edit(reviews, ids[1], "c", "checked sleep", checked=True)
    reviews.release(ids[1], "c", 0.0)

    assert reviews.replace_elsewhere(ids[0], "a", "about", "on", True) == (1, 1, 1)
    assert not (project.folder / "other.vtt").exists()
    assert reviews.replace_elsewhere(ids[0], "a", "sleep", "rest", False) == (0, 0, 1)
    assert reviews.replace_elsewhere(ids[0], "a", "about", "on", False) == (1, 1, 1)
    texts = {
        id_: [each.text for each in project.reviews().open(id_).document.cues]
        for id_ in (ids[1], held, done)
    }
    unchanged = [each.text for each in CUES]
    assert texts == {
        ids[1]: ["checked sleep", "and on dreams"], held: unchanged, done: unchanged,
    }  # fmt: skip
    assert sorted(path.name for path in project.folder.glob("o*.vtt")) == []


def test_counting_elsewhere_starts_no_review(project: ReviewProject, ids: list[str]) -> None:
    reviews = project.reviews()
    assert reviews.replace_elsewhere(ids[0], "a", "about", "on", True) == (2, 1, 0)
    assert list(project.folder.iterdir()) == []


def test_done_moves_the_transcript_and_the_list_says_so(
    project: ReviewProject, ids: list[str]
) -> None:
    reviews = project.reviews()
    edit(reviews, ids[0], "a", "corrected [inaudible] (laughs) [NAME], yes \u2013 5 < 6")
    reviews.finish(ids[0], "a", 3.0)
    path = project.sessions / "transcripts" / "one.vtt"
    text = path.read_text(encoding="utf-8")
    assert vtt_is_reviewed(text)
    assert from_vtt(text)[0].text == "corrected [inaudible] (laughs) [NAME], yes \u2013 5 < 6"
    for again in (reviews, project.reviews()):
        rows = {row["id"]: row for row in listing(again)["recordings"]}
        assert [rows[id_]["done"] for id_ in ids] == [True, False]
        assert rows[ids[0]]["from"] == "transcript"


def test_done_keeps_a_transcript_that_came_while_the_page_was_open(
    project: ReviewProject, ids: list[str]
) -> None:
    reviews = project.reviews()
    edit(reviews, ids[0], "a", "corrected")
    texts = {
        name: f"WEBVTT\n\n00:01.000 --> 00:02.000\n{name}\n" for name in ("one.vtt", "one.txt")
    }
    for name, text in texts.items():
        path = project.transcript(name, text)
        reviews.finish(ids[0], "a", 0.0)
        assert (project.folder / "replaced" / name).read_text() == text
    assert [path.name for path in (project.sessions / "transcripts").iterdir()] == ["one.vtt"]
    path = project.sessions / "transcripts/one.vtt"
    edited = path.read_text().replace("corrected", "edited by hand")
    path.write_text(edited)
    reviews.finish(ids[0], "a", 0.0)  # the page has not seen it
    assert (project.folder / "replaced/one.2.vtt").read_text() == edited
    reviews.finish(ids[0], "a", 0.0)
    assert len(list((project.folder / "replaced").iterdir())) == 3


def test_a_finished_review_stays_where_its_transcript_is_gone(
    project: ReviewProject, ids: list[str]
) -> None:
    reviews = project.reviews()
    edit(reviews, ids[0], "a", "corrected")
    reviews.finish(ids[0], "a", 0.0)
    (project.sessions / "transcripts/one.vtt").unlink()
    rows = {row["id"]: row["done"] for row in listing(reviews)["recordings"]}
    assert not any(rows.values())
    assert first_text(project, ids[0]) == "corrected"


def test_a_finished_review_reopened_is_as_it_was(project: ReviewProject, ids: list[str]) -> None:
    reviews = project.reviews()
    edit(reviews, ids[0], "a", "Client: well (sighs) [inaudible] 00:12 & <i>so</i> - [NAME]", True)
    reviews.finish(ids[0], "a", 0.0)
    before = reviews.open(ids[0]).document
    after = project.reviews().open(ids[0]).document
    assert after.cues == before.cues and after.version == before.version


def test_a_finished_transcript_that_was_edited_since_is_taken_over(
    project: ReviewProject, ids: list[str]
) -> None:
    reviews = project.reviews()
    edit(reviews, ids[0], "a", "corrected")
    reviews.finish(ids[0], "a", 0.0)
    path = project.sessions / "transcripts" / "one.vtt"
    path.write_text(path.read_text().replace("corrected", "edited since"))
    again = project.reviews()
    assert again.open(ids[0]).document.cues[0].text == "edited since"
    document = again.open(ids[0]).document
    document.undo(document.version, "", 0.0)
    assert document.cues[0].text == "corrected"


def test_the_list_has_the_least_certain_first_and_begun_ones_before(
    project: ReviewProject, ids: list[str]
) -> None:
    project.audio("none")
    reviews = project.reviews()
    rows = listing(reviews)["recordings"]
    assert [row["name"] for row in rows] == ["two", "one", "none"]
    assert [row["doubtful"] for row in rows] == [2, 1, 0]
    assert [row["can_open"] for row in rows] == [True, True, False]
    edit(reviews, ids[0], "a", "a session about sleep", checked=True, seconds=60.0)
    rows = listing(reviews)["recordings"]
    assert [row["name"] for row in rows] == ["one", "two", "none"]
    assert rows[0]["checked_share"] == 0.5 and rows[0]["doubtful"] == 0


def test_what_remains_by_the_rate_so_far(project: ReviewProject, ids: list[str]) -> None:
    reviews = project.reviews()
    found = listing(reviews)
    assert found["minutes_per_minute"] is None and found["remaining_minutes"] is None
    edit(reviews, ids[0], "a", "x", checked=True, seconds=60.0)
    document = reviews.open(ids[0]).document
    checked = Splice(1, [document.cues[1]], [replace(document.cues[1], checked=True)])
    reviews.edit(ids[0], "a", document.version, "", "checked", "", [checked], 60.0)
    found = listing(reviews)
    assert found["minutes_per_minute"] == pytest.approx(120 / 80)
    assert found["unchecked_minutes"] == pytest.approx(80 / 60)
    assert found["remaining_minutes"] == pytest.approx(2.0)


def test_a_damaged_or_missing_file_of_one_recording_does_not_hide_the_others(
    project: ReviewProject, ids: list[str]
) -> None:
    reviews = project.reviews()
    reviews.open(ids[0])
    (project.folder / "one.vtt").write_text("damaged")
    os.utime(project.folder / "one.vtt", (0, 0))
    (project.root / "data/drafts/two.words.jsonl").write_text("damaged")
    id_ = project.audio("three")
    path = project.transcript("three.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nthree\n")
    again = project.reviews()
    path.unlink()
    rows = {row["name"]: row for row in listing(again)["recordings"]}
    assert set(rows) == {"one", "two", "three"}
    for each in (ids[0], ids[1], id_):
        with pytest.raises(UserError):
            again.open(each)


def test_an_unknown_recording(project: ReviewProject, ids: list[str]) -> None:
    with pytest.raises(KeyError):
        project.reviews().open("r0123456789")
