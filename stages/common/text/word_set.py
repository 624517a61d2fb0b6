"""Word lists as they are read best in code: a text."""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())
