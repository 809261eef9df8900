"""Approximate matching: which span of one version stands for which span of the other, decided for all at once.

Conventions: offsets as everywhere, `end` exclusive; two spans overlap if they share at least one character.  A matching
is one to one.  Of all matchings one with the most pairs is taken, and among these one with the greatest sum of shares
(|a ∩ b| / |a ∪ b|, in characters): an optimum of the assignment problem, found by SciPy.  The number of pairs is
therefore a fact about the two versions; a greedy matching would make it depend on the order of the spans.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from fogbank.model.document import Span


def share(a: Span, b: Span) -> float:
    """Give the characters in both spans as a share of those in either, from 0 to 1."""
    common = min(a.end, b.end) - max(a.start, b.start)
    return max(0, common) / (max(a.end, b.end) - min(a.start, b.start))


def match(
    first: Sequence[Span], second: Sequence[Span], closeness: Callable[[Span, Span], float] = share
) -> list[tuple[Span, Span]]:
    """Match spans of two versions one to one: as many pairs as possible, then the closest.

    `closeness` is 0 for a pair that may not match, and at most 1.  Pairs come in the order of `first`.
    """
    close = np.array([[closeness(a, b) for b in second] for a in first], dtype=np.float64)
    if not close.size:
        return []
    return [(first[row], second[column]) for row, column in assign(close)]


def assign(close: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pair rows with columns of a matrix of closeness in [0, 1]: the most pairs above 0, then the greatest sum."""
    # All shares together weigh less than one more pair.
    weights = np.where(close > 0, 1 + close / (min(close.shape) + 1), 0)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if close[r, c] > 0]
