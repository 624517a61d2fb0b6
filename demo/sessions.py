"""Make the demo's therapy sessions: recordings, transcripts and who each recording is of.

Run as `python -m demo.sessions` from the repository root. Reads `demo/dialogues`. Writes, whole or
not at all:
- `demo/sessions/audio/<stem>.flac`, 16 kHz mono 16 bit
- `demo/sessions/transcripts/<stem>.txt`, a line for each turn, "Therapist: " or "Client: "
- `demo/sessions/sessions.csv`, `recording,client`
- `demo/truth/<stem>.json`, the exact times, for measuring only

Two runs write the same bytes. eSpeak keeps a running state from one utterance to the next, so this
holds for whole runs in fresh processes, and only if the utterances keep their order.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from itertools import groupby
from pathlib import Path

import numpy as np
import soundfile

from demo.compose import SEED, SESSIONS, Session, compose
from demo.material import spoken, written
from demo.room import seat
from demo.speech import SAMPLE_RATE, speak

FOLDER = Path(__file__).parent
# eSpeak reads a lone "a" as the article, and "mm" as two letters.
_RESPELLED = {r"\ba d h d\b": "ADHD", r"\bg a d\b": "GAD", r"\bmm hmm\b": "ummhmm"}

Span = tuple[float, float]


def sounded(text: str) -> str:
    """What to hand to eSpeak for it to say `text` as a person reads it."""
    text = spoken(text)
    for pattern, replacement in _RESPELLED.items():
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    return text


def record(session: Session, seed: int) -> tuple[np.ndarray, list[Span]]:
    """Speak a session. Returns: samples at 16 kHz and the (start, end) seconds of each line."""
    voices = {"Therapist": session.pair.therapist, "Client": session.pair.client}
    draw = np.random.default_rng([seed, *session.stem.encode()])
    nearer = str(draw.choice(sorted(voices)))
    utterances = [speak(sounded(line.text), voices[line.role]) for line in session.lines]
    return seat(utterances, [line.role == nearer for line in session.lines], draw)


def transcript(session: Session) -> str:
    """Plain text as people write it down: a paragraph for each turn, who speaks before it."""
    turns = [
        f"{role}: {' '.join(written(line.text) for line in lines)}\n"
        for role, lines in groupby(session.lines, key=lambda line: line.role)
    ]
    return "\n".join(turns)


def truth(session: Session, spans: list[Span]) -> str:
    utterances = [
        {"start": start, "end": end, "speaker": line.role, "text": written(line.text)}
        for line, (start, end) in zip(session.lines, spans, strict=True)
    ]
    return json.dumps(utterances, indent=1) + "\n"


def write(folder: Path, count: int = SESSIONS, seed: int = SEED) -> None:
    """Write `folder/sessions` and `folder/truth` for the first `count` sessions."""
    made = folder / "sessions.partial"
    exact = folder / "truth.partial"
    for partial in (made, exact):
        shutil.rmtree(partial, ignore_errors=True)
    for part in (made / "audio", made / "transcripts", exact):
        part.mkdir(parents=True)
    sessions = compose(count, seed)
    for session in sessions:
        samples, spans = record(session, seed)
        soundfile.write(
            made / "audio" / f"{session.stem}.flac", samples, SAMPLE_RATE, subtype="PCM_16"
        )
        text = made / "transcripts" / f"{session.stem}.txt"
        text.write_text(transcript(session), encoding="utf-8")
        (exact / f"{session.stem}.json").write_text(truth(session, spans), encoding="utf-8")
    with (made / "sessions.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("recording", "client"))
        table.writerows((session.stem, session.pair.code) for session in sessions)
    for partial in (exact, made):
        target = partial.with_suffix("")
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)


if __name__ == "__main__":
    write(FOLDER)
