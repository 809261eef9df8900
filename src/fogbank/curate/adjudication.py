"""Adjudication: the decisions that make gold of two versions, and what of the agreed parts gold no longer has.

`settle` makes a document of a comparison (see `fogbank.curate.comparison`) and an adjudicator's decisions:

    {"id": "vdr-01-a",
     "keep": ["A3", "B1", "R12"], "drop": ["B2", "R13"],
     "attributes": {"S4": {"stance": "accuses"}},
     "spans": [{"id": "N1", "label": "PLACE", "quote": "Hask", "occurrence": 2}],
     "relations": [{"head": "A3", "label": "agent", "tail": "N1"}]}

Every disputed span and attribute must be decided, and every disputed relation whose ends stay.  What both agreed on
stays unless it is dropped by name.

However gold was made, `overruled` tells what both versions held and gold drops or changes, so that nothing is lost
unnoticed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from fogbank.check.problem import Level, Problem
from fogbank.check.rules import problems as problems_of
from fogbank.check.table import problem
from fogbank.compare.confusions import counterparts
from fogbank.curate.comparison import Comparison, Kind, describe
from fogbank.curate.quotes import resolve
from fogbank.errors import InvalidValueError
from fogbank.model.document import Document, Relation, clusters
from fogbank.model.scheme import SCHEME


class Overruled(NamedTuple):
    """A part that both versions held and gold does not: what it is in words, and what became of it (None: dropped)."""

    kind: Kind
    start: int
    end: int
    what: str
    became: str | None

    def __str__(self) -> str:
        return f"{self.kind} {self.what}: {self.became or 'dropped'}"


class Settled(NamedTuple):
    """The settled document (None where decisions are missing or wrong), all problems, what of the agreed was lost."""

    document: Document | None
    problems: tuple[Problem, ...]
    overruled: tuple[Overruled, ...]


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


def overruled(comparison: Comparison, gold: Document) -> tuple[Overruled, ...]:
    """Find what both versions held and gold drops or changes: spans, then attribute values, then relations.

    A relation whose end gold holds with another extent or label is changed with it; a link of coreference is changed,
    not dropped, where gold has both mentions in one cluster by other links.
    """
    agreed = comparison.agreed
    held = {span.key: span for span in gold.spans}
    known = {span.key for span in agreed.spans}
    missing = [span for span in agreed.spans if span.key not in held]
    others = counterparts(missing, [span for span in gold.spans if span.key not in known])
    stands_for = {a.id: b for a, b in others if a and b} | {
        span.id: held[span.key] for span in agreed.spans if span.key in held
    }

    def find() -> Iterator[Overruled]:
        for span in missing:
            became = describe(gold, stands_for[span.id]) if span.id in stands_for else None
            yield Overruled("span", span.start, span.end, describe(agreed, span), became)
        for span in agreed.spans:
            for name, value in span.attributes.items():
                kept = stands_for[span.id].attributes.get(name) if span.id in stands_for else None
                if span.id in stands_for and kept != value:
                    what = f"{name} {value} of {describe(agreed, span)}"
                    yield Overruled("attribute", span.start, span.end, what, None if kept is None else f"{name} {kept}")
        links: dict[tuple[str, str], set[str]] = {}
        for r in gold.relations:
            links.setdefault((r.head, r.tail), set()).add(r.label)
        for r in agreed.relations:
            head, tail = agreed.by_id[r.head], agreed.by_id[r.tail]
            ends = tuple(stands_for[end.id] for end in (head, tail) if end.id in stands_for)
            labels = links.get((ends[0].id, ends[1].id), set()) if len(ends) == 2 else set()
            if r.label in labels and (head.key, tail.key) == (ends[0].key, ends[1].key):
                continue
            became = None
            if labels:
                label = r.label if r.label in labels else min(labels)
                became = f"{label} from {describe(gold, ends[0])} to {describe(gold, ends[1])}"
            elif len(ends) == 2 and _is_joined(gold, r.label, {ends[0].id, ends[1].id}):
                became = "joined by other links"
            what = f"{r.label} from {describe(agreed, head)} to {describe(agreed, tail)}"
            yield Overruled("relation", head.start, head.end, what, became)

    return tuple(find())


def _is_joined(document: Document, label: str, ids: set[str]) -> bool:
    return SCHEME.relation[label].backwards and any(cluster >= ids for cluster in clusters(document, label))
