"""Scoring: predictions against gold, in every task, with intervals; each task's module says what it measures.

Gold documents that the prediction lacks count as predicted empty; a prediction for a document that is not in gold is an
error.  The order of documents, spans and relations never matters.  The bootstrap over incidents is drawn once for all
figures (see `bootstrap`).
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version

from fogbank.compare.bootstrap import RESAMPLES, SEED, estimate, resample
from fogbank.compare.measure import ALL, Measure
from fogbank.compare.report import Report, Signature
from fogbank.compare.tasks import TASKS
from fogbank.errors import DataError, InvalidValueError
from fogbank.model.document import Document, index
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import json_bytes


def data_digest(gold: Iterable[Document]) -> str:
    """Give the first 16 digits of a SHA-256 over gold documents: ids, spans, attributes and relations, in any order.

    Raises InvalidValueError where a relation names an unknown span.
    """
    digest = sha256()
    for document in sorted(gold, key=lambda one: json_bytes(one.id)):  # as their lines are sorted
        digest.update(_line(document))
    return digest.hexdigest()[:16]


def _line(document: Document) -> bytes:
    """Give what a document says as bytes, the same whatever the order and the ids of its spans are."""
    spans = [
        (s.start, s.end, s.label, json_bytes(dict(s.attributes)).decode() if s.attributes else "")
        for s in document.spans
    ]
    named = sorted(zip(spans, [s.id for s in document.spans], strict=True)) if document.relations else ()
    number = {name: place for place, (_, name) in enumerate(named)}
    try:
        relations = sorted([(number[r.head], number[r.tail], r.label) for r in document.relations])
    except KeyError as error:
        raise InvalidValueError(f"{document.id}: a relation names {error}, which is no span of it") from None
    return json_bytes([document.id, sorted(spans), relations])


def score(
    gold: Sequence[Document],
    predicted: Iterable[Document],
    *,
    system: str = "unnamed",
    split: str = "unnamed",
    groups: Mapping[str, str] | None = None,
    tasks: Sequence[str] = tuple(TASKS),
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Report:
    """Score predicted documents against gold ones.

    `groups` names the incident of a document id; a document without one stands for itself.  Raises DataError where a
    predicted document is not in gold, InvalidValueError where one is predicted twice, and DataError for no gold at all.
    """
    versions, missing = align(gold, predicted, split)
    members = groups_of(gold, groups)
    drawn = resample(members, resamples, seed)
    measured = measure(gold, versions, tasks)
    scores = {name: estimate(rows, drawn) for name, rows in measured.items()}
    names = sorted(set(members))
    headlines = {name: dict(zip(names, drawn.grouped(rows[ALL].sums), strict=True)) for name, rows in measured.items()}
    signature = sign(gold, split, tasks, resamples, seed)
    return Report(system, signature, len(gold), drawn.groups, missing, scores, headlines)


def sign(gold: Iterable[Document], split: str, tasks: Iterable[str], resamples: int, seed: int) -> Signature:
    """Say under which conditions is measured."""
    criteria = {name: TASKS[name].criterion for name in tasks}
    return Signature(version("fogbank"), SCHEME.version, data_digest(gold), split, criteria, resamples, seed)


def align(
    gold: Sequence[Document], predicted: Iterable[Document], split: str = "gold"
) -> tuple[list[Document], tuple[str, ...]]:
    """Give the predicted document of each gold one, an empty one where there is none, and the ids of those.

    Raises as `score` does.
    """
    if not gold:
        raise DataError(f"split {split}: no gold documents; expected at least one")
    found, known = index(predicted), index(gold)
    if unknown := sorted(found.keys() - known.keys()):
        raise DataError(
            f"{len(unknown)} predicted documents are not in {split}, first {unknown[0]!r}; expected only its ids"
        )
    missing = tuple(document_id for document_id in known if document_id not in found)
    return [found.get(document.id) or Document(document.id, document.text) for document in gold], missing


def measure(
    gold: Sequence[Document], versions: Sequence[Document], tasks: Iterable[str] = TASKS
) -> dict[str, Mapping[str, Measure]]:
    """Measure aligned documents in some tasks: measures by task and row."""
    return {name: TASKS[name].measure(gold, versions) for name in tasks}


def groups_of(gold: Iterable[Document], groups: Mapping[str, str] | None) -> list[str]:
    """Name the group of each document: its incident, or itself."""
    return [(groups or {}).get(document.id, document.id) for document in gold]
