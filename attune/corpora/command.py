"""`attune import`: recordings of a published corpus, for training only."""

from __future__ import annotations

import filecmp
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tqdm import tqdm

from attune.corpora import daic_woz, primock57
from attune.corpora.recordings import Found, Importer, NotImported, Prepared
from attune.corpora.terms import check_terms
from attune.sessions_csv import SessionRow, add_rows, check_own
from stages.common.core.errors import UserError
from stages.common.core.forgotten import tombstones
from stages.common.core.params import load_params
from stages.segment.session_files import check_folder, role_of, stem_of

_IMPORTERS: dict[str, Importer] = {"daic-woz": daic_woz, "primock57": primock57}


def import_corpus(name: str, folder: Path, accept_terms: bool) -> bool:
    """Copy the corpus's recordings into `data.sessions`, for training only.

    Args:
        name: a key of stages/common/core/corpora.py.
        folder: the corpus as its users have it; nothing in it is changed.

    Returns: whether every recording was imported.

    Raises: UserError if data.sessions is missing or the demo's, if the terms are not accepted, if
        `folder` does not hold the corpus, or if nothing in it can be imported.
    """
    params = load_params()
    sessions = Path(params.data.sessions)
    check_own(sessions)
    check_folder(sessions)
    importer = _IMPORTERS[name]
    if not folder.is_dir():  # before the terms: nobody should accept them in vain
        raise UserError(f"{folder}: no such folder; give the folder of {name}: {importer.LAYOUT}")
    check_terms(name, accept_terms)
    found = importer.find(folder)
    if not found:
        raise UserError(f"{folder} does not hold {name}; expected {importer.LAYOUT}")
    forgotten = tombstones(Path(params.data.key))
    done, remarks = _Totals(), []
    for each in tqdm(found, "import", unit="recording", disable=None):
        if forgotten.covers(each.stem, each.stem):
            remarks.append(f"{each.stem}: not imported: it was forgotten by `attune forget`")
            continue
        try:
            prepared = importer.prepare(each)
        except NotImported as reason:
            remarks.append(f"{each.stem}: not imported: {reason}")
            continue
        try:
            kept = _put(sessions, name, each, prepared)
        except OSError as error:
            raise UserError(
                f"data.sessions: {each.stem} cannot be written ({error.strerror}); correct "
                "that and repeat the command to continue"
            ) from None
        remarks += [f"{each.stem}: {remark}" for remark in (*prepared.remarks, *kept)]
        done.count(prepared)
    print(*remarks, *done.lines(name, len(found)), sep="\n")
    if not done.recordings:
        raise UserError(f"none of {len(found)} recording(s) could be imported")
    return done.recordings == len(found)


class _Totals:
    """Counts of what was imported."""

    def __init__(self) -> None:
        self.recordings, self._seconds, self._cues, self._unclear = 0, 0.0, 0, 0
        self._left_out: Counter[str] = Counter()

    def count(self, prepared: Prepared) -> None:
        self.recordings += 1
        self._seconds += prepared.seconds
        self._cues += prepared.cues
        self._unclear += prepared.unclear
        self._left_out += prepared.left_out

    def lines(self, name: str, found: int) -> list[str]:
        left_out = ", ".join(f"{reason} {n:,}" for reason, n in sorted(self._left_out.items()))
        return [
            f"{name}: imported {self.recordings} of {found} recordings, "
            f"{self._seconds / 3600:.1f} hours, for training only",
            f"cues: {self._cues:,}; `segment` drops {self._unclear:,} of them for inaudible, "
            f"uncertain or redacted words; left out: {left_out or 'none'}",
        ]


def _put(sessions: Path, corpus: str, found: Found, prepared: Prepared) -> list[str]:
    """Write transcripts, row and audio, in this order: the audio makes it a recording, which could
    be assigned to the test split without the row.

    Returns: remarks on existing files that differ, which are kept.
    """
    stem, remarks = found.stem, []
    others = [
        path.name
        for path in (sessions / "transcripts").iterdir()
        if (stem_of(path) == stem or role_of(stem_of(path), stem))
        and path.name not in prepared.transcripts
    ]
    if others:
        remarks.append("it already has another transcript, which was kept")
    for file_name, content in () if others else prepared.transcripts.items():
        path = sessions / "transcripts" / file_name
        if not _write_new(path, partial(Path.write_bytes, data=content)):
            remarks.append("its transcript already exists with other content and was kept")
    add_rows(sessions, [SessionRow(stem, stem, "train", corpus)])
    audio = sessions / "audio" / f"{stem}{prepared.suffix}"
    if not _write_new(audio, prepared.write_audio):
        remarks.append("its audio already exists with other content and was kept")
    return sorted(set(remarks))


def _write_new(path: Path, write: Callable[[Path], object]) -> bool:
    """Write a file atomically, unless it exists.

    Returns: whether it now has this content; False if it exists with other content.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        write(fresh)
        if path.exists():
            return filecmp.cmp(fresh, path, shallow=False)
        fresh.replace(path)
        return True
    finally:
        fresh.unlink(missing_ok=True)
