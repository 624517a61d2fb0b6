"""`metrics/segment.json`: counts and seconds of the run, without those of single recordings.

The quality of each recording is in `data/segments/recordings_metrics.jsonl`, outside git: its
length identifies it to anyone who has a call log.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from stages.common.audio.voice_activity import covered_seconds, uncovered_seconds
from stages.common.core.files import Row
from stages.common.core.metrics import rounded, three_digits
from stages.segment.checking.error_rate import error_rate
from stages.segment.recording import Outcome
from stages.segment.sessions import IdReason, Sessions


def segment_metrics(sessions: Sessions, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Counts and seconds; `kept` and `dropped_recordings` add up to `recordings`."""
    # Synthetic speech and published corpora say nothing about the team's transcripts.
    own = {source.id for source in sessions.sources if source.use == "all"}
    kept = [outcome for outcome in outcomes if outcome.recording]
    recordings = [outcome.recording for outcome in outcomes if outcome.recording]
    rejected = Counter(outcome.rejections[0] for outcome in outcomes if outcome.rejections)
    notices = Counter(notice for outcome in outcomes for notice in outcome.notices)
    notices += _by_reason(sessions.notices)
    if sessions.ignored_files:
        notices["ignored_files"] = sessions.ignored_files
    return {
        "recordings": sessions.recordings,
        "transcripts": sessions.transcripts,
        "kept": len(kept),
        "seconds": three_digits(sum(recording.seconds for recording in recordings)),
        "speech_seconds": three_digits(sum(covered_seconds(r.speech) for r in recordings)),
        "segments": sum(len(outcome.segments) for outcome in kept),
        "segment_seconds": three_digits(
            sum(s.seconds for outcome in kept for s in outcome.segments)
        ),
        "untranscribed_speech_seconds": three_digits(
            sum(
                uncovered_seconds(recording.speech, [(s.start, s.end) for s in outcome.segments])
                for recording, outcome in zip(recordings, kept, strict=True)
            )
        ),
        "dropped_recordings": _sorted(rejected + _by_reason(sessions.rejected)),
        "dropped_transcripts": _sorted(_by_reason(sessions.unused)),
        "dropped_cues": _sorted(sum((o.rejected_cues for o in outcomes), Counter())),
        **_error_rate(outcome for outcome in outcomes if outcome.id in own),
        "marks": _sorted(sum((Counter(o.marks) for o in outcomes), Counter())),
        "notices": _sorted(notices),
    }


def recordings_metrics(outcomes: Iterable[Outcome]) -> Iterator[Row]:
    """A row of numbers for each recording that was kept, and for each whose times are wrong
    throughout."""
    for outcome in sorted(outcomes, key=lambda outcome: outcome.id):
        row: Row = _quality(outcome) if outcome.recording else {}
        if outcome.wrong_times:
            row["wrong_times"] = asdict(outcome.wrong_times)
        if row:
            yield {"recording": outcome.id} | rounded(row)


def _error_rate(checked: Iterable[Outcome]) -> dict[str, Any]:
    """The transcripts' own error rate, see error_rate.py; None if nothing was checked."""
    outcomes = list(checked)
    rate = error_rate([(transcript_words(outcome), outcome.clear) for outcome in outcomes])
    value, low, high = rate or (None, None, None)
    return {
        "transcript_error_rate": value,
        "transcript_error_rate_low": low,
        "transcript_error_rate_high": high,
        "transcript_words_compared": int(three_digits(sum(o.clear.words for o in outcomes))),
    }


def transcript_words(outcome: Outcome) -> int:
    """Words of a recording's transcript, in segments or not."""
    texts = [segment.text for segment in outcome.segments] + [cue.text for cue, _ in outcome.lost]
    return sum(len(text.split()) for text in texts)


def _quality(outcome: Outcome) -> dict[str, Any]:
    """Numbers for one recording that was kept."""
    segments, recording = outcome.segments, outcome.recording
    words = sum(len(segment.text.split()) for segment in segments)
    lost: Counter[str] = Counter()
    for cue, reason in outcome.lost:
        lost[reason] += len(cue.text.split())
    scores = [segment.score for segment in segments if segment.score is not None]
    confidences = [segment.confidence for segment in segments if segment.confidence is not None]
    return {
        "seconds": recording.seconds if recording else 0.0,
        "segments": len(segments),
        "segment_seconds": sum(segment.seconds for segment in segments),
        "words": words,
        "lost_words": _sorted(lost),
        "score_median": statistics.median(scores) if scores else None,
        "score_lowest": min(scores, default=None),
        "confidence_median": statistics.median(confidences) if confidences else None,
        "error_rate": outcome.clear.error_rate,
        "words_a_second": words / sum(s.seconds for s in segments),
    }


def _by_reason(remarks: Iterable[IdReason]) -> Counter[str]:
    return Counter(reason for _, reason in remarks)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
