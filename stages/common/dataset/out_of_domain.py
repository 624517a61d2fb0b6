"""The out-of-domain set (param `evaluate.guard`): speech unlike the sessions, on which tuning must
not make a model worse.

<evaluate.guard>/audio/<name>.<any audio suffix>
<evaluate.guard>/transcripts/<name>.txt           the whole transcript, as plain text

Half of the recordings are for validation, on which `finetune.average_with_base` is chosen;
`baseline` and `evaluate` score the other half.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from stages.common.audio.decode import decode
from stages.common.audio.level import levelled
from stages.common.audio.samples import SAMPLE_RATE, Samples
from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id
from stages.common.core.input_files import check_file
from stages.common.core.rejections import RECORDING, RecordingRejected
from stages.common.text.normalizer import normalize

Half = Literal["validation", "test"]
HALVES: tuple[Half, ...] = ("validation", "test")
_PARTS = ("audio", "transcripts")
_MAX_BYTES = 64_000_000
_REASONS = RECORDING | {
    "no_recording": "no recording has this transcript's name; add one or remove the transcript",
    "no_transcript": "no transcripts/*.txt has this recording's name; add one",
}


@dataclass(frozen=True)
class OutOfDomainRecording:
    audio: Path
    seconds: float
    text: str
    """The transcript as written; it has words."""
    level_dbfs: float

    def samples(self) -> Samples:
        """16 kHz, shape (samples,), at `level_dbfs`."""
        return levelled(decode(self.audio).samples, self.level_dbfs)


def read_out_of_domain_set(
    folder: Path, key: bytes, half: Half, level_dbfs: float
) -> list[OutOfDomainRecording]:
    """Read the recordings of one half, sorted by name; no file of the other half is opened. Each
    file is decoded once and released: an hour of samples is 230 MB, and faults are reported before
    anything is transcribed.

    Raises: UserError naming, by id, each recording or transcript that cannot be used, or if the
    half is empty. No recording is dropped: the WER of another set would be another measure.
    """
    files = out_of_domain_files(folder)
    if not files:
        raise UserError("evaluate.guard: it holds no recording; put some into audio/")
    chosen = names_of(half, files)
    if not chosen:
        raise UserError(
            "evaluate.guard: its one recording is for testing; add others for validation, or set "
            "finetune.average_with_base to a number"
        )
    recordings: list[OutOfDomainRecording] = []
    faults: list[str] = []
    for stem in sorted(chosen):
        try:
            recordings.append(_read(*files[stem], level_dbfs))
        except RecordingRejected as rejected:
            name = recording_id(key, stem)
            faults.append(f"evaluate.guard: {name}: {_REASONS[rejected.reason]}")
    if faults:
        raise UserError("\n".join(sorted(faults)))
    return recordings


def names_of(half: Half, names: Iterable[str]) -> set[str]:
    """The half of `names` by order of a hash without a key; of an odd number, test has one more.

    The halves are equal however few the recordings, and another recording moves at most one.
    """
    ordered = sorted(set(names), key=lambda name: hashlib.sha256(_bytes(name)).hexdigest())
    test = -(-len(ordered) // 2)
    return set(ordered[:test] if half == "test" else ordered[test:])


def _bytes(name: str) -> bytes:
    return name.encode(errors="surrogatepass")  # of a name that is not UTF-8, which `_read` rejects


def out_of_domain_files(folder: Path) -> dict[str, tuple[list[Path], list[Path]]]:
    """The audio files and transcripts of each name without suffix. Hidden files are left out.

    Raises: UserError if `audio/` or `transcripts/` is missing.
    """
    lacking = [part for part in _PARTS if not (folder / part).is_dir()]
    if lacking:
        names = " and ".join(f"{part}/" for part in lacking)
        raise UserError(
            f"evaluate.guard: it has no folder {names}; it needs audio/ and transcripts/"
        )
    files: dict[str, tuple[list[Path], list[Path]]] = defaultdict(lambda: ([], []))
    for number, part in enumerate(_PARTS):
        for path in sorted((folder / part).iterdir()):
            if not path.name.startswith(".") and (part == "audio" or path.suffix.lower() == ".txt"):
                # macOS writes names decomposed.
                files[unicodedata.normalize("NFC", path.stem)][number].append(path)
    return dict(files)


def _read(audio: list[Path], texts: list[Path], level_dbfs: float) -> OutOfDomainRecording:
    """Raises: RecordingRejected."""
    if not audio:
        raise RecordingRejected("no_recording")
    if not texts:
        raise RecordingRejected("no_transcript")
    if len(audio) > 1:
        raise RecordingRejected("same_stem")
    if len(texts) > 1:
        raise RecordingRejected("several_transcripts")
    folder = audio[0].parents[1]
    for path in (*audio, *texts):
        check_file(path, folder)
    try:
        with texts[0].open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecordingRejected("transcript_not_utf8") from None
    except OSError:
        raise RecordingRejected("transcript_unreadable") from None
    if len(data) > _MAX_BYTES:
        raise RecordingRejected("transcript_too_large")
    if not normalize(text, "spoken"):
        raise RecordingRejected("transcript_empty")
    samples = decode(audio[0]).samples
    if not samples.any():
        raise RecordingRejected("audio_silent")
    return OutOfDomainRecording(audio[0], len(samples) / SAMPLE_RATE, text, level_dbfs)
