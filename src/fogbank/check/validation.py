"""Does a value have the shape that its JSON Schema gives it: a fast verdict, and an explanation of what failed.

`jsonschema-rs` gives the verdict; `jsonschema`, hundreds of times slower, explains, and only what failed.  A property
test holds that the two agree.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from fogbank.check.problem import Problem
from fogbank.check.schemas import schemas
from fogbank.check.shapes import Schema
from fogbank.check.table import problem

SHOWN = 20
"""How many failures of one value are explained."""


@cache
def schema_of(kind: str) -> Schema:
    """Give the schema of a kind of value: a name of `schemas()` less its ending, or `task`, one item of an export."""
    if kind == "task":
        items: Schema = schemas()["export.schema.json"]["items"]
        return items
    return schemas()[f"{kind}.schema.json"]


@cache
def _fast(kind: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema_of(kind))


def is_valid(kind: str, value: Any) -> bool:
    """Whether a value parsed from JSON keeps its schema."""
    return _fast(kind).is_valid(value)


def explain(kind: str, value: Any, file: str, place: str = "$") -> Iterator[Problem]:
    """Say what keeps a value from its schema, at most `SHOWN` failures; nothing if it keeps it."""
    seen: set[tuple[str, str]] = set()
    errors = _explaining(kind).iter_errors(value)
    for error in islice((best_match([error]) or error for error in errors), SHOWN):
        for found in _problems(error, file, place):
            if (found.place, found.message) not in seen:
                seen.add((found.place, found.message))
                yield found


# ---------------------------------------------------------------- jsonschema, extended


def _pattern(_validator: Validator, pattern: str, value: Any, _schema: Schema) -> Iterator[ValidationError]:
    """Read `$` as ECMA 262 and JSON Schema do: the end of the string, not the line end before it."""
    if isinstance(value, str) and not re.search(pattern.replace("$", r"\Z"), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


@cache
def _fast_part(part: int) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_parts[part])


_parts: dict[int, Schema] = {}


def _items(validator: Any, items: Schema, value: Any, _schema: Schema) -> Iterator[ValidationError]:
    """Descend only into items that fail, so that one bad region among a million is explained at once."""
    if isinstance(value, list) and items:
        _parts[id(items)] = items  # a part of a cached schema, so its identity lasts
        is_right = _fast_part(id(items)).is_valid
        for number, item in enumerate(value):
            if not is_right(item):
                yield from validator.descend(item, items, path=number)


def _unique_items(_validator: Validator, wanted: bool, value: Any, _schema: Schema) -> Iterator[ValidationError]:
    """Leave it to the fast validator: `jsonschema` compares every pair of items that it cannot sort."""
    if wanted and isinstance(value, list) and not jsonschema_rs.is_valid({"uniqueItems": True}, value):
        yield ValidationError("items are repeated")


Explaining: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {"pattern": _pattern, "items": _items, "uniqueItems": _unique_items}
)


@cache
def _explaining(kind: str) -> Any:
    return Explaining(schema_of(kind))


# ---------------------------------------------------------------- messages


def json_path(place: str, path: Iterable[str | int]) -> str:
    """Add keys and indices to a JSON path."""
    for step in path:
        if isinstance(step, int):
            place += f"[{step}]"
        else:
            place += f".{step}" if re.fullmatch(r"[A-Za-z_]\w*", step, re.ASCII) else f"[{shown(step)}]"
    return place


def shown(value: Any) -> str:
    """Give a value in at most 60 characters."""
    if isinstance(value, Mapping):
        return "an object" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, str):
        return repr(value if len(value) <= 56 else f"{value[:55]}…")
    return str(value).lower() if isinstance(value, bool) else "null" if value is None else repr(value)


_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "words",
    "integer": "a whole number",
    "boolean": "true or false",
}


def _problems(error: ValidationError, file: str, place: str) -> Iterator[Problem]:
    """Turn a failure of `jsonschema` into problems, one for each key where keys are wrong."""
    where = json_path(place, error.absolute_path)
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    keyword = str(error.validator)
    wanted: Any = error.validator_value
    value: Any = error.instance
    code = schema.get("x-problem", {}).get(keyword, "json-shape")
    if keyword == "required":
        for name in wanted:
            if name not in value:
                yield problem(code, file, where, f"{name!r} is missing", f"the keys {', '.join(wanted)}")
    elif keyword == "additionalProperties" and wanted is False:
        known = ", ".join(schema["properties"])
        for name in islice((name for name in value if name not in schema["properties"]), SHOWN):
            yield problem(code, file, json_path(where, [name]), f"{shown(name)} is no key here", f"one of {known}")
    else:
        yield problem(code, file, where, shown(value), _expected(keyword, wanted, schema))


def _expected(keyword: str, wanted: Any, schema: Mapping[str, Any]) -> str:
    """Say in words what a keyword asks for."""
    match keyword:
        case "type":
            return _KINDS.get(wanted, str(wanted))
        case "enum":
            return " ".join(map(str, wanted))
        case "const":
            return repr(wanted)
        case "minimum":
            return f"at least {wanted}"
        case "maximum":
            return f"at most {wanted}"
        case "minLength":
            return "at least one character"
        case "minItems":
            return f"at least {wanted} of them"
        case "maxItems":
            return f"at most {wanted} of them"
        case "uniqueItems":
            return "each once"
        case "pattern":
            gloss = schema.get("description")
            return f"{gloss}, as text that matches {wanted}" if gloss else f"text that matches {wanted}"
        case _:
            return f"what the schema says ({keyword} {wanted})"
