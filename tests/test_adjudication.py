from typing import Any

import pytest

from fogbank import Document, InvalidValueError, resolve
from fogbank.curate.adjudication import settle
from fogbank.curate.comparison import compare

TEXT = "Rebels shelled Hask, the mayor said on Friday. Two people were hurt."


def version(spans: list[dict[str, Any]], relations: list[tuple[str, str, str]]) -> Document:
    links = [{"head": h, "label": name, "tail": t} for h, name, t in relations]
    document, problems = resolve({"id": "d", "spans": spans, "relations": links}, "d", TEXT)
    assert document is not None, problems
    return document


REBELS = {"id": "a", "label": "FORCE", "quote": "Rebels"}
SHELLED = {"id": "b", "label": "STRIKE", "quote": "shelled"}
HASK = {"id": "c", "label": "PLACE", "quote": "Hask"}
FIRST = version([REBELS, SHELLED, HASK], [("b", "agent", "a"), ("b", "affected", "c")])
SECOND = version(
    [{**SHELLED, "attributes": {"status": "possible"}}, {**REBELS, "label": "PEOPLE"}, HASK],
    [("b", "affected", "c"), ("b", "agent", "a")],
)


def test_a_comparison_tells_common_and_single_spans_apart() -> None:
    found = compare(FIRST, SECOND)
    assert [(s.id, s.label) for s in found.spans] == [
        ("A1", "FORCE"), ("B1", "PEOPLE"), ("S1", "STRIKE"), ("S2", "PLACE"),
    ]  # fmt: skip
    assert [(c.relation.tail, c.holder) for c in found.relations] == [("A1", "first"), ("B1", "second"), ("S2", "both")]
    assert found.attributes == {("S1", "status"): ("actual", "possible")}
    assert "status" not in found.agreed.by_id["S1"].attributes


def test_every_dispute_must_be_decided() -> None:
    settled = settle(compare(FIRST, SECOND), {})
    assert settled.document is None
    undecided = " ".join(problem.message for problem in settled.problems)
    assert "A1 (FORCE)" in undecided
    assert "B1 (PEOPLE)" in undecided
    assert "S1.status" in undecided


def test_decisions_make_a_document_and_relations_of_dropped_spans_vanish() -> None:
    decisions = {"keep": ["A1", "R1"], "drop": ["B1"], "attributes": {"S1": {"status": "actual"}}}
    settled = settle(compare(FIRST, SECOND), decisions)
    assert settled.problems == ()
    assert settled.overruled == ()
    assert settled.document is not None
    assert settled.document.canonical() == FIRST.canonical()


def test_what_both_had_and_gold_drops_is_reported() -> None:
    decisions = {
        "keep": ["A1", "R1"],
        "drop": ["B1", "S2"],
        "attributes": {"S1": {"status": "planned"}},
        "spans": [{"id": "N1", "label": "PERSON", "quote": "mayor"}],
        "relations": [{"head": "S1", "label": "agent", "tail": "N1"}],
    }
    settled = settle(compare(FIRST, SECOND), decisions)
    assert settled.problems == ()
    assert settled.overruled == ("span PLACE 15–19", "relation affected from STRIKE 7–14 to PLACE 15–19")


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ({"keep": ["Z9"]}, "'Z9' is nothing of this comparison"),
        ({"keep": ["A1"], "drop": ["A1"]}, "A1 is both kept and dropped"),
        ({"attributes": {"B1": {"x": 1}}, "drop": ["B1"]}, "'B1' is no span that stays"),
        ({"spans": [{"id": "N1", "label": "PLACE", "quote": "Velmar"}]}, "'Velmar' is not in the text"),
        ({"relations": [{"head": "S1"}]}, "{'head': 'S1'}"),
    ],
)
def test_wrong_decisions_are_refused(decisions: dict[str, Any], message: str) -> None:
    settled = settle(compare(FIRST, SECOND), decisions)
    assert settled.document is None
    assert any(message in problem.message for problem in settled.problems)


def test_versions_of_two_texts_are_refused() -> None:
    with pytest.raises(InvalidValueError, match="two versions of one text"):
        compare(FIRST, Document("e", TEXT))


def test_gold_must_keep_the_rules() -> None:
    decisions = {"keep": ["A1", "R1"], "drop": ["B1"], "attributes": {"S1": {"status": None}}}
    settled = settle(compare(FIRST, SECOND), decisions)
    assert [problem.code for problem in settled.problems] == ["attribute-missing"]
