"""The one value type of FogBank: gold, an annotator's version and a prediction are all a `Document`.

Conventions: offsets count Unicode code points, `start` inclusive, `end` exclusive.  A relation names its ends by id.
A `Span` or `Relation` that makes no sense alone cannot be built; what needs more than one value (a relation whose end
is missing, spans that cross) can, and is found by the rules of `fogbank.check`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from fogbank.errors import InvalidValueError, MissingTextError
from fogbank.model.claim import Claim

AttributeValue = str | int | float
_NO_ATTRIBUTES: Mapping[str, AttributeValue] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of text.

    `attributes` maps attribute names of the scheme to their values.  Raises InvalidValueError for an empty id or
    label, a negative start, or an end that does not come after the start.
    """

    id: str
    start: int
    end: int
    label: str
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.id or not self.label:
            raise InvalidValueError(f"span {self.id!r} with label {self.label!r}: expected an id and a label")
        if not 0 <= self.start < self.end:
            raise InvalidValueError(f"span {self.id}: start {self.start}, end {self.end}; expected 0 <= start < end")
        # Most spans have none, and share that: it is a quarter of the memory.
        held = MappingProxyType(dict(sorted(self.attributes.items()))) if self.attributes else _NO_ATTRIBUTES
        object.__setattr__(self, "attributes", held)

    @property
    def key(self) -> tuple[int, int, str]:
        """What makes two spans the same annotation: `(start, end, label)`."""
        return self.start, self.end, self.label


@dataclass(frozen=True, slots=True)
class Relation:
    """A labelled, directed link between two spans, named by their ids.  Raises InvalidValueError where one is empty."""

    head: str
    tail: str
    label: str

    def __post_init__(self) -> None:
        if not (self.head and self.tail and self.label):
            raise InvalidValueError(f"relation {self.head!r} -{self.label!r}-> {self.tail!r}: expected three names")


@dataclass(frozen=True, slots=True)
class Dateline:
    """Where a document stands among others: which incident it reports, when, for whom, and what is true of it.

    `published` is an ISO 8601 local time or date; `truth` gives the true figure by measure, where it is known.
    """

    incident: str
    published: str
    outlet: str | None = None
    truth: Mapping[str, int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Document:
    """A text with its spans and relations, in the order given.

    `text` is None where it is withheld and has not been restored; offsets then still hold.  `claims` are those that a
    system predicted as such; None where claims are to be derived from the spans.  `dateline` is what is known of it
    besides, and no part of what is compared.
    """

    id: str
    text: str | None
    spans: tuple[Span, ...] = ()
    relations: tuple[Relation, ...] = ()
    claims: tuple[Claim, ...] | None = None
    dateline: Dateline | None = field(default=None, compare=False, repr=False)

    @cached_property
    def by_id(self) -> Mapping[str, Span]:
        """Spans by id; of several with one id the first."""
        return {span.id: span for span in reversed(self.spans)}

    def quote(self, span: Span) -> str:
        """Give the words of a span.  Raises MissingTextError where the text is withheld."""
        if self.text is None:
            raise MissingTextError(
                f"{self.id}: the text is withheld; `fogbank restore --texts DIR` joins your copy of it"
            )
        return self.text[span.start : span.end]

    def without_text(self) -> "Document":
        """Return the same document with its text withheld."""
        return replace(self, text=None)

    def canonical(self) -> "Document":
        """Return the document in the order and with the ids in which it is published.

        Spans are sorted by start, then the longer first, then by label, and renamed T1, T2, …; relations are sorted by
        the new numbers of head and tail.  A relation with an unknown end raises InvalidValueError.
        """
        ordered = sorted(self.spans, key=lambda span: (span.start, -span.end, span.label))
        number = {span.id: index for index, span in enumerate(ordered, start=1)}
        for relation in self.relations:
            for end in (relation.head, relation.tail):
                if end not in number:
                    raise InvalidValueError(f"{self.id}: relation {relation.label} names {end}, which is no span of it")
        relations = sorted(self.relations, key=lambda r: (number[r.head], number[r.tail], r.label))
        return replace(
            self,
            spans=tuple(replace(span, id=f"T{index}") for index, span in enumerate(ordered, start=1)),
            relations=tuple(Relation(f"T{number[r.head]}", f"T{number[r.tail]}", r.label) for r in relations),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object of a prediction or gold file; it never holds the text."""
        return {
            "id": self.id,
            "spans": [
                {
                    "id": span.id,
                    "start": span.start,
                    "end": span.end,
                    "label": span.label,
                    "attributes": dict(span.attributes),
                }
                for span in self.spans
            ],
            "relations": [{"head": r.head, "tail": r.tail, "label": r.label} for r in self.relations],
            **({} if self.claims is None else {"claims": [claim.to_json() for claim in self.claims]}),
        }

    @classmethod
    def from_json(
        cls, value: Mapping[str, Any], text: str | None = None, dateline: Dateline | None = None
    ) -> "Document":
        """Build a document from the JSON object of a prediction or gold file that has passed its JSON Schema."""
        return cls(
            id=value["id"],
            text=text,
            spans=tuple(
                Span(s["id"], s["start"], s["end"], s["label"], s.get("attributes", {})) for s in value.get("spans", ())
            ),
            relations=tuple(Relation(r["head"], r["tail"], r["label"]) for r in value.get("relations", ())),
            claims=tuple(map(Claim.from_json, value["claims"])) if "claims" in value else None,
            dateline=dateline,
        )


def clusters(document: Document, label: str) -> list[frozenset[str]]:
    """Partition span ids by the links of one relation label (`same`, `same_event`); spans without a link are left out.

    Clusters come in the order of their first span; a link to an unknown span is ignored.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    known = document.by_id
    for relation in document.relations:
        if relation.label == label and relation.head in known and relation.tail in known:
            for end in (relation.head, relation.tail):
                parent.setdefault(end, end)
            parent[root(relation.head)] = root(relation.tail)
    groups: dict[str, set[str]] = {}
    for span in document.spans:
        if span.id in parent:
            groups.setdefault(root(span.id), set()).add(span.id)
    return [frozenset(group) for group in groups.values()]


def index(documents: Iterable[Document]) -> dict[str, Document]:
    """Documents by id.  Raises InvalidValueError where an id is repeated."""
    found: dict[str, Document] = {}
    for document in documents:
        if document.id in found:
            raise InvalidValueError(f"document {document.id} is given twice; expected one of each id")
        found[document.id] = document
    return found
