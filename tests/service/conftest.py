"""A short recording for requests."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from attune.speak.espeak import SAMPLE_RATE
from tests.support.long_recording import LongRecording


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory, long_recording: LongRecording) -> Path:
    """8 seconds."""
    path = tmp_path_factory.mktemp("short") / "a.flac"
    soundfile.write(path, long_recording.samples[: 8 * SAMPLE_RATE], SAMPLE_RATE)
    return path
