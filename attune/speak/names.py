"""Names of spoken sessions: `speak-` and 16 hexadecimal digits."""

from __future__ import annotations

import re

_NAME = re.compile(r"speak-[0-9a-f]{16}")


def name_of(digest: str) -> str:
    """The name of a spoken session, and its client's code. digest: of its script, 64 hex digits."""
    return f"speak-{digest[:16]}"


def is_spoken(name: str) -> bool:
    """Whether a recording or a client has a name that `name_of` gives."""
    return _NAME.fullmatch(name) is not None
