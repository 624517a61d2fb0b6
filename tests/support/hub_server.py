"""A hub on the loopback: the part of its file API that huggingface_hub uses."""

from __future__ import annotations

import fcntl
import hashlib
import json
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LARGE = (".safetensors", ".bin")
"""Suffixes of files in large-file storage: the hub redirects to another host for their content."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    start: int
    """Start of its Range header; 0 without one."""
    token: str | None


@dataclass
class Hub:
    """Repositories by id and commit, their faults, and the requests so far."""

    repositories: dict[str, dict[str, Path]] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    cut: dict[str, int] = field(default_factory=dict)
    """File name -> offset at which the connection ends."""
    damaged: set[str] = field(default_factory=set)
    """Names of files that are sent with a byte changed."""
    status: int | None = None
    """Status of the answer to every request, if set."""
    requests: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fetched(self, name: str) -> list[Request]:
        """The GET requests for the content of a file."""
        return [
            asked
            for asked in self.requests
            if asked.method == "GET" and asked.path.endswith(f"/{name}")
        ]


def raise_loopback() -> None:
    """Switch the loopback on if it is off, as it is at first under `unshare -rn`."""
    get_flags, set_flags, up = 0x8913, 0x8914, 1  # linux/sockios.h, linux/if.h
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = fcntl.ioctl(any_socket, get_flags, struct.pack("16sh14x", b"lo", 0))
        (flags,) = struct.unpack_from("h", asked, 16)
        if not flags & up:
            fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", flags | up))


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Serve `hub` in threads until the block ends."""
    if sys.platform == "linux":
        raise_loopback()

    class Handler(_Handler):
        pass

    Handler.hub = hub
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def git_blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def log_message(self, *args: Any) -> None:
        """Log nothing."""

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.hub.requests.append(
            Request(self.command, path, start, self.headers.get("Authorization"))
        )
        parts = path.strip("/").split("/")
        if self.hub.status is not None:
            self._fail(self.hub.status, "")
        elif parts[0] == "storage":
            self._send_file(Path("/", *parts[1:]), start)
        elif parts[:2] == ["api", "models"] and parts[4] in ("revision", "tree"):
            self._api("/".join(parts[2:4]), parts[4], parts[5])
        elif len(parts) == 5 and parts[2] == "resolve":
            self._resolve("/".join(parts[:2]), parts[3], parts[4], start)
        else:
            self._fail(404, "")

    def _api(self, model: str, part: str, commit: str) -> None:
        folder = self._folder(model, commit)
        if folder is None:
            return
        if part == "revision":
            self._send_json({"id": model, "sha": commit, "siblings": []})
        else:
            self._send_json([_entry(path) for path in sorted(folder.iterdir())])

    def _resolve(self, model: str, commit: str, name: str, start: int) -> None:
        folder = self._folder(model, commit)
        if folder is None:
            return
        if model in self.hub.gated:
            self._fail(403, "GatedRepo")
        elif not (folder / name).is_file():
            self._fail(404, "EntryNotFound")
        elif name.endswith(LARGE):
            content = (folder / name).read_bytes()
            self.send_response(302)
            self.send_header("X-Repo-Commit", commit)
            self.send_header("X-Linked-Etag", f'"{hashlib.sha256(content).hexdigest()}"')
            self.send_header("X-Linked-Size", str(len(content)))
            # Another name for the same machine, so that it counts as another host.
            where = (folder / name).as_posix()
            self.send_header("Location", f"http://localhost:{self.hub.port}/storage{where}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send_file(folder / name, start, commit)

    def _folder(self, model: str, commit: str) -> Path | None:
        commits = self.hub.repositories.get(model)
        if commits is None:
            self._fail(401, "RepoNotFound")
            return None
        if commit not in commits:
            self._fail(404, "RevisionNotFound")
            return None
        return commits[commit]

    def _send_json(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, path: Path, start: int, commit: str | None = None) -> None:
        content = path.read_bytes()
        self.send_response(206 if start else 200)
        if commit is not None:
            self.send_header("X-Repo-Commit", commit)
            self.send_header("ETag", f'"{git_blob(content)}"')
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        if self.command == "HEAD":
            return
        if path.name in self.hub.damaged:
            content = content[:-1] + bytes([content[-1] ^ 1])
        end = self.hub.cut.get(path.name)
        self.wfile.write(content[start:end])
        if end is not None:
            self.close_connection = True

    def _fail(self, status: int, code: str) -> None:
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _entry(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    entry: dict[str, Any] = {"type": "file", "path": path.name, "size": len(content)}
    entry["oid"] = git_blob(content)
    if path.name.endswith(LARGE):
        pointer = b"version https://git-lfs.github.com/spec/v1\n"
        sha256 = hashlib.sha256(content).hexdigest()
        entry["oid"] = git_blob(pointer)
        entry["lfs"] = {"oid": sha256, "size": len(content), "pointerSize": len(pointer)}
    return entry
