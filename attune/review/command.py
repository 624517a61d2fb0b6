"""`attune review`: serve the page on this machine until Ctrl-C."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from attune.review.access import Access
from attune.review.app import make_app
from attune.review.listing import listing
from attune.review.lock import REVIEWS, no_other_review
from attune.review.reviews import Reviews
from attune.review.sound import Sounds
from attune.review.sources import Sources
from attune.review.value import Value
from stages.common.core.errors import UserError
from stages.common.core.ids import read_key
from stages.common.core.params import load_params

_HOST = "127.0.0.1"


def review(port: int) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises: UserError if the sessions folder or the key is missing, the port is taken, or another
        `attune review` serves this folder.
    """
    params = load_params()
    sessions, key = Path(params.data.sessions), read_key(Path(params.data.key))
    sources = Sources(sessions, key, params.segment.min_score)
    served = "another `attune review` serves this folder; use its page, or stop it first"
    with no_other_review(served), _listening(port) as listener:
        reviews, access, sounds = Reviews(sources, sessions, REVIEWS), Access(key, port), Sounds()
        # uvicorn raises SIGTERM again on exit, before the decoded audio is deleted. SIGHUP comes
        # when the terminal is closed.
        for ending in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, lambda number, _: sys.exit(128 + number))
        try:
            listing(reviews)  # so that the first page need not wait for it
            app = make_app(reviews, sounds, access, Value(params, sources))
            config = uvicorn.Config(
                app, access_log=False, log_level="warning", ws="none", timeout_graceful_shutdown=2
            )
            print(f"review: http://{_HOST}:{port}/?secret={access.secret}", flush=True)
            print("Open this address in a browser on this machine; Ctrl-C stops.", flush=True)
            uvicorn.Server(config).run(sockets=[listener])
        finally:
            sounds.close()


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
            listener.listen()  # requests wait until the server runs
        except OSError:
            raise UserError(f"port {port} is taken; choose another with --port") from None
        yield listener
