"""What all pages share: the environment that makes them, data and scripts inside them.

A page needs no network.  All that is put into a template is escaped; data for a script stand in an element that
nothing runs; and the page's Content-Security-Policy names its script by hash, so that no other is ever run.
"""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from fogbank.compare.report import shown, shown_figure
from fogbank.model.scheme import Interval
from fogbank.model.storage import json_bytes

_FOLDER = "publish/pages/templates"


class Script(NamedTuple):
    """The text of a script element, and what the Content-Security-Policy calls it."""

    text: Markup
    source: Markup


@cache
def script(*names: str) -> Script:
    """Join files of the templates' folder to one script."""
    text = "".join(files("fogbank").joinpath(_FOLDER, name).read_text("utf-8") for name in names)
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Script(Markup(text), Markup(f"'sha256-{digest}'"))  # noqa: S704  our own files, and Base64


def embedded(data: Any) -> Markup:
    """Give data as the JSON text of a script element.

    "<" could end the element that holds the data; JSON can always write it as an escape.
    """
    return Markup(json_bytes(data).decode().replace("<", "\\u003c"))  # noqa: S704  without "<" it is text only


def printable(text: str) -> str:
    """Give a text as one line, with a replacement for each character that could change how others are shown."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def range_words(bounds: Interval, note: str | None = None) -> str:
    """Give low and high as people read them: "5", "≥ 5", "≤ 9", "3–19"; `note` in brackets."""
    low, best, high = bounds
    if low is None and high is None:
        words = "?" if best is None else f"about {best:,}"
    elif low == high:
        words = f"{low:,}"
    elif high is None:
        words = f"≥ {low:,}"
    elif low is None:
        words = f"≤ {high:,}"
    else:
        words = f"{low:,}–{high:,}"
    return f"{words} ({note})" if note else words


@cache
def templates() -> Environment:
    """Give the environment in which every page is made: what is put in is escaped, and nothing may be missing."""
    made = Environment(
        loader=PackageLoader("fogbank", _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        shown=shown, shown_figure=shown_figure, script=script, embedded=embedded, range_words=range_words
    )
    made.filters["printable"] = printable
    return made
