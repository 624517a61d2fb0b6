"""JSON of speech services, each recognized by its keys.

- AWS Transcribe: docs.aws.amazon.com/transcribe/latest/dg/how-input.html#how-it-works-output
- Google Cloud Speech-to-Text 1 and 2: cloud.google.com/speech-to-text/docs/reference/rest
- Azure Speech, batch and fast: learn.microsoft.com/azure/ai-services/speech-service
- Deepgram: developers.deepgram.com/reference/speech-to-text
- AssemblyAI: www.assemblyai.com/docs/api-reference/transcripts
- Rev AI: docs.rev.ai/api/asynchronous
- words with times in seconds: OpenAI's `verbose_json`, ElevenLabs, Vosk

If each person has a channel and the service names no speakers, the channels are the speakers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from stages.common.transcripts.cue import Cue
from stages.common.transcripts.json_values import (
    first,
    from_milliseconds,
    from_text,
    number,
    rows,
    speaker_of,
    words_of,
)
from stages.common.transcripts.timed_words import Word, to_cues

_Data = Mapping[str, Any]


def parse(data: _Data) -> list[Cue] | None:
    """Cues of a service's result, in its order; None for other JSON."""
    if isinstance(data.get("response"), dict):  # of a long-running operation
        data = data["response"]
    results = data.get("results")
    if isinstance(results, dict) and len(results) == 1:  # Google's batch: by the file's address
        (only,) = results.values()
        if isinstance(only, dict) and isinstance(only.get("transcript"), dict):
            results = only["transcript"].get("results")
    if isinstance(results, dict):
        if rows(results.get("items")):
            return _aws(results)
        if rows(results.get("channels")) or rows(results.get("utterances")):
            return _deepgram(results)
    if rows(data.get("Transcript")):
        return [_aws_call(row) for row in rows(data["Transcript"])]
    if rows(results):
        return _google(rows(results))
    if phrases := rows(data.get("recognizedPhrases")):
        return sorted((_azure_batch(row, _has_channels(phrases)) for row in phrases), key=_start)
    if phrases := rows(data.get("phrases")):
        return sorted((_azure_fast(row, _has_channels(phrases)) for row in phrases), key=_start)
    if rows(data.get("monologues")):
        return [cue for row in rows(data["monologues"]) for cue in _rev(row)]
    if rows(data.get("utterances")):
        return [_assemblyai(row) for row in rows(data["utterances"])]
    words = [] if rows(data.get("segments")) else rows(data.get("words") or data.get("result"))
    if words and ("word" in words[0] or "type" in words[0]):
        return to_cues(map(_word, words))
    if words and "text" in words[0]:
        return to_cues(map(_assemblyai_word, words))
    return None


def _start(cue: Cue) -> float:
    return cue.start


def _has_channels(rows: Sequence[_Data]) -> bool:
    """Whether the rows have several channels and no speakers."""
    return len({str(row.get("channel")) for row in rows}) > 1 and not any(
        speaker_of(row.get("speaker")) for row in rows
    )


def _word(row: _Data) -> Word:
    text = words_of(row.get("word") or row.get("text"))
    speaker = row.get("speaker", row.get("speaker_id"))
    return Word(from_text(row.get("start")), from_text(row.get("end")), text, speaker_of(speaker))


def _aws(results: _Data) -> list[Cue]:
    """Words and punctuation as items; the speaker is the item's, or its segment's."""
    labels = results.get("speaker_labels")
    segments = rows(labels.get("segments")) if isinstance(labels, dict) else []
    speakers = {
        str(item.get("start_time")): words_of(item.get("speaker_label"))
        for segment in segments
        for item in rows(segment.get("items"))
    }
    channels = results.get("channel_labels")
    channels = rows(channels.get("channels")) if isinstance(channels, dict) else []
    if len(channels) > 1 and not speakers:
        return sorted(
            (
                cue
                for channel in channels
                for cue in to_cues(
                    _aws_words(channel.get("items"), {}, words_of(channel.get("channel_label")))
                )
            ),
            key=_start,
        )
    return to_cues(_aws_words(results["items"], speakers))


def _aws_words(items: Any, speakers: _Data, channel: str = "") -> list[Word]:
    words: list[Word] = []
    for item in rows(items):
        content = words_of(first(item.get("alternatives")).get("content"))
        if item.get("type") == "punctuation":
            if words:
                last = words[-1]
                words[-1] = Word(last.start, last.end, last.text + content, last.speaker)
            continue
        start, end = (from_text(item.get(edge)) for edge in ("start_time", "end_time"))
        speaker = words_of(item.get("speaker_label")) or speakers.get(
            str(item.get("start_time")), ""
        )
        words.append(Word(start, end, content, speaker or channel))
    return words


def _aws_call(row: _Data) -> Cue:
    """A turn of Call Analytics."""
    start, end = (from_milliseconds(row.get(f"{edge}OffsetMillis")) for edge in ("Begin", "End"))
    return Cue(start, end, words_of(row.get("Content")), words_of(row.get("ParticipantRole")))


def _google(results: list[dict[str, Any]]) -> list[Cue]:
    """Words of each result; with diarization, version 1 repeats all words in the last one."""
    said = [first(result.get("alternatives")) for result in results]
    words = [[_google_word(row) for row in rows(best.get("words"))] for best in said]
    if any(word.speaker for word in words[-1]) and not any(
        word.speaker for part in words[:-1] for word in part
    ):
        words, said = words[-1:], said[-1:]
    tags = [result.get("channelTag") for result in results[-len(words) :]]
    channels = len(set(map(str, tags))) > 1
    cues: list[Cue] = []
    for part, best, tag in zip(words, said, tags, strict=True):
        if part:
            name = speaker_of(tag) if channels else ""
            cues += [replace(cue, speaker=cue.speaker or name) for cue in to_cues(part)]
        elif words_of(best.get("transcript")).strip():  # without word times it has no start
            cues.append(Cue(math.nan, math.nan, words_of(best.get("transcript"))))
    return sorted(cues, key=_start) if channels else cues


def _google_word(row: _Data) -> Word:
    def value(*keys: str) -> Any:
        return next((row[key] for key in keys if key in row), None)

    start = value("startTime", "startOffset", "start_time", "start_offset")
    end = value("endTime", "endOffset", "end_time", "end_offset")
    # Google omits a start of zero.
    start = "0s" if start is None and end is not None else start
    speaker = value("speakerLabel", "speakerTag", "speaker_label", "speaker_tag")
    return Word(
        from_text(start), from_text(end), words_of(row.get("word")), speaker_of(speaker or None)
    )


def _azure_batch(row: _Data, channels: bool) -> Cue:
    start, length = (from_text(row.get(key)) for key in ("offset", "duration"))
    if math.isnan(start):
        start, length = (number(row.get(f"{k}InTicks")) / 1e7 for k in ("offset", "duration"))
    speaker = row.get("channel") if channels else row.get("speaker")
    return Cue(
        start, start + length, words_of(first(row.get("nBest")).get("display")), speaker_of(speaker)
    )


def _azure_fast(row: _Data, channels: bool) -> Cue:
    start, length = (
        from_milliseconds(row.get(f"{key}Milliseconds", row.get(key)))
        for key in ("offset", "duration")
    )
    speaker = row.get("channel") if channels else row.get("speaker")
    return Cue(start, start + length, words_of(row.get("text")), speaker_of(speaker))


def _deepgram(results: _Data) -> list[Cue]:
    """Utterances if the request asked for them, otherwise the words of each channel."""
    if utterances := rows(results.get("utterances")):
        by = "channel" if _has_channels(utterances) else "speaker"
        return [
            Cue(
                number(row.get("start")),
                number(row.get("end")),
                words_of(row.get("transcript")),
                speaker_of(row.get(by)),
            )
            for row in utterances
        ]
    channels = rows(results.get("channels"))
    cues: list[Cue] = []
    for at, channel in enumerate(channels):
        name = f"Speaker {at}" if len(channels) > 1 else ""
        words = rows(first(channel.get("alternatives")).get("words"))
        cues += to_cues(
            Word(
                number(row.get("start")),
                number(row.get("end")),
                words_of(row.get("punctuated_word") or row.get("word")),
                speaker_of(row.get("speaker")) if len(channels) == 1 else name,
            )
            for row in words
        )
    return sorted(cues, key=_start) if len(channels) > 1 else cues


def _assemblyai(row: _Data) -> Cue:
    start, end = (from_milliseconds(row.get(edge)) for edge in ("start", "end"))
    return Cue(start, end, words_of(row.get("text")), speaker_of(row.get("speaker")))


def _assemblyai_word(row: _Data) -> Word:
    start, end = (from_milliseconds(row.get(edge)) for edge in ("start", "end"))
    return Word(start, end, words_of(row.get("text")), speaker_of(row.get("speaker")))


def _rev(row: _Data) -> list[Cue]:
    """A monologue: words with times, punctuation and spaces without."""
    speaker, words = speaker_of(row.get("speaker")), []
    for element in rows(row.get("elements")):
        value = words_of(element.get("value"))
        if element.get("type") == "text":
            start, end = number(element.get("ts")), number(element.get("end_ts"))
            words.append(Word(start, end, value, speaker))
        elif words and value.strip():
            last = words[-1]
            words[-1] = Word(last.start, last.end, last.text + value.strip(), speaker)
    return to_cues(words)
