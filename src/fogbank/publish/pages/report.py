"""The report page: scores as plots and tables, and every document with gold and prediction side by side.

One self-contained HTML file: no network, no library.  All texts, names and labels reach it as JSON and are shown as
text only, so markup in them is never run.  Light and dark follow the reader's system; everything works by keyboard.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fogbank.compare.errors import KINDS, Matrix, errors, label_matrix, stance_matrix
from fogbank.compare.measure import ALL, Score
from fogbank.compare.report import Report
from fogbank.model.corpus import SPLITS, WIRE, Article, Corpus
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import write_text
from fogbank.publish.dataset.documents import load, load_articles
from fogbank.publish.pages.annotated import label_data, version_data
from fogbank.publish.pages.html import templates

Predictions = Mapping[tuple[str, str], Sequence[Document]]
"""Predicted documents by system and split."""


class Plot(NamedTuple):
    """Lines of (name, score, note), each a figure with its interval on an axis from 0 to 1."""

    title: str
    about: str
    rows: Sequence[tuple[str, Score, str]]


class Part(NamedTuple):
    """A report with its plots and the confusion matrices of its predictions."""

    report: Report
    plots: Sequence[Plot]
    matrices: Mapping[str, Matrix]


def write_page(corpus: Corpus, reports: Sequence[Report], predictions: Predictions, folder: Path) -> Path:
    """Write `index.html` into a folder and return its path.

    It shows every published document whose text is here; one that is withheld is named as such.
    """
    documents: list[dict[str, Any]] = []
    pairs: dict[tuple[str, str], list[tuple[Document, Document]]] = {key: [] for key in predictions}
    for split in (*SPLITS, WIRE):
        versions = {system: {d.id: d for d in ds} for (system, of), ds in predictions.items() if of == split}
        for article, gold in zip(load_articles(split, corpus), load(split, corpus), strict=True):
            predicted = {system: by_id[article.id] for system, by_id in versions.items() if article.id in by_id}
            for system, version in predicted.items():
                pairs[system, split].append((gold, version))
            documents.append(document_data(article, split, gold, predicted))
    path = folder / "index.html"
    write_text(path, render(reports, documents, pairs))
    return path


def render(
    reports: Sequence[Report],
    documents: Sequence[Mapping[str, Any]],
    pairs: Mapping[tuple[str, str], Sequence[tuple[Document, Document]]],
) -> str:
    """Make the page of reports, of documents as `document_data` gives them, and of (gold, predicted) pairs."""
    parts = []
    for report in sorted(reports, key=lambda report: report.signature.split):
        held = pairs.get((report.system, report.signature.split), ())
        made = {"labels": label_matrix(held), "stances of cues found": stance_matrix(held)}
        parts.append(Part(report, plots(report), {name: one for name, one in made.items() if one.total}))
    data = {"labels": label_data(), "kinds": KINDS, "documents": documents}
    return templates().get_template("report.html").render(parts=parts, overview=overview(reports), data=data, all=ALL)


def overview(reports: Iterable[Report]) -> dict[str, dict[str, list[tuple[str, Score, str]]]]:
    """Give the headlines to draw: by split and task, a line for each system."""
    made: dict[str, dict[str, list[tuple[str, Score, str]]]] = {}
    for report in sorted(reports, key=lambda report: report.signature.split):
        for task, rows in report.scores.items():
            made.setdefault(report.signature.split, {}).setdefault(task, []).append((report.system, rows[ALL], ""))
    return made


def plots(report: Report) -> list[Plot]:
    """Give what people look at first, as far as the report has it: labels, sizes of quantities, stances."""
    wanted = [
        ("F1 by label", "exact spans; the number is how many gold has", "spans", {n: n for n in SCHEME.label_names}),
        ("Quantities by size and modifier", "F1, exact", "values", _parts(report, "values", "quantities")),
        (
            "Stance",
            "F1 on attributions found exactly, by stance",
            "attribution",
            _parts(report, "attribution", "stance"),
        ),
    ]
    made = []
    for title, about, task, names in wanted:
        held = report.scores.get(task, {})
        rows = [
            (name, held[row], f"{held[row].sums['gold']:.0f}" if "gold" in held[row].sums else "")
            for row, name in names.items()
            if row in held
        ]
        if rows:
            made.append(Plot(title, about, rows))
    return made


def _parts(report: Report, task: str, criterion: str) -> dict[str, str]:
    """Map the rows that break down a criterion to what their parts are called."""
    start = f"{criterion}/"
    return {row: row.removeprefix(start) for row in report.scores.get(task, {}) if row.startswith(start)}


def document_data(article: Article, split: str, gold: Document, predicted: Mapping[str, Document]) -> dict[str, Any]:
    """Give a document with its versions and their errors as the page's script reads it."""
    about = [article.published.replace("T", " "), article.outlet, article.genre, article.incident]
    return {
        "id": article.id,
        "split": split,
        "title": article.title,
        "about": " · ".join(part for part in about if part),
        "text": article.text,
        "gold": version_data(gold),
        "systems": {
            system: {
                **version_data(version),
                "errors": [
                    [e.kind, e.gold, e.predicted, e.gold_label, e.predicted_label] for e in errors(gold, version)
                ],
            }
            for system, version in predicted.items()
        },
    }
