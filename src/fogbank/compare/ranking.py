"""Ranking: which systems can be told apart, and which stand together.

Every pair of systems is compared by approximate randomisation over incidents (see `significance`), and the p-values of
all pairs of one task and split are corrected by Holm's method (Holm 1979), so that the chance to part any two systems
that are the same stays below `LEVEL`.  Two systems share a letter if and only if they cannot be told apart then.  A
system may have several letters, since such groups overlap: a and b alike, b and c alike, a and c not.  Letters come
from the compact letter display of Piepho 2004 (doi:10.1198/1061860043515), the first to the highest figures.

That two systems share a letter does not say that they are equally good, only that these documents do not tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from math import ceil, comb, log2
from string import ascii_lowercase

from fogbank.compare.bootstrap import SEED
from fogbank.compare.measure import Measure
from fogbank.compare.significance import assignments, randomised

LEVEL = 0.05
ASSIGNMENTS = 20_000
"""How many assignments are tried at most; p can be as small as one of them, which many pairs need."""
Pair = tuple[str, str]


def rank(measures: Mapping[str, Measure], seed: int = SEED) -> dict[str, str]:
    """Give each system the letters of the groups it is in, the highest figure first; higher is better.

    The measures have one row for each incident, in one order.
    """
    figures = {system: one.score(None).value for system, one in measures.items()}
    order = sorted(figures, key=lambda system: (-figures[system], system))
    return letters(order, told_apart(p_values({system: measures[system] for system in order}, seed)))


def p_values(measures: Mapping[str, Measure], seed: int = SEED) -> dict[Pair, float]:
    """Compare every pair of systems, before any correction; p is 1 where there is nothing to exchange."""
    groups = len(next(iter(measures.values())).sums) if measures else 0
    if groups < 2:
        return dict.fromkeys(combinations(measures, 2), 1.0)
    exchanges = assignments(groups, ASSIGNMENTS, seed)
    return {(a, b): randomised(measures[a], measures[b], exchanges) for a, b in combinations(measures, 2)}


def fewest(systems: int, level: float = LEVEL) -> int:
    """Say how many incidents it takes before any pair of so many systems can be told apart, however far it differs.

    Two of the 2ⁿ assignments always count, all exchanged and none, and the correction is for all pairs.
    """
    return ceil(log2(2 * max(1, comb(systems, 2)) / level))


def told_apart(values: Mapping[Pair, float], level: float = LEVEL) -> set[Pair]:
    """Give the pairs that differ after Holm's correction: the smallest p first, up to the first that is too large."""
    found: set[Pair] = set()
    for place, pair in enumerate(sorted(values, key=lambda pair: (values[pair], pair))):
        if values[pair] > level / (len(values) - place):
            break
        found.add(pair)
    return found


def letters(order: Sequence[str], apart: Iterable[Pair]) -> dict[str, str]:
    """Give systems letters, so that two share one if and only if they are not told apart."""
    columns = [set(order)]
    for first, second in apart:
        split = [column - {one} for column in columns if {first, second} <= column for one in (first, second)]
        kept = [column for column in columns if not {first, second} <= column]
        for column in sorted(split, key=len, reverse=True):
            if not any(column <= other for other in kept):
                kept.append(column)
        columns = kept
    place = {system: number for number, system in enumerate(order)}
    columns.sort(key=lambda column: sorted(place[system] for system in column))
    return {
        system: " ".join(_letter(number) for number, column in enumerate(columns) if system in column)
        for system in order
    }


def _letter(number: int) -> str:
    rounds, letter = divmod(number, len(ascii_lowercase))
    return ascii_lowercase[letter] + (str(rounds + 1) if rounds else "")
