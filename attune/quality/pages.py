"""The pages of `attune quality`: how well each recording was segmented."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from attune.quality import timeline
from attune.quality.recording_view import RecordingView, TranscriptPart
from stages.common.audio.samples import read_flac
from stages.common.audio.voice_activity import covered_seconds
from stages.common.core import manifest
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, read_rows
from stages.common.core.manifest import RECORDINGS_METRICS
from stages.common.core.rejections import CUE
from stages.report.environment import render

SOURCE, OUT = Path("data/segments"), Path("data/quality")
TEMPLATES = Path(__file__).parent / "templates"


def write_pages() -> None:
    if not (SOURCE / RECORDINGS_METRICS).is_file():
        raise UserError(f"{SOURCE}/{RECORDINGS_METRICS}: missing; run `dvc repro segment`")
    parts: dict[str, list[TranscriptPart]] = defaultdict(list)
    for s in manifest.read_segments(SOURCE):
        parts[s.recording].append(
            TranscriptPart(s.start, s.end, s.text, s.speaker, s.score, s.confidence, "")
        )
    for row in read_rows(SOURCE / "lost.jsonl"):
        parts[row.pop("recording")].append(TranscriptPart(**row))
    measured = {row["recording"]: row for row in read_rows(SOURCE / RECORDINGS_METRICS)}
    views = []
    with new_folder(OUT) as folder:
        recordings = list(manifest.read_recordings(SOURCE))
        for recording in tqdm(recordings, unit="recording", disable=None):
            view = RecordingView(
                recording.id,
                recording.seconds,
                timeline.peaks(read_flac(manifest.audio_path(SOURCE, recording.id))),
                recording.speech,
                sorted(parts[recording.id], key=lambda p: (p.start, p.end, p.text)),
                f"../segments/audio/{recording.id}.flac",
                measured[recording.id]["error_rate"],
            )
            page = folder / f"{recording.id}.html"
            page.write_text(render_recording(view), encoding="utf-8")
            views.append(view)
        (folder / "index.html").write_text(render_index(views), encoding="utf-8")
    print(f"{OUT}/index.html: {len(views)} recording(s); contains transcripts, keep it private")


def render_recording(view: RecordingView) -> str:
    return render(
        TEMPLATES / "recording.html.j2",
        view=view,
        speech_seconds=covered_seconds(view.speech),
        rows=timeline.rows(view),
        width=timeline.WIDTH,
        height=timeline.HEIGHT,
        explanations=CUE,
    )


def render_index(views: Sequence[RecordingView]) -> str:
    """The overview; recordings with the largest share of dropped or wrong words come first."""
    ordered = sorted(views, key=lambda v: (v.right_share, v.score_median or 0.0, v.recording))
    return render(TEMPLATES / "index.html.j2", recordings=ordered)
