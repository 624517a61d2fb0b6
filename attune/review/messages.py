"""The page's requests, checked before they are used."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from attune.review.cues import Splice

_Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,60}$")]
_Text = Annotated[str, StringConstraints(max_length=500)]
_Seconds = Annotated[float, Field(ge=0, le=86400)]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid")

    page: _Token
    """The page's id."""


class Hold(_Message):
    force: bool = False
    seconds: _Seconds = 0.0
    """Of work since the last message."""


class _Change(_Message):
    base: int
    """The version that the page has."""
    request: _Token
    seconds: _Seconds = 0.0


class Edit(_Change):
    kind: Literal[
        "text", "split", "merge", "insert", "delete", "border", "speaker", "replace", "checked"
    ]
    group: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{0,60}$")] = ""
    splices: list[Splice]
    """Checked by cues.apply; only types are checked here."""


class Undo(_Change):
    redo: bool = False


class Find(_Message):
    find: _Text
    replacement: _Text
    dry: bool = True
    """Count only."""


class Finish(_Message):
    seconds: _Seconds = 0.0
