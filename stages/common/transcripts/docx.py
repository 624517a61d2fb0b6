"""Word (.docx), read by python-docx: the text of paragraphs and tables, in their order.

ECMA-376. Tracked deletions are left out, tracked insertions are read. Headers, footers,
footnotes and comments are not part of the session.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from stages.common.core.rejections import RecordingRejected

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEFT_OUT = {
    f"{_W}del", f"{_W}moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
"""Deleted and moved text, and the second copy of text boxes for old programs."""
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_FAULTS = (
    OpcError, etree.LxmlError, zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError,
    AttributeError, EOFError, KeyError, OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""Exceptions of a damaged archive, or of one that is not a Word document."""
_MAX_BYTES = 64_000_000
_MAX_PICTURES = 200_000_000
_XML = (".xml", ".rels")
"""Limits of the unpacked size, of XML and of all parts: a small archive may unpack to far more than
fits in memory."""


def is_docx(data: bytes) -> bool:
    """Whether the bytes are an archive with a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def to_text(data: bytes) -> str:
    """The document as plain text: a line for each paragraph and row, a tab between cells.

    Raises: RecordingRejected(transcript_unreadable) for a damaged document, or
        (transcript_too_large).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            texts = [part for part in archive.infolist() if part.filename.endswith(_XML)]
            if sum(part.file_size for part in texts) > _MAX_BYTES:
                raise RecordingRejected("transcript_too_large")
            if sum(part.file_size for part in archive.infolist()) > _MAX_PICTURES:
                raise RecordingRejected("transcript_too_large")
        document = docx.Document(io.BytesIO(data))
        return "\n".join(_lines(document.element.body))
    except _FAULTS:
        raise RecordingRejected("transcript_unreadable") from None


def _lines(node: Any) -> Iterator[str]:
    """The paragraphs and rows under a node, also in content controls and tracked insertions."""
    for child in node:
        if child.tag == f"{_W}p":
            yield _text(child)
        elif child.tag == f"{_W}tbl":
            for row in _inner(child, "tr", "tbl"):
                yield from _row(row)
        elif child.tag not in _LEFT_OUT:
            yield from _lines(child)


def _row(row: Any) -> Iterator[str]:
    """The text of each cell on one line; a table of one cell is a frame, and keeps its lines."""
    cells = list(_inner(row, "tc", "tr"))
    if len(cells) == 1:
        yield from _lines(cells[0])
    elif cells:
        lines = ([_text(paragraph) for paragraph in cell.iter(f"{_W}p")] for cell in cells)
        yield "\t".join(" ".join(" ".join(cell).split()) for cell in lines)


def _inner(outer: Any, tag: str, container: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, without those of tables inside it."""
    for node in outer.iter(f"{_W}{tag}"):
        if next(node.iterancestors(f"{_W}{container}")) is outer:
            yield node


def _text(node: Any) -> str:
    """The text under a node of the document, also in hyperlinks, fields and tracked insertions."""
    if node.tag in _LEFT_OUT or (node.tag == f"{_W}r" and _is_hidden(node)):
        return ""
    if node.tag == f"{_W}t":
        return node.text or ""
    if node.tag in _CHARACTERS:
        return _CHARACTERS[node.tag] if node.getparent().tag != f"{_W}tabs" else ""
    return "".join(_text(child) for child in node)


def _is_hidden(run: Any) -> bool:
    hidden = run.find(f"{_W}rPr/{_W}vanish")
    return hidden is not None and hidden.get(f"{_W}val") not in ("0", "false", "off")
