"""Files of raw articles, whatever their kind: each becomes a text with what the file says of it.

    .txt, .html, .htm          one article, its fields in a `.toml` file of the same name beside it
    .jsonl, .csv, .parquet     one article a row, its fields in columns of their names

A folder stands for the texts and pages below it; a table is named itself.  Columns are the fields of `Article`: `text`,
`id` (without it, file name and row), `title`, `published`, `licence`, …; other names are mapped to them, and what
neither names is counted as unused.  `provenance` and a `source` in words are joined; where a row has neither, the file
and the row are its provenance.  Of a page the main text is kept, by Resiliparse (its extraction beside others':
Bevendorff et al. 2023, doi:10.1145/3539618.3591920), with the title, time and address that its head states; the
address, or else the file, becomes the provenance.

A time is brought to minutes, without its zone: `published` is local time.
"""

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from fogbank.check.rules import is_date
from fogbank.curate.sources import LARGEST_CELL, clean
from fogbank.errors import DataError, FogbankError
from fogbank.model.storage import read_bytes, read_json_lines
from fogbank.model.text import normalise

_TABLES = (".jsonl", ".csv", ".parquet")
_PAGES = (".html", ".htm")
_PUBLISHED = ("article:published_time", "datepublished", "dc.date", "date")  # names of what a head says, best first
_BATCH = 64  # rows of a Parquet file that are in memory at once
_KINDS = ".txt, .html, .jsonl, .csv or .parquet"


class Raw(NamedTuple):
    """A text that was read: where it stands, its id, what is said of it, and the names of columns that say more.

    `origin` is its provenance where nothing says a better one.
    """

    place: str
    id: str
    text: str
    fields: dict[str, Any]
    origin: str | None = None
    unused: tuple[str, ...] = ()


def read_raw(paths: Iterable[Path], columns: Mapping[str, str], known: frozenset[str]) -> Iterator[Raw]:
    """Read files and folders in order; `columns` maps a field to the column that holds it, `known` are the fields.

    Raises FogbankError for a path that is no such file, and DataError, with the place, for one that cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise FogbankError(f"{path}: does not exist; expected a {_KINDS} file or a folder of texts and pages")
        if path.suffix in _TABLES and path.is_file():
            yield from _read_table(path, columns, known)
            continue
        files = sorted(p for p in path.rglob("*") if p.suffix in _READERS) if path.is_dir() else [path]
        if not files or files[0].suffix not in _READERS:
            raise FogbankError(f"{path}: expected a {_KINDS} file or a folder of texts and pages")
        for file in files:
            yield _READERS[file.suffix](file)


def read_sheet(path: Path) -> dict[str, Any]:
    """Read a TOML sheet.  Raises DataError with the place of a syntax error."""
    try:
        return tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}; expected TOML in UTF-8") from None


def moment(value: object) -> object:
    """Bring a time or day to the form of `published`; what is neither stays as it is."""
    if isinstance(value, str) and not is_date(value):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def slug(name: str) -> str:
    """Make an id of a name: small letters and digits, with hyphens between."""
    return "-".join(re.findall("[a-z0-9]+", name.lower()))


def _beside(path: Path) -> dict[str, Any]:
    sheet = path.with_suffix(".toml")
    return read_sheet(sheet) if sheet.exists() else {}


# ---------------------------------------------------------------- one article a file


def _read_text(path: Path) -> Raw:
    return Raw(str(path.with_suffix(".toml")), path.stem, normalise(read_bytes(path), str(path)), _beside(path))


def _read_page(path: Path) -> Raw:
    try:
        from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415  an optional package
        from resiliparse.parse.encoding import detect_encoding  # noqa: PLC0415
        from resiliparse.parse.html import HTMLTree  # noqa: PLC0415
    except ImportError:
        raise FogbankError(f"{path}: a page needs Resiliparse; install it with pip install 'fogbank[html]'") from None
    content = read_bytes(path)
    tree = HTMLTree.parse_from_bytes(content, detect_encoding(content) or "utf-8")
    text = clean(extract_plain_text(tree, main_content=True, alt_texts=False, comments=False, post_meta=False))
    if not text.strip():
        raise DataError(f"{path}: no article was found on the page; expected HTML with a main text")
    stated: dict[str, str] = {}
    for element in tree.head.get_elements_by_tag_name("meta") if tree.head else ():
        name = element.getattr("property") or element.getattr("name")
        stated.setdefault((name or "").lower(), element.getattr("content") or "")
    for element in tree.head.get_elements_by_tag_name("link") if tree.head else ():
        stated.setdefault(element.getattr("rel") or "", element.getattr("href") or "")
    address = stated.get("canonical") or stated.get("og:url") or path.name
    fields = {
        "title": stated.get("og:title") or tree.title,
        "published": next((stated[name] for name in _PUBLISHED if stated.get(name)), None),
        "provenance": f"{address}; main text by Resiliparse {version('resiliparse')}",
        **_beside(path),
    }
    return Raw(str(path), slug(path.stem), normalise(text.encode(), str(path)), _given(fields))


_READERS: dict[str, Callable[[Path], Raw]] = {".txt": _read_text, **dict.fromkeys(_PAGES, _read_page)}


# ---------------------------------------------------------------- one article a row


def _read_table(path: Path, columns: Mapping[str, str], known: frozenset[str]) -> Iterator[Raw]:
    field_of = {column: name for name, column in columns.items()}
    for number, (place, row) in enumerate(_ROWS[path.suffix](path), start=1):
        if lacking := [column for column in columns.values() if column not in row]:
            raise DataError(f"{place}: no column {lacking[0]!r}; expected one of {', '.join(map(str, row))}")
        given = _given({field_of.get(column, column): value for column, value in row.items()})
        text = given.pop("text", None)
        if not isinstance(text, str):
            raise DataError(f"{place}: no text; expected words in the column {columns.get('text', 'text')!r}")
        fields = {name: value for name, value in given.items() if name in known}
        said = [given[name] for name in ("provenance", "source") if isinstance(given.get(name), str)]
        if said:
            fields["provenance"] = "; ".join(dict.fromkeys(said))
        if isinstance(fields.get("source"), str):
            del fields["source"]
        name = str(given.get("id", f"{slug(path.stem)}-{number}"))
        unused = tuple(given.keys() - known - {"id"})
        yield Raw(place, name, normalise(text.encode(), place), fields, f"{path.name}, row {number}", unused)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def _json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, row in enumerate(read_json_lines(path), start=1):
        if not isinstance(row, dict):
            raise DataError(f"{path}: row {number} is no object; expected one article a line")
        yield f"{path}: row {number}", row


def _csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    csv.field_size_limit(LARGEST_CELL)
    try:
        reader = csv.DictReader(StringIO(read_bytes(path).decode("utf-8-sig"), newline=""), strict=True)
        for row in reader:
            if None in row or None in row.values():
                raise DataError(f"{path}:{reader.line_num}: not as many cells as columns; expected {len(row)}")
            yield f"{path}:{reader.line_num}", row
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}: {error}; expected CSV in UTF-8 with a line of names") from None


def _parquet_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path}: row {number}", row
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {str(error)[:120]}; expected a Parquet file") from None


_ROWS: dict[str, Callable[[Path], Iterator[tuple[str, dict[str, Any]]]]] = {
    ".jsonl": _json_rows,
    ".csv": _csv_rows,
    ".parquet": _parquet_rows,
}
