"""What several tests make: an article of a text, and a document's annotation in another order."""

import random

from fogbank import Document, Relation, Span
from fogbank.model.corpus import Article
from fogbank.model.text import digest


def made_article(name: str, text: str, title: str | None = None, published: str = "2031-05-04T12:00") -> Article:
    """Make an article of a dispatch as the manifest would hold it."""
    return Article(name, "dispatches", published, digest(text), "CC-BY-4.0", text, title)


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
