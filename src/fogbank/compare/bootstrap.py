"""The bootstrap: how far a figure could lie elsewhere, had other incidents been reported.

Reports of one incident are not independent, so incidents are drawn, with all their documents: the cluster bootstrap
(Field & Welsh 2007, doi:10.1111/j.1467-9868.2007.00593.x).  Intervals are the 2.5th and 97.5th percentile of a figure
over the resamples.  One draw serves every figure, so figures can be compared resample by resample.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from fogbank.compare.measure import Interval, Measure, Score

RESAMPLES = 1000
SEED = 20220504


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
        documents = len(self.member)
        among = csr_array((np.ones(documents), (self.member, np.arange(documents))), shape=(self.groups, documents))
        held = np.asarray(among @ columns.reshape(documents, -1), dtype=np.float64)
        return held.reshape(self.groups, *columns.shape[1:])

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
    draw = np.random.default_rng(seed)
    weights = np.empty((number, len(names)))
    for row in weights:
        row[:] = np.bincount(draw.integers(0, len(names), size=len(names)), minlength=len(names))
    return Resamples(member, weights)


def estimate(measures: Mapping[str, Measure], resamples: Resamples) -> dict[str, Score]:
    """Give every measure its figure and 95 % interval, all over the same resamples."""
    # Many rows hold the same columns (a label's row and macro, both numerators): each is added up once.
    place: dict[bytes, int] = {}
    distinct: list[NDArray[np.float64]] = []
    places: dict[str, list[int]] = {}
    for name, one in measures.items():
        places[name] = []
        for column in one.sums.reshape(len(one.sums), -1).T:
            known = place.setdefault(column.tobytes(), len(distinct))
            if known == len(distinct):
                distinct.append(column)
            places[name].append(known)
    product = resamples.sums(np.stack(distinct, axis=1))
    found = {}
    for name, one in measures.items():
        summed = product[:, places[name]].reshape(len(product), *one.sums.shape[1:])
        found[name] = one.score(interval(one.figures(summed)[:, 0]))
    return found


def interval(figures: NDArray[np.float64]) -> Interval:
    """Give the 95 % percentile interval of a figure over resamples; NaN, where it is of nothing, is left out."""
    known = figures[~np.isnan(figures)]
    if not len(known):
        return None
    low, high = np.percentile(known, (2.5, 97.5)).tolist()
    return low, high
