"""Score hypotheses of the test split's full recordings, whoever wrote them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import soundfile

from stages.common.core.errors import UserError
from stages.common.core.files import Row, check_writable, write_text
from stages.common.core.interval_text import interval_text
from stages.common.core.manifest import audio_path
from stages.common.core.metrics import read_metrics
from stages.common.core.params import load_params
from stages.common.dataset.full_recordings import read_recordings
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.text.error_counts import ErrorCounts, to_csv
from stages.common.text.wer import count_errors

FOLDER = Path("data/dataset/test_recordings")
METRICS = Path("metrics/evaluate.json")


@dataclass(frozen=True)
class Hypothesis:
    """The hypothesis of one recording, from a model or service."""

    text: str
    seconds: float
    """Seconds to transcribe the recording, retries included."""


def test_recordings() -> dict[str, list[Row]]:
    """Recording -> its segments. Raises: UserError before `evaluate` has run."""
    if not FOLDER.is_dir() or not METRICS.is_file():
        raise UserError(f"{FOLDER} or {METRICS} is missing: run `dvc repro`")
    return read_recordings(FOLDER)


def check_counts(path: Path | None) -> None:
    """Raises: UserError before scoring, if `report` could not write the counts there."""
    if path is None:
        return
    try:
        if path.is_dir():
            raise UserError(f"--counts {path}: it is a folder; name a file in it")
        if path.exists() and not path.is_file():
            raise UserError(f"--counts {path}: it is not a regular file; name another")
        if not path.parent.is_dir():
            raise UserError(f"--counts {path}: there is no folder {path.parent}; make it first")
        check_writable(path)
    except OSError as error:
        raise _not_written(path, error) from None


def _write_counts(path: Path, counts: Iterable[ErrorCounts]) -> None:
    try:
        write_text(path, to_csv(counts))
    except OSError as error:
        raise _not_written(path, error) from None


def _not_written(path: Path, error: OSError) -> UserError:
    reason = error.strerror or type(error).__name__
    return UserError(f"--counts {path}: it cannot be written ({reason}); name another file")


def report(name: str, hypotheses: Mapping[str, Hypothesis], counts_file: Path | None) -> None:
    """Print the WER with its interval, beside that of `evaluate`, and the time per recording.

    Args:
        name: of the model or service, for the first line.
        counts_file: where to write the counts, for `attune compare`; they hold no text.
    """
    recordings, language = test_recordings(), load_params().build_dataset.language
    references = {id: " ".join(row["text"] for row in rows) for id, rows in recordings.items()}
    counts = [
        count_errors(id, "", reference, hypotheses[id].text, language)
        for id, reference in references.items()
    ]
    audio = {id: soundfile.info(str(audio_path(FOLDER, id))).duration for id in recordings}
    times = [hypotheses[id].seconds for id in recordings]
    wer = sum(c.errors for c in counts) / sum(c.reference_words for c in counts)
    interval = wer_interval(counts)
    limits = interval_text(*interval or (None, None))
    scored = read_metrics("evaluate")["wer_long_form"]
    print(
        f"Scored      {name}",
        f"Recordings  {len(counts)}, {sum(audio.values()) / 60:.1f} min, "
        f"{sum(c.reference_words for c in counts):,} words",
        f"WER         {wer:.2%} (95 % CI: {limits})",
        f"Evaluate    {scored:.2%} (wer_long_form in metrics/evaluate.json); difference "
        f"{round(100 * (wer - scored), 2) + 0.0:+.2f} points",
        f"Seconds     {min(times):.1f} / {statistics.median(times):.1f} / {max(times):.1f} per "
        f"recording (minimum / median / maximum); {sum(audio.values()) / sum(times):.1f} times "
        "real time",
        sep="\n",
    )
    if counts_file:
        _write_counts(counts_file, counts)
        print(f"Counts      {counts_file}")
