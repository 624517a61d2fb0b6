"""Transcripts in the response formats of OpenAI's transcription API.

Source: https://platform.openai.com/docs/api-reference/audio
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

from fastapi.responses import JSONResponse, PlainTextResponse
from faster_whisper.transcribe import Segment
from starlette.responses import Response

Format = Literal["json", "text", "srt", "vtt", "verbose_json"]
Granularity = Literal["word", "segment"]


def respond(
    segments: Sequence[Segment],
    format: Format,
    granularities: Collection[Granularity],
    language: str,
    seconds: float,
) -> Response:
    """The transcript in the format that was asked for. Arguments as for `as_verbose`."""
    match format:
        case "text":
            return PlainTextResponse(as_text(segments) + "\n")
        case "srt":
            return PlainTextResponse(as_srt(segments), media_type="application/x-subrip")
        case "vtt":
            return PlainTextResponse(as_vtt(segments), media_type="text/vtt")
        case "verbose_json":
            return JSONResponse(as_verbose(segments, language, seconds, granularities))
        case "json":
            return JSONResponse({"text": as_text(segments)})


def as_text(segments: Sequence[Segment]) -> str:
    return " ".join(segment.text.strip() for segment in segments)


def as_srt(segments: Sequence[Segment]) -> str:
    return "".join(
        f"{number}\n{_clock(s.start, ',')} --> {_clock(s.end, ',')}\n{s.text.strip()}\n\n"
        for number, s in enumerate(segments, 1)
    )


def as_vtt(segments: Sequence[Segment]) -> str:
    cues = (
        f"{_clock(s.start, '.')} --> {_clock(s.end, '.')}\n{s.text.strip()}\n\n" for s in segments
    )
    return "WEBVTT\n\n" + "".join(cues)


def as_verbose(
    segments: Sequence[Segment],
    language: str,
    seconds: float,
    granularities: Collection[Granularity],
) -> dict[str, Any]:
    """`verbose_json`. language: Whisper's code; seconds: of the audio."""
    body: dict[str, Any] = {
        "task": "transcribe", "language": language, "duration": round(seconds, 3),
        "text": as_text(segments),
    }  # fmt: skip
    if "segment" in granularities:
        body["segments"] = [
            {
                "id": number, "seek": s.seek, "start": s.start, "end": s.end, "text": s.text,
                "tokens": s.tokens, "temperature": s.temperature, "avg_logprob": s.avg_logprob,
                "compression_ratio": s.compression_ratio, "no_speech_prob": s.no_speech_prob,
            }
            for number, s in enumerate(segments)
        ]  # fmt: skip
    if "word" in granularities:
        body["words"] = [
            {"word": word.word.strip(), "start": word.start, "end": word.end}
            for segment in segments
            for word in segment.words or ()
        ]
    return body


def _clock(seconds: float, point: str) -> str:
    """hh:mm:ss and milliseconds after `point`."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}{point}{rest % 1000:03}"
