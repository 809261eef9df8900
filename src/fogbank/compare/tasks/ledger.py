"""Task 7, the ledger: the range that all reports of an incident leave, against gold's and against what is true.

An account is one measure of one incident; it is made from the claims of all documents of the incident together, gold's
from gold and the prediction's from the prediction (`fogbank.model.ledger`).  Incident, time, outlet and truth are those
of gold's datelines.

Rows; F1 counts accounts, those without any bound left out.
- "all": the accounts' ranges as a share of agreement: whole numbers in both ranges over those in either.
- `best`: accounts whose best figures are equal.  `meets`: accounts whose ranges have a number in common.
- `measure/NAME`: as "all", for one measure.
- `log error`: the mean of |ln((predicted best + 1) / (gold best + 1))| where both are known.
- `truth covered`: the share of true figures inside the predicted range; `truth log error`: as `log error`, against what
  is true.  Only for incidents whose truth is known, and only of measures for which gold has an account, since what no
  report tells cannot be found.  `gold covered` and `gold log error` are the same for gold: what is to be reached.

An open bound of a range is its best figure, else its other bound.  An incident is counted with the first of its
documents by id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import log

import numpy as np

from fogbank.compare.measure import ALL, Mean, Rates, Rows, row_name
from fogbank.model.document import Document
from fogbank.model.ledger import Account, ledger
from fogbank.model.scheme import SCHEME, Interval

CRITERION = "range-agreement"
Key = tuple[str, str]
Accounts = Mapping[Key, Account]


def measure(gold: Sequence[Document], predicted: Sequence[Document]) -> Rows:
    """Measure the accounts of all incidents, against gold's and against what is true."""
    restored = [
        replace(other, dateline=one.dateline, text=one.text if other.text is None else other.text)
        for one, other in zip(gold, predicted, strict=True)
    ]
    first: dict[str, int] = {}
    for row in sorted(range(len(gold)), key=lambda row: gold[row].id):
        first.setdefault(incident_of(gold[row]), row)
    sides = [{(a.incident, a.measure): a for a in ledger(documents)} for documents in (gold, restored)]
    return {**_rates(sides[0], sides[1], first, len(gold)), **_means(sides[0], sides[1], first, len(gold))}


def incident_of(document: Document) -> str:
    """Name the incident that a document reports: its own, where nothing is known of it."""
    return document.id if document.dateline is None else document.dateline.incident


def _rates(gold: Accounts, predicted: Accounts, first: Mapping[str, int], number: int) -> Rows:
    criteria: dict[str, Callable[[Interval, Interval], float]] = {ALL: agreement, "best": _same_best, "meets": _meets}
    parts = [row_name("measure", measure) for measure in SCHEME.measures]
    sums = {name: np.zeros((number, 4)) for name in (*criteria, *parts)}
    for key in sorted(gold.keys() | predicted.keys()):
        row, part = first[key[0]], row_name("measure", key[1])
        ranges = [_closed(side[key]) if key in side else None for side in (gold, predicted)]
        for place, held in ((1, ranges[0]), (3, ranges[1])):
            for name in (*criteria, part) if held is not None else ():
                sums[name][row, place] += 1
        one, other = ranges
        if one is not None and other is not None:
            for name, criterion in (*criteria.items(), (part, agreement)):
                sums[name][row, [0, 2]] += criterion(one, other)
    return {name: Rates.of(sums[name]) for name in (*criteria, *(part for part in parts if sums[part].any()))}


def _means(gold: Accounts, predicted: Accounts, first: Mapping[str, int], number: int) -> Rows:
    names = ("log error", "truth covered", "truth log error", "gold covered", "gold log error")
    sums = {name: np.zeros((number, 2)) for name in names}
    for key, account in gold.items():
        row, best, true = first[key[0]], account.range.best, account.true
        found = predicted[key].range if key in predicted else Interval(None, None, None)
        if best is not None and found.best is not None:
            sums["log error"][row] += _log_error(found.best, best), 1
        expected = _closed(account)
        if true is None or expected is None:
            continue
        for name, held in (("truth", predicted.get(key)), ("gold", account)):
            closed = None if held is None else _closed(held)
            sums[f"{name} covered"][row] += closed is not None and _meets(closed, Interval(true, true, true)), 1
            if closed is not None and closed.best is not None:
                sums[f"{name} log error"][row] += _log_error(closed.best, true), 1
    return {name: Mean.of(held) for name, held in sums.items()}


def agreement(a: Interval, b: Interval) -> float:
    """Give the whole numbers in both closed ranges as a share of those in either."""
    (low, _, high), (other_low, _, other_high) = a, b
    if low is None or high is None or other_low is None or other_high is None:
        return 0.0
    common = min(high, other_high) - max(low, other_low) + 1
    return max(0.0, common / (max(high, other_high) - min(low, other_low) + 1))


def _closed(account: Account) -> Interval | None:
    """Close the open bounds of an account's range; None where it has no bound at all.

    Bounds out of order, which only a prediction that was not checked can have, are turned round.
    """
    low, best, high = account.range
    known = [bound for bound in (low, best, high) if bound is not None]
    if not known:
        return None
    middle = known[0] if best is None else best
    ends = sorted((middle if low is None else low, middle if high is None else high))
    return Interval(ends[0], best, ends[1])


def _same_best(a: Interval, b: Interval) -> float:
    return float(a.best == b.best)


def _meets(a: Interval, b: Interval) -> float:
    return float(agreement(a, b) > 0)


def _log_error(a: int, b: int) -> float:
    return abs(log((a + 1) / (b + 1)))
