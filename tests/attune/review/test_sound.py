"""The sound of a recording: ranges to the byte, peaks, and recordings that cannot be played."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from attune.review.sound import PEAKS_PER_SECOND, SoundError, Sounds
from attune.waveform import peaks
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.transcripts.cue import Cue
from tests.attune.review.served import Client, served
from tests.support.review import ReviewProject

SECONDS = 20


def noise() -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    return np.random.default_rng(1).integers(-9000, 9000, SECONDS * SAMPLE_RATE, dtype=np.int16)


@pytest.fixture
def client(project: ReviewProject) -> Iterator[Client]:
    for stem in ("played", "damaged"):
        project.audio(stem, noise())
        project.draft(stem, [Cue(0.0, 2.0, "some words")])
    (project.sessions / "audio" / "damaged.wav").write_bytes(b"RIFF of nothing" * 9)
    with served(project) as made:
        yield made


def address(client: Client, stem: str) -> str:
    return next(
        f"/api/recordings/{id_}"
        for id_, source in client.reviews.sources.by_id.items()
        if source.stem == stem
    )


def test_the_sound_is_the_recordings(client: Client) -> None:
    at = address(client, "played")
    found = client.ready(f"{at}/peaks")
    assert float(found.headers["X-Seconds"]) == SECONDS
    expected = peaks(noise().astype(np.float32) / np.float32(32768), PEAKS_PER_SECOND)
    assert np.array_equal(np.frombuffer(found.content, np.uint8), expected)
    samples, rate = soundfile.read(io.BytesIO(client.get(f"{at}/sound.wav").content), dtype="int16")
    assert rate == SAMPLE_RATE and np.array_equal(samples, noise())


def test_a_range_has_the_bytes_of_the_file(client: Client) -> None:
    at = f"{address(client, 'played')}/sound.wav"
    whole = client.ready(at)
    assert whole.headers["accept-ranges"] == "bytes"
    size = len(whole.content)
    for header, first, last in (
        ("bytes=0-", 0, size - 1),
        ("bytes=100000-100999", 100_000, 100_999),
        ("bytes=-500", size - 500, size - 1),
        (f"bytes={size - 1}-{size + 9}", size - 1, size - 1),
    ):
        part = client.get(at, headers={"Range": header})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole.content[first : last + 1]
    assert client.get(at, headers={"Range": f"bytes={size}-"}).status_code == 416


@pytest.mark.parametrize("is_gone", [False, True])
def test_one_that_cannot_be_played_is_one_clear_line(client: Client, is_gone: bool) -> None:
    if is_gone:
        (client.reviews.sessions / "audio" / "damaged.wav").unlink()
    for route in ("peaks", "sound.wav"):
        answer = client.ready(f"{address(client, 'damaged')}/{route}")
        assert answer.status_code == 422 and answer.json()["error"] == "sound"
        message = answer.json()["message"]
        assert message and "\n" not in message and "damaged.wav" not in message


def test_a_pipe_is_not_waited_for(project: ReviewProject) -> None:
    pipe = project.sessions / "audio" / "one.wav"
    os.mkfifo(pipe)
    sounds = Sounds()
    try:
        sounds.start(pipe)
        with pytest.raises(SoundError, match="not readable"):
            sounds.ready(pipe)
    finally:
        os.close(os.open(pipe, os.O_RDWR))  # ends a thread that waits for the other end
        sounds.close()


def test_the_files_are_gone_when_the_server_ends(project: ReviewProject) -> None:
    project.audio("one", noise())
    with served(project) as client:
        client.ready(f"{address(client, 'one')}/peaks")
        names = [path.name for path in Path(".state/review").iterdir()]
        assert len(names) == 2 and not any("one" in name for name in names)
    assert not Path(".state/review").exists()


def test_a_recording_that_was_replaced_is_decoded_again(project: ReviewProject) -> None:
    project.audio("one", noise())
    path = project.sessions / "audio" / "one.wav"
    sounds = Sounds()
    try:
        while (first := sounds.ready(path)) is None:
            pass
        project.audio("one", noise()[: 5 * SAMPLE_RATE])
        while (second := sounds.ready(path)) is None:
            pass
        assert (first.seconds, second.seconds) == (SECONDS, 5.0)
    finally:
        sounds.close()


def test_a_disk_without_room_for_the_sound_is_tried_again(project: ReviewProject) -> None:
    project.audio("one", noise())
    path = project.sessions / "audio" / "one.wav"
    sounds = Sounds()
    folder = Path(".state/review")
    folder.rmdir()
    folder.write_text("in the way")
    try:
        with pytest.raises(SoundError, match="disk"):
            while sounds.ready(path) is None:
                pass
        folder.unlink()
        folder.mkdir()
        while (sound := sounds.ready(path)) is None:
            pass
        assert sound.seconds == SECONDS
    finally:
        sounds.close()
