"""Make the demo's guard: everyday sentences, as those from which its base learned to hear.

Run as `python -m demo.guard` from the repository root. Writes, whole or not at all:
- `demo/guard/audio/<stem>.flac`, 16 kHz mono 16 bit
- `demo/guard/transcripts/<stem>.txt`

The voices are those that the base knows, with its noise and its rooms; the sentences are drawn with
a seed of their own, and the tests say that the base and the sessions have none of them. Three to a
file: the encoder costs the same for one. Two runs write the same bytes, see `demo/sessions.py`.
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
COUNT = 30  # of each of the two kinds
FEWEST_WORDS = 8  # shorter ones are drawn twice
TOGETHER = 3


def texts() -> list[str]:
    """The sentences, in order."""
    found: list[str] = []
    for number, frames in enumerate((FRAMES, TALK)):
        drawn = sentences(10 * COUNT, SEED + number, frames)
        found += [text for text in drawn if len(text.split()) >= FEWEST_WORDS][:COUNT]
    return found


def write(folder: Path) -> None:
    """Speak the sentences into `folder`."""
    partial = folder.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    for part in ("audio", "transcripts"):
        (partial / part).mkdir(parents=True)
    draw, clips = random.Random(SEED), make_clips(texts(), SEED)
    for at in range(0, len(clips), TOGETHER):
        samples, spans, _ = window(clips[at : at + TOGETHER], draw, 30.0, longest_pause=0.6)
        stem = f"guard_{at // TOGETHER:02d}"
        audio = partial / "audio" / f"{stem}.flac"
        soundfile.write(audio, samples, SAMPLE_RATE, subtype="PCM_16")
        text = partial / "transcripts" / f"{stem}.txt"
        text.write_text("".join(f"{said}\n" for _, _, said in spans), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)


if __name__ == "__main__":
    write(FOLDER)
