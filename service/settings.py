"""Settings of the service: environment variables, and the decoding that was scored."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.params import Params, load_params


@dataclass(frozen=True)
class Settings:
    model: Path
    """A CTranslate2 Whisper, WHISPER_MODEL."""
    device: str
    """auto, cpu or cuda, WHISPER_DEVICE."""
    compute_type: str
    """CTranslate2's, WHISPER_COMPUTE_TYPE; "default" is that of the weights."""
    api_key: str | None
    """Bearer token, ATTUNE_API_KEY; without one, only loopback addresses are served."""
    max_bytes: int
    """Of a request's body, ATTUNE_MAX_MB."""
    max_seconds: float
    """Of a request's audio, ATTUNE_MAX_SECONDS."""
    max_requests: int
    """In progress, ATTUNE_MAX_REQUESTS; further ones get status 429."""
    params: Params
    """The service decodes with the options that `evaluate` was scored with."""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Raises: UserError with one line for each wrong value."""
    params = load_params()
    errors: list[str] = []

    def number(name: str, default: float) -> float:
        text = environment.get(name, "")
        try:
            value = float(text) if text else default
        except ValueError:
            value = 0.0
        if 1 <= value < 1e9:
            return value
        errors.append(f"{name}: it must be a number from 1 to 1e9")
        return default

    settings = Settings(
        model=Path(environment.get("WHISPER_MODEL") or "models/ct2"),
        device=environment.get("WHISPER_DEVICE") or params.evaluate.device,
        compute_type=environment.get("WHISPER_COMPUTE_TYPE") or "default",
        api_key=environment.get("ATTUNE_API_KEY", "").strip(" \t") or None,
        max_bytes=int(number("ATTUNE_MAX_MB", 1_000) * 1e6),
        max_seconds=number("ATTUNE_MAX_SECONDS", 4 * 3600),
        max_requests=int(number("ATTUNE_MAX_REQUESTS", 16)),
        params=params,
    )
    if settings.device not in ("auto", "cpu", "cuda"):
        errors.append("WHISPER_DEVICE: it must be auto, cpu or cuda")
    if errors:
        raise UserError("\n".join(errors))
    return settings
