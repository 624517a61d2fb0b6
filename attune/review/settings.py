"""The page's settings in `data/review/settings.json`: keys, speed, the step back on resuming."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from stages.common.core.files import write_text

_Name = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9]{1,40}$")]
_Key = Annotated[str, StringConstraints(max_length=40)]


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rewind: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Seconds that playback steps back on resuming."""
    speed: Annotated[float, Field(ge=0.5, le=2)] = 1.0
    """Of the sound; 1 is as recorded."""
    keys: Annotated[dict[_Name, _Key], Field(max_length=200)] = {}
    """Command -> key, for commands whose key differs from the default; "" for no key."""


def read_settings(folder: Path) -> Settings:
    """The stored settings; the defaults if there are none or they are damaged."""
    try:
        return Settings.model_validate_json((folder / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError):
        return Settings()


def write_settings(folder: Path, settings: Settings) -> None:
    """Raises: OSError."""
    text = json.dumps(settings.model_dump(), indent=1, sort_keys=True)
    write_text(folder / "settings.json", text + "\n")
