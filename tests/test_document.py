import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fogbank import SCHEME, Document, InvalidValueError, MissingTextError, Relation, Span, clusters
from fogbank.model.document import index


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 2)])
def test_a_span_that_ends_before_it_starts_cannot_be_built(start: int, end: int) -> None:
    with pytest.raises(InvalidValueError, match="expected 0 <= start < end"):
        Span("T1", start, end, "PLACE")


def test_a_relation_without_a_label_cannot_be_built() -> None:
    with pytest.raises(InvalidValueError, match="expected three names"):
        Relation("T1", "T2", "")


def test_attributes_cannot_be_changed_and_their_order_does_not_matter() -> None:
    one = Span("T1", 0, 3, "QUANTITY", {"modifier": "exact", "value": 3})
    other = Span("T1", 0, 3, "QUANTITY", {"value": 3, "modifier": "exact"})
    assert one == other
    assert hash(one) == hash(other)
    with pytest.raises(TypeError):
        one.attributes["value"] = 4  # type: ignore[index]


def test_the_words_of_a_span_need_the_text() -> None:
    document = Document("d", "\U0001f680 Hask fell", (Span("T1", 2, 6, "PLACE"),))
    assert document.quote(document.spans[0]) == "Hask"
    with pytest.raises(MissingTextError, match="restore"):
        document.without_text().quote(document.spans[0])


@given(st.integers())
def test_canonical_form_does_not_depend_on_order_or_ids(seed: int) -> None:
    spans = [Span("a", 5, 9, "PLACE"), Span("b", 0, 9, "CONTENT"), Span("c", 0, 4, "FORCE"), Span("d", 5, 9, "SEIZE")]
    relations = [Relation("d", "a", "affected"), Relation("d", "c", "agent")]
    expected = Document("x", None, tuple(spans), tuple(relations)).canonical()
    shuffle = random.Random(seed)
    shuffle.shuffle(spans)
    shuffle.shuffle(relations)
    renamed = Document(
        "x",
        None,
        tuple(Span(f"z{s.id}", s.start, s.end, s.label) for s in spans),
        tuple(Relation(f"z{r.head}", f"z{r.tail}", r.label) for r in relations),
    )
    assert renamed.canonical() == expected
    assert [span.id for span in expected.spans] == ["T1", "T2", "T3", "T4"]
    assert expected.canonical() == expected


def test_json_round_trip_keeps_everything_but_the_text() -> None:
    spans = (Span("T1", 0, 2, "QUANTITY", {"modifier": "exact", "value": 12}), Span("T2", 3, 7, "DEATH"))
    document = Document("d", None, spans, (Relation("T2", "T1", "quantity"),))
    assert Document.from_json(document.to_json()) == document


def test_clusters_join_links_and_leave_single_mentions_out() -> None:
    spans = tuple(Span(f"T{i}", i, i + 1, "PLACE") for i in range(6))
    links = (Relation("T2", "T0", "same"), Relation("T4", "T2", "same"), Relation("T5", "T3", "same"))
    other = (Relation("T1", "T0", "located_in"), Relation("T9", "T0", "same"))
    found = clusters(Document("d", None, spans, links + other), "same")
    assert found == [frozenset({"T0", "T2", "T4"}), frozenset({"T3", "T5"})]


def test_a_document_given_twice_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="given twice"):
        index([Document("d", None), Document("d", None)])


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"modifier": "exact", "value": 7}, (7, 7, 7)),
        ({"modifier": "at_least", "value": 7}, (7, 7, None)),
        ({"modifier": "more_than", "value": 30}, (31, 31, None)),
        ({"modifier": "at_most", "value": 7}, (None, 7, 7)),
        ({"modifier": "fewer_than", "value": 50}, (None, 49, 49)),
        ({"modifier": "about", "value": 45}, (40, 45, 50)),
        ({"modifier": "range", "value": 10, "value_high": 15}, (10, 12, 15)),
        ({"modifier": "vague", "vague_class": "dozens"}, (24, 24, 99)),
        ({"modifier": "vague"}, (None, None, None)),
        ({"modifier": "exact"}, (None, None, None)),
    ],
)
def test_a_figure_becomes_an_interval_by_the_table(attributes: dict[str, object], expected: tuple[object, ...]) -> None:
    assert tuple(SCHEME.interval(attributes)) == expected


def test_the_scheme_is_consistent() -> None:
    assert len(set(SCHEME.label_names)) == len(SCHEME.label_names) == 29
    assert len({label.hotkey for label in SCHEME.labels}) == 29
    assert {label.layer for label in SCHEME.labels} == {layer.name for layer in SCHEME.layers}
    for relation in SCHEME.relations:
        for head, tail in relation.pairs:
            assert {head, tail} <= set(SCHEME.label_names)
    assert set(SCHEME.quantities["modifiers"]) | {"vague"} == set(SCHEME.attribute["modifier"].names)
    assert set(SCHEME.quantities["vague"]) == set(SCHEME.attribute["vague_class"].names)
    for attribute in SCHEME.attributes:
        assert attribute.default is None or attribute.default in attribute.names
        assert attribute.labels <= set(SCHEME.label_names)
