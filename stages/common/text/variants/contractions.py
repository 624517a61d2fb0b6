"""Contractions in their long form, one word at a time: "don't" is "do not", "can't" is "can not".

The meaning of "'s" and "'d" depends on their neighbours: they become words of their own, for
`ambiguous.py`. The 's of any other word may be a genitive and stays with its word, for that module.
"""

from __future__ import annotations

from stages.common.text.word_set import word_set

IS_OR_HAS, HAD_OR_WOULD = "'s", "'d"
"""Words that `ambiguous.py` resolves. No text has them: apostrophes at the edge of a word are
dropped before."""

_NOT = {"can't": "can", "won't": "will", "shan't": "shall"}
# "Ain't" is "am not", "is not" or "has not": it stays, and counts as a negation itself.
_KEPT = frozenset({"ain't", "y'all", "ma'am", "o'clock"})
_ENDINGS = (("'re", "are"), ("'ve", "have"), ("'ll", "will"))
SUBJECTS = word_set(
    """
    i you he she it we they that this there here what who where when why how which something
    everything nothing nobody
    """
)
"""Words whose "'s" and "'d" are verbs. Not "one" and "everyone", whose "'s" may be a genitive."""


def long_form(word: str) -> list[str]:
    """The words of a contraction; any other word by itself."""
    if word in _KEPT or "'" not in word:
        return [word]
    if word == "i'm":
        return ["i", "am"]
    if word == "let's":
        return ["let", "us"]
    for ending, verb in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            return [*long_form(word[: -len(ending)]), verb]
    if word.endswith("n't"):
        return [_NOT.get(word, word[:-3]), "not"]
    if word[-2:] in (IS_OR_HAS, HAD_OR_WOULD) and word[:-2] in SUBJECTS:
        return [word[:-2], word[-2:]]
    return [word]
