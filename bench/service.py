"""`make bench-service`: the service's throughput and fairness, against plain faster-whisper.

Throughput: `CLIENTS` clients send the demo's test recordings to `attune serve`, and
`WhisperModel.transcribe` with the same model, beam and voice activity filter transcribes the same
files, one after the other with all cores, alternating with the service. Fairness: a clip of 20 s is
sent alone, and while sessions of 50 minutes are transcribed. Streaming: time to the first words of
such a session.
Needs the outputs of `make demo`, and nothing else may run.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import requests
import soundfile
from faster_whisper import WhisperModel
from joblib import cpu_count

from bench.minmax import min_median_max
from stages.common.audio.samples import SAMPLE_RATE
from stages.common.core.params import load_params
from stages.common.core.run_stage import run_stage
from tests.support.service import Service, served

MODEL = Path("models/ct2").resolve()
RECORDINGS = Path("data/dataset/test_recordings/audio")
ROUNDS, CLIPS = 3, 5
CLIENTS = 8
CLIP_SECONDS, SESSION_SECONDS = 20, 50 * 60


def main() -> None:
    files = sorted(RECORDINGS.glob("*.flac"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder / "service", MODEL) as service:
            throughput(service, files)
            clip, session = make_audio(files, folder)
            fairness(service, clip, session)
            streaming(service, session)


def throughput(service: Service, files: Sequence[Path]) -> None:
    evaluate, language = load_params().evaluate, load_params().build_dataset.language
    plain = WhisperModel(str(MODEL), device="cpu", cpu_threads=cpu_count(), num_workers=1)

    def one_by_one() -> None:
        for file in files:
            segments, _ = plain.transcribe(
                str(file), language=language, beam_size=evaluate.beam_size, vad_filter=True
            )
            list(segments)

    def clients() -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(lambda file: send(service, file), [*files, *files]))

    audio = sum(soundfile.info(str(file)).duration for file in files)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(2 * audio / seconds(clients))
        theirs.append(audio / seconds(one_by_one))
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    print(f"{len(files)} recordings, {audio / 60:.1f} minutes, {ROUNDS} rounds")
    print(f"service, {CLIENTS} clients: {min_median_max(ours)} seconds of audio per second")
    print(f"WhisperModel.transcribe: {min_median_max(theirs)}")
    print(f"ratio: {min_median_max(ratios, '.2f')}", flush=True)


def fairness(service: Service, clip: Path, session: Path) -> None:
    send(service, clip)
    alone = [seconds(lambda: send(service, clip)) for _ in range(CLIPS)]
    print(f"clip of {CLIP_SECONDS} s alone: {min_median_max(alone)} s")
    # One session, and as many as decode at once.
    for sessions in sorted({1, cpu_count()}):
        long = [threading.Thread(target=send, args=(service, session)) for _ in range(sessions)]
        for each in long:
            each.start()
        beside = []
        for _ in range(CLIPS):
            # At different steps of the session's processing.
            time.sleep(5)
            if not all(each.is_alive() for each in long):
                break
            beside.append(seconds(lambda: send(service, clip)))
        for each in long:
            each.join()
        most = max(beside) / statistics.median(alone)
        print(f"beside {sessions} of {SESSION_SECONDS / 60:.0f} min: {min_median_max(beside)} s, "
              f"{most:.1f} times at most", flush=True)  # fmt: skip


def streaming(service: Service, session: Path) -> None:
    begin = time.monotonic()
    with session.open("rb") as file, requests.post(
        f"{service.url}/v1/audio/transcriptions", files={"file": file}, data={"stream": "true"},
        stream=True, timeout=3600,
    ) as answer:  # fmt: skip
        lines = answer.iter_lines()
        next(lines)
        first = time.monotonic() - begin
        for _ in lines:
            pass
    print(f"session streamed: first words after {first:.1f} s, all after "
          f"{time.monotonic() - begin:.1f} s")  # fmt: skip


def make_audio(files: Sequence[Path], folder: Path) -> tuple[Path, Path]:
    """A clip from the first recording, and a session of all of them, repeated."""
    samples = np.concatenate([soundfile.read(file, dtype="float32")[0] for file in files])
    lengths = {"clip": CLIP_SECONDS, "session": SESSION_SECONDS}
    for name, length in lengths.items():
        repeated = np.resize(samples, length * SAMPLE_RATE)
        soundfile.write(folder / f"{name}.flac", repeated, SAMPLE_RATE)
    return folder / "clip.flac", folder / "session.flac"


def send(service: Service, file: Path) -> str:
    with file.open("rb") as content:
        answer = requests.post(
            f"{service.url}/v1/audio/transcriptions", files={"file": content}, timeout=3600
        )
    answer.raise_for_status()
    text: str = answer.json()["text"]
    return text


def seconds(work: Callable[[], object]) -> float:
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


if __name__ == "__main__":
    run_stage("service", main)
