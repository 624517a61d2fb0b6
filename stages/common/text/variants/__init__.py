"""One form for each sound: the variants of spelling that scoring form makes equal.

Each rule is applied to reference and hypothesis alike, so an arbitrary choice between two spellings
costs nothing, but merging words of different meaning hides errors. So homophones ("its", "it's"),
"can" and "can't", "was" and "were" stay apart.

`english.one_form` combines the rules. Most map one word to one or several, never several to one:
so the form of a text is the forms of its parts in order, and the words of a window can be split
between its clips. The rules that need a neighbour are in `ambiguous.py` and `number_words.py`.
"""
