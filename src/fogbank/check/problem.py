"""What a check finds: problems, each with a stable code, a file, a place in it, what is wrong and what was expected."""

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
    """A finding with its code and file, as it is shown: `file::$.path: code: what is wrong; what was expected.`."""

    file: str
    place: str
    code: str
    level: str
    message: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}::{self.place}: {self.code}: {self.message}; expected {self.expected}."
