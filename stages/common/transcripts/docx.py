"""Word (.docx), read by python-docx: the text of paragraphs and tables, in their order.

ECMA-376. Text that a reviewer deleted is left out, text that one inserted is read. Headers,
footers, footnotes and comments are not the session.
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
from docx.table import Table
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
    AttributeError, EOFError, KeyError, OSError, TypeError, ValueError,
)  # fmt: skip
"""What a damaged archive, or one with other parts than Word's, raises."""
_MAX_BYTES = 200_000_000
"""Unpacked, of all parts: an archive may hold far more than its size tells."""


def is_docx(data: bytes) -> bool:
    """Whether the bytes are an archive with a Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False


def to_text(data: bytes) -> str:
    """The document as plain text: a line for each paragraph and row, a tab between cells.

    Raises: RecordingRejected(transcript_unreadable) for a damaged document.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MAX_BYTES:
                raise RecordingRejected("transcript_unreadable")
        document = docx.Document(io.BytesIO(data))
        return "\n".join(_lines(document))
    except _FAULTS:
        raise RecordingRejected("transcript_unreadable") from None


def _lines(document: Any) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield "\t".join(_cells(row))
        else:
            yield _text(block._p)


def _cells(row: Any) -> Iterator[str]:
    """The text of each cell on one line; a cell that spans several columns once."""
    seen = set()
    for cell in row.cells:
        if cell._tc not in seen:
            seen.add(cell._tc)
            yield " ".join(
                " ".join(_text(paragraph) for paragraph in cell._tc.iter(f"{_W}p")).split()
            )


def _text(node: Any) -> str:
    """The text under a node of the document, also in hyperlinks, fields and tracked insertions."""
    if node.tag in _LEFT_OUT:
        return ""
    if node.tag == f"{_W}t":
        return node.text or ""
    if node.tag in _CHARACTERS:
        return _CHARACTERS[node.tag] if node.getparent().tag != f"{_W}tabs" else ""
    return "".join(_text(child) for child in node)
