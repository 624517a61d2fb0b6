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
        self._lines: list[str] = []
        self._finished = 0
        self._known: int | None = None
        """`_finished` when the lines were asked for."""

    def lines(self) -> list[str]:
        """As `attune draft` prints them, with file names instead of ids."""
        with self._lock:
            finished = self._finished
            if self._known != finished:
                try:
                    text, self._known = "\n".join(lines(worth(self._params))), finished
                except UserError as error:  # such as a fault in sessions.csv, which doctor tells
                    text = str(error)
                for source in self._sources.by_id.values():
                    text = text.replace(source.id, source.stem)
                self._lines = text.splitlines()
            return self._lines

    def expire(self) -> None:
        """A recording was finished. Returns at once, also while the lines are computed."""
        self._finished += 1
