"""Pages that show how well recordings were segmented: `python -m attune.quality.command`.

Reads `data/segments`. Writes `data/quality/index.html`, worst recording first, and a page for each
recording. They hold transcripts, so they lie outside git; nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tqdm import tqdm

from attune.quality.index import Row, index
from attune.quality.page import page
from attune.quality.view import Passage, View, peaks
from stages.common.audio.samples import read_flac
from stages.common.core import manifest
from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder, read_rows

SOURCE, OUT = Path("data/segments"), Path("data/quality")


def main() -> None:
    if not (SOURCE / "lost.jsonl").is_file():
        raise UserError(f"{SOURCE}: not there yet; run `dvc repro segment`")
    passages: dict[str, list[Passage]] = defaultdict(list)
    for s in manifest.read_segments(SOURCE):
        passages[s.recording].append(
            Passage(s.start, s.end, s.text, s.speaker, s.score, s.confidence, "")
        )
    for row in read_rows(SOURCE / "lost.jsonl"):
        passages[row.pop("recording")].append(Passage(**row))
    rows = []
    with new_folder(OUT) as folder:
        recordings = list(manifest.read_recordings(SOURCE))
        for recording in tqdm(recordings, unit="recording", disable=None):
            samples = read_flac(manifest.audio_path(SOURCE, recording.id))
            view = View(
                recording.id,
                recording.seconds,
                peaks(samples),
                [(start, end) for start, end in recording.speech],
                sorted(passages[recording.id], key=lambda p: (p.start, p.end, p.text)),
                f"../segments/audio/{recording.id}.flac",
            )
            (folder / f"{recording.id}.html").write_text(page(view), encoding="utf-8")
            rows.append(Row.of(view))
        (folder / "index.html").write_text(index(rows), encoding="utf-8")
    print(f"{OUT}/index.html: {len(rows)} recording(s); holds transcripts, keep it private")


if __name__ == "__main__":
    run_stage("quality", main)
