"""`attune speak`: scripts, or sentences with given terms, as spoken sessions for training only."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from attune.speak.scripts import Script, read_scripts
from attune.speak.sentences import compose
from attune.speak.voices import choose_voices
from attune.speak.write import check_not_forgotten, check_sessions, write_sessions
from stages.common.core.errors import UserError
from stages.common.core.ids import read_key
from stages.common.core.params import Params, load_params


def speak(paths: Sequence[Path], terms: bool) -> None:
    """Write the spoken sessions and print their number and length.

    Raises: UserError if the scripts, the sessions folder or the language cannot be used.
    """
    if bool(paths) == terms:
        raise UserError("name scripts or use --terms: one of the two")
    params = load_params()
    language, sessions = params.build_dataset.language, Path(params.data.sessions)
    if terms and language != "en":
        raise UserError(
            f"build_dataset.language {language}: --terms has English sentences only; write "
            "scripts with your terms and run `attune speak SCRIPT...`"
        )
    scripts = [] if terms else read_scripts(paths)
    choose_voices(0, language)  # raises now if eSpeak lacks the language
    check_sessions(sessions)
    if terms:
        scripts = _with_terms(params)
    if not scripts:
        return
    check_not_forgotten(scripts, Path(params.data.key))
    seconds = write_sessions(sessions, scripts, language)
    print(
        f"{len(scripts)} spoken session(s), {seconds / 60:.1f} min, written to data.sessions with "
        "the use train; they never reach validation or test. Run `dvc repro`"
    )


def _with_terms(params: Params) -> list[Script]:
    from attune.speak.terms import MODEL, RARE, choose_terms

    choice = choose_terms(params, read_key(Path(params.data.key)))
    lost = (
        f"validation not transcribed, since {MODEL} does not exist yet"
        if choice.lost is None
        else f"{choice.lost} lost at least once on validation by {MODEL}"
    )
    print(
        f"{choice.listed} terms in data/terms.txt: {choice.rare} fewer than {RARE} times in the "
        f"training split; {lost}; of these, {choice.spoken} already in spoken sessions"
    )
    if not choice.terms:
        print("no terms left to speak")
        return []
    names = ", ".join(term.forms[0] for term in choice.terms)
    print(textwrap.fill(f"{len(choice.terms)} terms to speak: {names}", 100))
    return compose(
        [term.forms for term in choice.terms], [term.medication for term in choice.terms]
    )
