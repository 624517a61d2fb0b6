"""The pages of `stages.quality`: `view.py` what is shown, `page.py` and `index.py` as HTML."""
