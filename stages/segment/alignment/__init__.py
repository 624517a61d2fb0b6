"""Alignment of a recording with its plain transcript: cues with times and scores.

`speech_intervals.py` finds speech and the pauses at which to cut, `transcribe.py` decodes it,
`cached_aligner.py` caches that, `utterances.py` and `transcript_words.py` normalize hypotheses and
transcript, `matching.py` assigns words to intervals, `cue_building.py` makes and scores cues, and
`align.py` runs the last two.
"""
