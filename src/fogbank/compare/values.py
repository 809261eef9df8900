"""Values: when two annotated figures, or two annotated times, say the same, and when their intervals meet.

A QUANTITY stands for the whole numbers from low to high by the scheme's table, a TIME for the minutes from its start to
its end, both inclusive.  A date without a time of day is the whole day.  An absent bound is open.  A span that says
nothing (no bound at all) has no interval.  A duration has no place in time: two of them agree if they are equal as
written ("P1D" is not "PT24H").
"""

from collections.abc import Mapping
from typing import Any

from fogbank.model.document import Span
from fogbank.model.scheme import SCHEME

_SAYING = {"QUANTITY": ("modifier", "value", "value_high", "vague_class"), "TIME": ("start", "end", "duration")}
Bounds = tuple[Any, Any]


def same_value(a: Span, b: Span) -> bool:
    """Whether the attributes that say the value of two QUANTITY or two TIME spans are equal."""
    return all(a.attributes.get(name) == b.attributes.get(name) for name in _SAYING[a.label])


def same_interval(a: Span, b: Span) -> bool:
    """Whether two QUANTITY or two TIME spans have the same value, or intervals with a point in common."""
    return same_value(a, b) or _meet(_bounds(a), _bounds(b))


def _bounds(span: Span) -> Bounds:
    if span.label == "QUANTITY":
        low, _, high = SCHEME.interval(span.attributes)
        return low, high
    return _minute(span.attributes, "start", "T00:00"), _minute(span.attributes, "end", "T23:59")


def _minute(attributes: Mapping[str, Any], name: str, time: str) -> str | None:
    value = attributes.get(name)
    if value is None:
        return None
    return str(value) if "T" in str(value) else f"{value}{time}"


def _meet(a: Bounds, b: Bounds) -> bool:
    if a == (None, None) or b == (None, None):
        return False
    return all(low is None or high is None or low <= high for low, high in ((a[0], b[1]), (b[0], a[1])))
