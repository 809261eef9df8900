"""Task 5, coreference: which mentions are the same entity, which triggers the same event.

Clusters are made of `same` for entities and of `same_event` for events, each version on its own mentions, end to end.
A mention is a pair of offsets, whatever its label.  Singletons are dropped on both sides: FogBank marks what is the
same, not every mention that stands alone, and a system gains nothing by adding them.  The metrics are specified in
`compare.coreference`.

Rows `entities` and `events` are the CoNLL score of either: the mean of the recall, precision and F1 of MUC, B³ and
CEAFe; "all" (the headline) is that of both together, whose sums are added.  `…/muc`, `…/b_cubed`, `…/ceaf_e` and
`…/lea` are the single metrics.  Of CEAFe and LEA there are no counts of items: the sums are similarities.
"""

from collections.abc import Sequence

import numpy as np

from fogbank.compare.coreference import CONLL, METRICS, mention_clusters, sums
from fogbank.compare.measure import Rates, Rows, Sums, row_name
from fogbank.model.document import Document

CRITERION = "conll-without-singletons"
LINKS = {"entities": "same", "events": "same_event"}


def measure(gold: Sequence[Document], predicted: Sequence[Document]) -> Rows:
    """Measure coreference of entities, of events, and of both."""
    held = {kind: tables(gold, predicted, link) for kind, link in LINKS.items()}
    made: Rows = rows("", np.sum(list(held.values()), axis=0))
    for kind, table in held.items():
        made |= rows(kind, table)
    return made


def tables(gold: Sequence[Document], predicted: Sequence[Document], link: str) -> Sums:
    """Give the sums of all metrics for the clusters of one relation label, shape (documents, metrics, 4)."""
    pairs = zip(gold, predicted, strict=True)
    return np.array([sums(*(mention_clusters(version, link) for version in pair)) for pair in pairs])


def rows(kind: str, table: Sums) -> Rows:
    """Give the CoNLL score and each metric of such sums."""
    single = {row_name(kind, name): Rates.of(table[:, number]) for number, name in enumerate(METRICS)}
    return {row_name(kind): Rates(table[:, : len(CONLL)]), **single}
