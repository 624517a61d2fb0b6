"""Training windows without words: their share, their labels, and where their sound comes from."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stages.build_dataset.building import build
from stages.build_dataset.empty_windows import EmptyWindow, EmptyWindows, make_empty_clip, pauses
from stages.build_dataset.windows import Window
from stages.common.audio.samples import SAMPLE_RATE, Pcm16, to_pcm
from stages.common.core.manifest import Recording, Segment, write_manifest
from stages.common.core.params import BuildDataset, load_params
from stages.common.dataset.features import decode_clip
from stages.common.dataset.labels import Labeller, load_labeller
from stages.common.dataset.split_storage import clips_of
from tests.support.whisper_models import tiny_english, tiny_multilingual

KEY = b"a key for tests, which everybody may know"
SECONDS = 60.0
SPEECH = [(5.0, 9.0), (9.5, 12.0), (20.0, 22.0), (40.0, 41.0)]
LOUD = 0.3


def settings(**changes: float) -> BuildDataset:
    update = {"window_seconds": 20.0, "timestamps": 0.5, "empty_windows": 0.07, **changes}
    return load_params().build_dataset.model_copy(update=update)


def recording(name: str, speech: list[tuple[float, float]] = SPEECH) -> Recording:
    return Recording(name, name, SECONDS, speech, 0.1, 0.5)


def segment(name: str, number: int, start: float, end: float) -> Segment:
    return Segment(f"{name}-{number:04d}", name, start, end, start, end, f"word{number}", "")


def segments_of(name: str) -> list[Segment]:
    # The last segment holds speech that the detector missed.
    return [segment(name, n, *times) for n, times in enumerate([*SPEECH, (50.0, 52.0)])]


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Labeller:
    return load_labeller(tiny_english(tmp_path_factory.mktemp("base")), "en")


def added(recordings: int, each: int, params: BuildDataset) -> list[Window | EmptyWindow]:
    """All windows of `recordings` recordings, each with `each` windows that have words."""
    names = [f"r{number:03d}" for number in range(recordings)]
    rows = {name: segments_of(name) for name in names}
    windows = (Window([rows[name][0]], [(5.0, 9.0)], []) for name in names for _ in range(each))
    every = (row for name in ("a dropped one", *names) for row in rows.get(name, segments_of(name)))
    known = {name: recording(name) for name in ("a dropped one", *names)}
    return list(EmptyWindows(params, KEY).added(windows, every, known))


@pytest.mark.parametrize("share", [0.0, 0.07, 0.25, 0.5])
@pytest.mark.parametrize("each", [1, 13])
def test_their_share_of_all_windows(share: float, each: int) -> None:
    windows = added(60, each, settings(empty_windows=share))
    empty = [window for window in windows if isinstance(window, EmptyWindow)]
    assert len(windows) - len(empty) == 60 * each, "the others stay"
    assert abs(len(empty) - share * len(windows)) <= 1
    assert len({window.id for window in empty}) == len(empty)
    # The windows of a recording stay together.
    names = [window.recording for window in windows]
    assert names == sorted(names)
    assert windows == added(60, each, settings(empty_windows=share))


def test_pauses_have_neither_speech_nor_a_segment() -> None:
    found = pauses(recording("r"), segments_of("r"))
    assert found == [
        (0.0, 4.7), (pytest.approx(12.3), 19.7), (pytest.approx(22.3), 39.7),
        (pytest.approx(41.3), 49.7), (pytest.approx(52.3), 60.0),
    ]  # fmt: skip
    assert pauses(recording("r", [(0.0, 60.0)]), []) == []
    assert pauses(recording("r", [(0.5, 59.5)]), []) == [], "shorter than a second"


def test_windows_are_pauses_or_synthetic_of_many_lengths() -> None:
    windows = [w for w in added(200, 2, settings(empty_windows=0.5)) if isinstance(w, EmptyWindow)]
    free = pauses(recording("r"), segments_of("r"))
    of_pauses = [window for window in windows if window.pieces]
    assert 0.4 < len(of_pauses) / len(windows) < 0.6
    for window in of_pauses:
        for start, end in window.pieces:
            assert any(a <= start < end <= b for a, b in free)
        assert sum(b - a for a, b in window.pieces) == pytest.approx(window.seconds)
    assert len({window.pieces[0] for window in of_pauses}) > 5
    seconds = [window.seconds for window in windows]
    assert 2 <= min(seconds) < 4 and 18 < max(seconds) <= 20
    assert 0.4 < sum(window.timed for window in windows) / len(windows) < 0.6
    assert len({window.seed for window in windows}) == len(windows)


def test_without_pauses_all_are_synthetic() -> None:
    counted = EmptyWindows(settings(empty_windows=0.5), KEY)
    row = segment("r", 0, 0.0, 60.0)
    windows = [Window([row], [(5.0, 9.0)], [])] * 20
    made = list(counted.added(windows, [row], {"r": recording("r", [(0.0, 60.0)])}))
    assert len(made) == 40 and counted.counts == {"pauses": 0, "synthetic": 20}


@pytest.mark.parametrize("make", [tiny_english, tiny_multilingual])
def test_labels(make: object, tmp_path: Path) -> None:
    labeller = load_labeller(make(tmp_path / "base"), "en")  # type: ignore[operator]
    names = [labeller.tokenizer.id_to_token(token) for token in labeller.prompt]
    assert names[0] == "<|startoftranscript|>"
    samples = np.zeros(round(SECONDS) * SAMPLE_RATE, np.int16)
    for timed, token in ((False, labeller.no_timestamps), (True, labeller.first_time)):
        window = EmptyWindow("r-empty-0000", "r", [], 4.0, timed, 1)
        clip = make_empty_clip(window, labeller, samples)
        assert clip.labels == [*labeller.prompt, token, labeller.end]
        assert clip.text == "" and clip.prompt == 0 and clip.recording == "r"
        assert clip.seconds == len(decode_clip(clip.audio)) / SAMPLE_RATE == 4.0


def test_the_sound_of_pauses_is_the_recordings(english: Labeller) -> None:
    samples = np.arange(round(SECONDS) * SAMPLE_RATE, dtype=np.int64).astype(np.int16)
    window = EmptyWindow("r-empty-0000", "r", [(13.0, 15.0), (23.0, 24.0)], 3.0, True, 1)
    clip = make_empty_clip(window, english, samples)
    audio, _ = soundfile.read(io.BytesIO(clip.audio), dtype="int16")
    parts = [samples[13 * SAMPLE_RATE : 15 * SAMPLE_RATE], samples[23 * SAMPLE_RATE :][:16_000]]
    assert np.array_equal(audio, np.concatenate(parts)) and clip.start == 13.0


def test_a_dataset_with_empty_windows(tmp_path: Path, english: Labeller) -> None:
    names = [f"r{number:02d}" for number in range(30)]
    source, target = tmp_path / "normalized", tmp_path / "dataset"
    write_manifest(
        source, [recording(name) for name in names], [s for n in names for s in segments_of(n)]
    )

    def read_audio(_: str, gain_db: float) -> Pcm16:
        samples = np.zeros(round(SECONDS) * SAMPLE_RATE, np.float32)
        for start, end in [*SPEECH, (50.0, 52.0)]:
            samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] = LOUD
        return to_pcm(samples)

    changes = {"min_words_per_second": 0.1, "validation": 0.3, "test": 0.3, "shared_words": 9}
    params = settings(empty_windows=0.4, window_seconds=6.0, **changes)
    known = {name: recording(name) for name in names}
    metrics = build(source, target, known, read_audio, KEY, params, english)
    counts = metrics["empty_windows"]
    assert counts["pauses"] > 0 < counts["synthetic"]
    clips = list(clips_of(target / "train"))
    empty = [clip for clip in clips if not clip.text]
    assert len(empty) == sum(counts.values()) == pytest.approx(0.4 * len(clips), abs=1)
    assert all(np.abs(decode_clip(clip.audio)).max() < LOUD for clip in empty if clip.start)
    for split in ("validation", "test"):
        assert all(clip.text for clip in clips_of(target / split))
    again = build(source, tmp_path / "again", known, read_audio, KEY, params, english)
    assert again == metrics and list(clips_of(tmp_path / "again" / "train")) == clips


def test_segments_are_read_once(english: Labeller) -> None:
    """In the order of the windows, a recording at a time."""
    names = [f"r{number:02d}" for number in range(20)]
    read: list[str] = []

    def segments() -> Iterator[Segment]:
        for name in names:
            read.append(name)
            yield from segments_of(name)

    windows = (Window([segments_of(name)[0]], [(5.0, 9.0)], []) for name in names)
    known = {name: recording(name) for name in names}
    for window in EmptyWindows(settings(), KEY).added(windows, segments(), known):
        assert len(read) <= names.index(window.recording) + 2
    assert read == names
