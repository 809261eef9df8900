"""What a format is: a way to write documents, where possible one to read them, and an account of what was left out.

Conventions: a writer makes files below a folder, under the name of a split; a reader takes every file of its format
below a folder.  Documents that are written have their texts; spans are written in canonical order, as T1, T2, ….
What is read was written by others, so a reader yields problems and never raises for what stands in a file.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fogbank.check.problem import Problem
from fogbank.check.table import problem
from fogbank.errors import FogbankError
from fogbank.model.document import AttributeValue, Document, Relation, Span
from fogbank.model.scheme import SCHEME

LeftOut = Counter[str]
"""How many things of each kind a format did not take; a kind is a noun with what is wrong about it."""


class Read(NamedTuple):
    """What a reader makes of one document of a file: the document or a problem, and what was left out of it."""

    file: str
    document: Document | None
    problem: Problem | None
    left_out: LeftOut


class Format(NamedTuple):
    """A format of another tool.

    `write` makes the files of some documents below a folder under a name, and returns what it left out; `read` yields
    the documents of one file.  `suffix` ends the names of the files to read.  `read` is None where too much is lost.
    """

    name: str
    title: str
    suffix: str
    write: Callable[[Sequence[Document], Path, str], LeftOut]
    read: Callable[[Path], Iterator[Read]] | None


class FormatError(Exception):
    """What stands in a file is not what its format asks: where, what, and what was expected."""

    def __init__(self, place: str, message: str, expected: str) -> None:
        super().__init__(place, message, expected)
        self.place, self.message, self.expected = place, message, expected


def reading(path: Path, parse: Callable[[], Iterable[tuple[Document, LeftOut]]]) -> Iterator[Read]:
    """Yield what `parse` makes of a file; what it raises of FogbankError and FormatError becomes the last entry."""
    try:
        for document, left_out in parse():
            yield Read(str(path), document, None, left_out)
    except FormatError as error:
        found = problem("exchange-syntax", str(path), error.place, error.message, error.expected)
        yield Read(str(path), None, found, LeftOut())
    except FogbankError as error:
        found = problem("exchange-syntax", str(path), "$", str(error), "what the format asks")
        yield Read(str(path), None, found, LeftOut())


def is_blank_edged(document: Document, span: Span) -> bool:
    """Whether a span begins or ends with white space, which formats that are made of words cannot say."""
    words = document.quote(span)
    return words != words.strip()


def without(document: Document, dropped: Iterable[Span], kind: str, left_out: LeftOut) -> Document:
    """Take spans out of a document, with the relations that end in them, and count both; `kind` says why."""
    gone = {span.id for span in dropped}
    left_out[f"span {kind}"] += len(gone)
    relations = tuple(r for r in document.relations if not {r.head, r.tail} & gone)
    left_out["relation of a span left out"] += len(document.relations) - len(relations)
    return Document(document.id, document.text, tuple(s for s in document.spans if s.id not in gone), relations)


def read_value(attribute: str, written: str) -> AttributeValue:
    """Read an attribute's value that was written as words; a number that is none stays as it is, for a rule to find."""
    known = SCHEME.attribute.get(attribute)
    if known is not None and known.type == "number" and len(written) < 20:
        try:
            return int(written)
        except ValueError:
            return written
    return written


def written_value(value: AttributeValue) -> str:
    """Write an attribute's value as words; a whole number never has a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def joined(document_id: str, text: str, spans: Iterable[Span], relations: Iterable[Relation]) -> Document:
    """Build a document that was read, its spans named T1, T2, … in order; an unknown end keeps the name it has."""
    document = Document(document_id, text, tuple(spans), tuple(relations))
    try:
        return document.canonical()
    except FogbankError:
        return document
