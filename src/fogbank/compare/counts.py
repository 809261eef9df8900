"""Counts that add up over documents, the rates derived from them, and the interval of a rate.

A `Tally` holds, for some named classes, how many items gold has, how many were predicted and how many matched, one row
a document.  Rates are never stored or averaged: precision is matched / predicted, recall matched / gold, F1 is
2 · matched / (gold + predicted); each is 0 where its denominator is 0 — except that nothing expected and nothing
predicted is 1, so that gold against itself is always 1.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Resamples = NDArray[np.int64]
Interval = tuple[float, float] | None
"""Lower and upper bound; None where there are too few independent groups to say anything."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items gold has, were predicted, and matched."""

    gold: int
    predicted: int
    matched: int

    @property
    def precision(self) -> float:
        """The share of predicted items that gold has."""
        return self._share(self.predicted)

    @property
    def recall(self) -> float:
        """The share of gold items that were predicted."""
        return self._share(self.gold)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.matched / both if (both := self.gold + self.predicted) else 1.0

    def _share(self, denominator: int) -> float:
        if denominator:
            return self.matched / denominator
        return 1.0 if not self.gold + self.predicted else 0.0


@dataclass(frozen=True)
class Tally:
    """Counts by class and document: `table` is an integer array of shape (documents, classes, 3)."""

    classes: tuple[str, ...]
    table: NDArray[np.int64]

    def counts(self, among: Iterable[str] | None = None) -> Counts:
        """Sum over all documents and over some classes (all, if none are named)."""
        gold, predicted, matched = self._columns(among).sum(axis=(0, 1)).tolist()
        return Counts(gold, predicted, matched)

    def f1_interval(self, resamples: Resamples, among: Iterable[str] | None = None) -> Interval:
        """Give the 95 % percentile interval of F1 over the resamples of `resample`; None where there are none."""
        if not len(resamples):
            return None
        sums = resamples @ self._columns(among).sum(axis=1)
        denominator = sums[:, 0] + sums[:, 1]
        f1 = np.where(denominator > 0, 2 * sums[:, 2] / np.maximum(denominator, 1), 1.0)
        low, high = np.percentile(f1, (2.5, 97.5)).tolist()
        return low, high

    def _columns(self, among: Iterable[str] | None) -> NDArray[np.int64]:
        if among is None:
            return self.table
        wanted = set(among)
        return self.table[:, [i for i, name in enumerate(self.classes) if name in wanted], :]


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
    table = np.zeros((len(gold), len(classes), 3), dtype=np.int64)
    for row, (gold_items, predicted_items) in enumerate(zip(gold, predicted, strict=True)):
        expected, found = Counter(gold_items), Counter(predicted_items)
        for place, items in enumerate((expected, found, expected & found)):
            for (name, _), number in items.items():
                if name in column:
                    table[row, column[name], place] += number
    return Tally(tuple(classes), table)


def resample(groups: Sequence[str], number: int, seed: int) -> Resamples:
    """Draw bootstrap resamples of documents by their groups, with replacement.

    `groups` names the group of each document: the incident where documents share one, else the document itself, since
    reports of one incident are not independent.  Returns weights of shape (number, documents): how often each document
    is in each resample; none where all documents are of one group.  Source: the cluster bootstrap, Field & Welsh 2007,
    doi:10.1111/j.1467-9868.2007.00593.x.
    """
    names = sorted(set(groups))
    if len(names) < 2:
        return np.zeros((0, len(groups)), dtype=np.int64)
    member = np.array([names.index(group) for group in groups])
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=number)
    weights: Resamples = drawn[:, member].astype(np.int64)
    return weights
