"""Task 1, spans: which words are marked, and with which label.

A span is its start, end and label; attributes are not asked here, and what a document repeats counts once.  All labels
that the scheme does not know are one, `unknown label`.

Criteria.
- exact (the headline): equal start, end and label, as in the CoNLL-2003 shared task (Tjong Kim Sang & De Meulder 2003).
- `overlap`: equal label and at least one character in common, one to one, as many as possible: the size of a maximum
  matching for each document and label (see `columns`).

Both are micro-averaged (all spans alike), by layer and by label; `macro` and `overlap/macro` are the plain means over
the labels that either side has.

Errors.  Spans without an exact match are explained by the mildest error that fits, one to one, as many as possible:
`wrong label` (the same extent), then `wrong boundary` (the same label and a character in common), then `both wrong`
(the same layer, sharing at least half of the characters that either has; less is no confusion, since spans nest).  The
first number is the size of a maximum matching of pairs of the first kind; the second is by how much it grows if pairs
of the second kind may be matched too; the third likewise.  A maximum matching can always be enlarged to one of the
larger graph that covers the same spans (Berge 1957), so the numbers are facts about the two versions.  What is left is
`missed` (in gold) or `spurious` (predicted).  Rows `errors/…` are shares: of the predicted spans for `spurious`, of
gold's for the others.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fogbank.compare.columns import Columns, Pairs, columns, matched, overlapping
from fogbank.compare.measure import Mean, Rows, Tally, row_name
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME

CRITERION = "exact"
LAYERS = {layer.name: SCHEME.labels_in(layer.name) for layer in SCHEME.layers}
_UNKNOWN = "unknown label"
_LABELS = (*SCHEME.label_names, _UNKNOWN)
_LAYER = np.array([[*LAYERS, ""].index(SCHEME.layer_of.get(label, "")) for label in _LABELS])
_SHARED = 0.5


def measure(gold: Sequence[Document], predicted: Sequence[Document]) -> Rows:
    """Measure exact and overlapping spans, and the kinds of errors."""
    sides = columns(gold, predicted, SCHEME.label_names)
    pairs = overlapping(*sides)
    made: Rows = {}
    for criterion, one in tallies(len(gold), *sides, pairs).items():
        made |= {**one.rows(criterion, LAYERS), row_name(criterion, "macro"): one.macro()}
    return {**made, **_errors(len(gold), *sides, pairs)}


def tallies(documents: int, gold: Columns, predicted: Columns, pairs: Pairs) -> dict[str, Tally]:
    """Count the spans of so many documents by label, "" exact and "overlap"; `pairs` are all that overlap."""

    def counted(side: Columns, rows: NDArray[np.int64] | NDArray[np.bool_] | slice = slice(None)) -> NDArray[np.int64]:
        # What is of one label stands together in memory, since rows are made label by label.
        cell = side.label[rows] * documents + side.document[rows]
        return np.bincount(cell, minlength=len(_LABELS) * documents).reshape(-1, documents).T

    hits = {
        "": counted(gold, pairs.gold[pairs.exact]),
        "overlap": counted(gold, matched(pairs, pairs.same_label, len(gold))),
    }
    held, found = counted(gold), counted(predicted)
    return {
        criterion: Tally(_LABELS, np.stack([number, held, number, found], axis=-1, dtype=np.float64))
        for criterion, number in hits.items()
    }


def _errors(documents: int, gold: Columns, predicted: Columns, pairs: Pairs) -> Rows:
    def counted(side: Columns, rows: NDArray[np.bool_] | slice = slice(None)) -> NDArray[np.int64]:
        return np.bincount(side.document[rows], minlength=documents)

    wrong, idle = np.ones(len(gold), dtype=np.bool_), np.ones(len(predicted), dtype=np.bool_)
    wrong[pairs.gold[pairs.exact]] = idle[pairs.predicted[pairs.exact]] = False
    left = pairs.only(wrong[pairs.gold] & idle[pairs.predicted])
    fits = np.logical_or.accumulate([left.same_extent, left.same_label, _close(gold, predicted, left)])
    covered = [counted(gold, matched(left, kept, len(gold))) for kept in fits]
    missed, spurious = counted(gold, wrong) - covered[-1], counted(predicted, idle) - covered[-1]
    kinds = dict(zip(("wrong label", "wrong boundary", "both wrong"), np.diff(covered, axis=0, prepend=0), strict=True))
    of_gold, of_predicted = counted(gold), counted(predicted)
    return {
        "errors/missed": Mean.of(np.stack([missed, of_gold], axis=-1)),
        "errors/spurious": Mean.of(np.stack([spurious, of_predicted], axis=-1)),
        **{f"errors/{kind}": Mean.of(np.stack([number, of_gold], axis=-1)) for kind, number in kinds.items()},
    }


def _close(gold: Columns, predicted: Columns, pairs: Pairs) -> NDArray[np.bool_]:
    """Say of which pairs the layer is the same, and the characters shared are at least half of those in either."""
    rows, others = pairs.gold, pairs.predicted
    shared = np.minimum(gold.end[rows], predicted.end[others]) - np.maximum(gold.start[rows], predicted.start[others])
    either = np.maximum(gold.end[rows], predicted.end[others]) - np.minimum(gold.start[rows], predicted.start[others])
    same_layer = _LAYER[gold.label[rows]] == _LAYER[predicted.label[others]]
    close: NDArray[np.bool_] = same_layer & (shared >= _SHARED * either)
    return close
