"""Tables of named binary features, kept by columns so that what rows have in common is named and looked up once.

A row is anything that is classified: a token, a clause, a pair of spans.  What is known of rows are kinds of values; a
column gives each row the features that follow from its values of some kinds.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cache
from inspect import signature
from itertools import count
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Features = list[str]
Naming = Callable[..., Features]
Numbers = NDArray[np.int64]
_SPARSE = 1 << 14  # from here on sorting codes is faster than laying them out


class Coded(NamedTuple):
    """One kind of value: the number that each row has, and what the numbers mean."""

    numbers: Numbers
    meanings: Sequence[Any]

    @classmethod
    def of(cls, values: Iterable[Hashable]) -> "Coded":
        """Number the values of some rows."""
        number: defaultdict[Hashable, int] = defaultdict(count().__next__)
        return cls(np.fromiter(map(number.__getitem__, values), np.int64), list(number))

    @classmethod
    def among(cls, codes: Numbers, size: int) -> "Coded":
        """Number codes below `size` anew, without gaps."""
        rows, numbers = _distinct(codes, size)
        return cls(numbers, codes[rows].tolist())

    def at(self, rows: Numbers) -> "Coded":
        """Give the values of these rows."""
        return Coded(self.numbers[rows], self.meanings)


class Column(NamedTuple):
    """Features of some rows: those that `naming` gives to the values for which the row's number stands."""

    naming: Naming
    values: Sequence[tuple[Any, ...]]
    numbers: Numbers


class Table:
    """The features of some rows, by columns.

    No feature may stand in two columns of a row; in one it may come twice, and counts once.
    """

    def __init__(self, values: Mapping[str, Coded]) -> None:
        self._values = dict(values)
        self.columns: list[Column] = []

    @classmethod
    def of(cls, kinds: Sequence[str], rows: Sequence[Sequence[Hashable]]) -> "Table":
        """Make a table without columns from the values of each row, given in the order of `kinds`."""
        values = zip(*rows, strict=True) if rows else ((),) * len(kinds)
        return cls({kind: Coded.of(held) for kind, held in zip(kinds, values, strict=True)})

    @classmethod
    def named(cls, rows: Sequence[Features]) -> "Table":
        """Make a table of rows whose features are named already."""
        return cls({"row": Coded(np.arange(len(rows)), rows)}).with_columns((_as_named,))

    def with_columns(self, namings: Iterable[Naming], **values: Coded) -> "Table":
        """Give this table with further columns and, for them, further values.

        A naming is a function; its parameters are named as the kinds of values of which it makes features.
        """
        made = Table(self._values | values)
        made.columns = [
            *self.columns,
            *(Column(n, *_crossed([made._values[kind] for kind in _kinds(n)])) for n in namings),
        ]
        return made

    def __len__(self) -> int:
        """Count the rows."""
        return len(next(iter(self._values.values())).numbers)

    def rows(self) -> list[Features]:
        """Give the features of each row, in the order of the columns."""
        named = [[naming(*values) for values in held] for naming, held, _ in self.columns]
        numbers = zip(*(column.numbers.tolist() for column in self.columns), strict=True)
        return [[name for held, n in zip(named, row, strict=True) for name in held[n]] for row in numbers]


@cache
def _kinds(naming: Naming) -> tuple[str, ...]:
    return tuple(signature(naming).parameters)


def _as_named(row: Features) -> Features:
    return row


def _crossed(kinds: Sequence[Coded]) -> tuple[list[tuple[Any, ...]], Numbers]:
    """Give the values that rows have of several kinds together, and their numbers."""
    if len(kinds) == 1:
        return list(zip(kinds[0].meanings, strict=True)), kinds[0].numbers
    crossed = kinds[0].numbers
    for kind in kinds[1:]:
        crossed = crossed * len(kind.meanings) + kind.numbers
    rows, numbers = _distinct(crossed, prod(len(kind.meanings) for kind in kinds))
    values = ([kind.meanings[n] for n in kind.numbers[rows].tolist()] for kind in kinds)
    return list(zip(*values, strict=True)), numbers


def _distinct(codes: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """Give a row with each of the codes that there are, all below `size`, and the number of each row's code."""
    if size > _SPARSE:
        _, rows, numbers = np.unique(codes, return_index=True, return_inverse=True)
        return rows, numbers
    place = np.full(size, -1)
    place[codes] = np.arange(len(codes))
    there = (place >= 0).nonzero()[0]
    rows = place[there]
    place[there] = np.arange(len(there))
    return rows, place[codes]
