"""Make the demo's out-of-domain set: everyday sentences like those its base was trained on.

Run as `python -m demo.guard` from the repository root. Replaces atomically:
- `demo/guard/audio/<stem>.flac`, 16 kHz mono 16 bit
- `demo/guard/transcripts/<stem>.txt`

Voices, noise and rooms are those of the base's training data. The sentences are drawn with a seed
of their own; tests check that neither the base's training data nor the sessions contain them. A
file holds three sentences, since the encoder computes 30 s in any case. Two runs write the same
bytes, see `demo/sessions.py`.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import soundfile

from demo.recipe.corpus import make_clips, window
from demo.recipe.sentences import FRAMES, TALK, sentences
from demo.speech import SAMPLE_RATE

FOLDER = Path(__file__).parent / "guard"
SEED = 14
COUNT = 30  # sentences of each of the two kinds
MIN_WORDS = 8  # shorter sentences would repeat
PER_FILE = 3


def texts() -> list[str]:
    """The sentences, in order."""
    chosen: list[str] = []
    for number, frames in enumerate((FRAMES, TALK)):
        drawn = sentences(10 * COUNT, SEED + number, frames)
        chosen += [text for text in drawn if len(text.split()) >= MIN_WORDS][:COUNT]
    return chosen


def write(folder: Path) -> None:
    """Speak the sentences and write audio and transcripts to `folder`."""
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for part in ("audio", "transcripts"):
        (partial / part).mkdir(parents=True)
    draw, clips = random.Random(SEED), make_clips(texts(), SEED)
    for start in range(0, len(clips), PER_FILE):
        samples, spans, _ = window(clips[start : start + PER_FILE], draw, 30.0, longest_pause=0.6)
        stem = f"guard_{start // PER_FILE:02d}"
        audio = partial / "audio" / f"{stem}.flac"
        soundfile.write(audio, samples, SAMPLE_RATE, subtype="PCM_16")
        text = partial / "transcripts" / f"{stem}.txt"
        text.write_text("".join(f"{line}\n" for _, _, line in spans), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


if __name__ == "__main__":
    write(FOLDER)
