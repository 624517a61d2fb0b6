"""Commands about recordings: bring them in, look at them, correct them, forget them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from attune.cli.program import app
from attune.exit_codes import with_exit_code


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
