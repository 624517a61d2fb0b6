"""Gain and text style, and that `normalize` changes nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml

from stages.common.audio.level import PEAK
from stages.common.audio.samples import FULL_SCALE, read_pcm
from stages.common.core.errors import UserError
from stages.common.core.files import read_rows
from stages.common.core.ids import recording_id
from stages.common.core.manifest import audio_path, read_recordings
from stages.common.text.normalizer import VERSION
from stages.normalize import __main__ as normalize
from tests.support.mini_project import KEY, NORMALIZE, PARAMS, MiniProject, voice


def decibels(samples: Any) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))


def audio(mini: MiniProject, stem: str) -> Any:
    """The audio that `build_dataset` reads."""
    name = recording_id(KEY, stem)
    gains = {r.id: r.gain_db for r in read_recordings(mini.root / "data" / "normalized")}
    return read_pcm(audio_path(mini.root / "data" / "segments", name), gains[name]) / FULL_SCALE


def test_no_audio_is_written(mini: MiniProject) -> None:
    mini.valid()
    mini.segment()
    mini.normalize()
    written = sorted(path.name for path in (mini.root / "data" / "normalized").rglob("*"))
    assert written == ["recordings.jsonl", "segments.jsonl"]


def test_soft_and_loud_recordings_come_out_alike(mini: MiniProject) -> None:
    for stem, factor in (("soft", 0.01), ("loud", 1.0)):
        mini.audio(f"{stem}.wav", voice() * factor, subtype="PCM_24")
        mini.transcript(f"{stem}.txt")
    mini.params(normalize=NORMALIZE | {"level_dbfs": -30.0})
    mini.segment()
    metrics = mini.normalize()
    assert decibels(audio(mini, "soft")) == pytest.approx(decibels(audio(mini, "loud")), abs=0.5)
    assert metrics["gain_db_max"] - metrics["gain_db_min"] == pytest.approx(40, abs=0.5)
    assert metrics["gain_db_min"] <= metrics["gain_db_mean"] <= metrics["gain_db_max"]


def test_no_peak_is_above_the_limit(mini: MiniProject) -> None:
    mini.valid()
    mini.params(normalize=NORMALIZE | {"level_dbfs": -10.0})
    mini.segment()
    assert mini.normalize()["peak_limited"] == 1
    assert np.max(np.abs(audio(mini, "good"))) == pytest.approx(PEAK, abs=1e-3)


@pytest.mark.parametrize(
    ("style", "expected"),
    [("spoken", "well it is six o'clock"), ("written", "Well, it is 6 o'clock!")],
)
def test_texts_take_the_style(mini: MiniProject, style: str, expected: str) -> None:
    mini.valid("a")
    mini.transcript("a.txt", "Well, it is 6 o'clock!")
    mini.valid("b")
    mini.transcript("b.txt", "- -")
    mini.params(normalize=NORMALIZE | {"style": style})
    mini.segment()
    metrics = mini.normalize()
    rows = read_rows(mini.root / "data" / "normalized" / "segments.jsonl")
    texts = {row["recording"]: row["text"] for row in rows}
    assert texts[recording_id(KEY, "a")] == expected
    assert (metrics["style"], metrics["normalizer_version"]) == (style, VERSION)
    assert metrics["recordings"] == metrics["segments"] == 2
    if style == "spoken":
        assert texts[recording_id(KEY, "b")] == ""
        assert (metrics["changed"], metrics["empty_after"]) == (2, 1)
        assert (metrics["words_before"], metrics["words"]) == (7, 5)


def test_nothing_but_text_and_level_changes(mini: MiniProject) -> None:
    for stem in "ab":
        mini.valid(stem)
    mini.segment()
    mini.normalize()
    before, after = (mini.root / "data" / name for name in ("segments", "normalized"))
    recordings = [read_rows(folder / "recordings.jsonl") for folder in (before, after)]
    for was, now in zip(*recordings, strict=True):
        assert was | {"gain_db": 0.0} == now | {"gain_db": 0.0} and now["gain_db"] != 0
    for was, now in zip(*(read_rows(f / "segments.jsonl") for f in (before, after)), strict=True):
        assert was | {"text": ""} == now | {"text": ""}


def test_before_segment_has_run(mini: MiniProject) -> None:
    with pytest.raises(UserError, match="dvc repro"):
        normalize.main()


@pytest.mark.parametrize(
    ("language", "expected", "notice"),
    [
        ("de", "ich nehme fünfzig milligramm um acht uhr dreißig", ""),
        ("it", "ich nehme cinquanta mg um otto trenta uhr", "language it: whole numbers"),
    ],
)
def test_numbers_take_the_language(
    mini: MiniProject, capsys: pytest.CaptureFixture[str], language: str, expected: str, notice: str
) -> None:
    mini.valid("a")
    mini.transcript("a.txt", "Ich nehme 50 mg um 8:30 Uhr.")
    section = yaml.safe_load(PARAMS.read_text(encoding="utf-8"))["build_dataset"]
    mini.params(build_dataset=section | {"language": language})
    mini.segment()
    capsys.readouterr()
    mini.normalize()
    (row,) = read_rows(mini.root / "data" / "normalized" / "segments.jsonl")
    assert row["text"] == expected
    style, second, *_ = capsys.readouterr().out.splitlines()
    assert style.startswith("style spoken, as normalize.style says: 100.0% of the segments")
    assert second.startswith(notice or "1 of 1 texts changed")


@pytest.mark.parametrize("auto", [True, False])
def test_recordings_for_training_only_do_not_decide_the_style(
    mini: MiniProject, auto: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["recording,client,use", "own,Ann,all"]
    mini.valid("own")
    mini.transcript("own.txt", "Well, it is 6 o'clock!")
    for stem in "abc":
        mini.valid(stem)
        rows.append(f"{stem},,train")
    (mini.sessions / "sessions.csv").write_text("\n".join(rows))
    mini.params(normalize=NORMALIZE | {"style": "auto" if auto else "spoken"})
    mini.segment()
    metrics = mini.normalize()
    assert (metrics["style"], metrics["written_share"]) == ("written" if auto else "spoken", 1.0)
    assert ("have no case and punctuation" in capsys.readouterr().out) == auto
    uses = {r.id: r.use for r in read_recordings(mini.root / "data" / "normalized")}
    assert uses.pop(recording_id(KEY, "own")) == "all" and set(uses.values()) == {"train"}
