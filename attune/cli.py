"""The command line: all commands with their options and help texts.

A command imports its module inside its function, so that `attune --help` stays fast and
`attune pr-comment` runs in CI with few packages.
"""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Literal

import typer

from attune.exit_codes import BUG, EXIT_CODES, with_exit_code
from stages.common.core.errors import UserError

app = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    # Rich would read [brackets] in help and messages as markup.
    rich_markup_mode=None,
    # Typer's tracebacks show local variables, which may hold transcripts.
    pretty_exceptions_enable=False,
    epilog=EXIT_CODES,
)


@app.callback()
def _about() -> None:
    """Fine-tune Whisper on your own recordings and measure the improvement.

    Run in the root of a clone of Attune. `dvc repro` runs the pipeline.
    `attune COMMAND --help` shows a command's options and an example.
    """


@app.command()
@with_exit_code
def init(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="Contains audio/ and transcripts/.")
    ] = "data/sessions",
) -> None:
    """Point params.yaml at your recordings; create a secret key.

    The key, data/key, is 32 random bytes. It salts the ids that replace file names in logs and
    metrics, and it decides which recordings form the validation and test splits. It stays outside
    git; `dvc add data/key` lets a team share it. An existing key is kept.

    \b
    Examples:
      attune init
      attune init /encrypted/sessions
    """
    from attune.init import init

    init(folder)


@app.command("import")
@with_exit_code
def import_(
    corpus: Annotated[
        Literal["daic-woz", "primock57"],
        typer.Argument(metavar="CORPUS", help="daic-woz or primock57."),
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The unpacked corpus; not modified.")
    ],
    accept_terms: Annotated[
        bool, typer.Option("--accept-terms", help="Accept the corpus's terms without a prompt.")
    ] = False,
) -> bool:
    """Add a published corpus, for training only.

    Copies the recordings from a folder on this machine to data.sessions, with transcripts as the
    pipeline reads them, and lists them in sessions.csv with the use `train`: none reaches
    validation or test. Prints the corpus's terms and asks you to accept them, once. Existing files
    are kept: repeat the command after an interruption. Details: docs/corpora.md.

    Exit code 1: a recording could not be imported.

    \b
    Examples:
      attune import daic-woz .../DAIC-WOZ
      attune import primock57 .../primock57 --accept-terms
    """
    from attune.corpora.command import import_corpus

    return import_corpus(corpus, folder, accept_terms)


@app.command()
@with_exit_code
def profile(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Omit to list the profiles.")
    ] = None,
    dry: Annotated[bool, typer.Option("--dry", help="Show the changes without writing.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with code 1 unless the profile is set.")
    ] = False,
    base: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Base model: this folder, pinned to its digest."),
    ] = None,
) -> bool:
    """List recommended parameters, or set params.yaml to them.

    Prints the changed lines. A profile may set the base model, the label style, fine-tuning,
    augmentation and gates; only the profile `demo` sets data.sessions and data.key. The folder of
    --base may hold a converted model, as faster-whisper loads it, but not a quantized one.

    \b
    Examples:
      attune profile
      attune profile small --dry
      attune profile small --base /models/faster-whisper-small
    """
    from attune.profile import profile

    return profile(name, dry, check, base)


@app.command()
@with_exit_code
def doctor(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the facts as JSON, without the checks.")
    ] = False,
) -> bool:
    """Check machine and data, and estimate the run time.

    Reads the recordings' headers and the transcripts; times alignment, scoring and a few training
    steps on two minutes of audio, and estimates each stage's time. Prints ok, warning or will fail
    for each check, with what to do. Exit code 1: something will fail.

    \b
    Example:
      dvc repro fetch_base && attune doctor
    """
    from attune.doctor.command import doctor

    return doctor(as_json)


@app.command()
@with_exit_code
def draft() -> None:
    """Transcribe recordings that have no transcript yet.

    Uses the tuned model (models/ct2) if it exists, with the terms of data/terms.txt as hotwords,
    otherwise the base model without them. Writes drafts for manual correction to data/drafts,
    outside git, where no stage reads them:

    \b
      NAME.vtt          the draft, with speakers
      NAME.words.jsonl  its words, with times and probabilities
      order.csv         the drafts in the order in which to correct them

    A recording is transcribed again only if it, the model, the terms or the decoding options
    changed. A draft that was edited, or whose review has begun, is never overwritten. After an
    interruption the next call resumes; at most two minutes of audio are transcribed twice.

    At the end it prints the WER of the drafts corrected so far, by the model that wrote them, and
    which drafts to correct next. A draft counts as corrected if its recording has a transcript with
    `NOTE reviewed`.

    \b
    Example:
      attune draft
    """
    from attune.draft.write import write_drafts

    write_drafts()


@app.command()
@with_exit_code
def review(
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Port on 127.0.0.1.")] = 8765,
) -> None:
    """Correct drafts and transcripts against the audio.

    Serves a page to browsers on this machine only and prints its address, which holds a secret.
    Every change is saved at once:

    \b
      data/review/NAME.vtt        the transcript being corrected
      data/review/NAME.log.jsonl  its edit log, for undo
      transcripts/NAME.vtt        the reviewed transcript, written by "Done"

    A replaced transcript is moved to data/review/replaced. Keys: docs/correcting.md.

    \b
    Example:
      attune review
    """
    from attune.review.command import review

    review(port)


@app.command()
@with_exit_code
def speak(
    scripts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="SCRIPT", help="Text files; each becomes a session."),
    ] = None,
    terms: Annotated[
        bool,
        typer.Option("--terms", help="Speak the terms of data/terms.txt that the model lacks."),
    ] = False,
) -> None:
    """Synthesize scripts as extra sessions for training only.

    A script has one turn per line, which starts with `T: ` (therapist) or `C: ` (client); blank
    lines and lines that start with # are skipped. eSpeak NG speaks it in two voices. Writes audio,
    a transcript with exact times and a row of sessions.csv with the use `train`: a spoken session
    never reaches validation or test. The same script gives the same session.

    --terms takes the terms that the tuned model misses on validation and those with fewer than 3
    occurrences in the training split, and puts each into 4 of 64 exchanges. English only.

    \b
    Examples:
      attune speak scripts/*.txt
      attune speak --terms && dvc repro
    """
    from attune.speak.command import speak

    speak(scripts or [], terms)


@app.command()
@with_exit_code
def quality() -> None:
    """Write pages that show how each recording was segmented.

    Reads data/segments and writes data/quality/index.html, worst recording first, and one page per
    recording. The pages hold transcripts and stay outside git.

    \b
    Example:
      dvc repro segment && attune quality
    """
    from attune.quality.pages import write_pages

    write_pages()


@app.command()
@with_exit_code
def lookup(
    ids: Annotated[
        list[str],
        typer.Argument(
            metavar="ID",
            help="A recording (r0123456789), its segment (r0123456789-0004) or a client (c...).",
        ),
    ],
) -> bool:
    """Print the file names for ids in messages and metrics.

    Recomputes the id of each file in data.sessions and evaluate.guard with data.key; no list of
    names is stored. The output holds file names: keep it private.

    Exit code 1: an id has no file.

    \b
    Example:
      attune lookup r0123456789 c0123456789
    """
    from attune.lookup import lookup

    return lookup(ids)


@app.command()
@with_exit_code
def forget(
    person: Annotated[
        str,
        typer.Argument(
            metavar="CLIENT|RECORDING",
            help="A client's code in sessions.csv, a recording's file name, or the id of either.",
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be removed; change nothing.")
    ] = False,
) -> bool:
    """Remove a client or a recording from everything here.

    Removes audio, transcripts, drafts, reviews, cached work, models that learned from them, DVC's
    objects on this machine and on its remotes, experiments, queue entries and stashes. Objects that
    hold nothing of them stay. Then runs `dvc repro`, and searches for what is left: ids, names,
    words and audio, in git, caches, remotes and temporary files. A keyed hash in data/forgotten.csv
    keeps them from coming back. After an interruption repeat the command.

    Exit code 1: something is left, or `dvc repro` failed. Details: docs/privacy.md.

    \b
    Examples:
      attune forget C017 --dry-run
      attune forget r0123456789
    """
    from attune.forget.command import forget

    return forget(person, dry_run)


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


@app.command()
@with_exit_code
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
) -> None:
    """Serve the tuned model behind OpenAI's transcription API.

    Decodes as `evaluate` does; writes no audio or text to disk. WHISPER_MODEL, WHISPER_DEVICE and
    WHISPER_COMPUTE_TYPE override the model, the device and the compute type. A --host that other
    machines can reach requires ATTUNE_API_KEY. SIGHUP reloads the model. All settings:
    docs/serving.md.

    \b
    Example:
      attune serve --port 8080
    """
    from service.run import serve

    serve(host, port)


@app.command()
@with_exit_code
def export(
    program: Annotated[
        Literal["speaches"],
        typer.Argument(metavar="PROGRAM", help="speaches is the only one supported."),
    ],
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="The folder that the program's HF_HUB_CACHE names."),
    ],
    name: Annotated[
        str, typer.Option(metavar="OWNER/MODEL", help="Name by which requests ask for the model.")
    ] = "attune/whisper",
) -> None:
    """Copy the tuned model to where speaches looks for it.

    speaches decodes with its own options: measure its WER with `attune score-service`.

    \b
    Example:
      attune export speaches .../hub --name clinic/whisper
    """
    from attune.export import export_speaches

    export_speaches(folder, name)


def main() -> None:
    try:
        app(prog_name="attune")
    except Exception:
        # Python exits with 1 after an exception, which here means a finding.
        traceback.print_exc()
        sys.exit(BUG)
