"""`attune doctor`: what would fail or take long, found before a run.

`machine.py`, `corpus.py` and `estimates.py` gather facts into one record (`facts.py`); `judge.py`
reads the record alone.
"""
