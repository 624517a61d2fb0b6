"""Reasons for which recordings, transcripts and cues are rejected, and notices about the rest.

The keys are those of the metrics; the values are what a message says, with the remedy. A message
names a recording by its id alone; `attune lookup ID` shows on one's own screen which file it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class RecordingRejected(Exception):
    """A recording or its transcript cannot be used; `reason` is a key of `RECORDING`."""

    def __init__(self, reason: str, detail: str = "") -> None:
        """detail: numbers that help to correct it; never text from the files."""
        super().__init__(reason)
        self.reason, self.detail = reason, detail


MOST_ERRORS = 0.05
"""Transcripts with a higher share of wrong words should be corrected before training."""

FORMS = (
    "known formats are text and Word (.txt, .docx, .rtf), subtitles (.srt, .vtt, .sbv, .lrc), "
    ".TextGrid, ELAN's .eaf, CHAT's .cha, .ctm, .stm, tables (.csv, .tsv) and the .json of "
    "Whisper, AWS, Google, Azure, Deepgram, AssemblyAI and Rev"
)

RECORDING = {
    "audio_empty": "the recording contains no audio; export it again",
    "audio_nan": (
        "more than 1 % of the samples are NaN, infinite or far beyond full scale; export it again"
    ),
    "audio_silent": "the recording is silent; check the microphone and the channel it came from",
    "audio_too_long": (
        "the recording is longer than 4 hours, or its header says so; split it or export it again"
    ),
    "audio_truncated": "the recording ends before the length its header states; copy it again",
    "audio_undecodable": "the recording is damaged or not audio; export it again as WAV or FLAC",
    "audio_unreadable": "the recording cannot be opened; check its permissions and the disk",
    "forgotten": (
        "the recording or its client was forgotten by `attune forget`; remove it from data.sessions"
    ),
    "language_other": (
        "the recording is in another language than build_dataset.language; remove it, or correct "
        "the parameter if it is wrong"
    ),
    "name_not_utf8": "the name of a file is not UTF-8; rename it",
    "no_file": (
        "it is not a file but a folder, a pipe or a device; put the file itself in its place"
    ),
    "no_segments": "no cue of the transcript is usable; see the other messages with this id",
    "no_transcript": "no transcript has the name of this recording; add one under transcripts/",
    "not_processed": (
        "its content caused an unexpected error; export the recording and its transcript "
        "again, and report the line below"
    ),
    "same_stem": "several recordings differ only in their extension; keep one or rename them",
    "several_transcripts": "several transcripts have the name of this recording; keep one",
    "symlink_broken": "the symbolic link leads to no file; put the file itself in its place",
    "symlink_outside": (
        "the symbolic link points outside its folder; put the file itself in its place"
    ),
    "times_shifted": (
        "the transcript's times are shifted against the audio; correct them, or set "
        "segment.mend_times to true"
    ),
    "times_stretched": (
        "the transcript's times run faster or slower than the audio; correct them, or set "
        "segment.mend_times to true"
    ),
    "took_too_long": (
        "it was stopped because it took far more time than its size explains; export the "
        "recording and its transcript again"
    ),
    "took_too_much_memory": (
        "it was stopped because it took far more memory than its size explains; export the "
        "recording and its transcript again"
    ),
    "transcript_binary": f"the transcript is in no known format (PDF, old Word?); {FORMS}",
    "transcript_empty": "the transcript has no words; complete it or remove it",
    "transcript_form_unknown": f"the transcript is in no known format; {FORMS}",
    "transcript_mismatch": (
        "the transcript does not match the audio; check that it belongs to this recording, and "
        "that the recording is in build_dataset.language"
    ),
    "transcript_not_utf8": "the transcript is not UTF-8; save it in that encoding",
    "transcript_too_large": (
        "the transcript is larger than 64 MB, packed or unpacked; save its text alone"
    ),
    "transcript_unreadable": (
        "the transcript cannot be opened, is damaged, or is not in the format of its suffix; "
        f"{FORMS}"
    ),
    "work_crashed": (
        "it crashed the program that reads it; export the recording and its transcript again"
    ),
}

TRANSCRIPT = {
    "no_recording": (
        "no recording has the name of this transcript; add it under audio/ or rename one of them"
    ),
}

CUE = {
    "cue_empty": "no words; add them or delete the cue",
    "cue_redacted": "inaudible, uncertain or redacted words; write them out where intelligible",
    "cue_too_long": "longer than segment.max_seconds; split where the speaker pauses",
    "overlapping_speech": "overlap with other cues; correct the times unless both people speak",
    "not_found": "words not recognized in the audio; check that this recording contains them",
    "score_low": "agreement with the audio below segment.min_score; check the words",
    "times_out_of_order": "end before start; correct the times",
    "times_past_end": "times past the end of the audio; check that the transcript belongs to it",
    "times_unreadable": "unreadable times; correct them",
}
"""Also the reasons for which words of a placed transcript are in no segment."""

NOTICE = {
    "audio_channel_dead": (
        "a channel is silent or has only noise; it was left out: check its microphone"
    ),
    "audio_channel_inverted": (
        "a channel has inverted polarity and would cancel the others; it was corrected: check the "
        "cables"
    ),
    "audio_clipped": "more than 0.1 % of the samples are clipped; record at a lower level",
    "audio_clock_set": (
        "the times in the container jump back, or by over an hour; check the transcript's times"
    ),
    "audio_gaps": "the audio starts late or has gaps; filled with silence, so that times are right",
    "audio_joined": "the file is a chain of several recordings; all are used",
    "audio_offset": "the recording has a DC offset; it was removed: check the sound card",
    "audio_size_wrong": (
        "the header states less audio than the file has; it was read to its end: check the recorder"
    ),
    "audio_stream_added": "each audio stream has a speaker of its own; the streams were mixed",
    "audio_stream_unused": (
        "an audio stream besides the first was left out; export it alone if it has other speech"
    ),
    "audio_tail_missing": "up to half a second is missing at the end; the rest is used",
    "audio_two_people": "each channel has a speaker of its own; the channels were mixed",
    "audio_wild_samples": (
        "samples that are NaN, infinite or far above the others were set to 0; export it again"
    ),
    "audio_wrong_extension": "the extension does not fit the format of the audio; read by content",
    "client_respelled": (
        "sessions.csv spells its client differently in an earlier row (spaces, invisible "
        "characters, case); both count as one person"
    ),
    "cues_reordered": "the cues were not in order of time; they were sorted",
    "encoding_guessed": "the transcript is not UTF-8; its encoding was guessed: save it as UTF-8",
    "heading_ignored": "the lines above the first turn look like a document's heading; ignored",
    "no_client": "sessions.csv names no client for it; it counts as a person of its own",
    "no_labels": (
        "lines of the transcript look like turns, but no speaker label was found; begin each "
        "turn with T: or C:"
    ),
    "note_tiers_ignored": "tiers named as notes, codes or sounds are not speech; ignored",
    "point_tiers_ignored": "point tiers of the TextGrid have no text to train on; ignored",
    "reviewed_score_low": (
        "segments of a reviewed transcript score below segment.min_score; they are kept: listen "
        "to them again"
    ),
    "reviewed_times": (
        "the times of a reviewed transcript do not match the audio; they are kept: check them again"
    ),
    "times_mended": "the transcript's times did not match the audio; it was aligned again",
    "transcript_wrong_extension": (
        "the extension does not fit the format of the transcript; read by content"
    ),
    "unknown_marks": "the transcript has unknown marks; segments that contain one are dropped",
    "unknown_recording": "sessions.csv has a row for this id, but no recording; correct the name",
}


def recording_lines(rejections: Iterable[tuple[str, str]]) -> list[str]:
    """One line for each (id, reason) of a recording or transcript, notices included."""
    messages = RECORDING | TRANSCRIPT | NOTICE
    return [f"{name}: {messages[reason]}" for name, reason in sorted(set(rejections))]


def cue_lines(name: str, dropped: Mapping[str, int]) -> list[str]:
    """One line for each reason for which cues of the recording `name` were dropped."""
    return [
        f"{name}: {count} cue(s) dropped: {CUE[reason]}"
        for reason, count in sorted(dropped.items())
    ]
