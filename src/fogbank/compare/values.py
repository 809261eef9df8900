"""Values: what an annotated figure or time says, when two say the same, and when their intervals meet.

A QUANTITY says low, best and high by the scheme's table; it stands for the whole numbers from low to high.  A TIME says
its first minute, its last minute and its duration; it stands for the minutes from the first to the last, both
inclusive.  A date without a time of day is the whole day.  An absent bound is open.  A span that says nothing (no bound
at all) has no interval.  A duration has no place in time: two of them agree if they are equal as written ("P1D" is not
"PT24H").
"""

from typing import Any

from fogbank.model.document import Document, Span
from fogbank.model.scheme import SCHEME

QUANTITY, TIME = "QUANTITY", "TIME"
Key = tuple[int, int, str]


def said(span: Span) -> tuple[Any, ...]:
    """Give what a QUANTITY says, as (low, best, high), or a TIME, as (first minute, last minute, duration)."""
    if span.label == QUANTITY:
        return SCHEME.interval(span.attributes)
    return _minute(span, "start", "T00:00"), _minute(span, "end", "T23:59"), span.attributes.get("duration")


def same_value(a: Span, b: Span) -> bool:
    """Whether two QUANTITY or two TIME spans say the same."""
    return said(a) == said(b)


def same_interval(a: Span, b: Span) -> bool:
    """Whether two QUANTITY or two TIME spans say the same, or have intervals with a point in common."""
    return same_value(a, b) or _meet(_bounds(a), _bounds(b))


def by_key(document: Document, label: str) -> dict[Key, Span]:
    """Give the spans of one label by their keys; of several with one key the first by their attributes."""
    spans = [span for span in document.spans if span.label == label]
    return {span.key: span for span in sorted(spans, key=lambda span: str(dict(span.attributes)), reverse=True)}


def _bounds(span: Span) -> tuple[Any, Any]:
    first, second, third = said(span)
    return (first, third) if span.label == QUANTITY else (first, second)


def _minute(span: Span, name: str, time: str) -> str | None:
    value = span.attributes.get(name)
    if value is None:
        return None
    return str(value) if "T" in str(value) else f"{value}{time}"


def _meet(a: tuple[Any, Any], b: tuple[Any, Any]) -> bool:
    if a == (None, None) or b == (None, None):
        return False
    return all(low is None or high is None or low <= high for low, high in ((a[0], b[1]), (b[0], a[1])))
