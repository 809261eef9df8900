"""Reading a language model's answers, of which nothing is trusted and nothing is guessed.

A span whose quote does not settle one place in the text is left out and counted, and so are its relations.  Attributes
that the scheme does not allow are read by rule instead, as for any other system, and counted.  What the scheme does not
let stand together is dropped as for any other system, and counted.  Claims that `fogbank check` would refuse are left
out and counted.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from baselines._prompt import Answers
from baselines._text import Reading, settle, settled_attributes
from fogbank import Article, Claim, Document, Relation, Span, check_paths, resolve

MOST = 2000
"""Spans or relations that are read of one answer; by far more than any report has."""
MOST_CLAIMS = 400  # that a prediction may hold
_ATTRIBUTES = ("attribute-", "quantity-", "time-")
_REFUSED = ("quotes-", "label-", "span-")


def parse(content: str) -> dict[str, Any] | None:
    """Parse an answer, also where it stands in a fence of Markdown; None where it is no JSON object."""
    words = content.strip()
    if words.startswith("```") and words.endswith("```"):
        words = words.strip("`").removeprefix("json").strip()
    try:
        value = json.loads(words)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def read_answer(answers: Answers, content: str, article: Article) -> tuple[Document, Counter[str]]:
    """Make a document of an answer; what was left out is counted by kind."""
    counts: Counter[str] = Counter()
    value = parse(content)
    if value is None or not isinstance(value.get(answers), list):
        counts["answers without use"] += 1
        return Document(article.id, article.text, claims=() if answers == "claims" else None), counts
    made = _read_spans(value, article, counts) if answers == "spans" else _read_claims(value, article, counts)
    return made, counts


def _read_spans(value: Mapping[str, Any], article: Article, counts: Counter[str]) -> Document:
    reading = Reading.of(article)
    spans: dict[str, Span] = {}
    counts["spans given"] += len(value["spans"])
    for entry in value["spans"][:MOST]:
        span = _read_span(entry, reading, counts)
        if span is not None and span.id not in spans:
            spans[span.id] = span
    given = value.get("relations")
    entries = given if isinstance(given, list) else []
    counts["relations given"] += len(entries)
    relations = [relation for entry in entries[:MOST] if (relation := _read_relation(entry))]
    document = settle(reading, spans.values(), relations)
    lost = counts["spans given"] - counts["quotes not resolved"] - len(document.spans)
    counts["spans not allowed"] += lost
    counts["relations left out"] += counts["relations given"] - len(document.relations)
    return document


def _read_span(entry: Any, reading: Reading, counts: Counter[str]) -> Span | None:
    """Resolve one span by itself."""
    if isinstance(entry, Mapping) and isinstance(entry.get("attributes"), Mapping):
        entry = {**entry, "attributes": {k: v for k, v in entry["attributes"].items() if v is not None}}
    article = reading.article
    found = resolve({"id": article.id, "spans": [entry]}, article.id, reading.text)
    codes = [problem.code for problem in found.problems]
    if found.document is None:
        counts["quotes not resolved"] += 1
        return None
    if any(code.startswith(_REFUSED) for code in codes):
        return None
    (span,) = found.document.spans
    if any(code.startswith(_ATTRIBUTES) for code in codes):
        counts["attributes read by rule"] += 1
        words = reading.text[span.start : span.end]
        return replace(span, attributes=settled_attributes(span.label, words, article.published, {}))
    return span


def _read_relation(entry: Any) -> Relation | None:
    names = [entry.get(key) for key in ("head", "tail", "label")] if isinstance(entry, Mapping) else []
    head, tail, label = names or (None, None, None)
    if isinstance(head, str) and isinstance(tail, str) and isinstance(label, str) and head and tail and label:
        return Relation(head, tail, label)
    return None


def _read_claims(value: Mapping[str, Any], article: Article, counts: Counter[str]) -> Document:
    """Check each claim as a prediction of its own, one a line, as `fogbank check` does."""
    given = value["claims"]
    lines = [json.dumps({"id": str(n), "claims": [claim]}) for n, claim in enumerate(given[:MOST_CLAIMS])]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "claims.jsonl"
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        problems = list(check_paths([path])) if lines else []
    refused = {int(problem.file.rpartition(":")[2]) - 1 for problem in problems}
    kept = [claim for number, claim in enumerate(given[: len(lines)]) if number not in refused]
    counts["claims given"] += len(given)
    counts["claims not allowed"] += len(given) - len(kept)
    return Document(article.id, article.text, claims=tuple(map(Claim.from_json, kept)))
