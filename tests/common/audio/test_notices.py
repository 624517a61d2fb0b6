"""Every reason and notice of the audio room has its message."""

from __future__ import annotations

import re

from stages.common.core.rejections import NOTICE, RECORDING, recording_lines
from tests.support.imports import ROOT

KEYS = {
    key
    for path in (ROOT / "stages" / "common" / "audio").glob("*.py")
    for key in re.findall(r'"(audio_\w+)"', path.read_text(encoding="utf-8"))
}


def test_every_key_has_a_message_and_every_message_a_key() -> None:
    written = {key for key in RECORDING | NOTICE if key.startswith("audio_")}
    assert written == KEYS and len(KEYS) > 15


def test_a_message_is_one_line_by_id() -> None:
    lines = recording_lines(("r1", key) for key in KEYS)
    assert len(lines) == len(KEYS)
    assert all(re.fullmatch(r"r1: [a-zA-Z0-9 %.,()';:-]{20,110}", line) for line in lines)
