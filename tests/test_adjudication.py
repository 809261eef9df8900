from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fogbank import Document, InvalidValueError, Relation, Span, resolve
from fogbank.curate.adjudication import overruled, settle
from fogbank.curate.comparison import compare, disputes

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
    assert list(map(str, settled.overruled)) == [
        "span PLACE “Hask”: dropped",
        "relation affected from STRIKE “shelled” to PLACE “Hask”: dropped",
    ]


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


# ---------------------------------------------------------------- disputes, in words


def told(first: Document, second: Document) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.kind, one.about, one.first, one.second) for one in disputes(compare(first, second))]


def test_disputes_name_both_readings_spans_first_then_attributes_then_relations() -> None:
    assert told(FIRST, SECOND) == [
        ("span", "", "FORCE “Rebels”", "PEOPLE “Rebels”"),
        ("attribute", "STRIKE “shelled”", "status actual", "status possible"),
        ("relation", "STRIKE “shelled”", "agent → FORCE “Rebels”", "agent → PEOPLE “Rebels”"),
    ]
    assert [one.ids for one in disputes(compare(FIRST, SECOND))] == [("A1", "B1"), ("S1.status",), ("R1", "R2")]
    assert told(FIRST, FIRST) == []


def test_a_dispute_says_which_of_several_places_and_who_has_nothing_there() -> None:
    said = {
        "id": "s",
        "label": "CUE",
        "quote": "said",
        "attributes": {"stance": "asserts", "source_kind": "government"},
    }
    friday = {"id": "t", "label": "TIME", "quote": "Friday"}
    first = version([said, friday, {"id": "h", "label": "PLACE", "quote": "Hask"}], [("s", "time", "t")])
    second = version([said, friday], [])
    assert told(first, second) == [
        ("span", "", "PLACE “Hask”", None),
        ("relation", "CUE “said”", "time → TIME “Friday”", None),
    ]
    text = "He said he was safe, and he left."
    he = [Document("e", text, (Span("T1", at, at + 2, "PERSON"),)) for at in (8, 25)]
    assert told(*he) == [("span", "", "PERSON “he” (1 of 2)", None), ("span", "", None, "PERSON “he” (2 of 2)")]
    withheld = [document.without_text() for document in he]
    assert told(*withheld) == [("span", "", "PERSON 8–10", None), ("span", "", None, "PERSON 25–27")]


def mentions(*links: tuple[str, str]) -> Document:
    words = ("Ansa", "she", "mayor", "her")
    text = "Ansa said she, the mayor, lost her house."
    spans = tuple(Span(w, text.index(w), text.index(w) + len(w), "PERSON") for w in words)
    return Document("m", text, spans, tuple(Relation(head, tail, "same") for head, tail in links))


def test_two_links_of_coreference_from_one_mention_are_one_dispute() -> None:
    assert told(mentions(("mayor", "Ansa")), mentions(("mayor", "she"))) == [
        ("relation", "PERSON “mayor”", "same → PERSON “Ansa”", "same → PERSON “she”")
    ]


@st.composite
def two_versions(draw: st.DrawFn) -> tuple[Document, Document]:
    """Two versions of one text: any spans of it, any relations between them."""

    def one() -> Document:
        places = draw(
            st.lists(
                st.tuples(
                    st.integers(0, len(TEXT) - 9), st.integers(1, 8), st.sampled_from(("FORCE", "PLACE", "CLASH"))
                ),
                max_size=5,
                unique=True,
            )
        )
        spans = [Span(f"T{n}", start, start + size, label) for n, (start, size, label) in enumerate(places)]
        ends = st.sampled_from([span.id for span in spans]) if spans else st.nothing()
        links = st.tuples(ends, ends, st.sampled_from(("agent", "same")))
        relations = draw(st.lists(links, max_size=5, unique=True)) if spans else []
        return Document("d", TEXT, tuple(spans), tuple(Relation(*link) for link in relations))

    return one(), one()


@given(two_versions())
def test_every_difference_is_listed_once_and_by_the_name_that_decides_it(pair: tuple[Document, Document]) -> None:
    found = compare(*pair)
    named = [name for one in disputes(found) for name in one.ids]
    single = [one.id for one in found.relations if one.holder != "both"]
    assert sorted(named) == sorted([span.id for span in found.disputed_spans] + single)
    assert all(one.first or one.second for one in disputes(found))


# ---------------------------------------------------------------- what gold overrules


@given(two_versions())
def test_gold_that_keeps_all_that_both_held_overrules_nothing_and_empty_gold_all(
    pair: tuple[Document, Document],
) -> None:
    found = compare(*pair)
    assert overruled(found, found.agreed) == ()
    assert overruled(found, found.document) == ()
    lost = overruled(found, Document("d", TEXT))
    assert len(lost) == len(found.agreed.spans) + len(found.agreed.relations)
    assert all(one.became is None for one in lost)


def test_a_changed_extent_changes_its_relations_and_attributes_too() -> None:
    cue = {"id": "s", "label": "CUE", "quote": "said", "attributes": {"stance": "asserts", "source_kind": "government"}}
    content = {"id": "c", "label": "CONTENT", "quote": "Rebels shelled Hask"}
    held = version([cue, content], [("s", "content", "c")])
    said = {**cue, "attributes": {"stance": "accuses", "source_kind": "government"}}
    gold = version([said, {**content, "quote": "shelled Hask"}], [("s", "content", "c")])
    assert list(map(str, overruled(compare(held, held), gold))) == [
        "span CONTENT “Rebels shelled Hask”: CONTENT “shelled Hask”",
        "attribute stance asserts of CUE “said”: stance accuses",
        "relation content from CUE “said” to CONTENT “Rebels shelled Hask”: "
        "content from CUE “said” to CONTENT “shelled Hask”",
    ]


def test_a_link_of_coreference_that_gold_makes_by_way_of_another_mention_is_changed_not_dropped() -> None:
    both = compare(*[mentions(("mayor", "Ansa"), ("her", "Ansa"))] * 2)
    assert [one.became for one in overruled(both, mentions(("mayor", "Ansa"), ("her", "mayor")))] == [
        "joined by other links"
    ]
    assert [one.became for one in overruled(both, mentions(("mayor", "Ansa")))] == [None]
