"""Facts about the recordings and transcripts, from headers and text; no audio is decoded."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import av

from attune.doctor.facts import Corpus
from stages.build_dataset.split_assignment import SPLITS, assign
from stages.common.audio.formats import CONTAINERS
from stages.common.core.params import Params, Segment
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.read import read_transcripts
from stages.segment.checking.draw import drawn_blocks
from stages.segment.sessions import Sessions, Source

DEMO = Path("demo/sessions")


def gather_corpus(params: Params, key: bytes, sessions: Sessions) -> Corpus:
    unusable: dict[str, list[str]] = defaultdict(list)
    for name, reason in [*sessions.rejected, *sessions.unused]:
        unusable[reason].append(name)
    hours: dict[str, float] = dict.fromkeys((*SPLITS, "left out"), 0.0)
    recordings: Counter[str] = Counter()
    aligned, usable = 0.0, dict[Source, float]()
    for source in sessions.sources:
        try:
            seconds = header_duration(source.audio)
            timed = read_transcripts(source.transcripts).timed
        except RecordingRejected as error:
            unusable[error.reason].append(source.id)
            continue
        usable[source] = seconds / 3600
        aligned += transcribed_seconds(source.id, seconds, timed, params.segment) / 3600
    shares = params.build_dataset.validation, params.build_dataset.test
    assigned = assign(usable, key, *shares)
    for source, length in usable.items():
        place = assigned.splits.get(source.id, "left out")
        hours[place] += length
        recordings[place] += 1
    groups = {source.group for source in usable}
    train_only = [
        source for source in usable if source.use == "train" and source.id in assigned.splits
    ]
    return Corpus(
        recordings=recordings.total(),
        hours=round(sum(hours.values()), 3),
        unusable={reason: sorted(names) for reason, names in sorted(unusable.items())},
        aligned_hours=round(aligned, 3),
        clients=len(groups) if sessions.has_clients else None,
        train_hours=round(hours["train"], 3),
        validation_recordings=recordings["validation"],
        test_recordings=recordings["test"],
        test_hours=round(hours["test"], 3),
        demo=Path(params.data.sessions) == DEMO,
        unlisted=sum(why in ("no_client", "unknown_recording") for _, why in sessions.notices),
        train_only_recordings=len(train_only),
        train_only_hours=round(sum(usable[source] for source in train_only), 3),
        train_only_clients=len(groups - {s.group for s in usable if s.use == "all"}),
        left_out_recordings=recordings["left out"],
        left_out_hours=round(hours["left out"], 3),
    )


def transcribed_seconds(recording: str, seconds: float, timed: bool, settings: Segment) -> float:
    """How much of a recording `segment` transcribes, to align its transcript or to check it.

    Less than it turns out to be where a sample shows faults, or turns are longer than a segment.
    """
    if not timed:
        return seconds if seconds > settings.max_seconds or settings.check != "none" else 0.0
    return sum(end - start for start, end in drawn_blocks(recording, seconds, settings.check))


def header_duration(path: Path) -> float:
    """Length of a recording in its header; 0 if it states none.

    Raises: RecordingRejected(audio_undecodable, audio_unreadable).
    """
    try:
        limits = {"format_whitelist": CONTAINERS}
        with av.open(str(path), options=limits, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise RecordingRejected("audio_undecodable")
            return float((container.duration or 0) / av.time_base)
    except PermissionError:
        raise RecordingRejected("audio_unreadable") from None
    except (av.FFmpegError, ValueError):
        raise RecordingRejected("audio_undecodable") from None
