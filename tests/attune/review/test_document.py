"""A recording under review survives crashes, lost answers, full disks and other programs."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from attune.review.cues import InvalidEdit, ReviewCue, Splice, apply, from_vtt, invert, to_vtt
from attune.review.document import Document, Stale
from stages.common.core.errors import UserError
from tests.support.review import cue

START = [cue(1, 0.5, "first words", "Client"), cue(2, 3.0, "second words"), cue(3, 6.0, "third")]


def opened(folder: Path) -> Document:
    return Document(folder, "one", lambda: list(START))


def typed(document: Document, at: int, text: str, request: str = "", group: str = "") -> None:
    old = document.cues[at]
    splice = Splice(at, [old], [replace(old, text=text)])
    document.edit(document.version, request, "text", group, [splice], 2.0)


def texts(document: Document) -> list[str]:
    return [each.text for each in document.cues]


def test_it_starts_from_the_given_cues_and_goes_on_from_its_files(tmp_path: Path) -> None:
    document = opened(tmp_path)
    assert (document.cues, document.version) == (START, 1)
    typed(document, 1, "corrected words")
    again = Document(tmp_path, "one", lambda: pytest.fail("started anew"))
    assert texts(again) == ["first words", "corrected words", "third"]
    assert from_vtt(document.path.read_text(encoding="utf-8")) == again.cues
    assert again.version == 2 and again.log.seconds == 2.0


def test_a_crash_between_log_and_webvtt_loses_nothing(tmp_path: Path) -> None:
    document = opened(tmp_path)
    typed(document, 0, "one")
    before = document.path.read_bytes()
    typed(document, 1, "two")
    document.path.write_bytes(before)
    again = opened(tmp_path)
    assert texts(again) == ["one", "two", "third"] and again.version == 3
    assert from_vtt(again.path.read_text(encoding="utf-8")) == again.cues


def test_a_crash_at_any_byte_of_the_log_leaves_the_state_before_or_after(tmp_path: Path) -> None:
    document = opened(tmp_path)
    vtt, log = document.path.read_bytes(), document.log.path.read_bytes()
    typed(document, 0, "changed")
    after = document.log.path.read_bytes()
    for size in range(len(log), len(after) + 1, 7):
        folder = tmp_path / str(size)
        folder.mkdir()
        (folder / "one.vtt").write_bytes(vtt)
        (folder / "one.log.jsonl").write_bytes(after[:size])
        again = opened(folder)
        assert texts(again)[0] == ("changed" if size == len(after) else "first words")
        typed(again, 2, "goes on")
        assert texts(opened(folder))[2] == "goes on"


def test_a_lost_answer_repeated_changes_nothing(tmp_path: Path) -> None:
    document = opened(tmp_path)
    splice = Splice(0, START[:1], [replace(START[0], text="once")])
    document.edit(1, "r1", "text", "", [splice], 0.0)
    document.edit(1, "r1", "text", "", [splice], 0.0)
    assert document.version == 2
    first = document.undo(2, "r2", 0.0)
    assert document.undo(2, "r2", 0.0) == first and document.version == 3
    again = document.redo(3, "r3", 0.0)
    assert document.redo(3, "r3", 0.0) == again == [splice] and document.version == 4
    # The same after a crash.
    opened(tmp_path).redo(3, "r3", 0.0)
    assert texts(opened(tmp_path))[0] == "once" and opened(tmp_path).version == 4


def test_edits_of_another_version_or_that_do_not_fit_change_nothing(tmp_path: Path) -> None:
    document = opened(tmp_path)
    typed(document, 0, "newer")
    before = document.path.read_bytes(), document.log.path.read_bytes()
    with pytest.raises(Stale):
        document.edit(1, "r", "text", "", [Splice(1, [START[1]], [])], 0.0)
    with pytest.raises(InvalidEdit):
        document.edit(2, "r", "text", "", [Splice(0, [START[0]], [])], 0.0)
    assert (document.path.read_bytes(), document.log.path.read_bytes()) == before


def test_undo_and_redo_by_groups(tmp_path: Path) -> None:
    document = opened(tmp_path)
    for letters in ("c", "ca", "cat"):
        typed(document, 0, letters, group="text-1")
    typed(document, 1, "dog", group="text-2")
    document.undo(document.version, "", 0.0)
    assert texts(document) == ["cat", "second words", "third"]
    document.undo(document.version, "", 0.0)
    assert document.cues == START
    assert document.undo(document.version, "", 0.0) == []
    document.redo(document.version, "", 0.0)
    document.redo(document.version, "", 0.0)
    assert texts(document) == ["cat", "dog", "third"]
    assert document.redo(document.version, "", 0.0) == []
    document.undo(document.version, "", 0.0)
    document.undo(document.version, "", 0.0)
    assert document.cues == START


@pytest.mark.parametrize("while_open", [False, True])
def test_what_another_program_wrote_is_taken_over_and_can_be_undone(
    tmp_path: Path, while_open: bool
) -> None:
    document = opened(tmp_path)
    typed(document, 0, "typed")
    written = document.path.read_text(encoding="utf-8").replace("second words", "edited outside")
    document.path.write_text(written, encoding="utf-8")
    if while_open:
        assert document.refresh() and not document.refresh()
        with pytest.raises(Stale):
            document.edit(2, "r", "text", "", [], 0.0)
    else:
        document = opened(tmp_path)
    assert texts(document) == ["typed", "edited outside", "third"]
    document.undo(document.version, "", 0.0)
    assert texts(document) == ["typed", "second words", "third"]
    document.undo(document.version, "", 0.0)
    assert document.cues == START


@pytest.mark.parametrize("change", [lambda text: text.replace("\n", "\r\n"), lambda text: text])
def test_another_form_of_the_same_cues_is_no_change(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    document = opened(tmp_path)
    typed(document, 0, "typed")
    document.path.write_bytes(change(document.path.read_text(encoding="utf-8")).encode())
    document = opened(tmp_path)
    assert texts(document)[0] == "typed"
    document.undo(document.version, "", 0.0)
    assert document.cues == START


def test_times_between_milliseconds_can_be_edited_after_a_restart(tmp_path: Path) -> None:
    start = [ReviewCue(1, 1100.143, 1102.143, "", "one", False)]
    Document(tmp_path, "one", lambda: list(start))
    again = opened(tmp_path)
    typed(again, 0, "two")
    assert again.cues == [replace(start[0], text="two")]


@pytest.mark.parametrize("while_open", [False, True])
def test_a_removed_webvtt_comes_back_from_the_log(tmp_path: Path, while_open: bool) -> None:
    document = opened(tmp_path)
    typed(document, 0, "typed")
    document.path.unlink()
    if while_open:
        assert not document.refresh()
    else:
        document = opened(tmp_path)
    assert texts(document)[0] == "typed"
    assert from_vtt(document.path.read_text(encoding="utf-8")) == document.cues


def test_a_removed_log_leaves_the_webvtt_which_undo_cannot_empty(tmp_path: Path) -> None:
    typed(opened(tmp_path), 0, "typed")
    (tmp_path / "one.log.jsonl").unlink()
    document = opened(tmp_path)
    assert texts(document)[0] == "typed"
    assert document.undo(document.version, "", 0.0) == []
    assert texts(document)[0] == "typed"


@pytest.mark.parametrize(
    "damage",
    [
        b"no header, confidential",
        b"WEBVTT\n\n1\n00:00:05.000 --> 00:00:02.000\nconfidential\n",
        b"WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n\xff\xfe confidential\n",
    ],
)
def test_a_damaged_webvtt_is_told_without_its_text_and_the_log_has_all(
    tmp_path: Path, damage: bytes
) -> None:
    typed(opened(tmp_path), 0, "typed")
    (tmp_path / "one.vtt").write_bytes(damage)
    with pytest.raises(UserError, match="remove") as told:
        opened(tmp_path)
    assert "confidential" not in str(told.value) and "one.vtt" not in str(told.value)
    (tmp_path / "one.vtt").unlink()
    assert texts(opened(tmp_path))[0] == "typed"


@pytest.mark.parametrize("is_empty", [False, True])
def test_a_power_failure_that_leaves_an_earlier_or_empty_webvtt_loses_nothing(
    tmp_path: Path, is_empty: bool
) -> None:
    document = opened(tmp_path)
    left = b"" if is_empty else document.path.read_bytes()
    for at, text in enumerate(("one", "two", "three")):
        typed(document, at, text)
    document.path.write_bytes(left)
    assert texts(opened(tmp_path)) == ["one", "two", "three"]


def test_an_earlier_webvtt_that_another_program_puts_back_is_an_edit(tmp_path: Path) -> None:
    document = opened(tmp_path)
    before = document.path.read_bytes()
    typed(document, 0, "changed")
    document.path.write_bytes(before)
    assert document.refresh() and document.cues == START
    assert opened(tmp_path).cues == START
    document.undo(document.version, "", 0.0)
    assert texts(document)[0] == "changed"


def test_a_webvtt_that_could_not_be_written_is_written_by_the_next_call(tmp_path: Path) -> None:
    document = opened(tmp_path)
    in_the_way = tmp_path / ".one.vtt.new"  # its atomic write needs this name
    in_the_way.mkdir()
    splice = Splice(0, START[:1], [replace(START[0], text="typed")])
    for _ in range(2):
        with pytest.raises(OSError):
            document.edit(1, "r", "text", "", [splice], 0.0)
    shutil.rmtree(in_the_way)
    document.edit(1, "r", "text", "", [splice], 0.0)
    assert document.version == 2 and texts(document)[0] == "typed"
    assert from_vtt(document.path.read_text(encoding="utf-8")) == document.cues


def test_every_cue_can_be_deleted(tmp_path: Path) -> None:
    document = opened(tmp_path)
    document.edit(1, "", "delete", "", [Splice(0, START, [])], 0.0)
    again = opened(tmp_path)
    assert again.cues == []
    again.undo(again.version, "", 0.0)
    assert again.cues == START


class Model:
    """What a document must hold: states, with groups, between which undo and redo move."""

    def __init__(self) -> None:
        self.cues, self.group = list(START), ""
        self.past: list[tuple[list[list[Splice]], str]] = []
        self.future: list[list[list[Splice]]] = []

    def edit(self, splices: list[Splice], group: str) -> None:
        self.cues = apply(self.cues, splices)
        self.future.clear()
        if self.past and group and self.past[-1][1] == group:
            self.past[-1][0].append(splices)
        else:
            self.past.append(([splices], group))

    def undo(self) -> None:
        if self.past:
            steps, _ = self.past.pop()
            for splices in reversed(steps):
                self.cues = apply(self.cues, invert(splices))
            self.future.append(steps)

    def redo(self) -> None:
        if self.future:
            steps = self.future.pop()
            for splices in steps:
                self.cues = apply(self.cues, splices)
            self.past.append((steps, ""))


def random_splices(chance: random.Random, cues: list[ReviewCue]) -> list[Splice]:
    at = chance.randrange(len(cues) + 1)
    removed = cues[at : at + chance.randrange(3)]
    new = 1 + max((each.id for each in cues), default=0)
    inserted = [
        cue(removed[n].id if n < len(removed) else new + n, 3.0 * at, f"{chance.random()}")
        for n in range(chance.randrange(3))
    ]
    return [Splice(at, removed, inserted)]


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_calls_equals_a_model(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    document, model = opened(tmp_path), Model()
    for step in range(150):
        act = chance.choice(["edit", "edit", "undo", "redo", "reopen", "crash"])
        if act == "edit":
            splices, group = random_splices(chance, model.cues), chance.choice(["", "a", "b"])
            if any(splice.remove or splice.insert for splice in splices):
                model.edit(splices, group)
                document.edit(document.version, f"r{step}", "text", group, splices, 0.0)
        elif act in ("undo", "redo"):
            getattr(model, act)()
            getattr(document, act)(document.version, f"r{step}", 0.0)
        elif act == "reopen":
            document = opened(tmp_path)
        else:  # between log and WebVTT
            before = document.path.read_bytes()
            splices = random_splices(chance, model.cues)
            if splices[0].remove or splices[0].insert:
                model.edit(splices, "")
                document.edit(document.version, f"r{step}", "text", "", splices, 0.0)
                document.path.write_bytes(before)
                document = opened(tmp_path)
        assert document.cues == model.cues, (step, act)
    assert document.path.read_text(encoding="utf-8") == to_vtt(model.cues)
