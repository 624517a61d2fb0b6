"""Response formats, against files written by hand."""

from __future__ import annotations

from faster_whisper.transcribe import Segment, Word

from service.formats import as_srt, as_text, as_verbose, as_vtt

SEGMENTS = [
    Segment(
        id=7, seek=0, start=0.0, end=2.4996, text=" Hello there.", tokens=[1, 2],
        avg_logprob=-0.2, compression_ratio=0.9, no_speech_prob=0.01, temperature=0.0,
        words=[Word(0.0, 0.5, " Hello", 0.9), Word(0.5, 2.4996, " there.", 0.8)],
    ),
    Segment(
        id=8, seek=360000, start=3599.9999, end=3661.05, text=" Bye.", tokens=[3],
        avg_logprob=-0.3, compression_ratio=0.8, no_speech_prob=0.02, temperature=0.0,
        words=[Word(3600.0, 3661.05, " Bye.", 0.7)],
    ),
]  # fmt: skip


def test_text() -> None:
    assert as_text(SEGMENTS) == "Hello there. Bye."
    assert as_text([]) == ""


def test_srt() -> None:
    assert as_srt(SEGMENTS) == (
        "1\n00:00:00,000 --> 00:00:02,500\nHello there.\n\n"
        "2\n01:00:00,000 --> 01:01:01,050\nBye.\n\n"
    )


def test_vtt() -> None:
    assert as_vtt(SEGMENTS) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nHello there.\n\n"
        "01:00:00.000 --> 01:01:01.050\nBye.\n\n"
    )
    assert as_vtt([]) == "WEBVTT\n\n"


def test_verbose_json_has_what_was_asked_for() -> None:
    neither = as_verbose(SEGMENTS, "en", 3662.0, [])
    assert neither == {
        "task": "transcribe", "language": "en", "duration": 3662.0,
        "text": "Hello there. Bye.",
    }  # fmt: skip
    words = as_verbose(SEGMENTS, "en", 3662.0, ["word"])["words"]
    assert words[1] == {"word": "there.", "start": 0.5, "end": 2.4996} and len(words) == 3
    both = as_verbose(SEGMENTS, "en", 3662.0, ["segment", "word"])
    assert [each["id"] for each in both["segments"]] == [0, 1]
    assert both["segments"][1]["text"] == " Bye." and both["words"] == words
