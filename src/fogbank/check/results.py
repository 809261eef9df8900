"""The JSON Schemas of a score report, as `fogbank score --json` prints it, and of a leaderboard's entry around one.

Tasks and rows have names that a release may add to, so only their shape is promised: a row has a value and an interval,
and what the value was made from.
"""

from fogbank.check.shapes import ARTICLE_ID, NAME, SHA256, Schema, closed, many

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

_LINE = {"type": "string", "minLength": 1, "maxLength": 200}
_LINK = {"type": "string", "pattern": "^https?://[!-~]+$", "maxLength": 500}
DESCRIPTION = closed(
    {
        "name": {**_LINE, "maxLength": 80, "description": "as people call the system"},
        "authors": many(_LINE, minItems=1, maxItems=100),
        "url": {**_LINK, "description": "where the system is described"},
        "code": {**_LINK, "description": "where its code is"},
        "trained_on": {**_LINE, "description": "what it learned from, in a few words"},
        "language_model": {"type": "boolean", "description": "whether a pretrained language model is part of it"},
        "model": {**_LINE, "description": "the pretrained model, as its publisher names it"},
        "prompt": {**SHA256, "description": "SHA-256 of what the model was asked, the article left out"},
        "date": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    },
    ["url", "code", "model", "prompt"],
    title="FogBank system description",
    description="What a leaderboard says of a system; written as TOML beside its predictions.",
)
_GROUPS = {
    "type": "object",
    "additionalProperties": many(
        {"anyOf": [{"type": "number"}, many({"type": "number"}, minItems=4, maxItems=4)]}, minItems=1, maxItems=1000
    ),
}
ENTRY = closed(
    {
        "system": {**ARTICLE_ID, "maxLength": 64},
        "description": DESCRIPTION,
        "predictions": {**SHA256, "description": "SHA-256 of the prediction file"},
        "report": REPORT,
        "headlines": {
            "type": "object",
            "description": "by task and incident, the sums that the row `all` is made from",
            "additionalProperties": _GROUPS,
        },
    },
    title="FogBank leaderboard entry",
    description="What `fogbank submit` writes: a system, its report on one split, and what paired tests need.",
)
