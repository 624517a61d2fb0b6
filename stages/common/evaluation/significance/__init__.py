"""Is one model better than another? Statistics over the errors of each test clip.

A WER is a ratio: errors over reference words. Clips of one recording share a voice, a room and a
topic, so their errors are correlated: the recording is the unit that was sampled, and there are
few of them. `make bench-intervals` measures the coverage of these intervals.
"""
