"""Check a timed transcript against the audio: score its cues, report or correct wrong times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stages.common.audio.samples import Samples
from stages.common.audio.voice_activity import SpeechInterval
from stages.common.core.params import Segment as Settings
from stages.common.core.rejections import RecordingRejected
from stages.common.transcripts.cue import Cue, Transcript
from stages.segment.alignment.align import align, check_match
from stages.segment.alignment.cached_aligner import CachedAligner
from stages.segment.alignment.transcribe import IntervalHypothesis
from stages.segment.alignment.transcript_words import to_letters
from stages.segment.checking.checked import CheckedCues
from stages.segment.checking.draw import drawn_blocks
from stages.segment.checking.error_rate import ClearWords, clear_words
from stages.segment.checking.offsets import TimesRejected, offsets_of, wrong_times
from stages.segment.checking.scores import WrittenText, score_cues

_FAULTS = 2
"""Low scores in a sample that extend the check to the whole recording."""
_MIN_CUES = 5
"""Scored cues from which a transcript may be that of another recording; fewer are low each."""
_NEARBY = 60.0
"""Seconds by which a cue may lie outside the checked blocks and still have its words there."""


def check_timed(
    recording: str,
    samples: Samples,
    transcript: Transcript,
    seconds: float,
    aligner: CachedAligner,
    settings: Settings,
) -> CheckedCues:
    """Check the cues as `segment.check` says, align them again if their times are wrong and
    `segment.mend_times` is set, and cut those that are longer than a segment.

    A reviewed transcript keeps its words and times, and is never rejected.

    Raises: TimesRejected, RecordingRejected(transcript_mismatch).
    """
    cues, language = transcript.cues, aligner.language
    usable = [cue for cue in cues if _has_times(cue)]
    drawn = drawn_blocks(recording, seconds, settings.check)
    long = [(cue.start, cue.end) for cue in usable if _is_long(cue, settings)]
    whole = [(0.0, seconds)]
    blocks = drawn if drawn == whole else [*drawn, *long]
    if not blocks or not usable:
        return CheckedCues(list(cues))
    hypotheses = aligner.transcribe(recording, samples, None if blocks == whole else blocks)
    if not drawn:
        return _cut_long(cues, hypotheses, settings, language)
    wrong = wrong_times(offsets_of(_near(usable, blocks), hypotheses, language))
    scored = score_cues(usable, hypotheses, blocks, language)
    if blocks != whole and (wrong or len(_low(scored, settings)) >= _FAULTS):
        hypotheses = aligner.transcribe(recording, samples)
        wrong = wrong_times(offsets_of(usable, hypotheses, language))
        scored = score_cues(usable, hypotheses, whole, language)
    if wrong and not transcript.reviewed:
        if not settings.mend_times:
            raise TimesRejected(wrong)
        built = align(hypotheses, cues, settings, language)
        clear = clear_words(built.cues, hypotheses, language)
        return CheckedCues(built.cues, built.unmatched, wrong, clear, ("times_mended",))
    low = _low(scored, settings)
    enough = len(_checked(scored)) >= _MIN_CUES
    if enough and len(low) > len(_checked(scored)) / 2 and not transcript.reviewed:
        _check_match(scored, hypotheses, language)
    rest = [cue for cue in cues if not _has_times(cue)]
    cut = _cut_long([*scored, *rest], hypotheses, settings, language)
    notices = ("reviewed_times",) * bool(wrong) + ("reviewed_score_low",) * bool(low)
    return replace(
        cut,
        wrong=wrong,
        # Cues with wrong times would be compared with other words.
        clear=ClearWords() if wrong else clear_words(scored, hypotheses, language),
        notices=notices if transcript.reviewed else (),
    )


def _cut_long(
    cues: Sequence[Cue],
    hypotheses: Sequence[IntervalHypothesis],
    settings: Settings,
    language: str,
) -> CheckedCues:
    """The cues; one longer than a segment is aligned within its own times, like plain text."""
    cut = CheckedCues([])
    for cue in cues:
        if not _is_long(cue, settings):
            cut.cues.append(cue)
            continue
        inside = [part for part in (_within(h, cue) for h in hypotheses) if part]
        try:
            built = align(inside, [cue], settings, language)
        except RecordingRejected:
            cut.cues.append(cue)
            continue
        cut.cues.extend(built.cues)
        cut.unmatched.extend(built.unmatched)
    return cut


def _within(hypothesis: IntervalHypothesis, cue: Cue) -> IntervalHypothesis | None:
    """The part of a speech interval in the cue's times; None if it is outside them. An interval
    without a pause may go on into the next turn."""
    start, end = max(hypothesis.start, cue.start), min(hypothesis.end, cue.end)
    if start >= end:
        return None
    parts = tuple(p for p in hypothesis.parts if start <= (p.start + p.end) / 2 <= end)
    return IntervalHypothesis(start, end, parts) if parts or not hypothesis.parts else None


def _check_match(
    cues: Sequence[Cue], hypotheses: Sequence[IntervalHypothesis], language: str
) -> None:
    written = WrittenText(hypotheses)
    pairs = [
        (
            to_letters(cue.text, language),
            to_letters("".join(written.parts[at].text for at in written.around(cue)), language),
        )
        for cue in _checked(cues)
    ]
    check_match(pairs, "".join(text for text, _ in pairs))


def _has_times(cue: Cue) -> bool:
    return bool(np.isfinite(cue.start) and np.isfinite(cue.end) and cue.start < cue.end)


def _is_long(cue: Cue, settings: Settings) -> bool:
    return _has_times(cue) and cue.end - cue.start > settings.max_seconds


def _near(cues: Sequence[Cue], blocks: Sequence[SpeechInterval]) -> list[Cue]:
    return [
        cue
        for cue in cues
        if any(start - _NEARBY <= cue.end and cue.start <= end + _NEARBY for start, end in blocks)
    ]


def _checked(cues: Sequence[Cue]) -> list[Cue]:
    return [cue for cue in cues if cue.score is not None]


def _low(cues: Sequence[Cue], settings: Settings) -> list[Cue]:
    return [cue for cue in _checked(cues) if (cue.score or 0.0) < settings.min_score]
