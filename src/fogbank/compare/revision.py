"""Revision: what became of a pre-annotation when an annotator corrected it, counted by label.

What an annotator left stands for what was predicted as `confusions.counterparts` pairs them.  Of a pair counts the
first that holds: the label changed, the boundary changed, an attribute changed, all is kept.  What is left of the
prediction was removed, what is left of the annotation added.  A relation is kept if its ends' counterparts are joined
by the same label, whatever else became of them; one whose label changed was removed, and another added.

Everything predicted is counted under the label that was predicted, everything added under its own.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fogbank.compare.confusions import counterparts
from fogbank.model.document import Document, Span
from fogbank.model.scheme import SCHEME

SPAN_FATES = ("kept", "boundary", "label", "attribute", "removed", "added")
RELATION_FATES = ("kept", "removed", "added")
Fates = Mapping[str, int]
Key = tuple[int, int, str]
_HEADS = {"boundary": "boundary", "label": "label", "attribute": "attrib."}


@dataclass(frozen=True)
class Revision:
    """Counts of what became of spans and relations, by label and fate; `spans["PERSON"]["kept"]`.

    Labels come in the order of the scheme; every fate is there, also where its count is 0.
    """

    documents: int
    spans: Mapping[str, Fates]
    relations: Mapping[str, Fates]

    def to_json(self) -> dict[str, Any]:
        """Return counts as JSON values, each task with its sum as the row "all"."""
        return {
            "documents": self.documents,
            "spans": _sheet(self.spans, SPAN_FATES),
            "relations": _sheet(self.relations, RELATION_FATES),
        }

    def table(self) -> str:
        """Give the counts as a table of text, with the share of what was predicted that was kept."""
        return "\n".join(
            (*_lines("spans", self.spans, SPAN_FATES), "", *_lines("relations", self.relations, RELATION_FATES))
        )


def total(rows: Mapping[str, Fates], fates: Iterable[str]) -> dict[str, int]:
    """Sum counts over labels."""
    return {fate: sum(row[fate] for row in rows.values()) for fate in fates}


def revise(pairs: Iterable[tuple[Document, Document]]) -> Revision:
    """Count what became of predicted documents; pairs are `(annotated, predicted)`, two versions of one text."""
    spans: Counter[tuple[str, str]] = Counter()
    relations: Counter[tuple[str, str]] = Counter()
    number = 0
    for annotated, predicted in pairs:
        number += 1
        matched = []
        for is_now, was in _pairs(annotated, predicted):
            if is_now and was:
                matched.append((is_now, was))
            spans.update([(was.label, _fate(is_now, was))] if was else [(is_now.label, "added")] if is_now else [])
        stands_for = {was.key: is_now.key for is_now, was in matched}
        held: set[tuple[str, Key | None, Key | None]] = set(_joined(annotated))
        moved = [(label, stands_for.get(a), stands_for.get(b)) for label, a, b in set(_joined(predicted))]
        relations.update((entry[0], "kept" if entry in held else "removed") for entry in moved)
        relations.update((entry[0], "added") for entry in held.difference(moved))
    return Revision(
        number,
        _table(spans, SCHEME.label_names, SPAN_FATES),
        _table(relations, SCHEME.relation_names, RELATION_FATES),
    )


def _pairs(annotated: Document, predicted: Document) -> list[tuple[Span | None, Span | None]]:
    """Pair all spans, equal ones first; None stands for nothing."""
    ours, theirs = ({span.key: span for span in version.spans} for version in (annotated, predicted))
    common = [key for key in ours if key in theirs]
    left, right = ([span for key, span in side.items() if key not in common] for side in (ours, theirs))
    return [*((ours[key], theirs[key]) for key in common), *counterparts(left, right)]


def _fate(is_now: Span | None, was: Span) -> str:
    if is_now is None:
        return "removed"
    if is_now.label != was.label:
        return "label"
    if is_now.key != was.key:
        return "boundary"
    return "kept" if dict(is_now.attributes) == dict(was.attributes) else "attribute"


def _joined(document: Document) -> Iterator[tuple[str, Key, Key]]:
    """Give `(label, head, tail)` of every relation, ends by their keys; one with an unknown end is left out."""
    known = document.by_id
    for relation in document.relations:
        if relation.head in known and relation.tail in known:
            yield relation.label, known[relation.head].key, known[relation.tail].key


def _table(counts: Counter[tuple[str, str]], order: Iterable[str], fates: tuple[str, ...]) -> dict[str, Fates]:
    """Give rows in the order of the scheme, labels that it lacks last."""
    found = {label for label, _ in counts}
    ranked = list(dict.fromkeys((*(label for label in order if label in found), *sorted(found))))
    return {label: {fate: counts[label, fate] for fate in fates} for label in ranked}


def _sheet(rows: Mapping[str, Fates], fates: tuple[str, ...]) -> dict[str, dict[str, int]]:
    return {"all": total(rows, fates), **{label: dict(row) for label, row in rows.items()}}


def _lines(name: str, rows: Mapping[str, Fates], fates: tuple[str, ...]) -> Iterator[str]:
    yield f"{name:14}{'predicted':>10}" + "".join(f"{_HEADS.get(fate, fate):>10}" for fate in fates) + f"{'% kept':>8}"
    for label, row in _sheet(rows, fates).items():
        predicted = sum(row.values()) - row["added"]
        share = f"{100 * row['kept'] / predicted:8.1f}" if predicted else f"{'–':>8}"
        yield f"{label:14}{predicted:10}" + "".join(f"{row[fate]:10}" for fate in fates) + share
