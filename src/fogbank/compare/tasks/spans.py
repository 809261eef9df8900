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

from fogbank.compare.columns import Columns, Pairs, columns, common, equal, matched, overlapping
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
    made: Rows = {}
    for criterion, one in tallies(len(gold), *sides).items():
        made |= {**one.rows(criterion, LAYERS), row_name(criterion, "macro"): one.macro()}
    return {**made, **_errors(len(gold), *sides)}


def tallies(documents: int, gold: Columns, predicted: Columns) -> dict[str, Tally]:
    """Count the spans of so many documents by label, "" exact and "overlap"."""
    exact = common(gold, predicted)
    pairs = overlapping(gold, predicted, (gold.label, predicted.label))
    hits = {"": exact, "overlap": matched(pairs, len(gold.key), len(predicted.key))}
    return {criterion: _tally(documents, gold, predicted, rows) for criterion, rows in hits.items()}


def _tally(documents: int, gold: Columns, predicted: Columns, hits: NDArray[np.bool_]) -> Tally:
    def counted(side: Columns) -> NDArray[np.int64]:
        cell = side.document * len(_LABELS) + side.label
        return np.bincount(cell, minlength=documents * len(_LABELS)).reshape(documents, -1)

    matches = counted(gold.only(hits))
    return Tally(_LABELS, np.stack([matches, counted(gold), matches, counted(predicted)], axis=-1).astype(np.float64))


def _errors(documents: int, gold: Columns, predicted: Columns) -> Rows:
    of_gold, of_predicted = (np.bincount(side.document, minlength=documents) for side in (gold, predicted))
    gold, predicted = (one.only(~common(one, other)) for one, other in ((gold, predicted), (predicted, gold)))
    stages = [
        equal(gold.extent, predicted.extent),
        overlapping(gold, predicted, (gold.label, predicted.label)),
        _close(gold, predicted),
    ]
    covered = np.zeros((len(stages) + 1, documents))
    for stage in range(len(stages)):
        pairs = tuple(np.concatenate(ends) for ends in zip(*stages[: stage + 1], strict=True))
        hits = matched((pairs[0], pairs[1]), len(gold.key), len(predicted.key))
        covered[stage + 1] = np.bincount(gold.document[hits], minlength=documents)
    missed, spurious = (np.bincount(side.document, minlength=documents) - covered[-1] for side in (gold, predicted))
    kinds = dict(zip(("wrong label", "wrong boundary", "both wrong"), np.diff(covered, axis=0), strict=True))
    return {
        "errors/missed": Mean.of(np.stack([missed, of_gold], axis=-1)),
        "errors/spurious": Mean.of(np.stack([spurious, of_predicted], axis=-1)),
        **{f"errors/{kind}": Mean.of(np.stack([number, of_gold], axis=-1)) for kind, number in kinds.items()},
    }


def _close(gold: Columns, predicted: Columns) -> Pairs:
    rows, others = overlapping(gold, predicted, (_LAYER[gold.label], _LAYER[predicted.label]))
    first, second = gold.only(rows), predicted.only(others)
    common = np.minimum(first.end, second.end) - np.maximum(first.start, second.start)
    either = np.maximum(first.end, second.end) - np.minimum(first.start, second.start)
    kept = common >= _SHARED * either
    return rows[kept], others[kept]
