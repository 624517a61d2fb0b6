"""What corrections are worth: counted on drafts and corrections whose errors are known."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from attune.draft.drafts import Store, Word
from attune.draft.worth import Worth, lines, worth, write_order
from attune.webvtt import write_vtt
from stages.common.core.ids import recording_id
from stages.common.core.params import load_params
from stages.common.transcripts.cue import Cue
from tests.support.mini_project import KEY, MiniProject

DRAFTS = Path("data/drafts")
BASE = {"model": "base", "model_digest": "b", "trained_hours": 0.0}
TUNED = {"model": "tuned", "model_digest": "t", "trained_hours": 2.4}


def write_draft(
    mini: MiniProject, stem: str, text: str, probability: float = 0.9, seconds: float = 60.0,
    by: dict[str, object] = BASE, trained_on: bool = False,
) -> None:  # fmt: skip
    """A draft with a word a second."""
    (mini.sessions / "audio" / f"{stem}.wav").write_bytes(b"")
    words = [Word(n, n + 0.5, word, probability) for n, word in enumerate(text.split())]
    facts = {"id": recording_id(KEY, stem), "fingerprint": "", "seconds": seconds}
    cues = [Cue(0.0, seconds, text)]
    Store(DRAFTS).write(stem, words, cues, facts | {"trained_on": trained_on} | by)


def correct(mini: MiniProject, stem: str, *cues: Cue, reviewed: bool = True) -> None:
    mini.transcript(f"{stem}.vtt", write_vtt(cues, reviewed))


def measured() -> Worth:
    return worth(load_params())


def test_errors_by_the_model_that_wrote_the_draft(mini: MiniProject) -> None:
    write_draft(mini, "one", "she took for tablets and went home to sleep early")
    correct(mini, "one", Cue(0, 60, "She took four tablets, and went home to sleep."))
    write_draft(mini, "two", "how are you today my friend then go on", seconds=120.0)
    correct(mini, "two", Cue(0, 60, "How are you today, my friend? Then go."))
    write_draft(mini, "three", "it rained all day and the roof leaked", 0.5, by=TUNED)
    correct(mini, "three", Cue(0, 60, "It rained all day, and the roof leaked."))
    found = measured()
    base, tuned = found.groups
    assert (base.model, base.recordings) == ("base", 2)
    assert base.hours == pytest.approx(180 / 3600)
    assert base.wer == pytest.approx(3 / 17)  # four, early; on
    assert base.interval is None, "of two recordings"
    assert (tuned.trained_hours, tuned.wer, tuned.interval) == (2.4, 0.0, None)
    assert found.calibration == pytest.approx(3 / (19 * 0.1 + 8 * 0.5))
    shown = "\n".join(lines(found))
    assert "by the base: 17.6% (95 % interval: too few recordings for an interval; 2 rec" in shown
    assert "by the model tuned on 2.4 h: 0.0% (95 % interval: too few" in shown
    assert "100% lower than the line above" in shown


def test_five_recordings_have_an_interval(mini: MiniProject) -> None:
    for number, draft in enumerate(
        ("it rained", "it rains", "it rained", "it reigned", "so it did")
    ):
        write_draft(mini, f"r{number}", draft)
        correct(mini, f"r{number}", Cue(0, 60, "It rained." if number < 4 else "So it did."))
    (base,) = measured().groups
    assert base.wer == pytest.approx(2 / 11)
    assert base.interval is not None and base.interval.low < base.wer < base.interval.high


def test_what_is_not_reviewed_or_was_trained_on_does_not_count(mini: MiniProject) -> None:
    write_draft(mini, "one", "a text")
    correct(mini, "one", Cue(0, 60, "Another one."), reviewed=False)
    write_draft(mini, "two", "a text", by=TUNED, trained_on=True)
    correct(mini, "two", Cue(0, 60, "Another one."))
    write_draft(mini, "three", "a text")
    correct(mini, "three", Cue(0, 60, "[inaudible]"))
    write_draft(mini, "four", "a text")
    correct(mini, "four", Cue(0, 60, "Another one."))
    (DRAFTS / "four.words.jsonl").unlink()
    found = measured()
    assert found == Worth([], 1.0, []) and lines(found) == []


def test_words_under_a_mark_count_neither_as_errors_nor_as_expected(mini: MiniProject) -> None:
    write_draft(mini, "one", "my name is bob marsh and I am here", 0.75)
    correct(
        mini, "one", Cue(0, 2.9, "My name is"), Cue(2.9, 4.9, "[NAME]"),
        Cue(4.9, 9, "and I was here."),
    )  # fmt: skip
    found = measured()
    assert found.groups[0].wer == pytest.approx(1 / 7)
    assert found.calibration == pytest.approx(1 / (7 * 0.25))


def test_the_drafts_with_most_errors_a_minute_come_first_and_new_clients_before(
    mini: MiniProject,
) -> None:
    rates = {"known": 0.6, "new": 0.7, "new again": 0.75, "unnamed": 0.9}
    for stem, probability in rates.items():
        write_draft(mini, stem, "word " * 20, probability)
    write_draft(mini, "slow", "word " * 20, 0.1, seconds=600.0)
    write_draft(mini, "done", "a fine text of ten words is this one here", 0.8)
    correct(mini, "done", Cue(0, 60, "A fine text of nine words is this one here."))
    rows = [("done", "A"), ("known", "A"), ("slow", "A"), ("new", "B"), ("new again", "B")]
    table = "recording,client\n" + "".join(f"{stem},{client}\n" for stem, client in rows)
    (mini.sessions / "sessions.csv").write_text(table, encoding="utf-8")
    found = measured()
    assert found.calibration == pytest.approx(0.5)
    ranked = [draft.stem for draft in found.ranked]
    assert ranked == ["new", "known", "new again", "unnamed", "slow"]
    assert found.ranked[0].wrong_words == pytest.approx(20 * 0.3 / 2)
    assert found.ranked[0].error_rate == pytest.approx(0.15)
    write_order(found)
    with (DRAFTS / "order.csv").open(encoding="utf-8", newline="") as file:
        table_rows = list(csv.DictReader(file))
    assert [row["recording"] for row in table_rows] == ranked
    assert table_rows[1]["expected_wrong_words"] == "4.0"
    shown = "\n".join(lines(found))
    assert "5 draft(s)" in shown and "times 0.50" in shown
    assert recording_id(KEY, "new") in shown and "new again" not in shown


def test_no_file_name_is_a_formula_in_a_spreadsheet(mini: MiniProject) -> None:
    names = ["=1+2", "+1", "-1", "@sum", "'quoted", "plain"]
    for stem in names:
        write_draft(mini, stem, "word " * 20, 0.5)
    write_order(measured())
    with (DRAFTS / "order.csv").open(encoding="utf-8", newline="") as file:
        cells = [row["recording"] for row in csv.DictReader(file)]
    assert sorted(cells) == sorted([*(f"'{name}" for name in names[:-1]), "plain"])


def test_without_corrections_the_models_own_estimate_is_told(mini: MiniProject) -> None:
    write_draft(mini, "one", "word " * 20, 0.75)
    (expected, _) = lines(measured())
    assert "about 5 wrong words" in expected and "no draft has been corrected yet" in expected
