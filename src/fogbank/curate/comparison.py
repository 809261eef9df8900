"""Two versions of one document laid side by side: what they agree on, and what is in dispute, in words.

`compare` gives every span one id: `S1` where both versions have it (same offsets and label), `A1` where only the first
has it, `B1` where only the second.  Relations are numbered likewise (`R1`), with the version that holds them.  An
attribute on which the two differ on a common span is a dispute of its own.

`disputes` lists the differences as an adjudicator reads them.  What stands for each other is one dispute: spans matched
as in `fogbank.compare.confusions`, two labels between the same ends, two links of coreference from the same mention.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from fogbank.compare.confusions import counterparts, locate
from fogbank.errors import InvalidValueError
from fogbank.model.document import Document, Relation, Span
from fogbank.model.scheme import SCHEME
from fogbank.model.text import find

Holder = Literal["both", "first", "second"]
Kind = Literal["span", "attribute", "relation"]


class Compared(NamedTuple):
    """A relation of the comparison: its number and which version holds it."""

    id: str
    relation: Relation
    holder: Holder


@dataclass(frozen=True)
class Comparison:
    """Two versions as one: all spans under new ids, all relations between these, and the attributes in dispute.

    Common spans carry the first version's attributes; `attributes` gives, per span and name, both values.
    """

    id: str
    text: str | None
    spans: tuple[Span, ...]
    relations: tuple[Compared, ...]
    attributes: Mapping[tuple[str, str], tuple[Any, Any]]

    @cached_property
    def document(self) -> Document:
        """Everything that either version holds; common spans have the first version's attributes."""
        return Document(self.id, self.text, self.spans, tuple(c.relation for c in self.relations))

    @property
    def disputed_spans(self) -> tuple[Span, ...]:
        """The spans that only one version has."""
        return tuple(span for span in self.spans if not span.id.startswith("S"))

    @cached_property
    def agreed(self) -> Document:
        """What both versions hold; of a disputed attribute nothing is kept."""
        spans = tuple(
            replace(span, attributes={k: v for k, v in span.attributes.items() if (span.id, k) not in self.attributes})
            for span in self.spans
            if span.id.startswith("S")
        )
        return Document(self.id, self.text, spans, tuple(c.relation for c in self.relations if c.holder == "both"))


def compare(first: Document, second: Document) -> Comparison:
    """Lay two versions of one document side by side.  Raises InvalidValueError where they are of two documents."""
    if first.id != second.id or first.text != second.text:
        raise InvalidValueError(f"{first.id} and {second.id}: expected two versions of one text")
    places: dict[tuple[int, int, str], tuple[Span | None, Span | None]] = {}
    for span in first.spans:
        places[span.key] = (span, None)
    for span in second.spans:
        places[span.key] = (places.get(span.key, (None, None))[0], span)
    spans: list[Span] = []
    first_ids: dict[str, str] = {}
    second_ids: dict[str, str] = {}
    attributes: dict[tuple[str, str], tuple[Any, Any]] = {}
    counts = {"S": 0, "A": 0, "B": 0}
    for key in sorted(places, key=lambda k: (k[0], -k[1], k[2])):
        one, other = places[key]
        kind = "S" if one and other else "A" if one else "B"
        counts[kind] += 1
        name = f"{kind}{counts[kind]}"
        held = one or other
        assert held is not None  # noqa: S101  a place is entered with one span at least
        spans.append(replace(held, id=name))
        if one:
            first_ids[one.id] = name
        if other:
            second_ids[other.id] = name
        if one and other:
            for attribute in sorted(one.attributes.keys() | other.attributes.keys()):
                values = one.attributes.get(attribute), other.attributes.get(attribute)
                if values[0] != values[1]:
                    attributes[name, attribute] = values
    holders: dict[Relation, Holder] = {
        Relation(first_ids[r.head], first_ids[r.tail], r.label): "first" for r in first.relations
    }
    for r in second.relations:
        named = Relation(second_ids[r.head], second_ids[r.tail], r.label)
        holders[named] = "both" if named in holders else "second"
    order = {span.id: number for number, span in enumerate(spans)}
    ranked = sorted(holders, key=lambda r: (order[r.head], order[r.tail], r.label))
    relations = tuple(Compared(f"R{number}", r, holders[r]) for number, r in enumerate(ranked, start=1))
    return Comparison(first.id, first.text, tuple(spans), relations, attributes)


class Dispute(NamedTuple):
    """One difference: what it is about (of a relation its head) and where that stands, and either version's reading.

    `ids` are those of the comparison that a decision names; a reading is None where that version has nothing.
    """

    kind: Kind
    about: str
    start: int
    end: int
    first: str | None
    second: str | None
    ids: tuple[str, ...]


def disputes(comparison: Comparison) -> tuple[Dispute, ...]:
    """List what two versions differ on: spans, then attributes of common spans, then relations, each by place."""
    pairs = counterparts(*([s for s in comparison.disputed_spans if s.id.startswith(kind)] for kind in "AB"))
    found = (*_of_spans(comparison, pairs), *_of_attributes(comparison), *_of_relations(comparison, pairs))
    kinds = ("span", "attribute", "relation")
    return tuple(sorted(found, key=lambda one: (kinds.index(one.kind), one.start, -one.end)))


def describe(document: Document, span: Span) -> str:
    """Name a span as people read it: `PERSON “he” (2 of 5)`, or its offsets where the text is withheld."""
    words = locate(document, span.start, span.end).words
    if document.text is None or words is None:
        return f"{span.label} {span.start}–{span.end}"
    places = find(document.text, document.quote(span))
    which = f" ({places.index((span.start, span.end)) + 1} of {len(places)})" if len(places) > 1 else ""
    return f"{span.label} “{words}”{which}"


Pairs = list[tuple[Span | None, Span | None]]


def _of_spans(comparison: Comparison, pairs: Pairs) -> Iterator[Dispute]:
    for pair in pairs:
        held = [span for span in pair if span]
        start, end = min(span.start for span in held), max(span.end for span in held)
        first, second = (_with_attributes(comparison, span) if span else None for span in pair)
        yield Dispute("span", "", start, end, first, second, tuple(span.id for span in held))


def _with_attributes(comparison: Comparison, span: Span) -> str:
    attributes = ", ".join(f"{name} {value}" for name, value in span.attributes.items())
    return describe(comparison.document, span) + (f", {attributes}" if attributes else "")


def _of_attributes(comparison: Comparison) -> Iterator[Dispute]:
    for (span_id, name), values in comparison.attributes.items():
        span = comparison.document.by_id[span_id]
        first, second = (None if value is None else f"{name} {value}" for value in values)
        about = describe(comparison.document, span)
        yield Dispute("attribute", about, span.start, span.end, first, second, (f"{span_id}.{name}",))


def _of_relations(comparison: Comparison, pairs: Pairs) -> Iterator[Dispute]:
    """Pair relations between ends that are common or stand for each other, then coreference from the same mention."""
    same = {b.id: a.id for a, b in pairs if a and b}

    def ends(one: Compared) -> tuple[str, str]:
        head, tail = one.relation.head, one.relation.tail
        return same.get(head, head), same.get(tail, tail)

    first, second = ([one for one in comparison.relations if one.holder == side] for side in ("first", "second"))
    paired: list[tuple[Compared | None, Compared | None]] = []
    for wanted in (ends, lambda one: _link(one, ends(one)[0])):
        for one in list(first):
            key = wanted(one)
            if other := next((other for other in second if key and wanted(other) == key), None):
                first.remove(one)
                second.remove(other)
                paired.append((one, other))
    paired += [(one, None) for one in first] + [(None, one) for one in second]
    for pair in paired:
        both = [one for one in pair if one]
        heads = [comparison.document.by_id[one.relation.head] for one in both]
        about = " / ".join(dict.fromkeys(describe(comparison.document, head) for head in heads))
        start, end = min(head.start for head in heads), max(head.end for head in heads)
        ours, theirs = (_reading(comparison, one.relation) if one else None for one in pair)
        yield Dispute("relation", about, start, end, ours, theirs, tuple(one.id for one in both))


def _link(one: Compared, head: str) -> tuple[str, str] | None:
    """Give what two links of coreference from one mention have in common; None for another relation."""
    label = one.relation.label
    return (head, label) if SCHEME.relation[label].backwards else None


def _reading(comparison: Comparison, relation: Relation) -> str:
    return f"{relation.label} → {describe(comparison.document, comparison.document.by_id[relation.tail])}"
