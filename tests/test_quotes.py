import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fogbank import Document, quoted, resolve

TEXT = "Troops from Hask\u00a0🚀 shelled Hask, Marrow said. “He said no.”\nThey left Hask."


def answer(*spans: dict[str, Any], relations: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"id": "d", "spans": list(spans), "relations": relations or []}


def test_quotes_become_offsets_in_code_points() -> None:
    value = answer(
        {"id": "a", "label": "PLACE", "quote": "Hask", "occurrence": 3},
        {"id": "b", "label": "STRIKE", "quote": "shelled"},
        {"id": "c", "label": "PLACE", "quote": "Hask", "occurrence": 2},
        relations=[{"head": "b", "label": "affected", "tail": "c"}],
    )
    document, problems = resolve(value, "d", TEXT)
    assert problems == ()
    assert document is not None
    assert [(s.start, s.end, document.quote(s)) for s in document.spans] == [
        (70, 74, "Hask"),
        (19, 26, "shelled"),
        (27, 31, "Hask"),
    ]
    assert document.spans[1].attributes == {"status": "actual"}  # the default of the scheme


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ([], "quotes-shape", "no object"),
        ({"id": "x", "spans": []}, "quotes-id", "'x'"),
        (answer({"id": "a", "label": "PLACE", "quote": "Hask"}), "quotes-place", "3 times; an occurrence"),
        (answer({"id": "a", "label": "PLACE", "quote": "Hask", "occurrence": 4}), "quotes-place", "occurrence 4"),
        (answer({"id": "a", "label": "PLACE", "quote": "Hask", "occurrence": True}), "quotes-place", "occurrence True"),
        (answer({"id": "a", "label": "PLACE", "quote": "hask"}), "quotes-place", "not in the text"),
        (answer({"id": "a", "label": "STRIKE", "quote": "shell"}), "quotes-place", "inside a longer word"),
        (answer({"id": "a", "label": "PLACE", "quote": ""}), "quotes-place", "not in the text"),
        (answer({"id": "a", "label": 3, "quote": "Hask"}), "quotes-shape", "'label': 3"),
        (answer(relations=[{"head": "a", "label": "same"}]), "quotes-shape", "'head': 'a'"),
        (answer({"id": "a", "label": "CITY", "quote": "Troops"}), "label-unknown", "'CITY'"),
        (answer({"id": "a", "label": "PLACE", "quote": "Marrow said"}, relations=[
            {"head": "a", "label": "same", "tail": "b"}]), "relation-tail-unknown", "'b'"),
    ],
)  # fmt: skip
def test_what_settles_no_place_is_refused(value: Any, code: str, message: str) -> None:
    document, problems = resolve(value, "d", TEXT)
    assert [p.code for p in problems] == [code]
    assert message in problems[0].message
    assert document is None or code in {"label-unknown", "relation-tail-unknown"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
_KEYS = st.sampled_from(["id", "label", "quote", "occurrence", "attributes", "head", "tail", "x"])


_ENTRIES = st.lists(st.dictionaries(_KEYS, _JSON, max_size=6), max_size=3)


@given(_ENTRIES, _ENTRIES)
def test_no_answer_whatever_makes_it_fail(spans: list[Any], relations: list[Any]) -> None:
    document, problems = resolve({"id": "d", "spans": spans, "relations": relations}, "d", TEXT)
    assert document is not None or problems


def test_quoting_and_resolving_are_inverse() -> None:
    value = answer(
        {"id": "T1", "label": "PLACE", "quote": "Hask", "occurrence": 2},
        {"id": "T2", "label": "STRIKE", "quote": "shelled", "attributes": {"status": "possible"}},
        {"id": "T3", "label": "CONTENT", "quote": "no.”\nThey left"},
        relations=[{"head": "T2", "label": "affected", "tail": "T1"}],
    )
    first, _ = resolve(value, "d", TEXT)
    assert isinstance(first, Document)
    again, _ = resolve(json.loads(json.dumps(quoted(first))), "d", TEXT)
    assert again == first
