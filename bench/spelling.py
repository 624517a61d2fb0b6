"""`make bench-spelling`: the floor of the WER, that of a model that recognizes every word.

The reference is a text as another team would have typed it (bench/spelling_variations.py), the
hypothesis is the text itself: every error is spelling alone. The texts are the demo's sessions and,
at `$ATTUNE_SHARED`, the transcripts of 57 consultations between doctors and actors (PriMock57).
`spoken` is the WER in spoken style, which scoring form version 1 was but for a few corrections. The
second WER is that of windows of several lines, split between them as `evaluate` does.

Then the speed of the scoring form against spoken style on the demo's lines, in one process.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from itertools import cycle, islice
from pathlib import Path

import jiwer

from bench.minmax import min_median_max
from bench.spelling_variations import EVERYTHING, VARIATIONS
from demo.compose import compose
from demo.material import spoken, written
from stages.common.text.normalizer import normalize, scoring_form
from stages.common.text.split_hypothesis import split_hypothesis
from stages.common.text.wer import score

ROOT = Path(__file__).parents[1]
CONSULTATIONS = (
    Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared")).resolve() / "text" / "primock57"
)
TARGET = 0.001
WINDOW = 8
"""Lines of a window, about 30 s."""
SENTENCES, ROUNDS = 10_000, 5
_TEXT = re.compile(r'text = "((?:[^"]|"")*)"')
_TAG = re.compile(r"<[^>]*>")


def spoken_style(text: str) -> str:
    return normalize(text, "spoken")


def floors(references: list[str], hypotheses: list[str]) -> tuple[float, float, float]:
    """WER in scoring form line by line, the same after windows of several lines are split between
    them as `evaluate` does, and in spoken style."""
    windows: list[str] = []
    for at in range(0, len(references), WINDOW):
        lines = slice(at, at + WINDOW)
        windows += split_hypothesis(references[lines], " ".join(hypotheses[lines]))
    plain = [[*map(spoken_style, texts)] for texts in (references, hypotheses)]
    return (
        score(references, hypotheses).wer,
        score(references, windows).wer,
        float(jiwer.wer(*plain)),
    )


def changed_words(before: list[str], after: list[str]) -> int:
    """Words that were typed differently."""
    return sum(
        out.substitutions + out.deletions + out.insertions
        for out in (jiwer.process_words(b, a) for b, a in zip(before, after, strict=True))
    )


def print_speed(texts: list[str]) -> None:
    """Seconds for all lines, in rounds that alternate between the two forms."""
    lines = list(islice(cycle(texts), SENTENCES))
    seconds: dict[str, list[float]] = {"spoken style": [], "scoring form": []}
    for _ in range(ROUNDS):
        for name, form in (("spoken style", spoken_style), ("scoring form", scoring_form)):
            begin = time.perf_counter()
            for line in lines:
                form(line)
            seconds[name].append(time.perf_counter() - begin)
    spoken_seconds, form_seconds = seconds.values()
    ratios = [a / b for a, b in zip(form_seconds, spoken_seconds, strict=True)]
    print(f"\n{SENTENCES:,} lines, minimum / median / maximum of {ROUNDS} alternating rounds\n\n"
          "| spoken style | scoring form | ratio |\n|---|---|---|\n"
          f"| {min_median_max(spoken_seconds, '.2f')} s "
          f"| {min_median_max(form_seconds, '.2f')} s | "
          f"{min_median_max(ratios, '.2f')} |")  # fmt: skip


def print_floor(name: str, texts: list[str], others: Mapping[str, list[str]]) -> None:
    """Print a row for each variation. others: further rows, with the texts of each."""
    words = sum(len(text.split()) for text in texts)
    print(f"{name}: {len(texts)} lines, {words:,} words\n\n"
          "| the team types | words typed differently | WER | in windows | spoken |\n"
          "|---|---|---|---|---|")  # fmt: skip
    rows = {kind: [vary(text) for text in texts] for kind, vary in VARIATIONS.items()}
    worst = 0.0
    for kind, varied in {**rows, **others}.items():
        alone, split, plain = floors(varied, texts)
        worst = max(worst, alone, split)
        cells = f"{changed_words(texts, varied)} | {alone:.3%} | {split:.3%} | {plain:.2%}"
        print(f"| {kind} | {cells} |", flush=True)
    met = "under" if worst < TARGET else "not under"
    print(f"\nhighest {worst:.3%}: {met} the target, {TARGET:.1%}\n", flush=True)


def consultations() -> list[str]:
    """The utterances with words. A tag such as <UNSURE> goes, the words within stay."""
    found = (
        _TAG.sub(" ", text).strip()
        for path in sorted(CONSULTATIONS.glob("*.TextGrid"))
        for text in _TEXT.findall(path.read_text(encoding="utf-8-sig"))
    )
    return [text for text in found if scoring_form(text)]


def main() -> None:
    lines = [line.text for session in compose() for line in session.lines]
    texts = [written(text) for text in lines]
    in_words = [spoken(text) for text in lines]
    others = {"numbers in words": in_words, "all at once": [EVERYTHING(text) for text in in_words]}
    print_floor("demo", texts, others)
    if CONSULTATIONS.is_dir():
        print_floor("consultations", consultations(), {})
    else:
        print("no text/primock57 at ATTUNE_SHARED: its table is omitted\n")
    print_speed(texts)


if __name__ == "__main__":
    main()
