"""The config `versions`: a row an annotator and document, before adjudication."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fogbank.curate.rounds import Version
from fogbank.model.corpus import Article
from fogbank.publish.dataset.documents import annotation_columns, annotation_features

if TYPE_CHECKING:
    from datasets import Features

COLUMNS: Mapping[str, str] = {
    "document": "id of the document",
    "annotator": "who annotated it",
    "round": "in which round",
    "guidelines": "by which version of the guidelines",
    "sha256": "of the text that the offsets are of",
    "spans": "as in `documents`",
    "relations": "as in `documents`",
}
"""What each column holds."""


def version_features() -> "Features":
    """Declare the features of a row of `versions`."""
    from datasets import Features, Value  # noqa: PLC0415

    names = ("document", "annotator", "round", "guidelines", "sha256")
    return Features({**{name: Value("string") for name in names}, **annotation_features()})


def version_row(article: Article, version: Version) -> dict[str, Any]:
    """Make the row of what an annotator made of an article."""
    return {
        "document": version.document.id,
        "annotator": version.annotator,
        "round": version.round.name,
        "guidelines": version.round.guidelines,
        "sha256": article.sha256,
        **annotation_columns(version.document.canonical()),
    }
