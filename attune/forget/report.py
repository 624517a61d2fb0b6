"""What `attune forget` prints: ids and counts, never a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from attune.forget.needles import KINDS, Needles
from attune.forget.person import Person
from attune.forget.search import Place
from attune.markdown import markdown_table
from stages.common.core.ids import group_id, recording_id

_BEYOND = """\
Out of reach, to be dealt with by hand:
- backups, and clones of this repository on other machines and servers
- models released or exported before: whoever has one of them must replace it
- git's history: earlier commits hold salted ids and counts, no names, words or audio. To take them
  out, on a fresh clone, for all who have one:
  git filter-repo --invert-paths --path metrics --path dvc.lock
Commit what this command changed: data/forgotten.csv, dvc.lock, metrics, and the .dvc file of
data.sessions if it has one."""


def heading(person: Person, key: bytes) -> str:
    recordings = sorted(recording_id(key, stem) for stem in person.recordings)
    clients = sorted(group_id(key, code, "") for code in person.clients)
    whole = f"client {', '.join(clients)}: " if clients else ""
    return f"{whole}{len(recordings)} recording(s): {', '.join(recordings) or 'none left'}"


def to_remove(counts: Counter[str]) -> str:
    return f"Would remove; nothing was changed:\n\n{_table(counts)}"


def removed(counts: Counter[str]) -> str:
    return f"Removed:\n\n{_table(counts)}\n"


def found(places: Sequence[Place], needles: Needles, git_ids: int) -> str:
    """The result of a search. git_ids: number of git objects with ids alone."""
    rows = [(place.name, place.files, *(place.kinds[kind] for kind in KINDS)) for place in places]
    left = sum(place.files for place in places)
    lines = [
        f"Searched for {len(needles.ids)} id(s), {len(needles.names)} name(s), "
        f"{len(needles.digests)} file hashes, {len(needles.runs):,} runs of four words that only "
        f"they said and {len(needles.blocks):,} blocks of audio; files that contain any:",
        "",
        markdown_table(("place", "found", *KINDS), rows),
        "",
        f"{left} file(s) still contain their data." if left else "Nothing is left in these places.",
    ]
    if git_ids:
        lines.append(f"git's history holds their ids in {git_ids} objects, see below.")
    if needles.hidden_names:
        lines.append(
            f"{needles.hidden_names} name(s) were not looked for: too short, or words of Attune's "
            "own files."
        )
    if not needles.blocks:
        lines.append("No audio of theirs was left to compare with: none was searched for.")
    if unreadable := sum(place.unreadable for place in places):
        lines.append(f"{unreadable} file(s) could not be read.")
    return "\n".join(lines) + "\n"


def beyond_reach(remotes: Sequence[str], models: Sequence[str]) -> str:
    """What the command cannot reach.

    Args:
        remotes: DVC remotes with `version_aware` or `worktree`.
        models: parameters that name a model whose recordings are unknown.
    """
    lines = [_BEYOND]
    lines += [
        f"DVC remote {name} keeps versions of files: remove theirs from it" for name in remotes
    ]
    lines += [
        f"{name}: tuned by a version of Attune that kept no list; it may have learned from them"
        for name in models
    ]
    return "\n".join(lines)


def _table(counts: Counter[str]) -> str:
    return markdown_table(("place", "number"), counts.items())
