"""Salted ids: what stands in logs and messages in place of names that people chose.

The salt is a secret file outside git (`data.key`), so that nobody who sees an id can check a guess
at the name behind it. The same key decides which side of the split a person falls on.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from stages.common.core.errors import UserError

_LEAST_BYTES = 16


def read_key(path: Path) -> bytes:
    """The project's key. Raises: UserError if there is none or it is too short."""
    if not path.is_file():
        raise UserError(
            "data.key: no such file. Make one with `attune init`, or fetch your team's "
            "with `dvc pull` (a new key would deal the recordings to other splits)"
        )
    key = path.read_bytes().strip()
    if len(key) < _LEAST_BYTES:
        raise UserError(f"data.key: {len(key)} bytes, at least {_LEAST_BYTES} are needed")
    return key


def keyed_hash(key: bytes, kind: str, value: str) -> str:
    """64 hex digits of HMAC-SHA256; `kind` keeps equal values of different kinds apart."""
    return hmac.new(
        key, f"{kind}\0{value}".encode(errors="surrogatepass"), hashlib.sha256
    ).hexdigest()


def recording_id(key: bytes, name: str) -> str:
    """`name` is the recording's file name without its suffix."""
    return "r" + keyed_hash(key, "recording", name)[:10]


def group_id(key: bytes, client: str | None, recording: str) -> str:
    """Who must stay on one side of the split: the client, or the recording where none is named."""
    return "c" + keyed_hash(key, "client", client)[:10] if client else recording


def hash_to_unit(key: bytes, kind: str, value: str) -> float:
    """A fixed place in [0, 1) for `value`, whatever else is in the data."""
    return int(keyed_hash(key, kind, value)[:13], 16) / 16**13
