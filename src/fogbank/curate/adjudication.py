"""Adjudication: two versions of one document laid side by side, and the decisions that make gold of them.

`compare` gives every span one id: `S1` where both versions have it (same offsets and label), `A1` where only the first
has it, `B1` where only the second.  Relations are numbered likewise (`R1`), with the version that holds them.  An
attribute on which the two differ on a common span is a dispute of its own.

`settle` makes a document of the comparison and an adjudicator's decisions:

    {"id": "vdr-01-a",
     "keep": ["A3", "B1", "R12"], "drop": ["B2", "R13"],
     "attributes": {"S4": {"stance": "accuses"}},
     "spans": [{"id": "N1", "label": "PLACE", "quote": "Hask", "occurrence": 2}],
     "relations": [{"head": "A3", "label": "agent", "tail": "N1"}]}

Every disputed span and attribute must be decided, and every disputed relation whose ends stay.  What both agreed on
stays unless it is dropped by name; what was dropped or changed of it is reported, so that nothing is lost unnoticed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from fogbank.check.problem import Level, Problem
from fogbank.check.rules import problems as problems_of
from fogbank.check.table import problem
from fogbank.curate.quotes import resolve
from fogbank.errors import InvalidValueError
from fogbank.model.document import Document, Relation, Span

Holder = Literal["both", "first", "second"]


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

    @property
    def disputed_spans(self) -> tuple[Span, ...]:
        """The spans that only one version has."""
        return tuple(span for span in self.spans if not span.id.startswith("S"))

    @property
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


class Settled(NamedTuple):
    """The settled document (None where decisions are missing or wrong), all problems, what of the agreed was lost."""

    document: Document | None
    problems: tuple[Problem, ...]
    overruled: tuple[str, ...]


def settle(comparison: Comparison, decisions: Mapping[str, Any], file: str = "decisions") -> Settled:
    """Apply an adjudicator's decisions and check the result by all rules for one document."""
    problems: list[Problem] = []

    def refuse(place: str, message: str, expected: str) -> None:
        problems.append(problem("adjudication-decision", file, place, message, expected))

    text = comparison.text or ""
    keep, drop = set(decisions.get("keep", ())), set(decisions.get("drop", ()))
    known = {span.id for span in comparison.spans} | {c.id for c in comparison.relations}
    for name in sorted((keep | drop) - known):
        refuse("$", f"{name!r} is nothing of this comparison", "ids of its spans and relations")
    for name in sorted(keep & drop):
        refuse("$", f"{name} is both kept and dropped", "one decision")
    staying = [span for span in comparison.spans if span.id not in drop]
    for span in comparison.disputed_spans:
        if span.id not in keep | drop:
            refuse("$.keep", f"{span.id} ({span.label}) is not decided", "keep or drop")
    changes: Mapping[str, Mapping[str, Any]] = decisions.get("attributes", {})
    stay_ids = {span.id for span in staying}
    for name in changes.keys() - stay_ids:
        refuse("$.attributes", f"{name!r} is no span that stays", "ids of spans that stay")
    for (name, attribute), values in comparison.attributes.items():
        if name in stay_ids and attribute not in changes.get(name, {}):
            refuse("$.attributes", f"{name}.{attribute} is not decided ({values[0]} or {values[1]})", "a value or null")
    relations: list[Relation] = []
    for compared in comparison.relations:
        if not {compared.relation.head, compared.relation.tail} <= stay_ids or compared.id in drop:
            continue
        if compared.holder == "both" or compared.id in keep:
            relations.append(compared.relation)
        else:
            r = compared.relation
            refuse("$.keep", f"{compared.id} ({r.head} {r.label} {r.tail}) is not decided", "keep or drop")
    added = resolve({"id": comparison.id, "spans": decisions.get("spans", [])}, comparison.id, text, file)
    problems.extend(p for p in added.problems if p.level == Level.SYNTAX)
    for number, entry in enumerate(decisions.get("relations", ())):
        try:
            relations.append(Relation(entry["head"], entry["tail"], entry["label"]))
        except (InvalidValueError, KeyError, TypeError):
            refuse(f"$.relations[{number}]", f"{entry!r}", "head, label and tail")
    if problems:
        return Settled(None, tuple(problems), ())
    spans = tuple(
        replace(s, attributes={k: v for k, v in {**s.attributes, **changes.get(s.id, {})}.items() if v is not None})
        for s in staying
    )
    settled = Document(comparison.id, text, spans + (added.document.spans if added.document else ()), tuple(relations))
    return Settled(settled, problems_of(settled, file), overruled(comparison, settled))


def overruled(comparison: Comparison, gold: Document) -> tuple[str, ...]:
    """What both versions held and gold does not, in words: spans, relations and attribute values."""
    agreed = comparison.agreed
    by_key = {span.key: span for span in gold.spans}
    lost: list[str] = []
    for span in agreed.spans:
        kept = by_key.get(span.key)
        shown = f"{span.label} {span.start}–{span.end}"
        if kept is None:
            lost.append(f"span {shown}")
            continue
        lost.extend(
            f"{name} of {shown}: {value} became {kept.attributes.get(name)}"
            for name, value in span.attributes.items()
            if kept.attributes.get(name) != value
        )
    links = {(gold.by_id[r.head].key, gold.by_id[r.tail].key, r.label) for r in gold.relations}
    for r in agreed.relations:
        head, tail = agreed.by_id[r.head].key, agreed.by_id[r.tail].key
        if (head, tail, r.label) not in links:
            lost.append(f"relation {r.label} from {head[2]} {head[0]}–{head[1]} to {tail[2]} {tail[0]}–{tail[1]}")
    return tuple(lost)
