"""Everything derived: which files are made from corpus, annotations and scheme, and whether they are current.

`build` writes what differs and leaves all else alone; with `check=True` it writes nothing and only names what is stale.
Everything listed here can be deleted and comes back the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from fogbank.check.schemas import schemas
from fogbank.check.table import rule_table
from fogbank.curate.gold import Gold, collect_gold, gold_bytes
from fogbank.curate.studio.config import label_config
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.storage import pretty_json_bytes, read_bytes, write_bytes
from fogbank.publish.dataset.parquet import account_tables, document_tables, is_same, parquet_bytes, published
from fogbank.publish.leaderboard.board import Board, board_markdown, board_page, read_board
from fogbank.publish.realism.comparison import realism
from fogbank.publish.release.card import benchmark, card_header, replace_header
from fogbank.publish.release.checksums import SUMS, checksums, is_released, released_files
from fogbank.publish.release.citation import current_citation, read_citation
from fogbank.publish.release.croissant import croissant
from fogbank.publish.release.examples import example_tables
from fogbank.publish.release.statistics import Statistics, statistics
from fogbank.publish.release.tables import (
    column_tables,
    fill,
    realism_table,
    scheme_tables,
    statistics_tables,
)


class Stale(NamedTuple):
    """A generated file that is not what it should be: to be written, or (content None) to be removed."""

    path: Path
    content: bytes | None


def stale(corpus: Corpus) -> list[Stale]:
    """List the generated files whose content differs from what the sources give, in the order of building."""
    gold = collect_gold(corpus)
    documents = {document_id: one.document for document_id, one in gold.items()}
    # first, since they tell of a document without gold
    dataset = {**document_tables(corpus, documents), **account_tables(corpus, documents)}
    counted = statistics(corpus, documents)
    found: dict[Path, bytes | None] = {}

    def add(files: Iterable[tuple[Path, bytes]]) -> None:
        found.update((path, content) for path, content in files if not is_current(path, content))

    def content(name: str) -> bytes:
        """Give a file as it will be once all that was found is written; others are made from it."""
        held = found.get(corpus.root / name)
        return read_bytes(corpus.root / name) if held is None else held

    for path, made in dataset.items():
        if not is_same(fresh := parquet_bytes(made), path):
            found[path] = fresh
    add(_sources(corpus, gold, counted))
    found.update((p, None) for p in sorted(corpus.gold_folder.glob("*.json")) if p.stem not in gold)
    add(_documents(corpus, documents, counted, content))
    add(_descriptions(corpus, content))
    removed = {path.relative_to(corpus.root).as_posix() for path, fresh in found.items() if fresh is None}
    added = {path.relative_to(corpus.root).as_posix() for path in found} - removed
    listed = sorted(added | set(released_files(corpus.root)) - removed)
    add([(corpus.root / SUMS, checksums((name for name in listed if is_released(name)), content).encode())])
    return [Stale(path, fresh) for path, fresh in found.items()]


def build(corpus: Corpus, *, check: bool = False) -> list[Path]:
    """Bring every generated file up to date and return the paths that were stale; `check` only looks."""
    found = stale(corpus)
    if not check:
        _write(found)
    elif any(path.is_relative_to(corpus.root / "data") for path, _ in found):
        return [path for path, _ in found]
    return [path for path, _ in found] + build_board(corpus, read_board(corpus), check=check)


def build_board(corpus: Corpus, board: Board, *, check: bool = False) -> list[Path]:
    """Bring the leaderboard's table and page up to date; as `build`.

    It stands apart since its entries are held against the published dataset, which must be current first.
    """
    folder = corpus.root / "leaderboard"
    made = {folder / "README.md": board_markdown(board).encode(), folder / "index.html": board_page(board).encode()}
    found = [Stale(path, content) for path, content in made.items() if not is_current(path, content)]
    if not check:
        _write(found)
    return [path for path, _ in found]


def is_current(path: Path, content: bytes) -> bool:
    """Whether a file is there with this content."""
    return path.is_file() and path.read_bytes() == content


def _write(found: Iterable[Stale]) -> None:
    for path, content in found:
        if content is None:
            path.unlink()
        else:
            write_bytes(path, content)


def _sources(corpus: Corpus, gold: dict[str, Gold], counted: Statistics) -> Iterator[tuple[Path, bytes]]:
    """Yield what is made from scheme, rules and annotations alone."""
    root = corpus.root
    for name, schema in schemas().items():
        yield root / "schema" / name, pretty_json_bytes(schema)
    yield root / "schema" / "label-studio.xml", label_config().encode()
    yield root / "schema" / "problems.md", rule_table().encode()
    for document_id, one in gold.items():
        yield corpus.gold_folder / f"{document_id}.json", gold_bytes(one, corpus.articles[document_id].sha256)
    yield root / "data" / "statistics.json", pretty_json_bytes(counted.to_json())


def _documents(
    corpus: Corpus, gold: Mapping[str, Document], counted: Statistics, content: Callable[[str], bytes]
) -> Iterator[tuple[Path, bytes]]:
    """Yield the documents with generated parts, and the card's YAML, which tells sizes of the Parquet files."""
    parts = {
        **scheme_tables(),
        **column_tables(),
        **statistics_tables(counted),
        "realism": realism_table(realism(corpus)),
        **example_tables([published(corpus, document) for document in gold.values()]),
    }
    for name in ("annotations/guidelines.md", "README.md", "DATASHEET.md", "docs/tasks.md"):
        filled = fill(content(name).decode(), parts, name)
        if name == "README.md":
            filled = replace_header(filled, card_header(counted, content))
        yield corpus.root / name, filled.encode()


def _descriptions(corpus: Corpus, content: Callable[[str], bytes]) -> Iterator[tuple[Path, bytes]]:
    """Yield what tells other tools about the dataset."""
    cff = current_citation(content("CITATION.cff").decode(), content("CHANGELOG.md").decode())
    yield corpus.root / "CITATION.cff", cff.encode()
    cited = read_citation(cff)
    yield corpus.root / "eval.yaml", benchmark(cited).encode()
    yield corpus.root / "croissant.json", pretty_json_bytes(croissant(cited, content))
