"""`make bench-speakers`: how many words of a draft have the wrong speaker.

On every third session of the demo, and on sessions composed of real speech at `$ATTUNE_SHARED`
(default ../shared). The words are Whisper tiny.en's, as `attune draft` writes them; a word's true
speaker is that of the utterance at its middle, or of the nearest. `Speaker 1` is whoever gives the
lower share. The baseline changes the speaker at every pause of 0.1 s, or after every sentence that
ends at one.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from attune.draft.drafts import Word
from attune.draft.pieces import transcribe_pieces
from attune.draft.speakers import speakers_of
from bench.speakers_material import (
    Session,
    Turn,
    crowd_sessions,
    demo_sessions,
    reader_sessions,
)
from stages.common.asr.model import open_model

_PAUSE = 0.1
_MODEL = Path("models/base-ct2")


def main() -> None:
    model = open_model(_MODEL, "cpu")
    wrong: defaultdict[str, list[int]] = defaultdict(lambda: [0] * 6)
    seconds: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    with TemporaryDirectory() as folder:
        sessions = chain(demo_sessions(), reader_sessions(), crowd_sessions())
        for number, session in enumerate(sessions):
            begin = time.monotonic()
            kept = Path(folder) / f"{number}.jsonl"
            pieces = transcribe_pieces(model, session.samples, "en", 5, (), kept)
            words = [word for _, segments in pieces for part in segments for word in part]
            decoded = time.monotonic()
            labels = speakers_of(words, [], session.samples)
            done = time.monotonic()
            times = len(session.samples) / 16_000, decoded - begin, done - decoded
            seconds[session.kind] = [
                total + one for total, one in zip(seconds[session.kind], times, strict=True)
            ]
            counts = _counts(session, words, labels)
            wrong[session.kind] = [
                total + one for total, one in zip(wrong[session.kind], counts, strict=True)
            ]
    print(
        "| recordings | words | wrong speaker | one speaker for all | alternating at pauses "
        "| after sentences | seconds a minute: words | speakers |\n" + 8 * "|---" + "|"
    )
    for kind, (recordings, words_, *errors) in wrong.items():
        shares = " | ".join(f"{error / words_:.1%}" for error in errors)
        audio, *spent = seconds[kind]
        speed = " | ".join(f"{60 * one / audio:.2f}" for one in spent)
        print(f"| {kind}: {recordings} | {words_} | {shares} | {speed} |")


def _counts(session: Session, words: Sequence[Word], labels: Sequence[str]) -> list[int]:
    """Sessions (1), words, and words with the wrong speaker: found, all one, alternating twice."""
    truth = [_speaker_at((word.start + word.end) / 2, session.turns) for word in words]
    guesses = (labels, [""] * len(words), _alternating(words, False), _alternating(words, True))
    return [1, len(words), *(_wrong(guess, truth) for guess in guesses)]


def _speaker_at(time: float, turns: Sequence[Turn]) -> str:
    return min(turns, key=lambda turn: max(turn[0] - time, time - turn[1], 0.0))[2]


def _alternating(words: Sequence[Word], at_sentences: bool) -> list[str]:
    labels, current = [], 0
    for number, word in enumerate(words):
        before = words[number - 1] if number else None
        if before and word.start - before.end >= _PAUSE:
            current ^= not at_sentences or before.text.endswith((".", "?", "!"))
        labels.append(str(current))
    return labels


def _wrong(labels: Sequence[str], truth: Sequence[str]) -> int:
    """Under the better of the two ways to name the speakers."""
    first, one = min(truth, default=""), min(labels, default="")
    differ = sum(
        (label == one) != (name == first) for label, name in zip(labels, truth, strict=True)
    )
    return min(differ, len(truth) - differ)


if __name__ == "__main__":
    main()
