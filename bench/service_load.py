"""`make bench-service-load`: many clients at once for minutes.

`CLIENTS` clients send the four shortest test recordings of the demo to `attune serve`, again and
again; a random tenth of the requests is abandoned. Prints the answers by status and the service's
resident memory each minute, then counts the files that it wrote and the runs of four transcript
words in its log. Needs the outputs of `make demo`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import requests
import soundfile

from bench.service import MODEL, RECORDINGS
from stages.common.core.run_stage import run_stage
from tests.support.privacy import runs_of
from tests.support.service import Service, served

CLIENTS = 20
LEAVES_AFTER = 0.5
"""Seconds until a client that leaves is gone."""
GONE = "left"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="of load (default: %(default)g)"
    )
    minutes = parser.parse_args().minutes
    files = [file.read_bytes() for file in shortest_recordings()]
    with tempfile.TemporaryDirectory() as name, served(Path(name) / "run", MODEL) as service:
        counts: Counter[str] = Counter()
        texts: set[str] = set()
        end = time.monotonic() + 60 * minutes
        clients = [
            threading.Thread(target=client, args=(service, files, seed, end, counts, texts))
            for seed in range(CLIENTS)
        ]
        for each in clients:
            each.start()
        print("| minute | resident memory | answers |\n|---|---|---|", flush=True)
        minute = 0
        while any(each.is_alive() for each in clients):
            print(f"| {minute} | {resident(service):.0f} MiB | {dict(sorted(counts.items()))} |",
                  flush=True)  # fmt: skip
            minute += 1
            time.sleep(max(0.0, min(60.0, end - time.monotonic() + 1)))
            if time.monotonic() > end:
                for each in clients:
                    each.join()
        print(f"| end | {resident(service):.0f} MiB | {dict(sorted(counts.items()))} |")
        log = service.log
        found = len(runs_of(log) & {run for text in texts for run in runs_of(text)})
        print(f"written files: {len(service.written())}; runs of four words in the log: {found}; "
              f"log lines: {len(log.splitlines())}")  # fmt: skip
        answer = requests.get(f"{service.url}/health", timeout=10)
        print(f"health afterwards: {answer.status_code}")


def shortest_recordings() -> list[Path]:
    files = sorted(RECORDINGS.glob("*.flac"), key=lambda file: soundfile.info(str(file)).frames)
    return files[:4]


def client(
    service: Service, files: list[bytes], seed: int, end: float, counts: Counter[str],
    texts: set[str],
) -> None:  # fmt: skip
    draw = random.Random(seed)
    while time.monotonic() < end:
        leaves = draw.random() < 0.1
        try:
            answer = requests.post(
                f"{service.url}/v1/audio/transcriptions",
                files={"file": ("session.flac", draw.choice(files))},
                timeout=LEAVES_AFTER if leaves else 600,
            )
        except requests.Timeout:
            counts[GONE] += 1
            continue
        except requests.RequestException as error:
            counts[type(error).__name__] += 1
            continue
        counts[str(answer.status_code)] += 1
        if answer.status_code == 200:
            texts.add(answer.json()["text"])
        else:
            time.sleep(float(answer.headers.get("retry-after", 1)))


def resident(service: Service) -> float:
    """MiB."""
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    run_stage("service_load", main)
