"""Commands about results: compare, score, check, sweep."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from attune.cli.program import app
from attune.exit_codes import with_exit_code
from stages.common.core.errors import UserError


@app.command()
@with_exit_code
def compare(
    rev: Annotated[
        str | None,
        typer.Argument(
            metavar="REV",
            help="A branch, tag, commit or DVC experiment, or `base` for this tree's base model. "
            "Default: the commit at which this branch left main or master.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, not Markdown.")] = False,
    experiments: Annotated[
        bool,
        typer.Option(
            "--experiments", help="Rank DVC's experiments and this tree by validation WER."
        ),
    ] = False,
    counts: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="FIRST SECOND",
            help="Compare two files written by `attune score --counts` or `attune score-service "
            "--counts` in this working tree.",
        ),
    ] = None,
) -> bool:
    """Compare this tree's model with another; rank experiments.

    Reads only metrics in git; needs no recordings or models. Prints both test WERs, their
    difference with its 95 % CI over recordings, what changes in case and punctuation, the
    parameters that differ, and the gates of this working tree.

    Exit code 1: this tree's model, or the second file's, is worse, or the two are not comparable
    (different test sets, clips, normalizers, beam sizes, window lengths or numbers of hotwords).
    Gates do not affect the exit code; use `attune release-check` for them.

    \b
    Examples:
      attune compare base
      attune compare main --json
      attune compare --experiments
      attune compare --counts production.csv tuned.csv
    """
    if ((experiments or counts) and rev) or (experiments and counts):
        raise UserError("REV, --experiments and --counts exclude each other")
    if counts:
        from attune.compare import compare_counts

        return compare_counts(*counts, as_json)
    if experiments:
        from attune.ranking import rank_experiments

        return rank_experiments(as_json)
    from attune.compare import compare

    return compare(rev, as_json)


_COUNTS = typer.Option(
    "--counts", metavar="FILE", help="Write the error counts here, for `attune compare --counts`."
)


@app.command()
@with_exit_code
def score(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="A CTranslate2 Whisper folder with model.bin, config.json, tokenizer.json and "
            "preprocessor_config.json.",
        ),
    ],
    counts: Annotated[Path | None, _COUNTS] = None,
) -> None:
    """Score any CTranslate2 Whisper on the test recordings.

    Transcribes the full recordings of the test split as `evaluate` does. Prints the WER with its
    95 % CI, beside the tuned model's `wer_long_form`. Use it to compare with the model in
    production.

    \b
    Example:
      attune score .../whisper-therapy-ct2 --counts production.csv
    """
    from attune.score.folder import score_folder

    score_folder(folder, counts)


@app.command()
@with_exit_code
def score_service(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Without /v1, such as http://127.0.0.1:8000.")
    ],
    model: Annotated[str, typer.Option(help="Name of the model to ask for.")] = "whisper-1",
    remote: Annotated[
        bool,
        typer.Option(
            "--remote",
            help="Allow a URL on another machine, to which the recordings are sent; use https.",
        ),
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=0.1, max=1e6, help="Seconds to wait for each transcript.")
    ] = 3600.0,
    counts: Annotated[Path | None, _COUNTS] = None,
) -> None:
    """Score an OpenAI-compatible service on the test recordings.

    Sends each full recording of the test split to URL/v1/audio/transcriptions. Prints the WER of
    the answers with its 95 % CI, beside `wer_long_form` in metrics/evaluate.json, and the time per
    recording. File names are not sent. ATTUNE_API_KEY is sent as the bearer token.

    \b
    Example:
      attune score-service http://127.0.0.1:8000
    """
    from attune.score.service import score_service

    key = os.environ.get("ATTUNE_API_KEY") or None
    score_service(url, model, key, remote, timeout, counts)


@app.command()
@with_exit_code
def pr_comment(
    base: Annotated[str, typer.Argument(metavar="BASE", help="The branch to merge this one into.")],
) -> bool:
    """Print the Markdown comment for a pull request.

    Reads only git, no data. The comment states whether dvc.lock matches code, parameters and
    metrics, compares with the commit at which the branch left BASE, and lists the gates and the
    parameters and metrics that differ.

    Exit code 1, after printing the comment: dvc.lock is stale or a gate fails. A worse model alone
    is not a finding, since a smaller model may be intended: the gates set the limits.

    \b
    Example:
      attune pr-comment main
    """
    from attune.pr_comment import pr_comment

    return pr_comment(base)


@app.command()
@with_exit_code
def release_check() -> bool:
    """Check the gates, dvc.lock and the comparison with the base.

    Reads only git. Prints the gates (evaluate.gates), the comparison of the tuned model with its
    base model, and whether dvc.lock matches code, parameters and metrics.

    Exit code 1: a gate fails, dvc.lock is stale, or the models are not comparable.

    \b
    Example:
      attune release-check && git tag v1.2
    """
    from attune.compare import release_check

    return release_check()


@app.command()
@with_exit_code
def audit() -> None:
    """Measure what training memorizes, on spoken canaries.

    Adds sentences with random secrets, spoken by eSpeak NG, to a copy of the training split: eight
    once, eight 4 times, eight 16 times; eight more are controls. Trains a copy of the base with the
    parameters of params.yaml, which takes as long as `finetune`. Then ranks each secret among all
    100 that it could have been, by the model's likelihood given the sentence with its secret
    silenced, and prints the mean exposure in bits. English only.

    Works in .state/audit, which it deletes at the end with the model; the released model, metrics
    and dvc.lock are not touched.

    \b
    Example:
      attune audit
    """
    from attune.audit.command import audit

    audit()


@app.command()
@with_exit_code
def summary() -> None:
    """Print one screen: data, drops, WER of both models, gates.

    Reads only metrics and parameters.

    \b
    Example:
      dvc repro && attune summary
    """
    from attune.summary import summary

    summary()


@app.command()
@with_exit_code
def sweep(
    rates: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RATE",
            help="Learning rates, separated by spaces or commas.",
            show_default="1e-6 5e-6 1e-5 3e-5 5e-5",
        ),
    ] = None,
) -> bool:
    """Train once per learning rate and rank by validation WER.

    Runs one DVC experiment per rate, one after the other, prints a line as each ends and then the
    ranking. The recordings must be tracked by git or DVC (`dvc add`), and tracked files must not
    change meanwhile. After Ctrl-C or a failure repeat the command: it runs only what is left.

    Exit code 1: an experiment failed.

    \b
    Example:
      attune sweep 2e-6 4e-6
    """
    from attune.sweep import RATES, sweep

    return sweep(rates or RATES)
