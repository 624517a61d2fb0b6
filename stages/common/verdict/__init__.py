"""Is one model better than another? Statistics over the errors of each test clip.

A WER is a ratio: errors over reference words. Clips of one recording share a voice, a room and a
topic, so their errors go together: the recording is the unit that was drawn at random, and there
are few of them. `make bench-intervals` measures whether what is said here holds then.
"""
