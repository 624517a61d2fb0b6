"""A whole recording and its whole plain transcript in, cues with times and scores out.

`pauses.py` finds where somebody speaks and where one could cut, `hearing.py` what the model hears
there, `words.py` brings both texts to one form, `matching.py` decides which words belong to which
stretch of speech, `placing.py` makes cues of them, with what was lost and why.
"""
