"""The JSON Schema of a claim as a system predicts it: names instead of offsets, and bounds on everything.

`fogbank.model.claim` says what the fields mean.  Predictions are untrusted, so lists and strings are bounded: by far
more than any report of the corpus holds, and little enough to be compared.
"""

from fogbank.check.shapes import DATE, LARGEST_COUNT, Schema, closed, many
from fogbank.model.scheme import SCHEME

MOST_CLAIMS = 400
MOST_SOURCES = 8
LONGEST_NAME = 400


def _choice(attribute: str) -> Schema:
    return {"enum": list(SCHEME.attribute[attribute].names)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
_BOUND = _or_null({"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT})
_SOURCE = closed(
    {"names": many(_NAME, maxItems=MOST_SOURCES), "kind": _choice("source_kind"), "stance": _choice("stance")},
    ["names", "kind", "stance"],
)
_QUANTITY = closed(
    {
        "low": _BOUND,
        "best": _BOUND,
        "high": _BOUND,
        "modifier": _choice("modifier"),
        "vague_class": _or_null(_choice("vague_class")),
    },
    ["low", "best", "high", "modifier", "vague_class"],
)
CLAIM = closed(
    {
        "sources": many(_SOURCE, maxItems=MOST_SOURCES, description="innermost first; none is the writer's own voice"),
        "label": {"enum": list(SCHEME.labels_in("event"))},
        "status": _choice("status"),
        "affected": _or_null(_NAME),
        "quantity": _or_null(_QUANTITY),
        "agent": _or_null(_NAME),
        "place": _or_null(_NAME),
        "start": _or_null(DATE),
        "end": _or_null(DATE),
        "said": _or_null(DATE),
        "part": {"type": "boolean"},
        "revised": {"type": "boolean"},
        "event": _or_null(_NAME),
    },
    ["sources", "status", "affected", "quantity", "agent", "place", "start", "end", "said", "part", "revised", "event"],
)
CLAIMS = many(CLAIM, maxItems=MOST_CLAIMS)
