"""Scoring: predictions against gold, spans and relations, exact.

Definitions.  A span matches if start, end and label are equal (micro-averaged F1 over all spans, layers and labels, as
in the CoNLL and ACE evaluations; attributes are not asked).  A relation matches if its label is equal and both its ends
match as spans, that is end to end: a relation between spans that were not found cannot match.  Both are equality of
sets: the order of documents, spans and relations never matters, and what a document repeats counts once.

Gold documents that the prediction lacks count as predicted empty; a prediction for a document that is not in gold is an
error.  Intervals are of a bootstrap over incidents (see `counts.resample`).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version

from fogbank.compare.counts import Tally, resample, tally
from fogbank.compare.report import Report, Score, Signature
from fogbank.errors import DataError
from fogbank.model.document import Document, index
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import json_bytes

RESAMPLES = 1000
SEED = 20220504
Items = set[tuple[str, Hashable]]


def span_items(document: Document) -> Items:
    """Give the spans of a document as `(label, (start, end))`."""
    return {(span.label, (span.start, span.end)) for span in document.spans}


def relation_items(document: Document) -> Items:
    """Give the relations of a document as `(label, (head key, tail key))`; one with an unknown end is left out."""
    known = document.by_id
    return {
        (r.label, (known[r.head].key, known[r.tail].key))
        for r in document.relations
        if r.head in known and r.tail in known
    }


def data_digest(gold: Iterable[Document]) -> str:
    """Give the first 16 digits of a SHA-256 over gold documents: ids, spans, attributes and relations, in any order."""
    lines = sorted(json_bytes(document.canonical().to_json()) for document in gold)
    return sha256(b"".join(lines)).hexdigest()[:16]


def score(
    gold: Sequence[Document],
    predicted: Iterable[Document],
    *,
    system: str = "unnamed",
    split: str = "unnamed",
    groups: Mapping[str, str] | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Report:
    """Score predicted documents against gold ones.

    `groups` names the incident of a document id; a document without one stands for itself.  Raises DataError where a
    predicted document is not in gold, InvalidValueError where one is predicted twice, and DataError for no gold at all.
    """
    if not gold:
        raise DataError(f"split {split}: no gold documents; expected at least one")
    found = index(predicted)
    known = index(gold)
    if unknown := sorted(found.keys() - known.keys()):
        raise DataError(
            f"{len(unknown)} predicted documents are not in {split}, first {unknown[0]!r}; expected only its ids"
        )
    missing = tuple(document_id for document_id in known if document_id not in found)
    pairs = [(document, found.get(document.id, Document(document.id, document.text))) for document in gold]
    members = [(groups or {}).get(document.id, document.id) for document in gold]
    weights = resample(members, resamples, seed)

    def rows(one: Tally, layers: Mapping[str, Sequence[str]]) -> dict[str, Score]:
        among = {"all": None, **layers, **{name: (name,) for name in one.classes}}
        scores = {row: Score(one.counts(names), one.f1_interval(weights, names)) for row, names in among.items()}
        return {row: s for row, s in scores.items() if row == "all" or s.counts.gold or s.counts.predicted}

    spans = tally(SCHEME.label_names, [span_items(g) for g, _ in pairs], [span_items(p) for _, p in pairs])
    relations = tally(
        SCHEME.relation_names, [relation_items(g) for g, _ in pairs], [relation_items(p) for _, p in pairs]
    )
    layers = {layer.name: SCHEME.labels_in(layer.name) for layer in SCHEME.layers}
    signature = Signature(
        fogbank=version("fogbank"),
        scheme=SCHEME.version,
        data=data_digest(gold),
        split=split,
        criterion="exact",
        resamples=resamples,
        seed=seed,
    )
    scores = {"spans": rows(spans, layers), "relations": rows(relations, {})}
    return Report(system, signature, len(gold), len(set(members)), missing, scores)
