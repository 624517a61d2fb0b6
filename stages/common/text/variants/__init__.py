"""One sound, one form: what different writers spell differently, in the form that WER compares.

Each rule is applied to the reference and to the hypothesis alike, so an arbitrary choice between
two spellings costs nothing; merging two words that sound different hides errors. So homophones of
different meaning ("its", "it's"), "can" and "can't", "was" and "were" stay apart.

`english.one_form` combines the rules. Most look at one word and may make several of it, never one
of several: the form of a text is then the forms of its parts, one after the other, and the words of
a window can be split between its clips. The rules that need a neighbour stand in `ambiguous.py` and
`number_words.py`.
"""
