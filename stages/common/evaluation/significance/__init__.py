"""Confidence intervals and tests for error counts of clips that are clustered in recordings.

Clips of one recording share a voice, a room and a topic, so their errors are correlated. The
recording is the sampling unit, and a test split has few. `make bench-intervals` measures coverage
and false alarms of these intervals against bootstraps over clips and over recordings.
"""
