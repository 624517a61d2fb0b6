"""A corpus's terms: shown once per machine, and accepted before anything is read."""

from __future__ import annotations

import hashlib
import sys

from stages.common.core.corpora import CORPORA
from stages.common.core.errors import UserError
from stages.common.core.files import state_folder, write_text


def check_terms(name: str, accept: bool) -> None:
    """Print the terms and ask, unless they were accepted before. accept: do not ask.

    The answer is kept in `.state`; changed terms are asked for again.

    Raises: UserError unless they are accepted.
    """
    corpus, answers = CORPORA[name], state_folder("terms")
    lines = [corpus.title, f"Holder: {corpus.holder}", f"Licence: {corpus.licence}"]
    lines += [f"- {term}" for term in corpus.terms]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    answer = answers / name
    if answer.is_file() and answer.read_text(encoding="utf-8").strip() == digest:
        return
    print(*lines, sep="\n", flush=True)
    if not accept:
        if not sys.stdin.isatty():
            raise UserError(f"accept the terms of {name} first: repeat with --accept-terms")
        print("Do you accept these terms? [yes/no] ", end="", flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise UserError("the terms were not accepted; nothing was imported")
    write_text(answer, digest + "\n")
