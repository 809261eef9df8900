"""The parts that the JSON Schemas are built from: names, digests, offsets, attribute values, closed objects, choices.

Conventions: patterns keep to what ECMA 262, Rust and Python read alike, and a final `$` means the end of the string.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fogbank.model.scheme import SCHEME, Attribute

Schema = dict[str, Any]

LARGEST_OFFSET = 2**31 - 1  # longer than any text; keeps offsets inside what every language can hold
LARGEST_COUNT = 10**12 - 1
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$"
_DURATION = "^P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+S)?)?$"

NAME: Schema = {"type": "string", "minLength": 1}
ARTICLE_ID: Schema = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
PUBLISHED: Schema = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$",
    "description": "local date or time, ISO 8601",
}
LABEL: Schema = {"enum": list(SCHEME.label_names), "x-problem": {"enum": "label-unknown"}}
RELATION_LABEL: Schema = {"enum": list(SCHEME.relation_names), "x-problem": {"enum": "relation-label-unknown"}}
DATE: Schema = {"type": "string", "pattern": _DATE}
START: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_OFFSET}
END: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_OFFSET}


def closed(properties: Schema, optional: Iterable[str] = (), **more: Any) -> Schema:
    """Give an object that has these properties, all but the optional ones, and no others."""
    left_out = set(optional)
    required = [name for name in properties if name not in left_out]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}


def many(items: Schema, **more: Any) -> Schema:
    """Give a list of such items."""
    return {"type": "array", "items": items, **more}


def choose(key: str, cases: Mapping[str, Schema]) -> Schema:
    """Give the schema whose name stands in the property `key`; the last is taken for any other name."""
    (first, schema), *others = cases.items()
    if not others:
        return schema
    is_first = {"properties": {key: {"const": first}}, "required": [key]}
    return {"if": is_first, "then": schema, "else": choose(key, dict(others))}


def value_of(attribute: Attribute) -> Schema:
    """Give the schema of one attribute's value."""
    if attribute.type == "choice":
        schema: Schema = {"enum": list(attribute.names)}
    elif attribute.type == "number":
        schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT}
    else:
        schema = {"type": "string", "pattern": _DATE if attribute.type == "date" else _DURATION}
    return {"description": attribute.gloss, **schema, "x-problem": dict.fromkeys(schema, "attribute-value")}
