"""The JSON of speech services, each by the keys of its own documentation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stages.common.transcripts.cue import Cue
from tests.support.transcripts import read, reason

FIRST = [("Did", 0.5, 0.7), ("you", 0.75, 0.9), ("go?", 0.95, 1.25)]
SECOND = [("Not", 2.5, 2.75), ("since", 2.8, 3.0), ("Sunday.", 3.05, 3.5)]


def said(first: str, second: str) -> list[Cue]:
    return [Cue(0.5, 1.25, "Did you go?", first), Cue(2.5, 3.5, "Not since Sunday.", second)]


def aws(labels: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    segments = []
    for speaker, words in (("spk_0", FIRST), ("spk_1", SECOND)):
        inner = []
        for word, start, end in words:
            times = {"start_time": str(start), "end_time": str(end)}
            content = {"confidence": "0.99", "content": word.rstrip("?.")}
            items.append({"type": "pronunciation", "alternatives": [content], **times})
            inner.append({**times, "speaker_label": speaker})
            if labels == "items":
                items[-1]["speaker_label"] = speaker
        stop = {"confidence": "0.0", "content": words[-1][0][-1]}
        items.append({"type": "punctuation", "alternatives": [stop]})
        segments.append({"speaker_label": speaker, "items": inner})
    results: dict[str, Any] = {"transcripts": [{"transcript": "all"}], "items": items}
    if labels == "segments":
        results["speaker_labels"] = {"speakers": 2, "segments": segments}
    return {"jobName": "s1", "accountId": "1", "results": results, "status": "COMPLETED"}


AWS_CALL = {
    "JobName": "s1",
    "Transcript": [
        {"Content": "Did you go?", "BeginOffsetMillis": 500, "EndOffsetMillis": 1250,
         "ParticipantRole": "AGENT", "Items": []},
        {"Content": "Not since Sunday.", "BeginOffsetMillis": 2500, "EndOffsetMillis": 3500,
         "ParticipantRole": "CUSTOMER"},
    ],
}  # fmt: skip


def google(version: int, repeated: bool = False) -> dict[str, Any]:
    def word(row: tuple[str, float, float], speaker: int) -> dict[str, Any]:
        text, start, end = row
        if version == 2:
            return {"word": text, "startOffset": f"{start}s", "endOffset": f"{end}s",
                    "speakerLabel": str(speaker)}  # fmt: skip
        return {"word": text, "startTime": f"{start}s", "endTime": f"{end}s", "speakerTag": speaker}

    first, second = [word(row, 1) for row in FIRST], [word(row, 2) for row in SECOND]
    results: list[dict[str, Any]] = [
        {"alternatives": [{"transcript": "Did you go?", "words": first}]},
        {"alternatives": [{"transcript": " Not since Sunday.", "words": second}]},
    ]
    if repeated:  # version 1 with diarization
        both = {"alternatives": [{"words": json.loads(json.dumps(first + second))}]}
        for row in first + second:
            del row["speakerTag"]
        results.append(both)
    return {"results": results}


AZURE = {
    "source": "s1.wav", "combinedRecognizedPhrases": [],
    "recognizedPhrases": [
        {"recognitionStatus": "Success", "channel": 0, "speaker": 2, "offset": "PT2.5S",
         "duration": "PT1S", "nBest": [{"display": "Not since Sunday."}, {"display": "Not"}]},
        {"recognitionStatus": "Success", "channel": 0, "speaker": 1, "offset": "PT0.5S",
         "duration": "PT0.75S", "nBest": [{"display": "Did you go?"}]},
    ],
}  # fmt: skip
AZURE_TICKS = json.loads(
    json.dumps(AZURE)
    .replace('"offset": "PT2.5S", "duration": "PT1S"',
             '"offsetInTicks": 25000000, "durationInTicks": 10000000.0')
    .replace('"offset": "PT0.5S", "duration": "PT0.75S"',
             '"offsetInTicks": 5000000, "durationInTicks": 7500000')
)  # fmt: skip
AZURE_FAST = {
    "durationMilliseconds": 9000, "combinedPhrases": [{"text": "all"}],
    "phrases": [
        {"offsetMilliseconds": 500, "durationMilliseconds": 750, "text": "Did you go?",
         "speaker": 1, "words": []},
        {"offsetMilliseconds": 2500, "durationMilliseconds": 1000, "text": "Not since Sunday.",
         "speaker": 2},
    ],
}  # fmt: skip


def deepgram(utterances: bool = False, channels: int = 1) -> dict[str, Any]:
    def words(rows: list[tuple[str, float, float]], speaker: int) -> list[dict[str, Any]]:
        return [
            {"word": text.lower().rstrip("?."), "punctuated_word": text, "start": start,
             "end": end, "speaker": speaker, "confidence": 0.9}
            for text, start, end in rows
        ]  # fmt: skip

    parts = [words(FIRST, 0), words(SECOND, 1)]
    parts = parts if channels == 2 else [parts[0] + parts[1]]
    results: dict[str, Any] = {
        "channels": [{"alternatives": [{"transcript": "all", "words": part}]} for part in parts]
    }
    if utterances:
        results["utterances"] = [
            {"start": cue.start, "end": cue.end, "transcript": cue.text, "speaker": number}
            for number, cue in enumerate(said("", ""))
        ]
    return {"metadata": {"request_id": "1"}, "results": results}


def assemblyai(utterances: bool) -> dict[str, Any]:
    words = [
        {"text": text, "start": int(start * 1000), "end": int(end * 1000), "speaker": speaker}
        for speaker, rows in (("A", FIRST), ("B", SECOND))
        for text, start, end in rows
    ]
    turns = [
        {"speaker": cue.speaker, "start": int(cue.start * 1000), "end": int(cue.end * 1000),
         "text": cue.text, "words": []}
        for cue in said("A", "B")
    ]  # fmt: skip
    return {"id": "1", "status": "completed", "text": "all", "words": words,
            "utterances": turns if utterances else None}  # fmt: skip


REV = {
    "monologues": [
        {
            "speaker": number,
            "elements": [
                element
                for text, start, end in rows
                for element in (
                    {"type": "text", "value": text.rstrip("?."), "ts": start, "end_ts": end},
                    {"type": "punct", "value": text[-1] if text[-1] in "?." else " "},
                )
            ],
        }
        for number, rows in enumerate((FIRST, SECOND))
    ]
}


@pytest.mark.parametrize(
    ("data", "speakers"),
    [
        (aws("items"), ("spk_0", "spk_1")), (aws("segments"), ("spk_0", "spk_1")),
        (aws("none"), ("", "")), (AWS_CALL, ("AGENT", "CUSTOMER")),
        (google(1), ("Speaker 1", "Speaker 2")), (google(2), ("Speaker 1", "Speaker 2")),
        (google(1, repeated=True), ("Speaker 1", "Speaker 2")),
        ({"name": "1", "done": True, "response": google(1)}, ("Speaker 1", "Speaker 2")),
        (AZURE, ("Speaker 1", "Speaker 2")), (AZURE_TICKS, ("Speaker 1", "Speaker 2")),
        (AZURE_FAST, ("Speaker 1", "Speaker 2")), (deepgram(), ("Speaker 0", "Speaker 1")),
        (deepgram(utterances=True), ("Speaker 0", "Speaker 1")),
        (deepgram(channels=2), ("Speaker 0", "Speaker 1")),
        (assemblyai(True), ("Speaker A", "Speaker B")),
        (assemblyai(False), ("Speaker A", "Speaker B")), (REV, ("Speaker 0", "Speaker 1")),
    ],
)  # fmt: skip
def test_a_service(tmp_path: Path, data: dict[str, Any], speakers: tuple[str, str]) -> None:
    for name, notices in (("x.json", ()), ("x.txt", ("transcript_wrong_extension",))):
        transcript = read(tmp_path, name, json.dumps(data, indent=2))
        assert transcript.timed and transcript.notices == notices
        assert [(c.text, c.speaker) for c in transcript.cues] == [
            (c.text, c.speaker) for c in said(*speakers)
        ]
        for cue, expected in zip(transcript.cues, said(*speakers), strict=True):
            assert (cue.start, cue.end) == pytest.approx((expected.start, expected.end))


def spread(rows: list[tuple[str, float, float]], **more: Any) -> list[dict[str, Any]]:
    return [{"word": text, "start": start, "end": end, **more} for text, start, end in rows]


ELEVENLABS = {
    "language_code": "eng",
    "words": [
        {"text": text, "start": start, "end": end, "type": kind, "speaker_id": speaker}
        for speaker, rows in (("speaker_0", FIRST), ("speaker_1", SECOND))
        for word, begin, stop in rows
        for text, start, end, kind in ((word, begin, stop, "word"), (" ", stop, stop, "spacing"))
    ],
}
CHUNKS = [{"timestamp": [cue.start, cue.end], "text": f" {cue.text}"} for cue in said("", "")]
TURNS = [{**chunk, "speaker": f"S{n}"} for n, chunk in enumerate(CHUNKS)]


@pytest.mark.parametrize(
    ("data", "speakers"),
    [
        ({"task": "transcribe", "words": spread(FIRST + SECOND)}, ("", "")),
        ({"result": spread(FIRST + SECOND, conf=1.0), "text": "all"}, ("", "")),
        (ELEVENLABS, ("speaker_0", "speaker_1")), ({"text": "all", "chunks": CHUNKS}, ("", "")),
        ({"chunks": CHUNKS, "speakers": TURNS, "text": "all"}, ("S0", "S1")),
        ([{"start": "0:00.5", "end": "1.25s", "text": "Did you go?", "speaker": 0},
          {"start": 2.5, "duration": 1.0, "text": "Not since Sunday.", "speaker": 1}],
         ("Speaker 0", "Speaker 1")),
        ({"results": {"gs://b/s1.wav": {"transcript": google(2)}}}, ("Speaker 1", "Speaker 2")),
    ],
)  # fmt: skip
def test_words_and_segments_in_seconds(
    tmp_path: Path, data: Any, speakers: tuple[str, str]
) -> None:
    cues = read(tmp_path, "x.json", json.dumps(data)).cues
    assert cues == said(*speakers)


def test_channels_are_the_speakers_if_none_are_named(tmp_path: Path) -> None:
    """Two people speak at once: their words stay apart."""
    at_once = [(text, start + 0.1, end + 0.1) for text, start, end in FIRST]
    tagged = [
        {"alternatives": [{"words": [
            {"word": w, "startTime": f"{a}s", "endTime": f"{b}s"} for w, a, b in rows]}],
         "channelTag": n}
        for n, rows in enumerate((FIRST, at_once))
    ]  # fmt: skip
    first, second = (
        [{"type": "pronunciation", "start_time": str(a), "end_time": str(b),
          "alternatives": [{"content": w}]} for w, a, b in rows]
        for rows in (FIRST, at_once)
    )  # fmt: skip
    channels = [{"channel_label": f"ch_{n}", "items": i} for n, i in enumerate((first, second))]
    both = sorted(first + second, key=lambda item: str(item["start_time"]))
    turns: list[dict[str, Any]] = [
        {"start": a, "end": b, "channel": n, "transcript": "Did you go?"}
        for n, (a, b) in enumerate(((0.5, 1.25), (0.6, 1.35)))
    ]
    phrases = [
        {"channel": row["channel"], "offsetMilliseconds": row["start"] * 1000,
         "durationMilliseconds": 750, "text": "Did you go?"}
        for row in turns
    ]  # fmt: skip
    for data, names in (
        ({"results": tagged}, ("Speaker 0", "Speaker 1")),
        ({"results": {"channel_labels": {"channels": channels}, "items": both}}, ("ch_0", "ch_1")),
        ({"results": {"utterances": turns}}, ("Speaker 0", "Speaker 1")),
        ({"phrases": phrases}, ("Speaker 0", "Speaker 1")),
    ):
        cues = read(tmp_path, "x.json", json.dumps(data)).cues
        assert [(cue.speaker, cue.text) for cue in cues] == [(n, "Did you go?") for n in names]
        assert [cue.start for cue in cues] == pytest.approx([0.5, 0.6])
        assert [cue.end for cue in cues] == pytest.approx([1.25, 1.35])


def test_one_channel_is_no_speaker(tmp_path: Path) -> None:
    rows = [{"channel": 0, "offset": "PT1S", "duration": "PT2S", "nBest": [{"display": "Go."}]}]
    assert read(tmp_path, "x.json", json.dumps({"recognizedPhrases": rows})).cues == [
        Cue(1.0, 3.0, "Go.")
    ]


def test_times_that_are_no_numbers(tmp_path: Path) -> None:
    for value in ("NaN", "Infinity", "1e999", '"inf"', "true", '{"seconds": {"seconds": 1}}'):
        text = f'[{{"start": 1, "end": {value}, "text": "Go."}}]'
        (cue,) = read(tmp_path, "x.json", text).cues
        assert cue.text == "Go." and cue.end != cue.end


def test_a_google_duration_of_whole_messages(tmp_path: Path) -> None:
    words = [{"word": "Go.", "end_time": {"seconds": 1, "nanos": 500000000}}]
    data = {"results": [{"alternatives": [{"transcript": "Go.", "words": words}]}]}
    assert read(tmp_path, "x.json", json.dumps(data)).cues == [Cue(0.0, 1.5, "Go.")]
    data = {"results": [{"alternatives": [{"transcript": "Go."}]}]}
    (cue,) = read(tmp_path, "x.json", json.dumps(data)).cues
    assert cue.text == "Go." and cue.start != cue.start


def test_a_pause_and_a_long_sentence_end_a_cue(tmp_path: Path) -> None:
    words = [{"text": "so", "start": at, "end": at + 500, "speaker": None}
             for at in (*range(0, 40_000, 1000), 60_000)]  # fmt: skip
    cues = read(tmp_path, "x.json", json.dumps({"words": words, "text": "all"})).cues
    assert len(cues) == 3 and all(cue.end - cue.start <= 25 for cue in cues)


def test_json_lines(tmp_path: Path) -> None:
    rows = [
        {"start": 0.5, "end": 1.25, "text": "Did you go?"},
        {"start": 2, "end": 3, "text": "No."},
    ]
    text = "\n".join(map(json.dumps, rows))
    for name in ("x.json", "x.txt"):
        assert [cue.text for cue in read(tmp_path, name, text).cues] == ["Did you go?", "No."]


@pytest.mark.parametrize(
    "data",
    [
        {"results": {}}, {"results": []}, {"results": {"items": []}}, {"utterances": []},
        {"results": {"items": "x"}}, {"results": {"channels": []}}, {"words": []}, {"phrases": {}},
        {"monologues": [1]}, {"a": 1}, {"response": {}}, {"words": ["a", "b"]},
    ],
)  # fmt: skip
def test_json_of_an_unknown_kind_is_never_read_as_words(tmp_path: Path, data: object) -> None:
    for name in ("x.json", "x.txt"):
        assert reason(tmp_path, name, json.dumps(data)) == "transcript_unreadable"


@pytest.mark.parametrize(
    "data",
    [
        {"results": {"items": [{}]}}, {"results": [{}]}, {"results": [{"alternatives": [1]}]},
        {"results": {"channels": [{"alternatives": 3}]}}, {"utterances": [{"start": "x"}]},
        {"recognizedPhrases": [{}]}, {"phrases": [{"text": 1}]}, {"monologues": [{"elements": 1}]},
        {"Transcript": [{}]}, {"words": [{"text": None}]},
    ],
)  # fmt: skip
def test_fields_that_are_missing(tmp_path: Path, data: object) -> None:
    assert reason(tmp_path, "x.json", json.dumps(data)) == "transcript_empty"
