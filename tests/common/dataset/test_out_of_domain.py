"""Reading the out-of-domain folder; all errors are reported at once, by id."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id
from stages.common.dataset.out_of_domain import (
    HALVES,
    OutOfDomainRecording,
    names_of,
    read_out_of_domain_set,
)
from stages.common.evaluation.forgetting import relative_change

KEY = b"a test's key, 16 bytes or more"
RATE = 16_000


def wave(seconds: float, rate: int = RATE) -> np.ndarray:
    return 0.2 * np.sin(np.arange(round(seconds * rate)) / 9)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for part in ("audio", "transcripts"):
        (tmp_path / part).mkdir()
    return tmp_path


def add(place: Path, name: str, samples: np.ndarray | None, text: str | bytes | None) -> None:
    stem = Path(name).stem
    if samples is not None:
        soundfile.write(place / "audio" / name, samples, RATE)
    if text is not None:
        raw = text if isinstance(text, bytes) else text.encode()
        (place / "transcripts" / f"{stem}.txt").write_bytes(raw)


def read_both(place: Path) -> list[OutOfDomainRecording]:
    """Both halves, sorted by name."""
    halves = [read_out_of_domain_set(place, KEY, half, -22.0) for half in HALVES]
    return sorted((each for half in halves for each in half), key=lambda each: each.audio)


def test_what_is_no_file_is_told_and_nothing_leads_out(place: Path, tmp_path: Path) -> None:
    names = ("out", "gone", "pipe", "folder", "text")
    for name in names:
        add(place, f"{name}.wav", None if name != "text" else wave(1.0), "One more.")
    outside = tmp_path.parent / "outside.wav"
    soundfile.write(outside, wave(1.0), RATE)
    (place / "audio" / "out.wav").symlink_to(outside)
    (place / "audio" / "gone.wav").symlink_to("nowhere.wav")
    os.mkfifo(place / "audio" / "pipe.wav")
    (place / "audio" / "folder.wav").mkdir()
    (place / "transcripts" / "text.txt").unlink()
    os.mkfifo(place / "transcripts" / "text.txt")
    lines = []
    for half in HALVES:
        with pytest.raises(UserError) as fault:
            read_out_of_domain_set(place, KEY, half, -22.0)
        lines += str(fault.value).splitlines()
    assert len(lines) == len(names)
    assert all(any(recording_id(KEY, name) in line for line in lines) for name in names)
    assert sum("leads out" in line for line in lines) == 1


def test_any_container_and_hidden_files(place: Path) -> None:
    add(place, "b.ogg", wave(2.0), "\ufeffA tale\nof two lines.")
    add(place, "a.wav", wave(1.0), "One more.")
    soundfile.write(place / "audio" / "a.wav", np.stack([wave(1.0, 8_000)] * 2, 1), 8_000)
    (place / "audio" / ".DS_Store").write_bytes(b"x")
    (place / "transcripts" / "a.html").write_text("beside")
    first, second = read_both(place)
    assert (first.text, second.text) == ("One more.", "A tale\nof two lines.")
    assert first.seconds == pytest.approx(1.0, abs=0.01) and second.seconds == pytest.approx(2.0)
    assert len(first.samples()) == round(first.seconds * RATE)


def test_all_faults_at_once_and_no_name(place: Path) -> None:
    add(place, "good.flac", wave(1.0), "fine")
    add(place, "untold.flac", wave(1.0), None)
    add(place, "unheard.flac", None, "said")
    add(place, "torn.flac", None, "said")
    (place / "audio" / "torn.flac").write_bytes(b"OggS")
    add(place, "void.flac", None, "said")
    (place / "audio" / "void.flac").touch()
    add(place, "still.flac", np.zeros(RATE), "said")
    add(place, "wordless.flac", wave(1.0), " ...\n")
    add(place, "latin.flac", wave(1.0), "caf\u00e9".encode("latin-1"))
    add(place, "twice.flac", wave(1.0), "said")
    add(place, "twice.wav", wave(1.0), None)
    lines = []
    for half in HALVES:
        with pytest.raises(UserError) as caught:
            read_out_of_domain_set(place, KEY, half, -22.0)
        lines += str(caught.value).splitlines()
    said = dict(line.removeprefix("evaluate.guard: ").split(": ", 1) for line in lines)
    expected = {
        "untold": "no transcripts/*.txt", "unheard": "no recording has",
        "torn": "damaged or not audio",
        "void": "contains no audio", "still": "silent", "wordless": "no words",
        "latin": "not UTF-8", "twice": "differ only in their extension",
    }  # fmt: skip
    assert said.keys() == {recording_id(KEY, name) for name in expected}
    for name, words in expected.items():
        assert words in said[recording_id(KEY, name)], name
        assert name not in "\n".join(lines), name


def test_a_folder_that_is_not_an_out_of_domain_set(place: Path) -> None:
    with pytest.raises(UserError, match="holds no recording"):
        read_out_of_domain_set(place, KEY, "test", -22.0)
    (place / "audio").rmdir()
    with pytest.raises(UserError, match=r"no folder audio/; it needs"):
        read_out_of_domain_set(place, KEY, "test", -22.0)


def test_halves_are_equal_and_depend_on_names_alone() -> None:
    names = [f"speaker {number}" for number in range(99)]
    test, validation = names_of("test", names), names_of("validation", names[::-1])
    assert (len(test), len(validation)) == (50, 49) and test | validation == set(names)
    assert names_of("test", ["one"]) == {"one"} and not names_of("validation", ["one"])
    assert test not in (set(names[:50]), set(names[::2])), "the hash decides, not the order"
    # Adding a recording moves at most one.
    assert len(names_of("test", [*names, "another"]) & test) >= 49


def test_the_other_half_is_not_opened(place: Path) -> None:
    names = [f"part {number}" for number in range(5)]
    for name in names:
        add(place, f"{name}.wav", wave(1.0), "fine")
    for name in names_of("test", names):
        (place / "audio" / f"{name}.wav").write_bytes(b"OggS")
        (place / "transcripts" / f"{name}.txt").write_bytes(b"\xff")
    kept = read_out_of_domain_set(place, KEY, "validation", -22.0)
    assert {each.audio.stem for each in kept} == names_of("validation", names)
    with pytest.raises(UserError):
        read_out_of_domain_set(place, KEY, "test", -22.0)


def test_one_recording_has_no_half_for_validation(place: Path) -> None:
    add(place, "alone.wav", wave(1.0), "fine")
    assert len(read_out_of_domain_set(place, KEY, "test", -22.0)) == 1
    with pytest.raises(UserError, match=r"set finetune\.average_with_base to a number") as caught:
        read_out_of_domain_set(place, KEY, "validation", -22.0)
    assert "alone" not in str(caught.value)


def test_change_is_relative_to_the_base() -> None:
    assert relative_change(0.2, 0.25) == pytest.approx(0.25)
    assert relative_change(0.0, 0.1) is None
