"""Word lists, written as text for readability."""


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())
