"""The value of the corrections so far, computed again after each finished recording."""

from __future__ import annotations

from threading import Lock

from attune.draft.worth import lines, worth
from attune.review.sources import Sources
from stages.common.core.errors import UserError
from stages.common.core.params import Params


class Value:
    def __init__(self, params: Params, sources: Sources) -> None:
        self._params, self._sources = params, sources
        self._lock = Lock()
        self._lines: list[str] | None = None

    def lines(self) -> list[str]:
        """As `attune draft` prints them, with file names instead of ids."""
        with self._lock:
            if self._lines is None:
                try:
                    text = "\n".join(lines(worth(self._params)))
                except UserError as error:  # such as a fault in sessions.csv
                    text = str(error)
                for source in self._sources.by_id.values():
                    text = text.replace(source.id, source.stem)
                self._lines = text.splitlines()
            return self._lines

    def expire(self) -> None:
        with self._lock:
            self._lines = None
