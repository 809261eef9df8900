"""What a file holds, told from its content, and everything that is wrong with it alone.

    Label Studio export   a JSON array of tasks, or JSON Lines of them
    gold document         one JSON object with `sha256` and `spans`
    predictions           JSON Lines of objects with `spans` or `claims`
    manifest              JSON Lines of objects with `sha256` and `part`
    sheets                TOML: a theatre, an incident, the rounds

Exports are streamed: the array is cut into tasks without reading them, then one task after the other is read and judged
(see `records`).
"""

import mmap
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from fogbank.check.problem import Problem
from fogbank.check.records import LARGEST_OBJECT, Articles, Record, find_in_records, find_too_large
from fogbank.check.sheets import find_in_incident, find_in_theatre
from fogbank.check.syntax import parse_array, parse_json, parse_toml
from fogbank.check.table import problem
from fogbank.check.validation import explain, is_valid, shown
from fogbank.check.verdict import clean_id
from fogbank.check.workers import clean_ids
from fogbank.errors import DataError

_BLANK = b" \t\r\n"
_LARGEST_SHEET = 2**20
_LINES_READ = 100  # to tell what a file of lines is


def find_in_file(path: Path, file: str, articles: Articles | None) -> Iterator[Problem]:
    """Find what is wrong with one file that problems call `file`, beside these articles.

    Raises DataError where it cannot be read.
    """
    try:
        with path.open("rb") as handle:
            if not (start := handle.read(2**16).lstrip(_BLANK)):
                yield problem("file-empty", file, "$", "the file is empty")
                return
            # Not closed by hand: the tasks cut from it point into it, and it goes when the last of them does.
            content = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
            yield from _check_content(content, start, path.suffix, file, articles)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error}); expected a file") from None


def _check_content(
    content: mmap.mmap, start: bytes, suffix: str, file: str, articles: Articles | None
) -> Iterator[Problem]:
    if start.startswith(b"\xef\xbb\xbf"):
        yield problem("file-encoding", file, "$", "a byte order mark at the start")
    elif suffix == ".toml":
        yield from _check_sheet(content, file)
    elif start.startswith(b"["):
        yield from _check_array(content, file, articles)
    elif start.startswith(b"{"):
        yield from _check_objects(content, file, articles)
    else:
        yield problem("file-kind-unknown", file, "$", f"the file begins {start[:20]!r}")


# ---------------------------------------------------------------- JSON


def kind_of(value: Any) -> str | None:
    """Tell what an object is from its keys: `task`, `document`, `prediction`, `article`; None if it is none of them."""
    if not isinstance(value, dict):
        return None
    keys = value.keys()
    if "data" in keys or "annotations" in keys:
        return "task"
    if keys & {"spans", "relations", "claims"}:
        return "document" if keys & {"sha256", "annotators"} else "prediction"
    return "article" if keys & {"part", "licence"} else None


def _check_array(content: mmap.mmap, file: str, articles: Articles | None) -> Iterator[Problem]:
    try:
        tasks = parse_array(content)
    except ValueError as error:
        if len(content) <= LARGEST_OBJECT and (found := parse_json(content[:], file).problem):
            yield found
        else:
            code = "json-too-deep" if "recursion" in str(error) else "json-syntax"
            yield problem(code, file, "$", str(error))
        return
    if tasks:
        first = parse_json(bytes(memoryview(tasks[0])), file)
        kind = kind_of(first.value)
        if first.problem is None and kind != "task":
            code = "file-kind-unknown" if kind is None else "json-not-lines"
            yield problem(
                code, file, "$[0]", f"an array that begins with {f'a {kind}' if kind else shown(first.value)}"
            )
            return
    verdicts = enumerate(zip(tasks, clean_ids(tasks, articles), strict=True))
    records = (Record(file, f"$[{number}]", task, clean) for number, (task, clean) in verdicts)
    yield from find_in_records("task", records, articles)


def _check_objects(content: mmap.mmap, file: str, articles: Articles | None) -> Iterator[Problem]:
    if kind := _kind_of_lines(content):
        lines = enumerate(iter(content.readline, b""), start=1)
        judge = clean_id if kind == "task" else _no_verdict
        records = (
            Record(f"{file}:{number}", "$", line, judge(line, articles)) for number, line in lines if line.strip()
        )
        yield from find_in_records(kind, records, articles)
        return
    if found := find_too_large(len(content), file, "$"):
        yield found
        return
    value, found = parse_json(content[:], file)
    kind = kind_of(value)
    if found is not None:
        yield found
    elif kind is None:
        yield problem("file-kind-unknown", file, "$", f"an object with {_keys(value)}")
    elif kind != "document":
        yield problem("json-not-lines", file, "$", f"a {kind} over several lines")
    else:
        yield from find_in_records(kind, [Record(file, "$", content[:], None)], articles)


def _keys(value: Mapping[str, Any]) -> str:
    return f"the keys {', '.join(map(shown, islice(value, 8)))}" if value else "no keys"


def _kind_of_lines(content: mmap.mmap) -> str | None:
    """Tell what the lines of a file are, from the first that can be read alone; None if they are no objects."""
    kind = None
    for line in islice(iter(content.readline, b""), _LINES_READ):
        if len(line) <= LARGEST_OBJECT and (kind := kind_of(parse_json(line, "").value)):
            break
    content.seek(0)
    return kind


def _no_verdict(_raw: bytes, _articles: Articles | None) -> None:
    """Give the fast verdict on what is not checked fast."""


# ---------------------------------------------------------------- TOML


def kind_of_sheet(value: Mapping[str, Any]) -> str | None:
    """Tell what a sheet is from its keys: `incident`, `theatre`, `rounds`; None if it is none of them."""
    tells = {"incident": {"truth", "statements", "reports"}, "theatre": {"parties", "places", "outlets"},
             "rounds": {"rounds", "annotators"}}  # fmt: skip
    return next((kind for kind, keys in tells.items() if keys & value.keys()), None)


def read_sheet(raw: bytes, file: str) -> tuple[str | None, Any, list[Problem]]:
    """Read a sheet: its kind, its value as JSON, and what is wrong with it; the value is None if it cannot be used."""
    if len(raw) > _LARGEST_SHEET:
        return None, None, [problem("toml-syntax", file, "$", f"a sheet of {len(raw):,} bytes", "a sheet of 1 MiB")]
    value, found = parse_toml(raw, file)
    if found is not None:
        return None, None, [found]
    kind = kind_of_sheet(value)
    if kind is None:
        return None, None, [problem("file-kind-unknown", file, "$", f"a sheet with {_keys(value)}")]
    if not is_valid(kind, value):
        return kind, None, list(explain(kind, value, file))
    rules = {"incident": find_in_incident, "theatre": find_in_theatre}
    return kind, value, list(rules[kind](value, file)) if kind in rules else []


def _check_sheet(content: mmap.mmap, file: str) -> Iterator[Problem]:
    yield from read_sheet(content[: _LARGEST_SHEET + 1], file)[2]
