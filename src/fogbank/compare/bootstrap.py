"""The bootstrap: how far a figure could lie elsewhere, had other incidents been reported.

Reports of one incident are not independent, so incidents are drawn, with all their documents: the cluster bootstrap
(Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x).  Intervals are the 2.5th and 97.5th percentile of a figure
over the resamples.  One draw serves every figure, so figures can be compared resample by resample.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fogbank.compare.measure import Interval, Measure, Score

RESAMPLES = 1000
SEED = 20220504
_COLUMNS = 128


@dataclass(frozen=True, eq=False)
class Resamples:
    """Resamples of groups of documents.

    `member` gives the group of each document by number; `weights`, of shape (resamples, groups), how often each group
    is in each resample: no resample at all where all documents are of one group.
    """

    member: NDArray[np.int64]
    weights: NDArray[np.float64]

    @property
    def groups(self) -> int:
        """How many groups there are to draw from."""
        return int(self.weights.shape[1])

    def grouped(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up what documents have, shape (documents, …), by group: shape (groups, …)."""
        held = np.zeros((self.groups, *columns.shape[1:]))
        np.add.at(held, self.member, columns)
        return held

    def sums(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """Add up what documents have, shape (documents, …), over each resample: shape (resamples, …)."""
        held = self.grouped(columns)
        flat = self.weights @ held.reshape(len(held), -1)
        return flat.reshape(len(self.weights), *held.shape[1:])


def resample(groups: Sequence[str], number: int = RESAMPLES, seed: int = SEED) -> Resamples:
    """Draw resamples of documents by their groups, with replacement.

    `groups` names the group of each document: the incident where documents share one, else the document itself.
    """
    names = {name: place for place, name in enumerate(sorted(set(groups)))}
    member = np.array([names[group] for group in groups], dtype=np.int64)
    if len(names) < 2:
        return Resamples(member, np.zeros((0, len(names))))
    even = np.full(len(names), 1 / len(names))
    drawn = np.random.default_rng(seed).multinomial(len(names), even, size=number)
    return Resamples(member, drawn.astype(np.float64))


def estimate(measures: Mapping[str, Measure], resamples: Resamples) -> dict[str, Score]:
    """Give every measure its figure and 95 % interval, all over the same resamples."""
    intervals: dict[str, Interval] = {}
    for batch in _batches(measures):
        widths = np.cumsum([one.sums[0].size for one in batch.values()])
        columns = np.concatenate([one.sums.reshape(len(one.sums), -1) for one in batch.values()], axis=1)
        parts = np.split(resamples.sums(columns), widths[:-1], axis=1)
        for (name, one), summed in zip(batch.items(), parts, strict=True):
            intervals[name] = interval(one.figures(summed.reshape(len(summed), *one.sums.shape[1:]))[:, 0])
    return {name: one.score(intervals[name]) for name, one in measures.items()}


def _batches(measures: Mapping[str, Measure]) -> Iterator[dict[str, Measure]]:
    """Give measures some at a time: one product is faster than many, and all at once take too much memory."""
    batch: dict[str, Measure] = {}
    for name, one in measures.items():
        batch[name] = one
        if sum(held.sums[0].size for held in batch.values()) >= _COLUMNS:
            yield batch
            batch = {}
    if batch:
        yield batch


def interval(figures: NDArray[np.float64]) -> Interval:
    """Give the 95 % percentile interval of a figure over resamples; NaN, where it is of nothing, is left out."""
    known = figures[~np.isnan(figures)]
    if not len(known):
        return None
    low, high = np.percentile(known, (2.5, 97.5)).tolist()
    return low, high
