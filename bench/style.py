"""`make bench-style`: case and punctuation of a model tuned on real speech, by `normalize.style`.

The base is tuned on `speech/reader` at `$ATTUNE_SHARED` (default ../shared), whose texts have case
and punctuation, once on `written` and once on `spoken` labels, and scored on the reader's test
split. A quarter of an epoch of the decoder is enough: style is learned long before words.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from bench.real_speech import tune
from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import read_evaluated
from stages.common.evaluation.comparison.revisions import Source
from stages.common.evaluation.comparison.written import loss_sentence, spelling_sentence

STYLES = ("written", "spoken")
SMALL: dict[str, Any] = {
    "num_train_epochs": 0.25, "freeze_encoder": True, "learning_rate": 6e-5,
    "average_with_base": 1.0,
}  # fmt: skip
_COLUMNS = ("wer", "wer_written", "punctuation_f1", "capitalization_f1")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("base", type=Path, help="base model")
    parser.add_argument("--profile", default="tiny")
    args = parser.parse_args()
    print(
        "| model | WER | WER with case and punctuation | F1 of punctuation | F1 of capitals |\n"
        "|---|---|---|---|---|"
    )
    sentences = []
    for style in STYLES:
        changes = {"normalize": {"style": style}, "finetune": SMALL}
        folder = tune(args.base.resolve(), args.profile, f"style-{style}", changes)
        if style == STYLES[0]:
            print(row("base", folder / "metrics/baseline.json"), flush=True)
        print(row(f"tuned on {style} labels", folder / "metrics/evaluate.json"), flush=True)
        sentences += said(folder)
    print("", *sentences, sep="\n")


def row(name: str, path: Path) -> str:
    metrics: Row = json.loads(path.read_text(encoding="utf-8"))
    wer, written, *f1 = (metrics[column] for column in _COLUMNS)
    cells = (name, f"{wer:.1%}", f"{written:.1%}", *(f"{value:.3f}" for value in f1))
    return f"| {' | '.join(cells)} |"


def said(folder: Path) -> list[str]:
    """The sentences of the report on the run in `folder`."""
    source = Source(folder.name, lambda path: (folder / path).read_text(encoding="utf-8"))
    base, tuned = read_evaluated(source, "base"), read_evaluated(source, "tuned")
    return [text for text in (spelling_sentence(base, tuned), loss_sentence(base, tuned)) if text]


if __name__ == "__main__":
    main()
