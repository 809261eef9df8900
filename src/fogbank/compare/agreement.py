"""Agreement: how alike two annotators marked the same documents, before anyone adjudicated.

Definitions.  F1 of two versions is symmetric, so neither is gold: matched / mean size.  `spans` counts spans with equal
start, end and label; `relations` those whose label and both ends match (end to end); `relations_on_agreed_spans` asks
only of relations whose ends both versions have as spans; `attributes` is the share of equal values among all attributes
of common spans.  Sums run over documents first, rates come last.  Source for F1 in place of kappa where there are no
negatives: Hripcsak & Rothschild 2005, doi:10.1197/jamia.M1733.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from fogbank.compare.counts import Counts, Interval, Resamples, Tally, resample, tally
from fogbank.compare.score import RESAMPLES, SEED, relation_items, span_items
from fogbank.errors import DataError
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME

Pair = tuple[Document, Document]


@dataclass(frozen=True, slots=True)
class Agreed:
    """One measure: its counts, with the 95 % interval of its F1 over resampled documents."""

    counts: Counts
    interval: Interval


@dataclass(frozen=True)
class Agreement:
    """The agreement on some documents: overall measures by name, and F1 of spans and relations by label."""

    documents: int
    measures: Mapping[str, Agreed]
    labels: Mapping[str, Counts]


def agree(pairs: Sequence[Pair], *, groups: Mapping[str, str] | None = None) -> Agreement:
    """Measure the agreement of pairs of versions, each of one document.  Raises DataError where there is no pair."""
    if not pairs:
        raise DataError("no document has two versions; expected at least one")
    weights = resample([(groups or {}).get(a.id, a.id) for a, _ in pairs], RESAMPLES, SEED)
    labels, relations = SCHEME.label_names, SCHEME.relation_names
    spans = tally(labels, [span_items(a) for a, _ in pairs], [span_items(b) for _, b in pairs])
    ends = tally(relations, [relation_items(a) for a, _ in pairs], [relation_items(b) for _, b in pairs])
    common = [_on_common_spans(a, b) for a, b in pairs]
    on_common = tally(relations, [a for a, _ in common], [b for _, b in common])
    values = [(_values(a, b), _values(b, a)) for a, b in pairs]
    attributes = tally([a.name for a in SCHEME.attributes], [a for a, _ in values], [b for _, b in values])
    measures = {
        "spans": _agreed(spans, weights),
        "relations": _agreed(ends, weights),
        "relations_on_agreed_spans": _agreed(on_common, weights),
        "attributes": _agreed(attributes, weights),
    }
    by_label = {name: one.counts((name,)) for one in (spans, ends, attributes) for name in one.classes}
    return Agreement(len(pairs), measures, {name: c for name, c in by_label.items() if c.gold + c.predicted})


def _agreed(one: Tally, weights: Resamples) -> Agreed:
    return Agreed(one.counts(), one.f1_interval(weights))


def _on_common_spans(a: Document, b: Document) -> tuple[set[tuple[str, Hashable]], set[tuple[str, Hashable]]]:
    keys = {span.key for span in a.spans} & {span.key for span in b.spans}

    def kept(document: Document) -> set[tuple[str, Hashable]]:
        known = document.by_id
        return {
            (r.label, (known[r.head].key, known[r.tail].key))
            for r in document.relations
            if known[r.head].key in keys and known[r.tail].key in keys
        }

    return kept(a), kept(b)


def _values(document: Document, other: Document) -> set[tuple[str, Hashable]]:
    keys = {span.key for span in other.spans}
    return {(name, (s.key, value)) for s in document.spans if s.key in keys for name, value in s.attributes.items()}
