"""Spans of many documents as columns of numbers, so that millions are matched at once.

All documents stand on one line, one after the other, so that places in different ones are different numbers.  What a
document repeats stands there once, and rows are sorted, so nothing depends on the order in which spans were given.

How many pairs match is the size of a maximum matching, which is a fact about the two versions: it does not depend on
which of several such matchings is found (SciPy's Hopcroft-Karp), and is the same with gold and predicted exchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from fogbank.errors import InvalidValueError
from fogbank.model.document import Document

Numbers = NDArray[np.int64]
Rows = NDArray[np.bool_]
Pairs = tuple[Numbers, Numbers]
"""Rows of gold and rows of the prediction that may match, one pair at each place."""
_FARTHEST = 2**31
_LARGEST = 2**62


@dataclass(frozen=True, eq=False)
class Columns:
    """The distinct spans of some documents, sorted: the numbers of their documents, places on the line, labels.

    `extent` and `key` number the distinct pairs of places, and those with a label, alike on both sides of a comparison.
    """

    document: Numbers
    start: Numbers
    end: Numbers
    label: Numbers
    extent: Numbers
    key: Numbers

    def only(self, rows: Rows | Numbers | slice) -> "Columns":
        """Return some of the rows."""
        return Columns(*(column[rows] for column in vars(self).values()))

    def distinct(self, rows: slice) -> "Columns":
        """Return the different ones of some rows, in the order of their keys."""
        held = self.only(rows)
        return held.only(np.unique(held.key, return_index=True)[1])


def columns(gold: Sequence[Document], predicted: Sequence[Document], labels: Sequence[str]) -> tuple[Columns, Columns]:
    """Give the spans of both sides as columns; a label that is not among `labels` has the number after the last.

    Raises InvalidValueError for an offset that no text can have.
    """
    documents = [*gold, *predicted]
    spans = list(chain.from_iterable(document.spans for document in documents))
    number = {name: place for place, name in enumerate(labels)}
    row = np.repeat(np.arange(len(documents), dtype=np.int64), [len(document.spans) for document in documents])
    document = np.where(row < len(gold), row, row - len(gold))
    starts, ends = (np.fromiter(map(attrgetter(name), spans), np.int64, len(spans)) for name in ("start", "end"))
    width = int(ends.max(initial=0)) + 1
    if width > _FARTHEST:
        raise InvalidValueError(f"a span ends at character {width - 1}; expected less than {_FARTHEST}")
    start, end = document * width + starts, document * width + ends
    named = map(number.get, map(attrgetter("label"), spans), repeat(len(labels)))
    label = np.fromiter(named, np.int64, len(spans))
    extent = _combined((start, len(gold) * width), (ends - starts, width))
    key = _combined((extent, int(extent.max(initial=0)) + 1), (label, len(labels) + 1))
    both = Columns(document, start, end, label, extent, key)
    first = sum(len(document.spans) for document in gold)
    return both.distinct(slice(None, first)), both.distinct(slice(first, None))


def common(first: Columns, second: Columns) -> Rows:
    """Say which rows of the first side the second has too."""
    at = np.searchsorted(second.key, first.key)
    found: Rows = np.append(second.key, -1)[at] == first.key
    return found


def equal(first: Numbers, second: Numbers) -> Pairs:
    """Find all pairs of rows with the same value."""
    order = np.argsort(second, kind="stable")
    held = second[order]
    low, high = np.searchsorted(held, first, "left"), np.searchsorted(held, first, "right")
    rows, places = _ranges(low, high)
    return rows, order[places]


def overlapping(gold: Columns, predicted: Columns, group: tuple[Numbers, Numbers]) -> Pairs:
    """Find all pairs of rows that share a character and have the same group, a small number."""
    line = 1 + max((int(side.end.max()) for side in (gold, predicted) if len(side.end)), default=0)
    # The starts in order: what is looked up in order is found much faster.
    orders = [np.argsort(side.start + held * line) for side, held in zip((gold, predicted), group, strict=True)]
    (starts, ends), (other_starts, other_ends) = (
        ((side.start + held * line)[order], (side.end + held * line)[order])
        for side, held, order in zip((gold, predicted), group, orders, strict=True)
    )
    # Two spans overlap if the later one starts inside the earlier one: predicted inside gold, or gold inside predicted.
    inside = _ranges(np.searchsorted(other_starts, starts), np.searchsorted(other_starts, ends))
    behind = _ranges(np.searchsorted(starts, other_starts + 1), np.searchsorted(starts, other_ends))
    rows, others = np.concatenate([inside[0], behind[1]]), np.concatenate([inside[1], behind[0]])
    return orders[0][rows], orders[1][others]


def matched(pairs: Pairs, gold: int, predicted: int) -> Rows:
    """Give the rows of gold, of so many on both sides, that one maximum matching of these pairs covers."""
    graph = csr_array((np.ones(len(pairs[0]), dtype=np.int8), pairs), shape=(gold, predicted))
    covered: Rows = maximum_bipartite_matching(graph, perm_type="column") >= 0
    return covered


def _ranges(low: Numbers, high: Numbers) -> Pairs:
    """Pair each row with the numbers from its `low` to before its `high`."""
    sizes = np.maximum(high - low, 0)
    rows = np.repeat(np.arange(len(low), dtype=np.int64), sizes)
    first = np.cumsum(sizes) - sizes
    return rows, np.arange(len(rows), dtype=np.int64) - first[rows] + low[rows]


def _ranked(numbers: Numbers) -> tuple[Numbers, int]:
    """Give each number's rank among the different ones, and how many these are."""
    different, ranks = np.unique(numbers, return_inverse=True)
    return ranks.astype(np.int64), len(different)


def _combined(*parts: tuple[Numbers, int]) -> Numbers:
    """Make one number of several, each given with a bound of its values; ranks stand for what would be too large."""
    columns, bounds = zip(*parts, strict=True)
    made: Numbers = np.zeros(len(columns[0]), dtype=np.int64)
    size = 1
    for column, bound in zip(columns, bounds, strict=True):
        if size * bound > _LARGEST:
            made, size = _ranked(made)
        if size * bound > _LARGEST:
            column, bound = _ranked(column)  # noqa: PLW2901
        made, size = made * bound + column, size * bound
    return made
