"""Files, read strictly and written whole: JSON, JSON Lines and text, always UTF-8 with LF.

A write goes to a temporary file in the same folder that then takes the name, so a reader sees the old file or the new
one, and a killed program leaves no half-written file.  A file whose bytes would not change is not touched.
"""

import filecmp
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from fogbank.errors import DataError

_JSON_OPTIONS = orjson.OPT_APPEND_NEWLINE


def write_bytes(path: Path, content: bytes) -> bool:
    """Write a file whole or not at all, making its folders; return whether anything changed.

    Raises DataError, naming it, where its folder is not open to writing.
    """
    if path.is_file() and path.read_bytes() == content:
        return False
    return write_pieces(path, [content])


def write_pieces(path: Path, pieces: Iterable[bytes]) -> bool:
    """Write a file of which only a piece at a time is in memory; see `write_bytes`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}); expected a folder open to you") from None
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        if path.is_file() and filecmp.cmp(fresh, path, shallow=False):
            return False
        fresh.chmod(0o644)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return True


def write_text(path: Path, content: str) -> bool:
    """Write a text as UTF-8; see `write_bytes`."""
    return write_bytes(path, content.encode())


def json_bytes(value: Any) -> bytes:
    """Give the one-line JSON form of a value, with a final newline."""
    return orjson.dumps(value, option=_JSON_OPTIONS)


def pretty_json_bytes(value: Any) -> bytes:
    """Give the indented JSON form of a value, for files that people read whole."""
    return orjson.dumps(value, option=_JSON_OPTIONS | orjson.OPT_INDENT_2)


def write_json_lines(path: Path, values: Iterable[Any]) -> bool:
    """Write one JSON value a line, each as it comes; see `write_pieces`."""
    return write_pieces(path, map(json_bytes, values))


def read_bytes(path: Path) -> bytes:
    """Read a file.  Raises DataError, naming it, where it is missing or cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"{path}: cannot be read ({error.strerror}); expected a file")


def read_json(path: Path) -> Any:
    """Read a JSON file.  Raises DataError with the place of a syntax error."""
    return _parse(read_bytes(path), str(path))


def read_json_lines(path: Path) -> Iterator[Any]:
    """Read a JSON Lines file line by line, skipping empty ones.  Raises DataError with the line of a syntax error."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _parse(line, f"{path}:{number}")
    except OSError as error:
        raise _unreadable(path, error) from None


def _parse(raw: bytes, place: str) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise DataError(f"{place}: line {error.lineno}, column {error.colno}: {error.msg}; expected JSON") from None
