"""Measures: what a task sums up, document by document, and the figures that are made of the sums.

Nothing is averaged over documents.  A measure keeps its sums by document; they are added over documents (or over a
resample of them, see `bootstrap`), and only then divided.

- `Rates`: numerator and denominator of recall, then of precision; F1 is their harmonic mean.  Where items of gold and
  of the prediction match or do not, both numerators are the number of matches.  Several parts make one figure by the
  plain mean of their recall, precision and F1 (macro over labels; CoNLL over coreference metrics), leaving out a part
  in which neither side has anything.
- `Mean`: a sum and how many things it is a sum over (errors, or the share of things that are wrong or right).

Conventions.  A rate whose denominator is 0 is 0; but where neither side has anything to count, all three rates are 1,
so that gold against itself is always 1.  A mean over nothing is NaN.  In a resample such a figure says nothing, and is
left out of the interval.

Rows of one task have names: "all" is the headline, other rows are "criterion" or "criterion/part" or, where they break
down the headline itself, "part".
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from math import isnan
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Sums = NDArray[np.float64]
Interval = tuple[float, float] | None
"""Lower and upper bound; None where there are too few independent groups to say anything."""
ALL = "all"


class Counts(NamedTuple):
    """How many items gold has, how many were predicted, and how many of gold's were matched."""

    gold: float
    predicted: float
    matched: float


@dataclass(frozen=True, eq=False)
class Rates:
    """Recall, precision and F1: `sums` of shape (documents, parts, 4); see the module."""

    sums: Sums

    @classmethod
    def of(cls, sums: ArrayLike) -> Self:
        """Make rates of one part from (documents, 4): recall's numerator and denominator, then precision's."""
        return cls(np.asarray(sums, dtype=np.float64).reshape(-1, 1, 4))

    @classmethod
    def of_counts(cls, gold: ArrayLike, predicted: ArrayLike, matched: ArrayLike) -> Self:
        """Make rates of one part from how many items gold has, were predicted and matched, each by document."""
        return cls.of(np.stack([matched, gold, matched, predicted], axis=-1))

    @classmethod
    def of_sets(cls, gold: Sequence[Set[Any]], predicted: Sequence[Set[Any]]) -> Self:
        """Make rates of one part from the sets of items of each document; equal items match."""
        return cls.of([(n := len(g & p), len(g), n, len(p)) for g, p in zip(gold, predicted, strict=True)])

    @classmethod
    def mean_of(cls, parts: Iterable["Rates"]) -> Self:
        """Make the plain mean of other rates of the same documents."""
        return cls(np.concatenate([part.sums for part in parts], axis=1))

    @staticmethod
    def figures(summed: Sums) -> NDArray[np.float64]:
        """Turn sums of shape (…, parts, 4) into F1, precision and recall, shape (…, 3); NaN where there is nothing."""
        recall_part, recall_all, precision_part, precision_all = np.moveaxis(summed, -1, 0)
        recall = recall_part / np.where(recall_all > 0, recall_all, 1)
        precision = precision_part / np.where(precision_all > 0, precision_all, 1)
        both = recall + precision
        f1 = 2 * recall * precision / np.where(both > 0, both, 1)
        counted = (recall_all + precision_all > 0)[..., None]
        parts = np.where(counted, np.stack([f1, precision, recall], axis=-1), 0).sum(axis=-2)
        number = counted.sum(axis=-2)
        return np.where(number > 0, parts / np.maximum(number, 1), np.nan)

    def score(self, interval: Interval) -> "Score":
        """Give the figures over all documents."""
        total = self.sums.sum(axis=0)
        value, precision, recall = np.nan_to_num(self.figures(total), nan=1.0).tolist()
        names = ("matched_gold", "gold", "matched_predicted", "predicted")
        sums = dict(zip(names, total[0].tolist(), strict=True)) if len(total) == 1 else {}
        return Score(value, interval, precision, recall, sums)


@dataclass(frozen=True, eq=False)
class Mean:
    """The mean of something: `sums` of shape (documents, 2), the sum and how many things it is over."""

    sums: Sums

    @classmethod
    def of(cls, sums: ArrayLike) -> Self:
        """Make a mean from (documents, 2)."""
        return cls(np.asarray(sums, dtype=np.float64).reshape(-1, 2))

    @staticmethod
    def figures(summed: Sums) -> NDArray[np.float64]:
        """Turn sums of shape (…, 2) into the mean, shape (…, 1); NaN where there is nothing."""
        total, number = np.moveaxis(summed, -1, 0)
        mean: NDArray[np.float64] = np.where(number > 0, total / np.where(number > 0, number, 1), np.nan)
        return mean[..., None]

    def score(self, interval: Interval) -> "Score":
        """Give the mean over all documents."""
        total = self.sums.sum(axis=0)
        mean = float(self.figures(total)[0])
        sums = dict(zip(("sum", "number"), total.tolist(), strict=True))
        return Score(mean, interval, sums=sums)


Measure = Rates | Mean
Rows = dict[str, Measure]


def measure_of(sums: ArrayLike) -> Measure:
    """Make a measure from its sums: rates from three axes, a mean from two."""
    held = np.asarray(sums, dtype=np.float64)
    return Rates(held) if held.ndim == 3 else Mean(held)


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with its 95 % interval.

    `value` is F1 (then `precision` and `recall` are there) or a mean, NaN where it is over nothing.  `sums` are what
    it was made from: matched_gold, gold, matched_predicted, predicted; or sum, number; empty where it is the mean of
    other rows.
    """

    value: float
    interval: Interval
    precision: float | None = None
    recall: float | None = None
    sums: Mapping[str, float] = field(default_factory=dict)

    @property
    def counts(self) -> Counts:
        """The numbers of items in gold, predicted and matched; there are none where `sums` holds no `gold`."""
        return Counts(self.sums["gold"], self.sums["predicted"], self.sums["matched_gold"])

    def to_json(self) -> dict[str, Any]:
        """Return value, interval, rates and sums, rounded to six places."""
        rates = {"precision": self.precision, "recall": self.recall}
        return {
            "value": None if isnan(self.value) else round(self.value, 6),
            "interval": self.interval and [round(bound, 6) for bound in self.interval],
            **{name: round(figure, 6) for name, figure in rates.items() if figure is not None},
            **{name: int(held) if held == int(held) else round(held, 6) for name, held in self.sums.items()},
        }


@dataclass(frozen=True, eq=False)
class Tally:
    """Items of named classes, counted by document: `table` has shape (documents, classes, 4), as `Rates` has."""

    classes: tuple[str, ...]
    table: Sums

    def rates(self, among: Iterable[str] | None = None) -> Rates:
        """Give the rates over some classes (all, if none are named), added up: micro-averaged."""
        if among is None:
            return Rates.of(self.table.sum(axis=1))
        wanted = set(among)
        held = self.table[:, [i for i, name in enumerate(self.classes) if name in wanted]]
        return Rates(held if held.shape[1] == 1 else held.sum(axis=1, keepdims=True))

    def macro(self) -> Rates:
        """Give the plain mean of the rates of the classes that either side has."""
        present = self.table.sum(axis=(0, 2)) > 0
        return Rates(self.table[:, present])

    def rows(self, criterion: str = "", layers: Mapping[str, Sequence[str]] | None = None) -> Rows:
        """Give the row of all classes, then of groups of them, then of each class, as far as either side has any."""
        among = {**(layers or {}), **{name: (name,) for name in self.classes}}
        parts = {row_name(criterion, part): self.rates(names) for part, names in among.items()}
        return {row_name(criterion): self.rates(), **{name: one for name, one in parts.items() if one.sums.any()}}


def row_name(criterion: str = "", part: str = "") -> str:
    """Name a row; no criterion is the headline's, no part is the whole."""
    return "/".join(word for word in (criterion, part) if word) or ALL


def tally(
    classes: Sequence[str],
    gold: Sequence[Iterable[tuple[str, Hashable]]],
    predicted: Sequence[Iterable[tuple[str, Hashable]]],
) -> Tally:
    """Count, document by document, items given as `(class, identity)`; equal pairs match.

    Items are a multiset: a repeated item matches as often as both sides have it.  Items of a class that is not among
    `classes` are counted in none.
    """
    column = {name: number for number, name in enumerate(classes)}
    table = np.zeros((len(gold), len(classes), 4))
    for row, (gold_items, predicted_items) in enumerate(zip(gold, predicted, strict=True)):
        expected, found = Counter(gold_items), Counter(predicted_items)
        for places, items in (((1,), expected), ((3,), found), ((0, 2), expected & found)):
            for (name, _), number in items.items():
                if name in column:
                    table[row, column[name], places] += number
    return Tally(tuple(classes), table)
