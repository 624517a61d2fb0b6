"""Audio formats: what FFmpeg may detect, and the file name extensions of each."""

from __future__ import annotations

CONTAINERS = "mov,mp4,matroska,webm,aac,ogg,mp3,wav,w64,flac,aiff,caf,au,asf,amr,avi,3gp,mpegts"
"""Formats that FFmpeg may detect. Without a limit it also detects playlists, which open other files
and network addresses."""
LIBSNDFILE_MAGIC = {b"RIFF", b"RIFX", b"RF64", b"riff", b"FORM", b"fLaC", b"OggS", b"caff", b".snd"}
"""Magic numbers of files for libsndfile. It reads MP3 too, but prints errors to stderr."""
FORMATS = {
    "aac": ("aac",),
    "aif": ("aiff",), "aifc": ("aiff",), "aiff": ("aiff",),
    "amr": ("amr",),
    "asf": ("asf",), "wma": ("asf",), "wmv": ("asf",),
    "au": ("au",), "snd": ("au",),
    "avi": ("avi",),
    "caf": ("caf",),
    "flac": ("flac", "ogg"),
    "3gp": ("mov",), "m4a": ("mov",), "m4b": ("mov",), "m4v": ("mov",),
    "mov": ("mov",), "mp4": ("mov",),
    "mka": ("matroska",), "mkv": ("matroska",), "weba": ("matroska",), "webm": ("matroska",),
    "mp3": ("mp3",), "mpga": ("mp3",),
    "oga": ("ogg",), "ogg": ("ogg",), "opus": ("ogg",),
    "rf64": ("wav",), "bwf": ("wav",), "wav": ("wav",), "wave": ("wav",),
    "ts": ("mpegts",),
    "w64": ("w64",),
}  # fmt: skip
"""Extension in lower case, without the dot -> formats that may have it."""
_SYNONYMS = {"wavex": "wav", "rf64": "wav"}


def format_name(name: str) -> str:
    """The name in `FORMATS` of a format as libsndfile or FFmpeg calls it."""
    first = name.split(",")[0].lower()
    return _SYNONYMS.get(first, first)


def fits_extension(name: str, suffix: str) -> bool:
    """Whether files of the format may have the extension `suffix`, given with its dot."""
    return name in FORMATS.get(suffix[1:].lower(), ())
