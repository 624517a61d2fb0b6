"""The API, as OpenAI's own client and curl see it, from a served Whisper tiny.en."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import openai
import pytest
import soundfile

from attune.speak.espeak import SAMPLE_RATE
from stages.common.asr.decoding import decoding_of
from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.model import open_model
from stages.common.core.params import load_params
from tests.support.long_recording import LongRecording
from tests.support.processes import ROOT
from tests.support.service import Service, served

KEY = "a key for tests"
PATH = "v1/audio/transcriptions"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, tiny_en: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    with served(
        folder / "run", tiny_en, ATTUNE_API_KEY=KEY, ATTUNE_MAX_MB="4", ATTUNE_MAX_SECONDS="120"
    ) as service:
        yield service


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory, long_recording: LongRecording) -> Path:
    path = tmp_path_factory.mktemp("recording") / "session of a client.flac"
    soundfile.write(path, long_recording.samples, SAMPLE_RATE, subtype="PCM_16")
    return path


@pytest.fixture(scope="module")
def expected(recording: Path, tiny_en: Path) -> str:
    """What `evaluate` scores for the recording."""
    params = load_params(ROOT / "params.yaml")
    samples, _ = soundfile.read(recording, dtype="float32")
    model = open_model(tiny_en, "cpu")
    return text_of(transcribe_long_form(model, samples, decoding_of(params, model)))


def client(service: Service, key: str = KEY) -> openai.OpenAI:
    return openai.OpenAI(api_key=key, base_url=f"{service.url}/v1", max_retries=0)


def curl(service: Service, recording: Path, *fields: str) -> str:
    forms = [part for field in fields for part in ("-F", field)]
    command = ["curl", "-sS", "-H", f"Authorization: Bearer {KEY}", f"{service.url}/{PATH}"]
    run = subprocess.run(
        [*command, "-F", f"file=@{recording}", "-F", "model=whisper-1", *forms],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return run.stdout


def test_the_words_are_those_that_are_scored(
    service: Service, recording: Path, expected: str
) -> None:
    assert len(expected.split()) > 90
    with recording.open("rb") as file:
        answer = client(service).audio.transcriptions.create(model="whisper-1", file=file)
    assert answer.text == expected
    assert json.loads(curl(service, recording)) == {"text": expected}


def test_every_format_by_both_clients(service: Service, recording: Path, expected: str) -> None:
    by_curl = {name: curl(service, recording, f"response_format={name}")
               for name in ("text", "srt", "vtt")}  # fmt: skip
    assert by_curl["text"] == f"{expected}\n"
    for name, content in by_curl.items():
        with recording.open("rb") as file:
            answer = client(service).audio.transcriptions.create(
                model="whisper-1", file=file, response_format=name
            )  # type: ignore[call-overload]
        assert answer == content
    assert by_curl["srt"].startswith("1\n00:00:0") and " --> " in by_curl["srt"]
    assert by_curl["vtt"].startswith("WEBVTT\n\n00:00:0")
    cues = [block.split("\n", 2)[2] for block in by_curl["srt"].strip().split("\n\n")]
    assert " ".join(cues) == expected


def test_verbose_json_with_words(
    service: Service, recording: Path, expected: str, long_recording: LongRecording
) -> None:
    with recording.open("rb") as file:
        answer = client(service).audio.transcriptions.create(
            model="whisper-1", file=file, response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
        )  # fmt: skip
    assert answer.text == expected and answer.language == "en"
    assert answer.duration == pytest.approx(len(long_recording.samples) / SAMPLE_RATE, abs=0.01)
    assert answer.words and answer.segments
    assert " ".join(word.word for word in answer.words) == expected
    starts = [word.start for word in answer.words]
    assert starts == sorted(starts) and 0.5 < starts[0] < 1.5
    # The last word ends where the last line does.
    assert answer.words[-1].end == pytest.approx(long_recording.spans[-1][1], abs=0.3)


def test_stream(service: Service, recording: Path, expected: str) -> None:
    with recording.open("rb") as file:
        events = list(
            client(service).audio.transcriptions.create(model="whisper-1", file=file, stream=True)
        )
    deltas = [each.delta for each in events if each.type == "transcript.text.delta"]
    assert len(deltas) > 1 and "".join(deltas) == expected
    assert events[-1].type == "transcript.text.done" and events[-1].text == expected


@pytest.mark.parametrize(
    ("suffix", "codec"), [("mp3", "mp3"), ("m4a", "aac"), ("webm", "libopus"), ("mp4", "aac")]
)
def test_containers_of_recorders(
    service: Service, long_recording: LongRecording, tmp_path: Path, suffix: str, codec: str
) -> None:
    """FFmpeg reads them from memory."""
    path = tmp_path / f"a.{suffix}"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        samples = long_recording.samples[None, : 8 * SAMPLE_RATE]
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        resampler = av.AudioResampler(stream.format, "mono", 48_000, stream.frame_size)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    with path.open("rb") as file:
        found = client(service).audio.transcriptions.create(model="w", file=file, language="en")
    assert "morning" in found.text.lower()


def test_fields_of_other_services_are_ignored(
    service: Service, recording: Path, expected: str
) -> None:
    fields = ("vad_filter=true", "hotwords=", "include[]=logprobs", "chunking_strategy=auto")
    assert json.loads(curl(service, recording, *fields)) == {"text": expected}


def test_models_and_health(service: Service, tiny_en: Path) -> None:
    assert [model.id for model in client(service).models.list()] == [tiny_en.name]


class TestErrors:
    """Each as OpenAI's client raises it."""

    def test_wrong_key(self, service: Service, recording: Path) -> None:
        with pytest.raises(openai.AuthenticationError) as error, recording.open("rb") as file:
            client(service, "wrong").audio.transcriptions.create(model="w", file=file)
        assert error.value.status_code == 401 and error.value.code == "invalid_api_key"

    @pytest.mark.parametrize(
        ("fields", "param"),
        [
            ({"response_format": "yaml"}, "response_format"),
            ({"language": "xx"}, "language"),
            ({"timestamp_granularities": ["word"]}, "timestamp_granularities"),
        ],
    )
    def test_wrong_field(
        self, service: Service, recording: Path, fields: dict[str, object], param: str
    ) -> None:
        with pytest.raises(openai.BadRequestError) as error, recording.open("rb") as file:
            client(service).audio.transcriptions.create(model="w", file=file, **fields)  # type: ignore[call-overload]
        assert error.value.param == param and error.value.type == "invalid_request_error"

    @pytest.mark.parametrize(
        ("content", "code"),
        [(b"", "audio_empty"), (b"Dear diary, today I saw him again.\n" * 99, "audio_undecodable")],
    )
    def test_no_audio(self, service: Service, content: bytes, code: str) -> None:
        with pytest.raises(openai.BadRequestError) as error:
            client(service).audio.transcriptions.create(model="w", file=("my session.wav", content))
        assert error.value.param == "file" and error.value.code == code
        assert "session.wav" not in str(error.value)

    def test_no_file(self, service: Service) -> None:
        run = subprocess.run(
            ["curl", "-sS", "-H", f"Authorization: Bearer {KEY}", f"{service.url}/{PATH}",
             "-F", "model=whisper-1"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert json.loads(run.stdout)["error"]["param"] == "file"

    def test_body_over_the_limit(self, service: Service) -> None:
        with pytest.raises(openai.APIStatusError) as error:
            client(service).audio.transcriptions.create(model="w", file=("a.wav", bytes(5_000_000)))
        assert error.value.status_code == 413 and error.value.code == "too_large"

    def test_audio_over_the_limit(self, service: Service, tmp_path: Path) -> None:
        path = tmp_path / "long.flac"
        soundfile.write(path, np.zeros(130 * SAMPLE_RATE, np.float32), SAMPLE_RATE)
        with pytest.raises(openai.APIStatusError) as error, path.open("rb") as file:
            client(service).audio.transcriptions.create(model="w", file=file)
        assert error.value.status_code == 413 and error.value.code == "audio_too_long"

    def test_unknown_path(self, service: Service) -> None:
        with pytest.raises(openai.NotFoundError):
            client(service).chat.completions.create(model="w", messages=[])


def test_nothing_of_a_session_is_written(service: Service, recording: Path, expected: str) -> None:
    curl(service, recording)
    assert service.written() == []
    log = service.log
    assert recording.stem not in log
    words = expected.split()
    assert not [run for at in range(len(words) - 2) if (run := " ".join(words[at : at + 3])) in log]
