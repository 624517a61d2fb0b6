"""A recording and its plain transcript in, cues with times and scores out.

`speech_intervals.py` finds where somebody speaks and where one could cut, `transcribe.py` what the
model hears there, `transcript_words.py` brings both texts to one form, `matching.py` decides which
words belong to which interval, `cue_building.py` makes cues of them, with what was lost and why.
"""
