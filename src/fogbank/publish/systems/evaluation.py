"""Evaluation as a leaderboard does it: predictions scored against published gold, whole or in slices, and compared."""

from collections.abc import Callable, Sequence
from pathlib import Path

from fogbank.compare.report import Report
from fogbank.compare.score import align, score
from fogbank.compare.significance import Comparison, compare_systems
from fogbank.compare.slices import By, slice_documents, slice_names
from fogbank.compare.tasks import TASKS
from fogbank.curate.agreement import groups
from fogbank.errors import DataError
from fogbank.model.corpus import SPLITS, WIRE, Corpus
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import read_json
from fogbank.model.system import System
from fogbank.publish.dataset.documents import load, load_articles
from fogbank.publish.systems.predictions import predict


def read_gold(corpus: Corpus, name: str) -> tuple[list[Document], str]:
    """Load gold by the name of a split, or from a gold file or a folder of them; return it with what to call it."""
    if name in (*SPLITS, WIRE):
        return load(name, corpus), name
    path = Path(name)
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise DataError(f"{name}: expected a split ({', '.join((*SPLITS, WIRE))}), a gold file, or a folder of them")
    found = []
    for file in files:
        value = read_json(file)
        article = corpus.articles.get(value["id"])
        found.append(Document.from_json(value, article.text if article else None))
    return found, path.name


def score_file(
    corpus: Corpus, gold: Sequence[Document], predicted: Sequence[Document], *, system: str, split: str
) -> Report:
    """Score predictions with the corpus's incidents as the groups of the bootstrap."""
    return score(gold, predicted, system=system, split=split, groups=groups(corpus))


def score_slices(
    corpus: Corpus, gold: Sequence[Document], predicted: Sequence[Document], by: By, *, system: str, split: str
) -> list[Report]:
    """Score predictions slice by slice (see `compare.slices`); the split of a report names its slice."""
    versions, _ = align(gold, predicted, split)
    if by == "seen":
        slices = slice_names(gold, versions, load("train", corpus))
    else:
        slices = slice_documents(by, gold, versions, corpus.articles)
    tasks = ("spans",) if by == "seen" else tuple(TASKS)
    return [
        score(*sides, system=system, split=f"{split}, {name}", groups=groups(corpus), tasks=tasks)
        for name, sides in slices.items()
    ]


def compare_files(
    corpus: Corpus,
    gold: Sequence[Document],
    predicted: tuple[Sequence[Document], Sequence[Document]],
    *,
    systems: tuple[str, str],
    split: str,
) -> Comparison:
    """Compare two systems' predictions, with the corpus's incidents as what is drawn and exchanged."""
    return compare_systems(gold, *predicted, systems=systems, split=split, groups=groups(corpus))


def expected_precision(corpus: Corpus, system: System) -> Callable[[Document], float]:
    """Give what maps a predicted document to the share of its spans that are right, as far as can be foreseen.

    That is the mean over its spans of their label's precision on the validation split; a label that the system
    predicted nowhere there, and a document without spans, take the precision over all labels.
    """
    articles, gold = load_articles("validation", corpus), load("validation", corpus)
    rows = score(gold, predict(system, articles), tasks=["spans"], resamples=0).scores["spans"]
    precision = {
        label: row.precision
        for label, row in rows.items()
        if label in SCHEME.label_names and row.precision is not None and row.counts.predicted
    }
    overall = rows["all"].precision or 0.0

    def foreseen(document: Document) -> float:
        shares = [precision.get(span.label, overall) for span in document.spans]
        return sum(shares) / len(shares) if shares else overall

    return foreseen
