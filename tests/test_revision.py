"""What became of a pre-annotation: every predicted item has one fate, and what is left adds up."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fogbank.compare.revision import RELATION_FATES, SPAN_FATES, Revision, revise, total
from fogbank.model.document import Document, Relation, Span

TEXT = "Governor Ansa Reteval said on 4 May that 27 people of Kadu were safe."


def span(key: str, words: str, label: str, **attributes: str | int) -> Span:
    start = TEXT.index(words)
    return Span(key, start, start + len(words), label, attributes)


PREDICTED = Document(
    "kd-01-a",
    TEXT,
    (
        span("P1", "Governor Ansa Reteval", "PERSON"),
        span("P2", "said", "CUE", stance="asserts", source_kind="government"),
        span("P3", "4 May", "TIME", start="2031-05-04"),
        span("P4", "27", "QUANTITY", modifier="exact", value=27),
        span("P5", "people", "FORCE"),
        span("P6", "safe", "OBJECT"),
    ),
    (
        Relation("P2", "P1", "source"),
        Relation("P5", "P4", "quantity"),
        Relation("P2", "P3", "time"),
        Relation("P6", "P4", "quantity"),
    ),
)
ANNOTATED = Document(
    "kd-01-a",
    TEXT,
    (
        span("a", "Ansa Reteval", "PERSON"),  # boundary
        span("P2", "said", "CUE", stance="denies", source_kind="government"),  # attribute
        span("P3", "4 May", "TIME", start="2031-05-04"),
        span("P4", "27", "QUANTITY", modifier="exact", value=27),
        span("P5", "people", "PEOPLE"),  # label
        span("b", "Kadu", "PLACE"),
    ),
    (Relation("P2", "a", "source"), Relation("P5", "P4", "quantity"), Relation("P5", "b", "located_in")),
)


def counts(revision: Revision) -> set[tuple[str, str, int]]:
    rows = {**revision.spans, **revision.relations}
    return {(label, fate, number) for label, row in rows.items() for fate, number in row.items() if number}


def test_each_kind_of_change_is_counted_once_under_what_was_predicted() -> None:
    revision = revise([(ANNOTATED, PREDICTED)])
    assert counts(revision) == {
        ("PERSON", "boundary", 1),
        ("CUE", "attribute", 1),
        ("TIME", "kept", 1),
        ("QUANTITY", "kept", 1),
        ("FORCE", "label", 1),
        ("OBJECT", "removed", 1),
        ("PLACE", "added", 1),
        ("source", "kept", 1),  # its end was drawn anew
        ("quantity", "kept", 1),  # its end was relabelled
        ("quantity", "removed", 1),
        ("time", "removed", 1),
        ("located_in", "added", 1),
    }
    assert revision.to_json()["spans"]["all"] == {
        "kept": 2,
        "boundary": 1,
        "label": 1,
        "attribute": 1,
        "removed": 1,
        "added": 1,
    }
    table = revision.table().splitlines()
    assert table[1].split() == ["all", "6", "2", "1", "1", "1", "1", "1", "33.3"]
    assert next(line for line in table if line.startswith("PLACE")).split()[-2:] == ["1", "–"]
    assert next(line for line in table if line.startswith("quantity")).split() == [
        "quantity",
        "2",
        "1",
        "1",
        "0",
        "50.0",
    ]


def test_a_relation_under_another_label_is_one_removed_and_one_added() -> None:
    changed = replace(PREDICTED, relations=(Relation("P2", "P1", "content"), *PREDICTED.relations[1:]))
    revision = revise([(changed, PREDICTED)])
    assert revision.relations["source"] == {"kept": 0, "removed": 1, "added": 0}
    assert revision.relations["content"] == {"kept": 0, "removed": 0, "added": 1}


def test_nothing_predicted_and_nothing_annotated_are_no_rows() -> None:
    empty = Document("kd-01-a", TEXT)
    assert revise([]).to_json() == {
        "documents": 0,
        "spans": {"all": dict.fromkeys(SPAN_FATES, 0)},
        "relations": {"all": dict.fromkeys(RELATION_FATES, 0)},
    }
    assert counts(revise([(empty, empty)])) == set()
    assert "all" in revise([(empty, empty)]).table()


LABELS = st.sampled_from(["PERSON", "PLACE", "CUE", "CONTENT", "TIME"])
SPANS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 9), LABELS), max_size=8, unique_by=lambda s: (s[0], s[0] + s[1], s[2])
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    spans = tuple(Span(f"T{n}", at, at + size, label) for n, (at, size, label) in enumerate(draw(SPANS)))
    ends = st.sampled_from([s.id for s in spans]) if spans else st.nothing()
    joined = draw(st.lists(st.tuples(ends, ends, st.sampled_from(["same", "source"])), max_size=6)) if spans else []
    return Document("kd-01-a", None, spans, tuple(Relation(*one) for one in dict.fromkeys(joined)))


@given(documents(), documents(), st.randoms(use_true_random=False))
def test_every_item_is_counted_once_whatever_the_order(one: Document, other: Document, chance: random.Random) -> None:
    revision = revise([(one, other)])
    spans, relations = total(revision.spans, SPAN_FATES), total(revision.relations, RELATION_FATES)
    assert sum(spans.values()) - spans["added"] == len(other.spans)
    assert sum(spans.values()) - spans["removed"] == len(one.spans)
    assert sum(relations.values()) - relations["added"] == len(other.relations)
    assert sum(relations.values()) - relations["removed"] == len(one.relations)
    shuffled = replace(one, relations=tuple(chance.sample(one.relations, len(one.relations))))
    assert revise([(shuffled, other)]) == revision


@given(documents())
def test_what_was_left_alone_is_kept_and_what_was_begun_from_nothing_is_added(document: Document) -> None:
    assert {fate for _, fate, _ in counts(revise([(document, document)]))} <= {"kept"}
    assert {fate for _, fate, _ in counts(revise([(document, Document("kd-01-a", None))]))} <= {"added"}
