"""Annotation by quotation: a document whose spans are quotes, and the tool that turns it into offsets or refuses.

Whoever cannot count characters (a language model, a person with a text editor) gives the words of a span and, where
they occur more than once, which occurrence is meant:

    {"id": "vdr-01-a",
     "spans": [{"id": "T1", "label": "PERSON", "quote": "Ansa Reteval", "occurrence": 1, "attributes": {}}, …],
     "relations": [{"head": "T4", "label": "agent", "tail": "T1"}, …]}

`occurrence` counts from 1 over the places in the text where the quote stands and cuts no word; it may be left out where
there is one.  `attributes` may be left out; an attribute that has a default takes it.  Nothing is guessed: a quote that
is not in the text to the letter, or that is there more often than `occurrence` settles, is a problem.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fogbank.check.problem import Problem
from fogbank.check.rules import problems as problems_of
from fogbank.check.table import problem
from fogbank.errors import InvalidValueError
from fogbank.model.document import Document, Relation, Span
from fogbank.model.scheme import SCHEME
from fogbank.model.text import find


class Resolved(NamedTuple):
    """The document, or None where there are problems of syntax; and all problems."""

    document: Document | None
    problems: tuple[Problem, ...]


def resolve(value: Any, document_id: str, text: str, file: str = "answer") -> Resolved:
    """Turn quotes into offsets in `text` and check the document by all rules for one document.

    `value` is parsed JSON from anywhere: whatever is wrong with it becomes a problem.
    """
    problems: list[Problem] = []

    def refuse(place: str, code: str, message: str, expected: str = "") -> None:
        problems.append(problem(code, file, place, message, expected))

    if not isinstance(value, Mapping) or not isinstance(value.get("spans"), list):
        refuse("$", "quotes-shape", "no object with a list of spans", '{"id", "spans": […], "relations": […]}')
        return Resolved(None, tuple(problems))
    if value.get("id") != document_id:
        refuse("$.id", "quotes-id", f"{value.get('id')!r}", repr(document_id))
    spans: list[Span] = []
    for number, entry in enumerate(value["spans"]):
        place = f"$.spans[{number}]"
        if not isinstance(entry, Mapping) or not all(isinstance(entry.get(k), str) for k in ("id", "label", "quote")):
            refuse(place, "quotes-shape", f"{str(entry)[:80]}", "id, label and quote as strings")
            continue
        try:
            start, end = _locate(text, entry)
            attributes = _attributes(entry)
            spans.append(Span(entry["id"], start, end, entry["label"], attributes))
        except (InvalidValueError, _QuoteError) as error:
            refuse(place, "quotes-place", f"{entry['id']}: {error}")
    relations: list[Relation] = []
    entries = value.get("relations") or []
    if not isinstance(entries, list):
        refuse("$.relations", "quotes-shape", f"{str(entries)[:80]}", "a list of relations")
        entries = []
    for number, entry in enumerate(entries):
        names = [entry.get(k) for k in ("head", "tail", "label")] if isinstance(entry, Mapping) else []
        head, tail, label = (name if isinstance(name, str) else "" for name in names) if names else ("", "", "")
        if head and tail and label:
            relations.append(Relation(head, tail, label))
        else:
            refuse(f"$.relations[{number}]", "quotes-shape", f"{str(entry)[:80]}", "head, tail and label as strings")
    if problems:
        return Resolved(None, tuple(problems))
    document = Document(document_id, text, tuple(spans), tuple(relations))
    return Resolved(document, problems_of(document, file))


class _QuoteError(Exception):
    """A quote that settles no place."""


def _locate(text: str, entry: Mapping[str, Any]) -> tuple[int, int]:
    quote, occurrence = entry["quote"], entry.get("occurrence")
    places = find(text, quote)
    if not places:
        near = " (it stands there inside a longer word)" if quote and quote in text else ""
        raise _QuoteError(f"{quote!r} is not in the text{near}")
    if occurrence is None:
        if len(places) > 1:
            raise _QuoteError(f"{quote!r} is in the text {len(places)} times; an occurrence from 1 must be given")
        return places[0]
    if isinstance(occurrence, bool) or not isinstance(occurrence, int) or not 1 <= occurrence <= len(places):
        raise _QuoteError(f"occurrence {occurrence!r} of {quote!r}, which is in the text {len(places)} times")
    return places[occurrence - 1]


def _attributes(entry: Mapping[str, Any]) -> dict[str, Any]:
    given = entry.get("attributes") or {}
    if not isinstance(given, Mapping) or not all(isinstance(v, (str, int, float)) for v in given.values()):
        raise _QuoteError(f"attributes {str(given)[:80]!r} are no object of names and values")
    defaults = {a.name: a.default for a in SCHEME.attributes_of.get(entry["label"], ()) if a.default is not None}
    return {**defaults, **given}


def quoted(document: Document) -> dict[str, Any]:
    """Give a document as quotes, the inverse of `resolve`.  Raises MissingTextError where the text is withheld."""

    def spans() -> Iterator[dict[str, Any]]:
        for span in document.spans:
            quote = document.quote(span)
            places = find(document.text or "", quote)
            at = places.index((span.start, span.end)) + 1 if (span.start, span.end) in places else None
            entry: dict[str, Any] = {"id": span.id, "label": span.label, "quote": quote}
            if len(places) > 1 and at is not None:
                entry["occurrence"] = at
            if span.attributes:
                entry["attributes"] = dict(span.attributes)
            yield entry

    return {
        "id": document.id,
        "spans": list(spans()),
        "relations": [{"head": r.head, "label": r.label, "tail": r.tail} for r in document.relations],
    }
