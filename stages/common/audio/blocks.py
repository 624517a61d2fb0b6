"""Blocks of decoded audio, as the readers of libsndfile and FFmpeg return them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from stages.common.audio.samples import Samples

BLOCKS_A_SECOND = 10
"""Short, because libsndfile loses the whole block in which it fails."""
MIN_SAMPLE_RATE = 1_000
"""Hz; no recorder of speech is below, and a damaged header may state 1 Hz."""
MAX_SAMPLE_RATE = 1_000_000
"""A damaged header may state 2 GHz; a block of a tenth of a second would then fill the memory."""
MAX_VALUES = 50_000_000
"""Samples of all channels in a second: 1,000 channels at 48 kHz."""
MAX_SECONDS = 4 * 3600.0
"""Longest recording, 0.9 GB as samples; a small file may decode to days of silence."""

Block = tuple[Samples, int]
"""Samples of shape (samples, channels), in [-1, 1] unless a float file exceeds it, and their
sample rate in Hz."""
Check = Callable[[float], None]
"""Called with the seconds decoded so far, several times a second of audio; it may raise."""


def is_plausible(rate: int, channels: int) -> bool:
    """Whether a file may have that sample rate in Hz and that number of channels."""
    return (
        MIN_SAMPLE_RATE <= rate <= MAX_SAMPLE_RATE
        and channels > 0
        and rate * channels <= MAX_VALUES
    )


@dataclass
class Facts:
    """What a reader learns about the file besides its samples."""

    format: str = ""
    """A name of `formats.FORMATS`."""
    streams: int = 1
    """Audio streams."""
    stated_seconds: float = 0.0
    """Length in the header, to be compared with that of all blocks; 0 if it states none."""
    bytes: int = 0
    """Size of the file; 0 if it is not to be compared with the length of the audio."""
    full_scale: float = 32767 / 32768
    """The largest sample of the format; below 1 for integers."""
    failed: bool = False
    """The decoder failed before the end."""
    notices: set[str] = field(default_factory=set)
    """Keys of `rejections.NOTICE`."""


def even_blocks(blocks: Iterator[Block]) -> Iterator[Block]:
    """Blocks of a tenth of a second, from blocks of any length.

    They are longer than a codec's frames, and the cost of a block hardly depends on its length.
    """
    parts: list[Samples] = []
    held, form = 0, (0, 0)
    for samples, rate in blocks:
        if (rate, samples.shape[1]) != form:  # some broadcasts change it
            if held:
                yield np.concatenate(parts), form[0]
            parts, held, form = [], 0, (rate, samples.shape[1])
        parts.append(samples)
        held += len(samples)
        wanted = max(1, rate // BLOCKS_A_SECOND)
        if held >= wanted:
            joined = np.concatenate(parts) if len(parts) > 1 else samples
            whole = held - held % wanted
            for at in range(0, whole, wanted):
                yield joined[at : at + wanted], rate
            parts, held = [joined[whole:]], held - whole
    if held:
        yield np.concatenate(parts), form[0]
