"""A service that is killed and started again while clients send requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai

from tests.support.service import free_port, in_progress, served, wait_for

CLIENTS, REQUESTS = 4, 3


def test_clients_that_retry_lose_nothing(tmp_path: Path, tiny_en: Path, short: Path) -> None:
    """OpenAI's client sends the file again after a lost connection, with growing pauses."""
    port = free_port()

    def texts(_: int) -> list[str]:
        client = openai.OpenAI(
            api_key="any", base_url=f"http://127.0.0.1:{port}/v1", max_retries=40
        )
        found = []
        for _ in range(REQUESTS):
            with short.open("rb") as file:
                found.append(client.audio.transcriptions.create(model="w", file=file).text)
        return found

    with served(tmp_path / "first", tiny_en, port) as first, ThreadPoolExecutor(CLIENTS) as pool:
        (expected, *_) = texts(0)
        running = [pool.submit(texts, number) for number in range(CLIENTS)]
        wait_for(lambda: in_progress(first) == CLIENTS)
        first.process.kill()
        first.process.wait()
        with served(tmp_path / "second", tiny_en, port) as second:
            answers = [text for each in running for text in each.result()]
            assert second.written() == []
    assert expected and answers == CLIENTS * REQUESTS * [expected]
    assert first.written() == []
