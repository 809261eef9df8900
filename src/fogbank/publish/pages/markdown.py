"""Markdown: tables, and texts of others that are shown as they are."""

import re
from collections.abc import Sequence
from html import escape

from fogbank.publish.pages.html import printable

_MARKS = re.compile(r"([\\`*_{}\[\]()#+!~|])")


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Make a Markdown table; a bar in a cell is escaped."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)]) + "\n"


def escaped(text: str) -> str:
    """Give a text that Markdown shows as it is, without markup, links or HTML."""
    marked = _MARKS.sub(r"\\\1", escape(printable(text), quote=False))
    return marked.replace("://", ":&#47;&#47;").replace("@", "&#64;").replace("www.", "www&#46;")
