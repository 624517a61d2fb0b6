"""`attune doctor`: what would fail or take long, before hours are spent.

`machine.py`, `corpus.py` and `estimates.py` gather facts into one record (`facts.py`); `judge.py`
reads the record alone.
"""
