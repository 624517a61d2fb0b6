"""Why input was dropped or remarked on: the one list of reasons, with what to do about each.

The words on the left stand in the metrics, those on the right in messages. A message names the
recording by its id alone; `attune lookup <id>` prints its file's name on one's own screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class RecordingRejected(Exception):
    """A recording or its transcript is no use; `reason` is a key of `RECORDING`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


RECORDING = {
    "audio_empty": "the recording holds no sound at all; export it again",
    "audio_nan": "the recording holds numbers that are no sound (NaN or infinite); export it again",
    "audio_silent": "the recording is silent; check the microphone and channel it came from",
    "audio_truncated": "the recording breaks off before the end its header states; copy it again",
    "audio_undecodable": "the recording is broken or not audio; export it again, as WAV or FLAC",
    "audio_unreadable": "the recording cannot be opened; check its permissions and the disk",
    "no_segments": "none of its cues could be used; see its other lines",
    "no_transcript": "no transcript has this recording's name; add one under transcripts/",
    "same_stem": "several recordings differ only in their suffix; keep one or rename them",
    "several_transcripts": "several transcripts have this recording's name; keep one",
    "symlink_broken": "a link leads nowhere; put the file itself in its place",
    "symlink_outside": "a link leads out of data.sessions; put the file itself in its place",
    "transcript_binary": "the transcript is no plain text (but Word, RTF, PDF?); save it as text",
    "transcript_empty": "the transcript has no words; write it or take it away",
    "transcript_mismatch": (
        "the transcript does not match the recording; is it of another session?"
    ),
    "transcript_not_utf8": "the transcript is not UTF-8; save it with that encoding",
    "transcript_unreadable": "the transcript's format is broken, or it may not be opened; mend it",
}

TRANSCRIPT = {
    "no_recording": "no recording has this transcript's name; add it under audio/ or rename one",
}

CUE = {
    "cue_empty": "have no words",
    "cue_redacted": "hold words that are inaudible, unsure or redacted; write them out if heard",
    "cue_too_long": "are longer than segment.max_seconds; split them where the speaker pauses",
    "overlapping_speech": "lie over other cues; people speak at once there, or the times are wrong",
    "not_found": "were heard nowhere; were they said, and is this the right recording?",
    "score_low": "hardly agree with what the model hears (segment.min_score); check their words",
    "times_out_of_order": "end before they begin; mend their times",
    "times_past_end": "lie past the recording's end; check that the transcript belongs to it",
    "times_unreadable": "have no readable times; mend them",
}

NOTICE = {
    "audio_clipped": "over 0.1 % of the recording is clipped (at full scale); record more softly",
    "audio_tail_missing": "up to half a second is missing at its end; the rest is used",
    "audio_wrong_extension": "the suffix names another format than it has; read by its content",
    "cues_reordered": "its cues were not in order of time; they were sorted",
    "no_client": "sessions.csv names no client for it; it counts as a person of its own",
    "point_tiers_ignored": "its TextGrid has tiers of points, which have no text to train on",
    "transcript_wrong_extension": "the transcript has another format's suffix; read by its content",
    "unknown_marks": "it has marks that are not known; segments that hold one are dropped",
    "unknown_recording": "sessions.csv has a row for it, but there is no such recording",
}


def recording_lines(found: Iterable[tuple[str, str]]) -> list[str]:
    """One line for each (id, reason) of a recording or transcript."""
    said = RECORDING | TRANSCRIPT | NOTICE
    return [f"{name}: {said[reason]}" for name, reason in sorted(set(found))]


def cue_lines(name: str, dropped: Mapping[str, int]) -> list[str]:
    """One line for each reason that took cues from the recording `name`."""
    return [
        f"{name}: {count} cue(s) dropped: they {CUE[why]}" for why, count in sorted(dropped.items())
    ]
