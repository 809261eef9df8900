"""Everything derived: which files are made from corpus, annotations and scheme, and whether they are current.

`build` writes what differs and leaves all else alone; with `check=True` it writes nothing and only names what is stale.
Everything listed here can be deleted and comes back the same.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from fogbank.check.schemas import schemas
from fogbank.check.table import rule_table
from fogbank.curate.gold import Gold, collect_gold, gold_bytes
from fogbank.curate.studio.config import label_config
from fogbank.model.corpus import Corpus
from fogbank.model.storage import pretty_json_bytes, read_bytes, write_bytes
from fogbank.publish.accounts import account_tables
from fogbank.publish.dataset import is_same, parquet_bytes, tables
from fogbank.publish.realism import realism
from fogbank.publish.statistics import Statistics, statistics
from fogbank.publish.tables import (
    card_header,
    column_tables,
    fill,
    realism_table,
    replace_header,
    scheme_tables,
    statistics_tables,
)


class Stale(NamedTuple):
    """A generated file that is not what it should be: to be written, or (content None) to be removed."""

    path: Path
    content: bytes | None


def stale(corpus: Corpus) -> Iterator[Stale]:
    """Yield the generated files whose content differs from what the sources give, in the order of building."""
    gold = collect_gold(corpus)
    documents = {document_id: one.document for document_id, one in gold.items()}
    counted = statistics(corpus, documents)
    for path, content in _files(corpus, gold, counted):
        if not path.is_file() or path.read_bytes() != content:
            yield Stale(path, content)
    for path in sorted(corpus.gold_folder.glob("*.json")):
        if path.stem not in gold:
            yield Stale(path, None)
    published = {**tables(corpus, documents), **account_tables(corpus, documents)}
    for path, made in published.items():
        if not is_same(content := parquet_bytes(made), path):
            yield Stale(path, content)


def build(corpus: Corpus, *, check: bool = False) -> list[Path]:
    """Bring every generated file up to date and return the paths that were stale; `check` only looks."""
    found = list(stale(corpus))
    if not check:
        for path, content in found:
            if content is None:
                path.unlink()
            else:
                write_bytes(path, content)
    return [path for path, _ in found]


def _files(corpus: Corpus, gold: dict[str, Gold], counted: Statistics) -> Iterator[tuple[Path, bytes]]:
    root = corpus.root
    for name, schema in schemas().items():
        yield root / "schema" / name, pretty_json_bytes(schema)
    yield root / "schema" / "label-studio.xml", label_config().encode()
    yield root / "schema" / "problems.md", rule_table().encode()
    for document_id, one in gold.items():
        yield corpus.gold_folder / f"{document_id}.json", gold_bytes(one, corpus.articles[document_id].sha256)
    yield root / "data" / "statistics.json", pretty_json_bytes(counted.to_json())
    filled: list[tuple[str, Callable[[str], str]]] = [
        ("annotations/guidelines.md", lambda text: text),
        ("README.md", lambda text: replace_header(text, card_header(counted))),
        ("DATASHEET.md", lambda text: text),
    ]
    parts = {
        **scheme_tables(),
        **column_tables(),
        **statistics_tables(counted),
        "realism": realism_table(realism(corpus)),
    }
    for name, finish in filled:
        path = root / name
        yield path, finish(fill(read_bytes(path).decode(), parts, name)).encode()
