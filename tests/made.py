"""What several tests make: an article of a text, articles that are registered, an annotation in another order."""

import random
from collections.abc import Iterable
from pathlib import Path

from fogbank import Document, Relation, Span
from fogbank.curate.articles import read_articles, register
from fogbank.model.corpus import Article, Corpus
from fogbank.model.text import digest


def made_article(name: str, text: str, title: str | None = None, published: str = "2031-05-04T12:00") -> Article:
    """Make an article of a dispatch as the manifest would hold it."""
    return Article(name, "dispatches", published, digest(text), "CC-BY-4.0", text, title)


def import_articles(corpus: Corpus, paths: Iterable[Path]) -> list[tuple[Article, bool]]:
    """Read and register articles; give each with whether it is new."""
    return register(corpus, read_articles(corpus, paths).articles)


def shuffled(document: Document, seed: int) -> Document:
    """Give the same annotation with other ids, in another order."""
    spans, relations = list(document.spans), list(document.relations)
    random.Random(seed).shuffle(spans)
    random.Random(seed).shuffle(relations)
    return Document(
        document.id,
        document.text,
        tuple(Span(f"x{s.id}", s.start, s.end, s.label, s.attributes) for s in spans),
        tuple(Relation(f"x{r.head}", f"x{r.tail}", r.label) for r in relations),
    )
