"""`attune doctor`: what would fail or take long, found before a run.

`machine.py`, `base.py`, `corpus.py` and `estimates.py` gather `Facts` (`facts.py`); `judge.py`
reads these alone.
"""
