"""The page's routes in a server of this process, and a client that was given the secret."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import uvicorn

from attune.review.access import Access
from attune.review.app import make_app
from attune.review.reviews import Reviews
from attune.review.sound import Sounds
from attune.review.value import Value
from stages.common.core.params import load_params
from tests.support.review import KEY, ReviewProject


@dataclass(frozen=True)
class Client:
    url: str
    session: requests.Session
    reviews: Reviews

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.url + path, timeout=30, **options)

    def post(self, path: str, **message: Any) -> requests.Response:
        return self.session.post(self.url + path, json={"page": "a"} | message, timeout=30)

    def ready(self, path: str) -> requests.Response:
        """The answer once the sound is decoded."""
        while (answer := self.get(path)).status_code in (202, 503):
            time.sleep(0.02)
        return answer


@contextmanager
def served(project: ReviewProject) -> Iterator[Client]:
    reviews, sounds = project.reviews(time.monotonic), Sounds()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        access = Access(KEY, port)
        app = make_app(reviews, sounds, access, Value(load_params(), reviews.sources))
        config = uvicorn.Config(app, access_log=False, log_level="warning", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            session = requests.Session()
            url = f"http://127.0.0.1:{port}"
            while not server.started:
                time.sleep(0.01)
            session.get(f"{url}/?secret={access.secret}", timeout=30).raise_for_status()
            yield Client(url, session, reviews)
        finally:
            server.should_exit = True
            thread.join()
            sounds.close()
