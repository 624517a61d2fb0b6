"""Audio and video files with frames at given times, written by FFmpeg."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

RATE = 48_000
FORMATS = {".m4a": "mp4", ".mka": "matroska", ".mkv": "matroska", ".ts": "mpegts"}
Part = tuple[float, npt.NDArray[np.float32]]
"""Start in seconds, and 48 kHz samples of shape (samples,) or (samples, channels)."""


def write_container(
    path: Path,
    streams: Sequence[Sequence[Part]],
    codec: str,
    video_seconds: float = 0.0,
    first_pts: float = 0.0,
    **options: str,
) -> Path:
    """A file with an audio stream for each of `streams`; its parts are where they say.

    Args:
        video_seconds: length of a picture in a stream of its own; 0 for none.
        first_pts: added to all times, in seconds.
        options: of FFmpeg's muxer.
    """
    import av

    form = FORMATS.get(path.suffix)
    with av.open(str(path), "w", format=form, options=options) as container:
        layouts = ["mono" if parts[0][1].ndim == 1 else "stereo" for parts in streams]
        opened: list[Any] = [
            container.add_stream(codec, rate=RATE, layout=layout) for layout in layouts
        ]
        for stream in opened:
            stream.open()
        picture: Any = _add_picture(container) if video_seconds else None
        for stream, parts, layout in zip(opened, streams, layouts, strict=True):
            _encode(container, stream, parts, layout, first_pts)
        if picture:
            _encode_picture(container, picture, video_seconds, first_pts)
    return path


def _encode(
    container: Any, stream: Any, parts: Sequence[Part], layout: str, first_pts: float
) -> None:
    import av

    size = stream.frame_size or 960
    for start, samples in parts:
        wave = samples.reshape(len(samples), -1).T
        wave = np.pad(wave, ((0, 0), (0, -wave.shape[1] % size)))
        for at in range(0, wave.shape[1], size):
            piece = wave[:, at : at + size]
            piece = piece if stream.format.is_planar else piece.T.reshape(1, -1)
            if stream.format.name.startswith("s"):  # integers of 16 or 32 bits
                kind = np.dtype(f"i{stream.format.bytes}")
                piece = np.round(piece * np.float64(np.iinfo(kind).max)).astype(kind)
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(piece), stream.format.name, layout=layout
            )
            frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
            frame.pts = round((first_pts + start) * RATE) + at
            container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _add_picture(container: Any) -> Any:
    stream = container.add_stream("vp8" if container.format.name == "webm" else "mpeg4", rate=10)
    stream.width = stream.height = 32
    return stream


def _encode_picture(container: Any, stream: Any, seconds: float, first_pts: float) -> None:
    import av

    for number in range(round(seconds * 10)):
        shade = np.full((32, 32, 3), number % 255, np.uint8)
        frame = av.VideoFrame.from_ndarray(shade, "rgb24")
        frame.time_base, frame.pts = Fraction(1, 10), number + round(first_pts * 10)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
