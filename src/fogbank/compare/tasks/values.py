"""Task 4, values: how many, and when, as numbers and as calendar time.

Of QUANTITY and TIME spans; see `compare.values` for what they say.  Spans match if their offsets and label are equal;
what a document repeats counts once.

Criteria; "all" (the headline) are quantities and times together, exact, end to end.
- `quantities`, `times`: exact, end to end: the spans match and say the same: low, best and high; the first minute, the
  last minute and the duration.
- `quantities overlap`, `times overlap`: the spans match, and they say the same or their intervals have a point in
  common.
- `… on gold spans`: the same, asked only of spans that gold and the prediction have, so that recall is precision and
  both are the share of them that is right.
- `log error`: the mean of |ln(predicted best + 1) − ln(gold best + 1)| over the quantities on gold spans whose best is
  known on both sides; 0 is perfect, ln 2 ≈ 0.69 about twice or half as many.

Quantities are also broken down by `SIZES` of their best figure (`no figure` without one) and by modifier: a span counts
in the row of its own size and modifier, so gold's in the recall of that row and the prediction's in its precision; the
rows of `log error` are by gold's.
"""

from collections.abc import Callable, Sequence
from math import log

import numpy as np

from fogbank.compare.measure import ALL, Mean, Rows, Tally, row_name
from fogbank.compare.values import QUANTITY, TIME, by_key, said, same_interval, same_value
from fogbank.model.document import Document, Span
from fogbank.model.scheme import SCHEME

CRITERION = "exact-end-to-end"
SIZES = {"0": 0, "1–2": 2, "3–5": 5, "6–20": 20, "21–100": 100}
"""Bins of quantities with the largest figure in each; above them is `over 100`."""
_OVER, _UNKNOWN = "over 100", "no figure"
_BINS = (*SIZES, _OVER, _UNKNOWN)
_MODIFIERS = SCHEME.attribute["modifier"].names
Found = dict[tuple[int, int, str], Span]
Sides = Sequence[tuple[Found, Found]]
"""Of each document, the spans of gold and of the prediction by their keys."""


def measure(gold: Sequence[Document], predicted: Sequence[Document]) -> Rows:
    """Measure quantities and times, end to end and on gold spans."""
    quantities, times = (sides_of(gold, predicted, label) for label in (QUANTITY, TIME))
    both = [(q[0] | t[0], q[1] | t[1]) for q, t in zip(quantities, times, strict=True)]
    made: Rows = {ALL: rows(both, same_value)[ALL]}
    for where, held in (("", quantities), (" on gold spans", on_common_spans(quantities))):
        for criterion, agrees in ((f"quantities{where}", same_value), (f"quantities overlap{where}", same_interval)):
            made |= rows(held, agrees, criterion, _BINS, size) | rows(held, agrees, criterion, _MODIFIERS, _modifier)
    for where, held in (("", times), (" on gold spans", on_common_spans(times))):
        for criterion, agrees in ((f"times{where}", same_value), (f"times overlap{where}", same_interval)):
            made[criterion] = rows(held, agrees)[ALL]
    return {**made, **_log_errors(on_common_spans(quantities))}


def size(span: Span) -> str:
    """Name the bin of a quantity's best figure."""
    best = said(span)[1]
    if best is None:
        return _UNKNOWN
    return next((name for name, largest in SIZES.items() if best <= largest), _OVER)


def sides_of(gold: Sequence[Document], predicted: Sequence[Document], label: str) -> Sides:
    """Give the spans of one label of both sides, document by document."""
    return [(by_key(one, label), by_key(other, label)) for one, other in zip(gold, predicted, strict=True)]


def on_common_spans(sides: Sides) -> Sides:
    """Keep the spans that both sides have."""
    return [
        ({key: one[key] for key in one if key in other}, {key: other[key] for key in other if key in one})
        for one, other in sides
    ]


def rows(
    sides: Sides,
    agrees: Callable[[Span, Span], bool],
    criterion: str = "",
    classes: Sequence[str] = (QUANTITY, TIME),
    class_of: Callable[[Span], str] = lambda span: span.label,
) -> Rows:
    """Give the rows of values that match if the spans do and they agree: all, and by a class of each span."""
    column = {name: number for number, name in enumerate(classes)}
    table = np.zeros((len(sides), len(classes) + 1, 4))
    for row, versions in enumerate(sides):
        for place, (held, other) in ((0, versions), (2, versions[::-1])):
            for key, span in held.items():
                at = column.get(class_of(span), len(classes))
                table[row, at, place + 1] += 1
                table[row, at, place] += key in other and agrees(span, other[key])
    one = Tally((*classes, ""), table)
    return {row_name(criterion): one.rates(), **one.rows(criterion)} if criterion else {ALL: one.rates()}


def _modifier(span: Span) -> str:
    return str(span.attributes.get("modifier", SCHEME.attribute["modifier"].default))


def _log_errors(sides: Sides) -> Rows:
    column = {name: number for number, name in enumerate((*_BINS, *_MODIFIERS))}
    table = np.zeros((len(sides), len(column) + 1, 2))
    for row, (gold, predicted) in enumerate(sides):
        for key, span in gold.items():
            expected, found = said(span)[1], said(predicted[key])[1]
            if expected is not None and found is not None:
                for name in (size(span), _modifier(span)):
                    table[row, column.get(name, -1)] += abs(log(found + 1) - log(expected + 1)), 1
    total = table[:, [column[name] for name in _BINS]].sum(axis=1)
    parts = {f"log error/{name}": Mean.of(table[:, number]) for name, number in column.items()}
    return {"log error": Mean.of(total), **{name: one for name, one in parts.items() if one.sums[:, 1].any()}}
