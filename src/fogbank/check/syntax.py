"""Reading files that may be anything: JSON, JSON Lines, one huge JSON array, TOML.

Nothing here trusts its input: what cannot be read gives a problem of the syntax level with its place, and no value.
JSON is read as RFC 8259 has it, and refused where readers differ: repeated keys, NaN, lone surrogates, great depth.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, NamedTuple

import msgspec
import numpy as np
import orjson

from fogbank.check.problem import Problem
from fogbank.check.table import problem
from fogbank.check.validation import json_path

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?\Z", re.ASCII)


# Python's reader of TOML takes time with the square of a dotted key's length.
_LONG_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){50}""", re.ASCII)


class Parsed(NamedTuple):
    """A value, or the problem that keeps the bytes from being one."""

    value: Any
    problem: Problem | None


def parse_json(raw: bytes, file: str, place: str = "$") -> Parsed:
    """Read one JSON value; `place` says where it stands in the file."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        code, message = _explain_syntax(raw, error)
        return Parsed(None, problem(code, file, place, message))
    try:
        again = orjson.dumps(value)
    except TypeError:
        return Parsed(None, problem("json-too-deep", file, place, "nested deeper than can be written"))
    if not has_colons(raw, again):
        for path in _repeated_keys(raw):
            where = json_path(place, path[:-1])
            return Parsed(None, problem("json-key-repeated", file, where, f"the key {path[-1]!r} stands there twice"))
    return Parsed(value, None)


def has_colons(raw: bytes, again: bytes) -> bool:
    """Whether no key was repeated in `raw`, of which `again` is what was kept, written anew; False is no proof.

    A value has a colon for each key that was kept and each colon in a string, so the counts tell whether a key was
    lost, unless a colon was escaped.  This is many times as fast as reading with a watch on keys.
    """
    characters, kept = np.frombuffer(raw, np.uint8), np.frombuffer(again, np.uint8)
    # NumPy counts three times as fast as bytes do.
    if np.count_nonzero(characters == ord(":")) != np.count_nonzero(kept == ord(":")):
        return False
    escapes = np.flatnonzero(characters[:-1] == ord("\\"))
    return not (np.any(characters[escapes + 1] == ord("u")) and b"\\u003" in raw)


def _explain_syntax(raw: bytes, error: orjson.JSONDecodeError) -> tuple[str, str]:
    if not raw.strip():
        return "file-empty", "nothing stands here"
    if raw.startswith(b"\xef\xbb\xbf"):
        return "file-encoding", "a byte order mark at the start"
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        return "file-encoding", f"byte {wrong.start} is not UTF-8 ({wrong.reason})"
    if "depth" in error.msg or "recursion" in error.msg.lower():
        return "json-too-deep", "nested deeper than can be read"
    return "json-syntax", f"line {error.lineno}, column {error.colno}: {error.msg}"


def _repeated_keys(raw: bytes) -> Iterator[list[str | int]]:
    """Yield the path of each key that stands in one object twice."""
    pending: list[tuple[list[str | int], Any]] = [([], json.loads(raw, object_pairs_hook=_Pairs))]
    while pending:
        path, value = pending.pop()
        if isinstance(value, _Pairs):
            seen: set[str] = set()
            for key, held in value:
                if key in seen:
                    yield [*path, key]
                seen.add(key)
                pending.append(([*path, key], held))
        elif isinstance(value, list):
            pending.extend(([*path, number], held) for number, held in enumerate(value))


class _Pairs(list[tuple[str, Any]]):
    """An object of JSON as the pairs that it was written with."""


def parse_array(buffer: Any) -> list[msgspec.Raw]:
    """Cut a JSON array into its items without reading them; `buffer` is bytes or a memory map.

    Raises ValueError where the array is malformed around or between its items.
    """
    try:
        return msgspec.json.decode(buffer, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from None


def parse_toml(raw: bytes, file: str) -> Parsed:
    """Read a TOML file as the JSON it would be: date-times become ISO 8601 strings."""
    quoted: list[str] = []
    try:
        text = raw.decode()
        if _LONG_KEY.search(text):
            return Parsed(None, problem("json-too-deep", file, "$", "a key of more than 50 parts"))
        value = _as_json(tomllib.loads(text), "$", quoted)
    except UnicodeDecodeError as error:
        return Parsed(None, problem("file-encoding", file, "$", f"byte {error.start} is not UTF-8 ({error.reason})"))
    except (tomllib.TOMLDecodeError, ValueError) as error:
        return Parsed(None, problem("toml-syntax", file, "$", str(error)))
    except RecursionError:
        return Parsed(None, problem("json-too-deep", file, "$", "nested deeper than can be read"))
    if quoted:
        return Parsed(None, problem("toml-time-quoted", file, quoted[0], "a date-time in quotation marks"))
    return Parsed(value, None)


def _as_json(value: Any, place: str, quoted: list[str]) -> Any:
    if isinstance(value, dict):
        return {key: _as_json(held, json_path(place, [key]), quoted) for key, held in value.items()}
    if isinstance(value, list):
        return [_as_json(held, f"{place}[{number}]", quoted) for number, held in enumerate(value)]
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, str) and _TIME.match(value):
        quoted.append(place)
    return value
