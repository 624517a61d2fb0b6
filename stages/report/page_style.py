"""What all pages of the project share: one file each, nothing loaded, light and dark."""

from __future__ import annotations

import html

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; } .wide { overflow-x: auto; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid #8884; }
th:first-child, td:first-child { text-align: left; }
article { border-left: 4px solid #8886; padding: .2rem 1rem; margin: .8rem 0; }
article p { margin: .2rem 0; } small { opacity: .75; } button { font: inherit; }
.key { display: inline-block; width: 1em; height: 1em; margin: 0 .3em 0 1em; vertical-align: -2px; }
"""


def opening(title: str, style: str) -> str:
    """A page up to its first element. style: CSS of its own, which follows the shared one."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}{style}</style>"
    )
