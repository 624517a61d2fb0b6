"""Transcript files to cues.

- `read.py` opens a file and picks the module of its format: `srt.py`, `vtt.py`, `textgrid.py`,
  `csv_cues.py`, `json_cues.py` or `plain_text.py`
- `timestamps.py`: clock times; `speakers.py`: speaker labels and roles; `marks.py`: marks such as
  [inaudible] beside the words; all formats share them
- `cue.py`: what every reader returns
"""
