"""The annotation guidelines of a checkout, and their only reader: entries, and the decided cases that name them.

The file is Markdown.  A heading of the third level that is a name of the scheme begins that name's entry, which ends at
the next heading; below the heading of the second level "Decided cases" each numbered line is a case.  Lines
`<!-- generated: … -->` mark the tables that `fogbank build` fills in and are no part of the text.

A case names a label by its word; a relation or attribute where it stands as code (`` `agent` ``) or, a relation, along
an arrow (–agent→); and an attribute also by one of its values outside quotation marks.  Some of these values are
everyday words, so an entry may list a case too many, but none too few.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Literal, NamedTuple

from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import Corpus
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import read_bytes

PLACE = "annotations/guidelines.md"

Kind = Literal["label", "relation", "attribute"]

_MARK = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,3}) +(.+?) *$", re.MULTILINE)
_CASES = "Decided cases"
_CASE = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
_QUOTED = re.compile("“[^”]*”")


class Case(NamedTuple):
    """A decided case: its number, and its words in Markdown."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the guidelines say of one name: Markdown below the name's heading, and the cases that name it."""

    name: str
    kind: Kind
    gloss: str
    words: str
    cases: tuple[Case, ...]

    def markdown(self) -> str:
        """Give the whole entry as Markdown, under a heading of its own."""
        # A line of the file is a line on paper; cases are no numbered list, in which numbers would follow each other.
        parts = [f"## {self.name}", f"*{self.kind}: {self.gloss}*", re.sub(r"\n(?!- )", "\n\n", self.words)]
        if self.cases:
            parts += [f"### {_CASES}", "\n".join(f"- **{case.number}** {case.words}" for case in self.cases)]
        return "\n\n".join(parts) + "\n"


@dataclass(frozen=True)
class Guidelines:
    """The text as it is read: Markdown without the marks of generated parts."""

    text: str

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All entries by name, in the order of the scheme: labels, relations, attributes.

        Raises DataError for a name of the scheme that has no entry, or two.
        """
        sections: dict[str, str] = {}
        for name, words in self._sections():
            if name in sections and name in _KINDS:
                raise DataError(f"{PLACE}: {name} has two entries; expected one")
            sections[name] = words
        if missing := [name for name in _KINDS if name not in sections]:
            raise DataError(f"{PLACE}: no entry for {', '.join(missing)}; expected a heading ### for each")
        return {
            name: Entry(name, kind, gloss, sections[name], tuple(case for case in self.cases if _names(case, name)))
            for name, (kind, gloss) in _KINDS.items()
        }

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """All decided cases, in order."""
        parts = re.split(rf"^## {_CASES}$", self.text, maxsplit=1, flags=re.MULTILINE)
        below = re.split(r"^## ", parts[1], maxsplit=1, flags=re.MULTILINE)[0] if len(parts) == 2 else ""
        return tuple(Case(int(number), words) for number, words in _CASE.findall(below))

    def find(self, name: str) -> tuple[Entry, ...]:
        """Give the entry of a name; in other letter case, all that match (CONTENT and content).

        Raises FogbankError for an unknown name, with the nearest ones.
        """
        if name in self.entries:
            return (self.entries[name],)
        if found := tuple(e for known, e in self.entries.items() if known.casefold() == name.casefold()):
            return found
        folded = {known.casefold(): known for known in reversed(_KINDS)}
        near = [folded[match] for match in get_close_matches(name.casefold(), folded, n=4, cutoff=0.5)]
        expected = f"one like {', '.join(near)}" if near else "a label, relation or attribute of the scheme"
        raise FogbankError(f"{name!r} is no entry of the guidelines; expected {expected} (fogbank guide lists all)")

    def _sections(self) -> Iterator[tuple[str, str]]:
        headings = list(_HEADING.finditer(self.text))
        for heading, following in zip(headings, [*headings[1:], None], strict=True):
            if heading[1] == "###":
                yield heading[2], self.text[heading.end() : following.start() if following else None].strip()


def read_guidelines(corpus: Corpus) -> Guidelines:
    """Read the guidelines of a checkout; an installed package alone has none.  Raises DataError if they are missing."""
    return Guidelines(_MARK.sub("", read_bytes(corpus.root / PLACE).decode()))


_KINDS: dict[str, tuple[Kind, str]] = {
    **{label.name: ("label", label.gloss) for label in SCHEME.labels},
    **{relation.name: ("relation", relation.gloss) for relation in SCHEME.relations},
    **{attribute.name: ("attribute", attribute.gloss) for attribute in SCHEME.attributes},
}


def _names(case: Case, name: str) -> bool:
    if _KINDS[name][0] == "label":
        return re.search(rf"(?<![A-Za-z_]){name}(?![A-Za-z_])", case.words) is not None
    if re.search(rf"`{name}`|–{name}→", case.words):
        return True
    values = SCHEME.attribute[name].names if name in SCHEME.attribute else ()
    ruling = _QUOTED.sub("", case.words)
    return any(re.search(rf"(?<![\w-]){value}(?![\w-])", ruling) for value in values)
