"""The configs `documents` and `wire`: a row an article with its gold, and the way back to documents.

`spans` are structs of `id`, `start` (inclusive, code points), `end` (exclusive), `label`, `attributes` (null where a
label has none) and `interval` (a QUANTITY's low, best and high, derived by the scheme's table); `relations` are structs
of `head`, `tail` (span ids) and `label`.  Class labels follow the scheme.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from fogbank.errors import DataError
from fogbank.model.corpus import WIRE, Article, Corpus, find_corpus
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME

if TYPE_CHECKING:
    from datasets import Features

_ARTICLE_FIELDS = (
    "id", "title", "published", "outlet", "genre", "theatre", "incident", "writer", "licence", "provenance", "sha256",
    "text",
)  # fmt: skip
_VALUE_TYPE = {"number": "int64", "date": "string", "duration": "string"}
COLUMNS: Mapping[str, str] = {
    "id": "id of the document",
    "title": "headline, which is not annotated",
    "published": "local time of publication, ISO 8601",
    "outlet": "who published it",
    "genre": "kind of report; null of wire articles",
    "theatre": "the invented conflict; null of wire articles",
    "incident": "the incident that it reports on; null of wire articles",
    "writer": "which writer wrote it; null of wire articles",
    "licence": "licence of the text",
    "provenance": "where a wire article comes from",
    "sha256": "of the text in UTF-8, which the offsets are of",
    "text": "the text; null of wire articles",
    "spans": "`id`, `start` (inclusive) and `end` (exclusive) in Unicode code points, `label`, `attributes` (null "
    "where a label has none), `interval` (a QUANTITY's low, best, high; null elsewhere)",
    "relations": "`head` and `tail` (span ids), `label`",
}
"""What each column of `documents` and `wire` holds."""


def features() -> "Features":
    """Declare the features of a row."""
    from datasets import Features, Value  # noqa: PLC0415

    return Features({**{name: Value("string") for name in _ARTICLE_FIELDS}, **annotation_features()})


def annotation_features() -> dict[str, Any]:
    """Declare the features of the columns `spans` and `relations`."""
    # Importing it takes a second, and loading documents needs none of it.
    from datasets import ClassLabel, List, Value  # noqa: PLC0415

    attributes = {
        a.name: ClassLabel(names=list(a.names)) if a.type == "choice" else Value(_VALUE_TYPE[a.type])
        for a in SCHEME.attributes
    }
    span = {
        "id": Value("string"),
        "start": Value("int32"),
        "end": Value("int32"),
        "label": ClassLabel(names=list(SCHEME.label_names)),
        "attributes": attributes,
        "interval": {name: Value("int64") for name in ("low", "best", "high")},
    }
    relation = {
        "head": Value("string"),
        "tail": Value("string"),
        "label": ClassLabel(names=list(SCHEME.relation_names)),
    }
    return {"spans": List(span), "relations": List(relation)}


def row(article: Article, gold: Document) -> dict[str, Any]:
    """Make the row of an article and its gold; the text of a wire article is never in it."""
    values = {name: getattr(article, name) for name in _ARTICLE_FIELDS}
    return {**values, "text": None if article.part == WIRE else article.text, **annotation_columns(gold)}


def annotation_columns(document: Document) -> dict[str, Any]:
    """Make the columns `spans` and `relations` of a document, with labels and choices as numbers."""
    labels = {name: number for number, name in enumerate(SCHEME.label_names)}
    relations = {name: number for number, name in enumerate(SCHEME.relation_names)}

    def attributes(given: Mapping[str, Any]) -> dict[str, Any]:
        return {
            a.name: a.names.index(given[a.name]) if a.type == "choice" and a.name in given else given.get(a.name)
            for a in SCHEME.attributes
        }

    return {
        "spans": [
            {
                "id": span.id,
                "start": span.start,
                "end": span.end,
                "label": labels[span.label],
                "attributes": attributes(span.attributes),
                "interval": (
                    SCHEME.interval(span.attributes)._asdict()
                    if span.label == "QUANTITY"
                    else {"low": None, "best": None, "high": None}
                ),
            }
            for span in document.spans
        ],
        "relations": [{"head": r.head, "tail": r.tail, "label": relations[r.label]} for r in document.relations],
    }


def table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Make the Arrow table of some rows, with the features in its schema."""
    return pa.Table.from_pylist(list(rows), schema=features().arrow_schema)


def parquet_path(corpus: Corpus, split: str) -> Path:
    """Where a split is published; the wire part is the `test` split of its own config."""
    config, name = ("wire", "test") if split == WIRE else ("documents", split)
    return corpus.root / "data" / config / f"{name}.parquet"


def _read(corpus: Corpus, split: str) -> list[tuple[Article, Document]]:
    corpus.split(split)  # a wrong name is said to be one before a file is looked for
    path = parquet_path(corpus, split)
    if not path.is_file():
        raise DataError(f"{path}: is missing; expected the published split (`fogbank build` makes it)")
    names = SCHEME.label_names, SCHEME.relation_names
    found: list[tuple[Article, Document]] = []
    for entry in pq.read_table(path).to_pylist():
        fields = {name: entry[name] for name in _ARTICLE_FIELDS}
        if split == WIRE:
            fields["text"] = corpus.articles[entry["id"]].text
        article = Article(part="wire" if split == WIRE else "dispatches", **fields)
        value = {
            "id": entry["id"],
            "spans": [
                {**s, "label": names[0][s["label"]], "attributes": _attributes(s["attributes"])} for s in entry["spans"]
            ],
            "relations": [{**r, "label": names[1][r["label"]]} for r in entry["relations"]],
        }
        found.append((article, Document.from_json(value, article.text, corpus.datelines.get(article.id))))
    return found


def _attributes(held: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: SCHEME.attribute[name].names[value] if SCHEME.attribute[name].type == "choice" else value
        for name, value in held.items()
        if value is not None
    }


def load(split: str, corpus: Corpus | None = None) -> list[Document]:
    """Load the gold documents of a published split: `train`, `validation`, `test`, or `wire`.

    Texts of `wire` are there where they have been restored, else None.  Raises FogbankError for an unknown split.
    """
    return [document for _, document in _read(corpus or find_corpus(), split)]


def load_articles(split: str, corpus: Corpus | None = None) -> list[Article]:
    """Load the articles of a published split, in the order of `load`."""
    return [article for article, _ in _read(corpus or find_corpus(), split)]
