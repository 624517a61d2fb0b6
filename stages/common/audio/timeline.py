"""Container times: where in the recording each decoded frame belongs.

WebM, Matroska, MP4 and MPEG-TS give every frame a time. A decoder returns the frames one after
another: after a late start or a gap, audio would come too early and a transcript's times would be
wrong. Times are not exact: Matroska rounds to milliseconds, encoders add priming samples before the
first, and capture clocks jitter. So silence is added only before a frame that follows a gap, and
only if the audio lags by more than the tolerance; nothing is ever cut.
"""

from __future__ import annotations

MAX_GAP = 3600.0
"""Seconds; a longer gap means that the clock was set, not a pause in a session."""
_TOLERANCE = 0.05
"""Seconds by which a frame may come late: the priming of AAC at 44.1 kHz is 48 ms."""
_MIN_STEP = 0.005
"""Seconds between the end of a frame and the next one's time that rounding does not explain."""
_MAX_STEP_BACK = 1.0
"""Seconds; a frame that is earlier by more starts a new recording in the same file."""


class Timeline:
    """Places frames in the order in which they are decoded."""

    def __init__(self, zero: float = 0.0) -> None:
        """zero: container time of the recording's start, in seconds."""
        self.restarted = False
        """The clock was set; from there on, times are relative to the new clock."""
        self.filled = 0.0
        """Seconds of silence added."""
        self._zero = zero
        self.position = 0.0
        self._expected = zero

    def silence_before(self, start: float | None, length: float) -> float:
        """Seconds of silence to add before a frame, usually 0.0.

        Args:
            start: container time of the frame in seconds; None if it has none.
            length: of the frame in seconds.
        """
        silence = 0.0
        if start is not None:
            lag = start - self._zero - self.position
            step = start - self._expected
            if lag > MAX_GAP or step < -_MAX_STEP_BACK:
                self.restarted = True
                self._zero += lag
            elif lag > _TOLERANCE and step > _MIN_STEP:
                silence = lag
            self._expected = start + length
        self.filled += silence
        self.position += silence + length
        return silence
