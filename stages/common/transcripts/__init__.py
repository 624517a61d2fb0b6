"""Transcripts in, cues out: one module a format, `read.py` for the file, `cutting.py` for times."""
