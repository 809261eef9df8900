"""The dataset's tables, and the Parquet files that they are published as.

data/documents/{train,validation,test}.parquet       config "documents" (default)
data/wire/test.parquet                               config "wire": `text` is null, offsets and hashes hold
data/claims/{train,validation,test,wire}.parquet     one row a claim of a gold document
data/ledger/{train,validation,test,wire}.parquet     one row a measure of an incident
data/versions/{train,validation,test,wire}.parquet   one row an annotator and document, before adjudication
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from fogbank.curate.rounds import read_rounds, versions
from fogbank.errors import DataError
from fogbank.model.claims import claims
from fogbank.model.corpus import SPLITS, WIRE, Corpus
from fogbank.model.document import Document
from fogbank.model.ledger import ledger
from fogbank.publish.dataset.claims import claim_row
from fogbank.publish.dataset.configs import CONFIGS
from fogbank.publish.dataset.documents import parquet_path, row, table
from fogbank.publish.dataset.ledger import account_json
from fogbank.publish.dataset.versions import version_row

if TYPE_CHECKING:
    from datasets import Features


def document_tables(corpus: Corpus, gold: Mapping[str, Document]) -> dict[Path, pa.Table]:
    """Make the tables of `documents` and `wire`, by the file that each is published as.

    Raises DataError where a split names a document that has no gold.
    """
    made: dict[Path, pa.Table] = {}
    for split in (*SPLITS, WIRE):
        ids = corpus.split(split)
        if lacking := [document_id for document_id in ids if document_id not in gold]:
            raise DataError(f"split {split}: no gold of {', '.join(lacking)}; expected an adjudicated version of each")
        made[parquet_path(corpus, split)] = table(row(corpus.articles[i], gold[i]) for i in ids)
    return made


def account_tables(corpus: Corpus, gold: Mapping[str, Document]) -> dict[Path, pa.Table]:
    """Make the tables of `claims`, `ledger` and `versions`, by the file that each is published as.

    Gold documents of the wire part are taken without their text, so that nothing depends on who has it.
    """
    made: dict[Path, pa.Table] = {}
    held = [version for one in read_rounds(corpus) if one.is_blind for version in versions(corpus, one)]
    for split in (*SPLITS, WIRE):
        documents = [published(corpus, gold[name]) for name in corpus.split(split) if name in gold]
        ids = {document.id for document in documents}
        rows = {
            "claims": [
                claim_row(corpus.articles[document.id], number, claim)
                for document in documents
                for number, claim in enumerate(claims(document), start=1)
            ],
            "ledger": [account_json(account) for account in ledger(documents)],
            "versions": [
                version_row(corpus.articles[version.document.id], version)
                for version in held
                if version.document.id in ids
            ],
        }
        for config in CONFIGS:
            if config.name in rows:
                made[corpus.root / config.files[split]] = _table(config.features(), rows[config.name])
    return made


def published(corpus: Corpus, document: Document) -> Document:
    """Give a gold document with its dateline as all may have it: one of the wire part without its text."""
    article = corpus.articles[document.id]
    text = None if article.part == WIRE else document.text
    return replace(document, text=text, dateline=corpus.datelines[document.id])


def _table(features: "Features", rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Make an Arrow table with the features in its schema; choices are given by name."""
    return pa.Table.from_pylist([features.encode_example(row) for row in rows], schema=features.arrow_schema)


def parquet_bytes(made: pa.Table) -> bytes:
    """Give the Parquet file of a table."""
    sink = pa.BufferOutputStream()
    pq.write_table(made, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


def is_same(content: bytes, path: Path) -> bool:
    """Whether a Parquet file holds the same table: values and features, whichever library version wrote it."""
    if not path.is_file():
        return False
    made, there = pq.read_table(pa.BufferReader(content)), pq.read_table(path)
    return bool(there.schema.equals(made.schema, check_metadata=True) and there.equals(made))
