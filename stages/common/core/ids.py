"""Salted ids, which replace names that people chose in logs, messages and metrics.

The salt is a secret key outside git (`data.key`): without it nobody can test a guess at the name
behind an id. The same key seeds the split.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from stages.common.core.errors import UserError

_MIN_BYTES = 16
_DEMO = Path(__file__).parents[3] / "demo"


def read_key(path: Path) -> bytes:
    """The secret key of the project. Raises: UserError if it is missing or too short."""
    if not path.is_file():
        raise UserError(
            "data.key: no such file; create one with `attune init`, or fetch your team's with "
            "`dvc pull` (with a new key, recordings move to other splits)"
        )
    key = path.read_bytes().strip()
    if len(key) < _MIN_BYTES:
        raise UserError(f"data.key: {len(key)} bytes; use a key of {_MIN_BYTES} bytes or more")
    return key


def check_key_is_secret(key: bytes, sessions: Path) -> None:
    """Raises: UserError if `key` is the demo's, which everybody has, and `sessions` are not.

    With a known key one core tests 149,000 names a second: ids would hide nothing.
    """
    public = _DEMO / "key"
    if not public.is_file() or public.read_bytes().strip() != key:
        return
    if sessions.resolve() != (_DEMO / "sessions").resolve():
        raise UserError(
            "data.key: this is the demo's key, which is public, but data.sessions are your own; "
            "create a secret key with `attune init FOLDER`"
        )


def keyed_hash(key: bytes, kind: str, value: str) -> str:
    """HMAC-SHA256 as 64 hex digits; `kind` separates equal values of different kinds."""
    return hmac.new(
        key, f"{kind}\0{value}".encode(errors="surrogatepass"), hashlib.sha256
    ).hexdigest()


def recording_id(key: bytes, name: str) -> str:
    """name: the file name of the recording without its extension."""
    return "r" + keyed_hash(key, "recording", name)[:10]


def group_id(key: bytes, client: str | None, recording: str) -> str:
    """Unit of the split: the client, or the recording itself where no client is named."""
    return "c" + keyed_hash(key, "client", client)[:10] if client else recording


def hash_to_unit(key: bytes, kind: str, value: str) -> float:
    """A number in [0, 1) that depends on key, kind and value alone, not on the rest of the data."""
    return int(keyed_hash(key, kind, value)[:13], 16) / 16**13
