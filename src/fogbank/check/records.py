"""The objects of a file, one after the other: read, and judged alone and beside the articles.

A document stops at the first level at which it fails, and the next one follows.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from fogbank.check.export import find_in_task
from fogbank.check.problem import Problem
from fogbank.check.rules import find, is_date
from fogbank.check.syntax import Parsed, parse_json
from fogbank.check.table import problem
from fogbank.check.validation import explain, is_valid, shown
from fogbank.check.words import only_fit_utf16
from fogbank.model.corpus import Article
from fogbank.model.document import Document

Articles = Mapping[str, Article]
"""The registered articles by id."""
LARGEST_OBJECT = 64 * 2**20
"""Bytes: no gold document comes near; larger files are exports, which are streamed."""


class Record(NamedTuple):
    """An object that is still to be read: where it stands, its bytes, and its id if the fast verdict is clean."""

    file: str
    place: str
    raw: bytes | msgspec.Raw
    clean: str | None


def find_in_records(kind: str, records: Iterable[Record], articles: Articles | None) -> Iterator[Problem]:
    """Find what is wrong with objects of one kind (see `contents.kind_of`)."""
    seen: set[str] = set()
    for file, place, raw, clean in records:
        if clean is not None and clean not in seen:
            seen.add(clean)
            continue
        value, found = _read(bytes(memoryview(raw)), file, place)
        if found is not None:
            yield found
        elif not is_valid(kind, value):
            yield from explain(kind, value, file, place)
        else:
            at, key = (f"{place}.data.id", value["data"]["id"]) if kind == "task" else (f"{place}.id", value["id"])
            if key in seen:
                yield problem("document-repeated", file, at, f"{key} stands in this file before")
            seen.add(key)
            if kind != "article" and articles is not None and key not in articles:
                yield problem("article-unknown", file, at, f"{key!r} is not in the manifest")
            yield from _find_in_record(kind, value, (articles or {}).get(key), file, place)


def _read(raw: bytes, file: str, place: str) -> Parsed:
    too_large = find_too_large(len(raw), file, place)
    return Parsed(None, too_large) if too_large else parse_json(raw, file, place)


def find_too_large(size: int, file: str, place: str) -> Problem | None:
    """Find that an object has more bytes than are read at once; None where it has not."""
    if size <= LARGEST_OBJECT:
        return None
    return problem("json-shape", file, place, f"one object of {size:,} bytes", f"at most {LARGEST_OBJECT:,} bytes")


def _find_in_record(
    kind: str, value: Mapping[str, Any], article: Article | None, file: str, place: str
) -> Iterator[Problem]:
    """Find what is wrong with an object that has passed its schema."""
    if kind == "task":
        yield from find_in_task(value, article, file, place)
    elif kind != "article":
        yield from _find_in_document(kind, value, article, file, place)
    elif not is_date(value["published"][:16]):
        yield problem("json-shape", file, f"{place}.published", shown(value["published"]), "a day of the calendar")


def _find_in_document(
    kind: str, value: Mapping[str, Any], article: Article | None, file: str, place: str
) -> Iterator[Problem]:
    """Find what is wrong with a gold document or a prediction that has passed its schema, level by level."""
    found = False
    for number, span in enumerate(value.get("spans", ())):
        for name in ("start", "end"):
            if type(span[name]) is not int:
                found = True
                yield problem("offset-not-whole", file, f"{place}.spans[{number}].{name}", repr(span[name]))
        if span["start"] >= span["end"]:
            found = True
            message = f"start {span['start']}, end {span['end']}"
            yield problem("span-reversed", file, f"{place}.spans[{number}]", message)
    if found:
        return
    if article is not None and value.get("sha256", article.sha256) != article.sha256:
        yield problem(
            "text-other", file, f"{place}.sha256", f"{value['sha256'][:12]}…", f"{article.sha256[:12]}…, as registered"
        )
        return  # its offsets are those of another text
    document = Document.from_json(value, None if article is None else article.text)
    if document.text is not None and only_fit_utf16(document.text, ((s.start, s.end) for s in document.spans)):
        yield problem("offset-utf16", file, f"{place}.spans", "all fit the text only if they count UTF-16 units")
        return
    for rule, finding in find(document, prediction=kind == "prediction"):
        at = place + finding.place.removeprefix("$")
        yield Problem(file, at, rule.code, rule.level, finding.message, finding.expected)
