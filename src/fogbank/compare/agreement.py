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

Sums run over documents first, rates come last.  Intervals are of a bootstrap over incidents (see `counts.resample`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from fogbank.compare import coreference
from fogbank.compare.counts import Interval, Resamples, Tally, resample, tally
from fogbank.compare.matching import match, share
from fogbank.compare.reliability import ALPHAS, alpha, coincidences
from fogbank.compare.report import Score
from fogbank.compare.score import RESAMPLES, SEED, Items, relation_items, span_items
from fogbank.compare.values import same_interval, same_value
from fogbank.errors import DataError
from fogbank.model.document import Document, Span
from fogbank.model.scheme import SCHEME

Pair = tuple[Document, Document]
ENTITIES, EVENTS = "entities", "events"
_LINKS = {ENTITIES: "same", EVENTS: "same_event"}
_VALUES = {"quantities": "QUANTITY", "times": "TIME"}
_LAYERS = {layer.name: SCHEME.labels_in(layer.name) for layer in SCHEME.layers}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure that no single counts give, with its 95 % interval; `recall` and `precision` where it is an F1."""

    value: float
    interval: Interval
    recall: float | None = None
    precision: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what is known of it as JSON values, rounded to six places."""
        figures = {"value": self.value, "recall": self.recall, "precision": self.precision}
        rounded = {name: round(figure, 6) for name, figure in figures.items() if figure is not None}
        return {**rounded, "interval": self.interval and [round(bound, 6) for bound in self.interval]}


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
    alphas: Mapping[str, Estimate]
    coreference: Mapping[str, Mapping[str, Estimate]]

    @property
    def measures(self) -> Mapping[str, Score]:
        """The overall score of each measure."""
        return {name: rows["all"] for name, rows in self.scores.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the agreement as JSON values."""
        return {
            "documents": self.documents,
            "groups": self.groups,
            "texts": self.texts,
            "scores": {name: {row: s.to_json() for row, s in rows.items()} for name, rows in self.scores.items()},
            "alphas": {name: estimate.to_json() for name, estimate in self.alphas.items()},
            "coreference": {
                kind: {name: estimate.to_json() for name, estimate in rows.items()}
                for kind, rows in self.coreference.items()
            },
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
    members = [(groups or {}).get(a.id, a.id) for a, _ in pairs]
    weights = resample(members, resamples, seed)
    with_text = [number for number, (a, _) in enumerate(pairs) if a.text is not None]
    return Agreement(
        documents=len(pairs),
        groups=len(set(members)),
        texts=len(with_text),
        scores=_scores(pairs, weights),
        alphas=_alphas([pairs[number] for number in with_text], weights[:, with_text]),
        coreference={kind: _coreference(pairs, link, weights) for kind, link in _LINKS.items()},
    )


def _scores(pairs: Sequence[Pair], weights: Resamples) -> dict[str, dict[str, Score]]:
    def both(items: Callable[[Document], Items], classes: Sequence[str]) -> Tally:
        return tally(classes, [items(a) for a, _ in pairs], [items(b) for _, b in pairs])

    def common(items: Callable[[Document, Document], Items], classes: Sequence[str]) -> Tally:
        return tally(classes, [items(a, b) for a, b in pairs], [items(b, a) for a, b in pairs])

    labels, relations, layers = SCHEME.label_names, SCHEME.relation_names, tuple(_LAYERS)
    scores = {
        "spans": _rows(both(span_items, labels), weights, _LAYERS),
        "spans_overlapping": _rows(Tally(labels, _overlapping(pairs, labels)), weights, _LAYERS),
        "relations": {
            **_rows(both(relation_items, relations), weights),
            **_rows(both(lambda d: _by_head(relation_items(d)), layers), weights),
        },
        "relations_on_agreed_spans": {
            **_rows(common(_on_common_spans, relations), weights),
            **_rows(common(lambda a, b: _by_head(_on_common_spans(a, b)), layers), weights),
        },
        "attributes": _rows(common(_values, [a.name for a in SCHEME.attributes]), weights),
    }
    for name, label in _VALUES.items():
        for criterion, same in (("exact", same_value), ("interval", same_interval)):
            table = np.array([_value_counts(a, b, label, same) for a, b in pairs], dtype=np.int64)
            on_agreed = table[:, [3, 3, 2]]
            scores[f"{name}_{criterion}"] = _rows(Tally((label,), table[:, None, :3]), weights, per_class=False)
            scores[f"{name}_{criterion}_on_agreed_spans"] = _rows(
                Tally((label,), on_agreed[:, None, :]), weights, per_class=False
            )
    return scores


def _rows(
    one: Tally, weights: Resamples, layers: Mapping[str, Sequence[str]] | None = None, *, per_class: bool = True
) -> dict[str, Score]:
    among: dict[str, Sequence[str] | None] = {"all": None, **(layers or {})}
    if per_class:
        among.update({name: (name,) for name in one.classes})
    counted = {row: one.counts(names) for row, names in among.items()}
    return {
        row: Score(counts, one.f1_interval(weights, among[row]))
        for row, counts in counted.items()
        if row == "all" or counts.gold or counts.predicted
    }


def _overlapping(pairs: Sequence[Pair], labels: Sequence[str]) -> NDArray[np.int64]:
    table = np.zeros((len(pairs), len(labels), 3), dtype=np.int64)
    for row, versions in enumerate(pairs):
        for column, label in enumerate(labels):
            first, second = (
                list({span.key: span for span in version.spans if span.label == label}.values()) for version in versions
            )
            table[row, column] = len(first), len(second), len(match(first, second, share))
    return table


def _by_head(items: Items) -> Items:
    """Class the items of relations, whose identity is `(head key, tail key)`, by the layer of the head."""
    relations = cast("set[tuple[str, tuple[tuple[int, int, str], ...]]]", items)
    return {(SCHEME.layer_of.get(ends[0][2], ""), (label, ends)) for label, ends in relations}


def _on_common_spans(document: Document, other: Document) -> Items:
    keys = {span.key for span in document.spans} & {span.key for span in other.spans}
    known = document.by_id
    return {
        (r.label, (known[r.head].key, known[r.tail].key))
        for r in document.relations
        if r.head in known and r.tail in known and known[r.head].key in keys and known[r.tail].key in keys
    }


def _values(document: Document, other: Document) -> Items:
    keys = {span.key for span in other.spans}
    return {(name, (s.key, value)) for s in document.spans if s.key in keys for name, value in s.attributes.items()}


def _value_counts(
    a: Document, b: Document, label: str, same: Callable[[Span, Span], bool]
) -> tuple[int, int, int, int]:
    """Count the spans of one label: in either version, in both with the same value, in both."""
    first, second = ({span.key: span for span in version.spans if span.label == label} for version in (a, b))
    common = first.keys() & second.keys()
    return len(first), len(second), sum(same(first[key], second[key]) for key in common), len(common)


def _alphas(pairs: Sequence[Pair], weights: Resamples) -> dict[str, Estimate]:
    found = {}
    for name in ALPHAS if pairs else ():
        tables = np.stack([coincidences(a, b, name) for a, b in pairs])
        resampled = alpha(np.tensordot(weights, tables, axes=1))
        found[name] = Estimate(float(alpha(tables.sum(axis=0))), _interval(resampled))
    return found


def _coreference(pairs: Sequence[Pair], link: str, weights: Resamples) -> dict[str, Estimate]:
    tables = np.stack(
        [coreference.sums(*(coreference.mention_clusters(version, link) for version in pair)) for pair in pairs]
    )
    rated = coreference.rates(tables.sum(axis=0))
    resampled = coreference.rates(np.tensordot(weights, tables, axes=1).astype(np.float64))
    found = {
        name: Estimate(float(rated[at, 2]), _interval(resampled[:, at, 2]), float(rated[at, 0]), float(rated[at, 1]))
        for at, name in enumerate(coreference.METRICS)
    }
    found["conll"] = Estimate(float(coreference.conll(rated)), _interval(coreference.conll(resampled)))
    return found


def _interval(resampled: NDArray[np.float64]) -> Interval:
    if not len(resampled):
        return None
    low, high = np.percentile(resampled, (2.5, 97.5)).tolist()
    return low, high
