"""A hostile Label Studio export ends in clear problems: never a crash, a hang or a wrong accept, in whatever field."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fogbank.check.checkout import registered
from fogbank.check.contents import find_in_file
from fogbank.check.problem import Problem
from fogbank.check.table import TABLE
from fogbank.model.corpus import Corpus

CORPUS = Corpus(Path(__file__).parent / "cases" / "corpus")
ARTICLES = registered(CORPUS)
EXPORT = CORPUS.exports / "round-1" / "ann-1.json"
RAW = EXPORT.read_bytes()
TASKS: list[dict[str, Any]] = orjson.loads(RAW)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "export.json"


def check(path: Path, raw: bytes) -> list[Problem]:
    path.write_bytes(raw)
    alone, beside = (list(find_in_file(path, "export.json", articles)) for articles in (None, ARTICLES))
    for found in (*alone, *beside):
        assert found.code in TABLE
        assert found.message
        assert found.expected
        assert str(found).isprintable()
        assert len(str(found)) < 2000
        assert "\n" not in found.github_annotation
    return alone


FIELDS = [b'"start": ', b'"result": ', b'"data": ', b'"was_cancelled": ', b'"text": ', b'"choices": ', b'"email": ']


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    ("value", "codes"),
    [
        (b"[" * 300 + b"]" * 300, {"json-too-deep", "json-shape"}),
        (b"[" * 100_000 + b"]" * 100_000, {"json-too-deep"}),
        (b'{"a":' * 100_000, {"json-too-deep", "json-syntax"}),
        (b"1e999", {"json-syntax"}),
        (b"1" + b"0" * 5000, {"json-syntax"}),
        (b"1e300", {"json-shape", "offset-not-whole"}),
        (b"-9223372036854775809", {"json-syntax", "json-shape", "offset-not-whole"}),
        (b"NaN", {"json-syntax"}),
        (b"-Infinity", {"json-syntax"}),
        (b'"\\ud800"', {"json-syntax"}),
        (b'"\\udc00\\ud800"', {"json-syntax"}),
        (b'"a\x01b"', {"json-syntax"}),
        (b'"a\xffb"', {"file-encoding"}),
        (b'"\\u0000\\u001b[31m\\u0007\\u202e"', None),
        (b'{"a": 1, "a": 2}', {"json-key-repeated"}),
        (b"", {"json-syntax"}),
    ],
)
def test_a_hostile_value_in_a_field_is_a_clear_problem(
    field: bytes, value: bytes, codes: set[str] | None, scratch: Path
) -> None:
    at = RAW.index(field) + len(field)
    rest = RAW[at:]
    held = rest[: len(rest) - len(_after_value(rest))]
    found = check(scratch, RAW[:at] + value + rest[len(held) :])
    if codes is not None:  # else it is a string, which some fields may hold
        assert found
        assert {problem.code for problem in found} <= codes


def _after_value(rest: bytes) -> bytes:
    """What follows the JSON value at the beginning of `rest`."""
    text = rest.decode()
    _, end = json.JSONDecoder().raw_decode(text)
    return text[end:].encode()


@pytest.mark.parametrize("at", range(1, len(RAW) - 1, len(RAW) // 60))
def test_a_file_cut_in_the_middle_is_a_problem_wherever_it_is_cut(at: int, scratch: Path) -> None:
    (found,) = check(scratch, RAW[:at])
    assert found.code == "json-syntax"


def fields(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key or index of a value."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(held):
        yield value, key
        yield from fields(inner)


PLACES = len(list(fields(TASKS[0])))


def test_a_file_of_a_gigabyte_ends_in_a_problem(scratch: Path) -> None:
    scratch.write_bytes(RAW.rstrip().removesuffix(b"]"))
    with scratch.open("r+b") as file:
        file.truncate(2**30)  # sparse: a gigabyte of NUL bytes that takes no room
    found = list(find_in_file(scratch, "export.json", ARTICLES))
    scratch.unlink()
    assert [one.code for one in found] == ["json-syntax"]


def test_markup_in_any_string_is_no_value_of_the_scheme_and_is_shown_as_words(scratch: Path) -> None:
    """Where words are free (a title, an origin, an annotator beside no rounds) it passes as the words that it is."""
    markup = "<img src=x onerror=alert(1)> {{7*7}} %s \x1b[2J\r::error ::x"
    free = set()
    for number in range(PLACES):
        task = copy.deepcopy(TASKS[0])
        container, key = list(fields(task))[number]
        if isinstance(container[key], str):
            container[key] = markup
            if not check(scratch, orjson.dumps([task])):
                free.add(key)
    assert free == {"title", "origin", "email"}
    everywhere = copy.deepcopy(TASKS)
    for container, key in list(fields(everywhere)):
        if isinstance(container[key], str):
            container[key] = markup
    assert check(scratch, orjson.dumps(everywhere))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, PLACES - 1), value=JSON)
def test_anything_in_any_field_ends_in_clear_problems_or_passes(number: int, value: Any, scratch: Path) -> None:
    task = copy.deepcopy(TASKS[0])
    container, key = list(fields(task))[number]
    container[key] = value
    check(scratch, orjson.dumps([task]))


def test_every_field_takes_every_kind_of_wrong_value(scratch: Path) -> None:
    """Of fields of one name in items of one kind one stands for all."""
    odd: list[Any] = [None, True, -1, 2**63, 1e308, "\u202e\x00", [], {}, [[[]]], {"": {"": None}}]
    kinds = {
        (key, container.get("type")): number
        for number, (container, key) in enumerate(fields(TASKS[0]))
        if isinstance(container, dict)
    }
    assert len(kinds) > 30
    for number in kinds.values():
        for wrong in odd:
            task = copy.deepcopy(TASKS[0])
            container, key = list(fields(task))[number]
            container[key] = wrong
            check(scratch, orjson.dumps([task]))
