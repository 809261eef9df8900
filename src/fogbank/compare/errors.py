"""Errors one by one: what a prediction made of each thing in gold, for people to look at; tasks count by themselves.

Spans that both versions have are right but for their attributes.  The others are paired as `confusions` does, and an
error is the mildest name that fits: `wrong label` (the same extent), `wrong boundary` (the same label), `both wrong`,
`missed` (only in gold), `spurious` (only predicted).  Relations are asked between spans that both versions have.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from fogbank.compare.confusions import counterparts, relation_differences
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME

Kind = Literal[
    "wrong label",
    "wrong boundary",
    "both wrong",
    "missed",
    "spurious",
    "wrong attributes",
    "wrong relation",
    "missed relation",
    "spurious relation",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Error:
    """One error: the ids of the spans in gold and in the prediction, and both labels; of a relation its head's ids."""

    kind: Kind
    gold: str | None
    predicted: str | None
    gold_label: str | None
    predicted_label: str | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """How often what gold calls a row is what was predicted as a column; `none` last where a side has nothing."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: tuple[tuple[int, ...], ...]

    @property
    def right(self) -> int:
        """How many are called the same."""
        return sum(n for name, row in zip(self.rows, self.numbers, strict=True)
                   for other, n in zip(self.columns, row, strict=True) if name == other)  # fmt: skip

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(map(sum, self.numbers))


def errors(gold: Document, predicted: Document) -> Iterator[Error]:
    """Yield the errors of one document, spans first."""
    ours, theirs = ({span.key: span for span in version.spans} for version in (gold, predicted))
    left = [span for key, span in ours.items() if key not in theirs]
    right = [span for key, span in theirs.items() if key not in ours]
    for a, b in counterparts(left, right):
        if a and b:
            same_place = (a.start, a.end) == (b.start, b.end)
            kind: Kind = "wrong label" if same_place else "wrong boundary" if a.label == b.label else "both wrong"
            yield Error(kind, a.id, b.id, a.label, b.label)
        elif a:
            yield Error("missed", a.id, None, a.label, None)
        elif b:
            yield Error("spurious", None, b.id, None, b.label)
    for key, span in ours.items():
        if key in theirs and dict(span.attributes) != dict(theirs[key].attributes):
            yield Error("wrong attributes", span.id, theirs[key].id, span.label, span.label)
    for (head, _), first, second in relation_differences(gold, predicted):
        relation: Kind = "wrong relation" if first and second else "missed relation" if first else "spurious relation"
        yield Error(relation, ours[head].id, theirs[head].id, first, second)


def label_matrix(pairs: Iterable[tuple[Document, Document]]) -> Matrix:
    """Count the labels of gold against the predicted ones; a wrong boundary under the same label counts as the same."""
    found: Counter[tuple[str, str]] = Counter()
    for gold, predicted in pairs:
        common = {span.key for span in gold.spans} & {span.key for span in predicted.spans}
        found.update((label, label) for _, _, label in common)
        for error in errors(gold, predicted):
            if error.kind in KINDS[:5]:
                found[error.gold_label or _NONE, error.predicted_label or _NONE] += 1
    return _matrix(found, SCHEME.label_names)


def stance_matrix(pairs: Iterable[tuple[Document, Document]]) -> Matrix:
    """Count the stances of cues that both versions have."""
    found: Counter[tuple[str, str]] = Counter()
    for gold, predicted in pairs:
        sides = [
            {span.key: str(span.attributes.get("stance", _NONE)) for span in version.spans if span.label == "CUE"}
            for version in (gold, predicted)
        ]
        found.update((sides[0][key], sides[1][key]) for key in sides[0].keys() & sides[1].keys())
    return _matrix(found, SCHEME.attribute["stance"].names)


def _matrix(found: Counter[tuple[str, str]], order: Iterable[str]) -> Matrix:
    names = (*order, _NONE)
    rows, columns = (tuple(n for n in names if any(pair[side] == n for pair in found)) for side in (0, 1))
    return Matrix(rows, columns, tuple(tuple(found[row, column] for column in columns) for row in rows))
