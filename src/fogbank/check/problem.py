"""What a check finds: problems, each with a stable code, a file, a place in it, what is wrong and what was expected."""

import re
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How deep a check looks.  A document stops at the first level at which it fails, so that messages stay true."""

    SYNTAX = "syntax"
    INTEGRITY = "integrity"
    SCHEME = "scheme"
    CORPUS = "corpus"


class Finding(NamedTuple):
    """What a rule finds in one document: which part, which field of it, what is wrong, what was expected.

    `part` is "spans" or "relations" and `number` counts from 0 in it; a finding about the whole document has an empty
    part.
    """

    part: str
    number: int
    field: str
    message: str
    expected: str

    @property
    def place(self) -> str:
        """The place as a JSON path of a gold document."""
        place = f"$.{self.part}[{self.number}]" if self.part else "$"
        return f"{place}.{self.field}" if self.field else place


class Problem(NamedTuple):
    """A finding with its code and file, as it is shown: `file::$.path: code: what is wrong; what was expected.`.

    `file` ends in `:12` where the twelfth line is meant, as in JSON Lines, whose places count from that line.  What is
    shown may come from a hostile file, so characters that a terminal or a log would act on are shown as escapes.
    """

    file: str
    place: str
    code: str
    level: str
    message: str
    expected: str

    def __str__(self) -> str:
        return _printable(f"{self.file}::{self.place}: {self.code}: {self.message}; expected {self.expected}.")

    @property
    def github_annotation(self) -> str:
        """The problem as a workflow command of GitHub, which shows it beside the line of the file; line 1 if unknown.

        Escapes are those of GitHub's own toolkit: `%`, CR and LF everywhere, in properties `:` and `,` too.
        """
        numbered = _LINE.fullmatch(self.file)
        path, line = (numbered[1], numbered[2]) if numbered else (self.file, "1")
        message = _printable(f"{self.place}: {self.code}: {self.message}; expected {self.expected}.")
        properties = f"file={_property(path)},line={line},title={_property(self.code)}"
        return f"::error {properties}::{_data(message)}"


_LINE = re.compile(r"(.+):([1-9][0-9]*)", re.DOTALL)


def _printable(value: str) -> str:
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
