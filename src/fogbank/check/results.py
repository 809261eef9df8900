"""The JSON Schema of a score report, as `fogbank score --json` prints it.

Tasks and rows have names that a release may add to, so only their shape is promised: a row has a value and an interval,
and what the value was made from.
"""

from fogbank.check.shapes import NAME, Schema, closed, many

_RATE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_SUM: Schema = {"type": "number", "minimum": 0}
_SCORE = closed(
    {
        "value": {"type": ["number", "null"], "description": "F1, or a mean; null where it is of nothing"},
        "interval": {
            "anyOf": [{"type": "null"}, many({"type": "number"}, minItems=2, maxItems=2)],
            "description": "95 %; null where all documents are of one incident",
        },
        "precision": _RATE,
        "recall": _RATE,
        "matched_gold": {**_SUM, "description": "the numerator of recall"},
        "gold": {**_SUM, "description": "the denominator of recall"},
        "matched_predicted": {**_SUM, "description": "the numerator of precision"},
        "predicted": {**_SUM, "description": "the denominator of precision"},
        "sum": {"type": "number", "description": "of a mean"},
        "number": {**_SUM, "description": "how many things a mean is over"},
    },
    ["precision", "recall", "matched_gold", "gold", "matched_predicted", "predicted", "sum", "number"],
)
_SIGNATURE = closed(
    {
        "fogbank": NAME,
        "scheme": NAME,
        "data": {"type": "string", "pattern": "^[0-9a-f]{16}$", "description": "the digest of the gold documents"},
        "split": NAME,
        "criteria": {"type": "object", "additionalProperties": NAME, "description": "what the row `all` of a task is"},
        "resamples": {"type": "integer", "minimum": 0},
        "seed": {"type": "integer"},
    }
)
REPORT = closed(
    {
        "system": NAME,
        "signature": _SIGNATURE,
        "documents": {"type": "integer", "minimum": 1},
        "groups": {"type": "integer", "minimum": 1, "description": "incidents that the bootstrap draws from"},
        "missing": many(NAME, description="gold documents that were not predicted"),
        "scores": {
            "type": "object",
            "description": "by task, then by row",
            "additionalProperties": {"type": "object", "required": ["all"], "additionalProperties": _SCORE},
        },
    },
    title="FogBank score report",
    description="The scores of one system on one split, with the signature under which they can be compared.",
)
