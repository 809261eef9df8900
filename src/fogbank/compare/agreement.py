"""Agreement: how alike two versions of the same documents are, layer by layer; two annotators', or gold and one's.

Definitions.  F1 of two versions is symmetric, so neither need be gold: matched / mean size.  Source for F1 in place of
kappa where there are no negatives: Hripcsak & Rothschild 2005, doi:10.1197/jamia.M1733.

- `spans`: equal start, end and label.  `spans_overlapping`: equal label and a character in common, one to one, as many
  as possible (see `matching`).
- `relations`: equal label, and both ends match as spans (end to end); the rows of layers are by the layer of the head.
  `relations_on_agreed_spans` asks only of relations whose ends both versions have as spans.
- `attributes`: equal values among all attributes of spans that both have.
- `quantities_…`, `times_…`: QUANTITY and TIME spans with equal offsets and the same value, end to end, or
  `…_on_agreed_spans`; `exact` if all attributes that say the value are equal, `interval` if these are, or the intervals
  that they stand for have a point in common (see `values`).
- `alphas`: see `reliability`; over the documents whose text is here.
- `coreference`: see `coreference`; of entities (`same`) and events (`same_event`), without singletons, each version on
  its own mentions.

What is measured, and with which code, is what the tasks of the benchmark measure (see `tasks`).  Sums run over
documents first, rates come last.  Intervals are of a bootstrap over incidents (see `bootstrap`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fogbank.compare.bootstrap import RESAMPLES, SEED, Resamples, estimate, interval, resample
from fogbank.compare.columns import columns, overlapping
from fogbank.compare.measure import ALL, Rows, Score, tally
from fogbank.compare.reliability import ALPHAS, alpha, coincidences
from fogbank.compare.score import groups_of
from fogbank.compare.tasks import coreference, relations, spans, values
from fogbank.compare.values import QUANTITY, TIME, same_interval, same_value
from fogbank.errors import DataError
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME

Pair = tuple[Document, Document]
_VALUES = {"quantities": QUANTITY, "times": TIME}
_CRITERIA = {"exact": same_value, "interval": same_interval}


@dataclass(frozen=True)
class Agreement:
    """The agreement on some pairs of versions.

    `groups` counts the incidents that the bootstrap draws from, `texts` the pairs whose text is here.  `scores` maps a
    measure to rows: "all", then layers, then labels, as far as either version has any.
    """

    documents: int
    groups: int
    texts: int
    scores: Mapping[str, Mapping[str, Score]]
    alphas: Mapping[str, Score]
    coreference: Mapping[str, Mapping[str, Score]]

    @property
    def measures(self) -> Mapping[str, Score]:
        """The overall score of each measure."""
        return {name: rows[ALL] for name, rows in self.scores.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the agreement as JSON values."""
        return {
            "documents": self.documents,
            "groups": self.groups,
            "texts": self.texts,
            "scores": {name: {row: s.to_json() for row, s in rows.items()} for name, rows in self.scores.items()},
            "alphas": {name: one.to_json() for name, one in self.alphas.items()},
            "coreference": {k: {name: s.to_json() for name, s in rows.items()} for k, rows in self.coreference.items()},
        }


def agree(
    pairs: Sequence[Pair], *, groups: Mapping[str, str] | None = None, resamples: int = RESAMPLES, seed: int = SEED
) -> Agreement:
    """Measure the agreement of pairs of versions, each of one document.

    `groups` names the incident of a document id; a document without one stands for itself.  Raises DataError where
    there is no pair, or a pair is of two documents.
    """
    if not pairs:
        raise DataError("no document has two versions; expected at least one")
    for a, b in pairs:
        if a.id != b.id or a.text != b.text:
            raise DataError(f"{a.id} and {b.id}: two texts; expected two versions of one")
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    drawn = resample(groups_of(first, groups), resamples, seed)
    return Agreement(
        documents=len(pairs),
        groups=drawn.groups,
        texts=sum(a.text is not None for a in first),
        scores={name: estimate(rows, drawn) for name, rows in _measures(first, second).items()},
        alphas=_alphas(pairs, drawn),
        coreference={kind: _coreference(first, second, kind, drawn) for kind in coreference.LINKS},
    )


def _measures(first: Sequence[Document], second: Sequence[Document]) -> dict[str, Rows]:
    held = columns(first, second, SCHEME.label_names)
    span_tallies = spans.tallies(len(first), *held, overlapping(*held))
    links = [[relations.links(document) for document in side] for side in (first, second)]
    found = {
        "spans": span_tallies[""].rows(layers=spans.LAYERS),
        "spans_overlapping": span_tallies["overlap"].rows(layers=spans.LAYERS),
        "relations": relations.rows("", *links),
        "relations_on_agreed_spans": relations.rows("", *relations.on_common_spans(first, second)),
        "attributes": _attributes(first, second),
    }
    for name, label in _VALUES.items():
        sides = values.sides_of(first, second, label)
        for criterion, agrees in _CRITERIA.items():
            found[f"{name}_{criterion}"] = values.rows(sides, agrees)
            found[f"{name}_{criterion}_on_agreed_spans"] = values.rows(values.on_common_spans(sides), agrees)
    return found


def _attributes(first: Sequence[Document], second: Sequence[Document]) -> Rows:
    common = [relations.keys(a) & relations.keys(b) for a, b in zip(first, second, strict=True)]
    given = [
        [
            {(name, (s.key, value)) for s in document.spans if s.key in both for name, value in s.attributes.items()}
            for document, both in zip(side, common, strict=True)
        ]
        for side in (first, second)
    ]
    return tally([attribute.name for attribute in SCHEME.attributes], *given).rows()


def _alphas(pairs: Sequence[Pair], drawn: Resamples) -> dict[str, Score]:
    found = {}
    for name, values_told in ALPHAS.items() if any(a.text is not None for a, _ in pairs) else ():
        size = len(values_told) + 1
        tables = np.array(
            [np.zeros((size, size)) if a.text is None else coincidences(a, b, name) for a, b in pairs], dtype=np.float64
        )
        found[name] = Score(float(alpha(tables.sum(axis=0))), interval(alpha(drawn.sums(tables))))
    return found


def _coreference(
    first: Sequence[Document], second: Sequence[Document], kind: str, drawn: Resamples
) -> dict[str, Score]:
    rows = coreference.rows("", coreference.tables(first, second, coreference.LINKS[kind]))
    return {"conll" if row == ALL else row: score for row, score in estimate(rows, drawn).items()}
