"""Files in the layouts of the corpora, with words and sound of our own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from tests.support.mini_project import voice

RATE = 16_000
Row = tuple[float | str, float | str, str, str]
Samples = npt.NDArray[np.float32]


def sound(starts: Sequence[float], seconds: float, level: float = 1.0) -> Samples:
    """Three seconds of speech from each start, in silence."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    speech = level * voice()[: 3 * RATE]
    for start in starts:
        at = round(start * RATE)
        part = speech[: len(samples) - at]
        samples[at : at + len(part)] += part
    return samples


def contents(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def daic_session(
    folder: Path,
    number: int,
    rows: Sequence[Row],
    samples: Samples | None = None,
    flat: bool = False,
) -> Path:
    """A session as its zip unpacks: into a folder, or beside the others'."""
    place = folder if flat else folder / f"{number}_P"
    place.mkdir(parents=True, exist_ok=True)
    soundfile.write(
        place / f"{number}_AUDIO.wav", sound([2], 6) if samples is None else samples, RATE
    )
    lines = ["start_time\tstop_time\tspeaker\tvalue", *("\t".join(map(str, row)) for row in rows)]
    (place / f"{number}_TRANSCRIPT.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for other in ("COVAREP.csv", "CLNF_AUs.txt"):
        (place / f"{number}_{other}").write_text("0,0\n")
    return place


def text_grid(tier: str, seconds: float, intervals: Sequence[tuple[float, float, str]]) -> str:
    """Praat's long form, as PriMock57 has it: a tier with an interval for each pause."""
    rows, reached = [], 0.0
    for start, end, text in intervals:
        rows += [(reached, start, ""), (start, end, text)]
        reached = end
    rows.append((reached, seconds, ""))
    head = (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
        f"xmin = 0 \nxmax = {seconds} \ntiers? <exists> \nsize = 1 \nitem []: \n"
        f'    item [1]:\n        class = "IntervalTier" \n        name = "{tier}" \n'
        f"        xmin = 0 \n        xmax = {seconds} \n        intervals: size = {len(rows)} \n"
    )
    return head + "".join(
        f"        intervals [{n}]:\n            xmin = {start} \n            xmax = {end} \n"
        f'            text = "{text}" \n'
        for n, (start, end, text) in enumerate(rows, 1)
    )


def primock_consultation(
    folder: Path,
    name: str,
    doctor: Sequence[tuple[float, float, str]],
    patient: Sequence[tuple[float, float, str]],
    seconds: float = 20.0,
) -> None:
    """Each speaks where the transcript says; the patient's file is a second shorter."""
    for part in ("audio", "transcripts"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for role, intervals, length in (("doctor", doctor, seconds), ("patient", patient, seconds - 1)):
        samples = sound(
            [start for start, *_ in intervals], length, 0.9 if role == "doctor" else 0.6
        )
        soundfile.write(folder / "audio" / f"{name}_{role}.wav", samples, RATE)
        grid = text_grid(role.title(), length, intervals)
        (folder / "transcripts" / f"{name}_{role}.TextGrid").write_text(grid)
