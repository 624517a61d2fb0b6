"""A page as a tree, as a browser reads it: for tests of structure, text and attributes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "br", "hr", "img", "input"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and all below it, in the page's order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Those with this tag and these attributes; `class_` for class, "_" for "-"."""
        names = {name.rstrip("_").replace("_", "-"): v for name, v in attributes.items()}
        return [
            element
            for element in self.walk()
            if element.tag == tag and names.items() <= element.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        """The only one."""
        (element,) = self.all(tag, **attributes)
        return element

    @property
    def text(self) -> str:
        """What a reader sees, without styles and scripts, with single spaces."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in ("script", "style"):
                yield from child._texts()

    @property
    def rows(self) -> list[list[str]]:
        """The cells of each row of the tables below."""
        return [
            [cell.text for cell in row.children if isinstance(cell, Element)]
            for row in self.all("tr")
        ]


def parse(html: str) -> Element:
    """Raises: ValueError where an element is not closed, or closed where another is open."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    if len(parser.open) > 1:
        raise ValueError(f"<{parser.open[-1].tag}> is not closed")
    return parser.open[0]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise ValueError(f"</{tag}> in <{self.open[-1].tag}>, line {self.getpos()[0]}")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
