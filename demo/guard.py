"""Make the demo's out-of-domain set: everyday sentences in voices that no session has.

Run as `python -m demo.guard` from the repository root. Reads `demo/everyday.txt`, a sentence per
line. Replaces atomically:
- `demo/guard/audio/<stem>.flac`, 16 kHz mono 16 bit, at most 28 s
- `demo/guard/transcripts/<stem>.txt`, a line per sentence

A file holds `PER_FILE` sentences of one speaker in one room. Two runs write the same bytes, see
`demo/sessions.py`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import soundfile

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from attune.speak.room import simulate_room

FOLDER = Path(__file__).parent / "guard"
SENTENCES = Path(__file__).parent / "everyday.txt"
SEED = 14
PER_FILE = 5
SPEAKERS = (
    Voice("en-gb-x-rp+f1", rate=150, pitch=48),
    Voice("en-us+m1", rate=168, pitch=44),
    Voice("en-gb-scotland+m4", rate=142, pitch=50),
    Voice("en-us-nyc+m2", rate=152, pitch=53),
    Voice("en-gb-x-gbclan+m7", rate=155, pitch=52),
    Voice("en-us+f4", rate=154, pitch=45),
    Voice("en+m2", rate=178, pitch=56),
    Voice("en-us+Annie", rate=158, pitch=50),
    Voice("en-029+m1", rate=146, pitch=46),
)
"""Each speaks every ninth file."""


def texts() -> list[str]:
    """The sentences, in order."""
    return SENTENCES.read_text(encoding="utf-8").splitlines()


def write(folder: Path) -> None:
    """Speak the sentences and write audio and transcripts to `folder`."""
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for part in ("audio", "transcripts"):
        (partial / part).mkdir(parents=True)
    sentences = texts()
    for number, first in enumerate(range(0, len(sentences), PER_FILE)):
        lines, voice = sentences[first : first + PER_FILE], SPEAKERS[number % len(SPEAKERS)]
        draw = np.random.default_rng([SEED, number])
        spoken = [speak(line, voice) for line in lines]
        samples, _ = simulate_room(spoken, [True] * len(lines), draw)
        # Recorded at a lower level than the sessions, which also makes the files smaller.
        samples *= np.float32(10 ** (draw.uniform(-22.0, -14.0) / 20))
        stem = f"guard_{number:02d}"
        audio = partial / "audio" / f"{stem}.flac"
        soundfile.write(audio, samples, SAMPLE_RATE, subtype="PCM_16")
        text = partial / "transcripts" / f"{stem}.txt"
        text.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


if __name__ == "__main__":
    write(FOLDER)
