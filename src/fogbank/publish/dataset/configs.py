"""The configs of the dataset: what each holds, with which features and columns, and the file of each of its splits.

The card's YAML and `croissant.json` are made from this list.  Paths are relative to the checkout, with `/`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from fogbank.model.corpus import SPLITS, WIRE
from fogbank.publish.dataset import claims, documents, ledger, versions

if TYPE_CHECKING:
    from datasets import Features


class Config(NamedTuple):
    """One config: `about` says what a row is, `columns` what each column holds, `files` where each split is."""

    name: str
    about: str
    features: Callable[[], "Features"]
    columns: Mapping[str, str]
    files: Mapping[str, str]


def _files(name: str) -> dict[str, str]:
    return {split: f"data/{name}/{split}.parquet" for split in (*SPLITS, WIRE)}


CONFIGS = (
    Config(
        "documents",
        "A dispatch with its gold annotation.",
        documents.features,
        documents.COLUMNS,
        {split: f"data/documents/{split}.parquet" for split in SPLITS},
    ),
    Config(
        "wire",
        "A real article, without its text, with its gold annotation as offsets and labels.",
        documents.features,
        documents.COLUMNS,
        {"test": "data/wire/test.parquet"},
    ),
    Config(
        "claims",
        "A claim of a document: what one source says of one event and one affected group.",
        claims.claim_features,
        claims.COLUMNS,
        _files("claims"),
    ),
    Config(
        "ledger",
        "A measure of an incident: all sources' figures over time, and what is true in the invented world.",
        ledger.ledger_features,
        ledger.COLUMNS,
        _files("ledger"),
    ),
    Config(
        "versions",
        "An annotator's version of a document, before adjudication.",
        versions.version_features,
        versions.COLUMNS,
        _files("versions"),
    ),
)
"""All configs, the default one first."""
