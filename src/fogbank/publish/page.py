"""The report page: scores in tables, and every document with gold and predictions to look at.

One self-contained HTML file: no network, no library.  All texts, names and labels reach it as JSON and are shown as
text only, so markup in them is never run.  Light and dark follow the reader's system; everything works by keyboard.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from fogbank.compare.report import Report, shown, shown_figure
from fogbank.model.corpus import SPLITS, WIRE, Article, Corpus
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME
from fogbank.model.storage import json_bytes, write_text
from fogbank.publish.dataset import load, load_articles

Predictions = Mapping[tuple[str, str], Sequence[Document]]
"""Predicted documents by system and split."""


def write_page(corpus: Corpus, reports: Sequence[Report], predictions: Predictions, folder: Path) -> Path:
    """Write `index.html` into a folder and return its path.

    It shows every published document whose text is here; one that is withheld is named as such.
    """
    documents: list[dict[str, Any]] = []
    for split in (*SPLITS, WIRE):
        versions = {system: {d.id: d for d in ds} for (system, of), ds in predictions.items() if of == split}
        for article, gold in zip(load_articles(split, corpus), load(split, corpus), strict=True):
            predicted = {system: by_id[article.id] for system, by_id in versions.items() if article.id in by_id}
            documents.append(_document(article, split, {"gold": gold, **predicted}))
    path = folder / "index.html"
    write_text(path, render(reports, documents))
    return path


def render(reports: Sequence[Report], documents: Sequence[Mapping[str, Any]]) -> str:
    """Make the page of reports and documents as `_document` gives them."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("fogbank").joinpath("publish/templates/report.html").read_text("utf-8"))
    labels = {
        label.name: {"layer": label.layer, "colour": label.colour, "gloss": label.gloss} for label in SCHEME.labels
    }
    data = {"labels": labels, "documents": documents}
    # "<" could end the script element that holds the data; JSON can always write it as an escape.
    embedded = json_bytes(data).decode().replace("<", "\\u003c")
    return template.render(
        reports=sorted(reports, key=lambda r: r.signature.split), data=embedded, shown=shown, shown_figure=shown_figure
    )


def _document(article: Article, split: str, versions: Mapping[str, Document]) -> dict[str, Any]:
    about = [article.published.replace("T", " "), article.outlet, article.genre, article.incident]
    return {
        "id": article.id,
        "split": split,
        "title": article.title,
        "about": " · ".join(part for part in about if part),
        "text": article.text,
        "versions": {
            name: {
                "spans": [[s.id, s.start, s.end, s.label, dict(s.attributes)] for s in version.spans],
                "relations": [[r.head, r.label, r.tail] for r in version.relations],
            }
            for name, version in versions.items()
        },
    }
