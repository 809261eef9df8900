"""Relations that an annotator drew without a type: those that their ends decide are typed when asked, the rest listed.

The ends decide a type if the scheme has exactly one relation that runs from a span of the head's label to one of the
tail's.  Nothing is turned round: an arrow that fits only the other way is listed, as a coreference link is that points
at a later mention.  A relation that has a type is never touched, and what Label Studio exported stays as it is: types
are inferred on reading, in a second version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from fogbank.check.export import annotator_of
from fogbank.model.document import Document, Relation
from fogbank.model.regions import UNTYPED, read_result
from fogbank.model.scheme import SCHEME


@dataclass(frozen=True, slots=True)
class Inference:
    """What the ends of one untyped relation say; `place` says which, in words.

    `types` are the relations possible as it was drawn, `turned` those possible only the other way round.
    """

    place: str
    types: tuple[str, ...]
    turned: tuple[str, ...]

    @property
    def type(self) -> str | None:
        """The type that the ends decide, if they do."""
        return self.types[0] if len(self.types) == 1 else None

    def __str__(self) -> str:
        """Say it as a line of a report."""
        if self.type:
            return f"{self.place}: {self.type}"
        if self.types:
            return f"{self.place}: left untyped; possible are {', '.join(self.types)}"
        if self.turned:
            return f"{self.place}: left untyped; fits only turned round, as {' or '.join(self.turned)}"
        return f"{self.place}: left untyped; the scheme has no relation for these ends"


class Inferred(NamedTuple):
    """A document with the types that could be inferred, and every relation that came without one."""

    document: Document
    inferences: tuple[Inference, ...]


def infer_relations(document: Document) -> Inferred:
    """Type the untyped relations of a document whose ends decide it; their order stays."""
    found = {relation: _infer(document, relation) for relation in document.relations if relation.label == UNTYPED}
    typed = tuple(
        replace(relation, label=found[relation].type or UNTYPED) if relation in found else relation
        for relation in document.relations
    )
    return Inferred(replace(document, relations=typed), tuple(found.values()))


def infer_in_task(task: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Inference, ...]]:
    """Give a task of an export, which must have passed the checks of syntax and integrity, with the types inferred.

    All but `labels` of the relations that are typed stays as exported; cancelled annotations are left alone.
    """
    annotations: list[Mapping[str, Any]] = []
    found: list[Inference] = []
    for annotation in task["annotations"]:
        if annotation.get("was_cancelled"):
            annotations.append(annotation)
            continue
        document = read_result(task["data"]["id"], task["data"].get("text"), annotation["result"])
        inferred = infer_relations(document)
        who = annotator_of(annotation)
        found += [replace(one, place=f"{one.place} ({who})") for one in inferred.inferences]
        annotations.append({**annotation, "result": _typed(annotation["result"], inferred.document.relations)})
    return {**task, "annotations": annotations}, tuple(found)


def _typed(result: Iterable[Mapping[str, Any]], relations: Iterable[Relation]) -> list[Mapping[str, Any]]:
    """Give the items with the labels of these relations, which stand in their order."""
    pending = iter(relations)
    items: list[Mapping[str, Any]] = []
    for item in result:
        if item["type"] == "relation" and (label := next(pending).label) != UNTYPED and not item.get("labels"):
            items.append({**item, "labels": [label]})
        else:
            items.append(item)
    return items


def _infer(document: Document, relation: Relation) -> Inference:
    head, tail = document.by_id.get(relation.head), document.by_id.get(relation.tail)
    place = f"{document.id}: {_shown(document, relation.head)} → {_shown(document, relation.tail)}"
    if head is None or tail is None or head is tail:
        return Inference(place, (), ())
    types = SCHEME.relations_between.get((head.label, tail.label), ())
    turned = SCHEME.relations_between.get((tail.label, head.label), ())
    if len(types) == 1 and SCHEME.relation[types[0]].backwards and (tail.start, tail.end) > (head.start, head.end):
        return Inference(place, (), types)
    return Inference(place, types, () if types else turned)


def _shown(document: Document, span_id: str) -> str:
    span = document.by_id.get(span_id)
    if span is None:
        return f"{span_id} (no span)"
    words = "" if document.text is None else f" “{' '.join(document.quote(span).split())[:40]}”"
    return f"{span.label}{words} ({span.start}–{span.end})"
