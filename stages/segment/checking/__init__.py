"""Timed transcripts against the sound: scores of cues, and times that are wrong as a whole."""
