"""Open the model and serve it."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from typing import Any

import uvicorn

from service.app import make_app
from service.connections import Connection
from service.engine import Engine
from service.errors import ApiError, log_failure
from service.loopback import is_loopback
from service.settings import read_settings
from stages.common.core.errors import UserError

_GRACE_SECONDS = 600
"""For requests in progress after SIGTERM."""


def serve(host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; SIGHUP reloads the model.

    Raises: UserError for wrong settings, a model that cannot be opened, or a host that other
        machines can reach without an API key.
    """
    settings = read_settings()
    if settings.api_key is None and not is_loopback(host):
        raise UserError(
            f"--host {host}: other machines can reach it; set ATTUNE_API_KEY, or use 127.0.0.1"
        )
    # These log parts of what they read.
    for name in ("python_multipart", "faster_whisper"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if hasattr(signal, "SIGHUP"):  # While the model is loading, it would end the process.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    engine = Engine(settings)
    if hasattr(signal, "SIGHUP"):
        signal.signal(
            signal.SIGHUP, lambda *_: threading.Thread(target=_reload, args=(engine,)).start()
        )
    # No access log: it would hold addresses of clients.
    config: dict[str, Any] = {
        "access_log": False,
        "log_level": "warning",
        "workers": 1,
        "ws": "none",
        "http": Connection,
        "timeout_graceful_shutdown": _GRACE_SECONDS,
    }
    told = f"serve: {settings.model} on http://{host}:{port}"
    _Server(uvicorn.Config(make_app(settings, engine), host, port, **config), told).run()


class _Server(uvicorn.Server):
    """Tells when it listens: uvicorn's own line has a level at which it also logs requests."""

    def __init__(self, config: uvicorn.Config, told: str) -> None:
        super().__init__(config)
        self._told = told

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self._told, flush=True)


def _reload(engine: Engine) -> None:
    try:
        engine.reload()
    except (UserError, ApiError) as error:
        print(f"serve: the old model stays in use: {error}", file=sys.stderr, flush=True)
    except Exception as error:
        log_failure(error)
