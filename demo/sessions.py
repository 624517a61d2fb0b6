"""Make the demo's therapy sessions: recordings, transcripts, and the client of each recording.

Run as `python -m demo.sessions` from the repository root. Reads `demo/dialogues`. Replaces
atomically:
- `demo/sessions/audio/<stem>.flac`, 16 kHz mono 16 bit
- `demo/sessions/transcripts/<stem>.txt`, a paragraph per turn, "Therapist: " or "Client: " first
- `demo/sessions/sessions.csv`, `recording,client`
- `demo/truth/<stem>.json`, exact times of each line, for benchmarks

Two runs write the same bytes. eSpeak keeps state between utterances, so this holds only for whole
runs in fresh processes, with the utterances in the same order.
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

from attune.speak.espeak import SAMPLE_RATE, speak
from attune.speak.room import simulate_room
from demo.compose import SEED, SESSIONS, Session, compose
from demo.material import spoken, written

FOLDER = Path(__file__).parent
# eSpeak reads a single "a" as the article, and "mm" as two letters.
_RESPELLED = {r"\ba d h d\b": "ADHD", r"\bg a d\b": "GAD", r"\bmm hmm\b": "ummhmm"}

Span = tuple[float, float]


def pronunciation(text: str) -> str:
    """The spoken form of `text`, respelled where eSpeak would mispronounce it."""
    text = spoken(text)
    for pattern, replacement in _RESPELLED.items():
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    return text


def synthesize(session: Session, seed: int) -> tuple[np.ndarray, list[Span]]:
    """Speak a session.

    Returns: float32 at 16 kHz, shape (samples,), and start and end of each line in seconds.
    """
    voices = {"Therapist": session.pair.therapist, "Client": session.pair.client}
    draw = np.random.default_rng([seed, *session.stem.encode()])
    nearer = str(draw.choice(sorted(voices)))
    utterances = [speak(pronunciation(line.text), voices[line.role]) for line in session.lines]
    return simulate_room(utterances, [line.role == nearer for line in session.lines], draw)


def transcript(session: Session) -> str:
    """Plain text: a paragraph per turn, after the speaker."""
    turns = [
        f"{role}: {' '.join(written(line.text) for line in lines)}\n"
        for role, lines in groupby(session.lines, key=lambda line: line.role)
    ]
    return "\n".join(turns)


def exact_times(session: Session, spans: list[Span]) -> str:
    """JSON: start and end in seconds, speaker and text of each line."""
    utterances = [
        {"start": start, "end": end, "speaker": line.role, "text": written(line.text)}
        for line, (start, end) in zip(session.lines, spans, strict=True)
    ]
    return json.dumps(utterances, indent=1) + "\n"


def write(folder: Path, count: int = SESSIONS, seed: int = SEED) -> None:
    """Write `folder/sessions` and `folder/truth` for the first `count` sessions."""
    sessions_folder = folder / "sessions.partial"
    times_folder = folder / "truth.partial"
    for partial in (sessions_folder, times_folder):
        shutil.rmtree(partial, ignore_errors=True)
    for part in (sessions_folder / "audio", sessions_folder / "transcripts", times_folder):
        part.mkdir(parents=True)
    sessions = compose(count, seed)
    for session in sessions:
        samples, spans = synthesize(session, seed)
        audio = sessions_folder / "audio" / f"{session.stem}.flac"
        soundfile.write(audio, samples, SAMPLE_RATE, subtype="PCM_16")
        text = sessions_folder / "transcripts" / f"{session.stem}.txt"
        text.write_text(transcript(session), encoding="utf-8")
        times = times_folder / f"{session.stem}.json"
        times.write_text(exact_times(session, spans), encoding="utf-8")
    with (sessions_folder / "sessions.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("recording", "client"))
        table.writerows((session.stem, session.pair.code) for session in sessions)
    for partial in (times_folder, sessions_folder):
        target = partial.with_suffix("")
        shutil.rmtree(target, ignore_errors=True)
        partial.rename(target)


if __name__ == "__main__":
    write(FOLDER)
