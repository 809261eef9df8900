"""Spans of many documents as columns of numbers, so that millions are matched at once.

All documents stand on one line, one after the other, so that places in different ones are different numbers.  What a
document repeats stands there once, and rows are sorted, so nothing depends on the order in which spans were given.

How many pairs match is the size of a maximum matching, which is a fact about the two versions: it does not depend on
which of several such matchings is found (SciPy's Hopcroft-Karp), and is the same with gold and predicted exchanged.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from fogbank.errors import InvalidValueError
from fogbank.model.document import Document

Numbers = NDArray[np.int64]
Rows = NDArray[np.bool_]
_FARTHEST = 2**31
_LARGEST = 2**62


@dataclass(frozen=True, eq=False)
class Columns:
    """The distinct spans of some documents: the numbers of their documents, places on the line, labels.

    They are sorted by start, then the longer first, then by label.
    """

    document: Numbers
    start: Numbers
    end: Numbers
    label: Numbers

    def __len__(self) -> int:
        return len(self.document)


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of rows of gold and of the prediction, one pair at each place, and whether their ends and labels are equal.

    Two rows that have both equal are `exact`: a row is in one such pair at most.
    """

    gold: Numbers
    predicted: Numbers
    same_extent: Rows
    same_label: Rows

    @property
    def exact(self) -> Rows:
        """Which pairs are of one annotation."""
        return self.same_extent & self.same_label

    def only(self, kept: Rows) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(*(column[kept] for column in vars(self).values()))


def columns(gold: Sequence[Document], predicted: Sequence[Document], labels: Sequence[str]) -> tuple[Columns, Columns]:
    """Give the spans of both sides as columns; a label that is not among `labels` has the number after the last.

    Raises InvalidValueError for an offset that no text can have.
    """
    documents = [*gold, *predicted]
    sizes = [len(one.spans) for one in documents]
    number = defaultdict(lambda: len(labels), {name: place for place, name in enumerate(labels)})
    start, end, label = np.empty((3, sum(sizes)), dtype=np.int64)
    at = 0
    for one, size in zip(documents, sizes, strict=True):  # all of a document at once, while its spans are near
        rows = slice(at, at := at + size)
        start[rows] = [span.start for span in one.spans]
        end[rows] = [span.end for span in one.spans]
        label[rows] = [number[span.label] for span in one.spans]
    width = int(end.max(initial=0)) + 1
    if width > _FARTHEST:
        raise InvalidValueError(f"a span ends at character {width - 1}; expected less than {_FARTHEST}")
    document = np.repeat(np.concatenate([np.arange(len(side)) for side in (gold, predicted)]), sizes)
    missing = width - 1 - (end - start)  # of two that start together the longer comes first
    line = document * width
    start, end = start + line, end + line
    key = _combined((start, len(gold) * width), (missing, width), (label, len(labels) + 1))
    first = sum(sizes[: len(gold)])

    def side(rows: slice) -> Columns:
        held = key[rows]
        in_order = (held[1:] > held[:-1]).all()  # as documents are published
        kept = rows if in_order else np.unique(held, return_index=True)[1] + rows.start
        return Columns(document[kept], start[kept], end[kept], label[kept])

    return side(slice(0, first)), side(slice(first, len(key)))


def overlapping(gold: Columns, predicted: Columns) -> Pairs:
    """Find all pairs of rows that share a character."""
    # Two spans overlap if the later one starts inside the earlier one: predicted inside gold, or gold inside predicted.
    inside = _ranges(np.searchsorted(predicted.start, gold.start), np.searchsorted(predicted.start, gold.end))
    behind = _ranges(np.searchsorted(gold.start, predicted.start, "right"), np.searchsorted(gold.start, predicted.end))
    rows, others = np.concatenate([inside[0], behind[1]]), np.concatenate([inside[1], behind[0]])
    same_extent = (gold.start[rows] == predicted.start[others]) & (gold.end[rows] == predicted.end[others])
    return Pairs(rows, others, same_extent, gold.label[rows] == predicted.label[others])


def matched(pairs: Pairs, kept: Rows, gold: int) -> Rows:
    """Give the rows of gold, of so many, that one maximum matching of the pairs that are kept covers."""
    side, opposite = pairs.gold[kept], pairs.predicted[kept]
    # Two rows that are in no other pair are matched in every maximum matching; it takes a search only for the rest.
    sole = (np.bincount(side)[side] == 1) & (np.bincount(opposite)[opposite] == 1)
    covered = np.zeros(gold, dtype=np.bool_)
    covered[side[sole]] = True
    rows, row = np.unique(side[~sole], return_inverse=True)
    others, other = np.unique(opposite[~sole], return_inverse=True)
    graph = csr_array((np.ones(len(row), dtype=np.int8), (row, other)), shape=(len(rows), len(others)))
    covered[rows] = maximum_bipartite_matching(graph, perm_type="column") >= 0
    return covered


def _ranges(low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """Pair each row with the numbers from its `low` to before its `high`."""
    sizes = np.maximum(high - low, 0)
    rows = np.repeat(np.arange(len(low), dtype=np.int64), sizes)
    shift = low - np.cumsum(sizes) + sizes  # from the place of a row's first number to that number
    return rows, np.arange(len(rows), dtype=np.int64) + np.repeat(shift, sizes)


def _ranked(numbers: Numbers) -> tuple[Numbers, int]:
    """Give each number's rank among the different ones, and how many these are."""
    different, ranks = np.unique(numbers, return_inverse=True)
    return ranks.astype(np.int64), len(different)


def _combined(*parts: tuple[Numbers, int]) -> Numbers:
    """Make one number of several, each given with a bound of its values; ranks stand for what would be too large."""
    (made, size), *others = parts
    for column, bound in others:
        if size * bound > _LARGEST:
            made, size = _ranked(made)
        if size * bound > _LARGEST:
            column, bound = _ranked(column)  # noqa: PLW2901
        made, size = made * bound + column, size * bound
    return made
