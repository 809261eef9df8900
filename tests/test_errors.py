"""Errors one by one, and the matrices made of them."""

from hypothesis import given
from hypothesis import strategies as st

from fogbank import SCHEME, Document, Relation, Span
from fogbank.compare.errors import errors, label_matrix, stance_matrix

_PLACES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(1, 4), st.sampled_from(SCHEME.label_names)), max_size=7, unique=True
)


def document(places: list[tuple[int, int, str]]) -> Document:
    return Document("d", None, tuple(Span(f"T{n}", s, s + size, label) for n, (s, size, label) in enumerate(places)))


def test_each_error_has_the_mildest_name_that_fits() -> None:
    gold = Document(
        "d",
        None,
        (
            Span("a", 0, 4, "ORG"),
            Span("b", 5, 9, "PLACE"),
            Span("c", 10, 14, "STRIKE"),
            Span("e", 20, 24, "CUE", {"stance": "asserts"}),
            Span("f", 30, 34, "PERSON"),
        ),
        (Relation("e", "f", "source"),),
    )
    predicted = Document(
        "d",
        None,
        (
            Span("1", 0, 4, "FORCE"),
            Span("2", 5, 8, "PLACE"),
            Span("3", 20, 24, "CUE", {"stance": "denies"}),
            Span("4", 30, 34, "PERSON"),
            Span("5", 40, 44, "TIME"),
        ),
    )
    assert sorted((e.kind, e.gold, e.predicted) for e in errors(gold, predicted)) == [
        ("missed", "c", None),
        ("missed relation", "e", "3"),
        ("spurious", None, "5"),
        ("wrong attributes", "e", "3"),
        ("wrong boundary", "b", "2"),
        ("wrong label", "a", "1"),
    ]
    matrix = stance_matrix([(gold, predicted)])
    assert (matrix.rows, matrix.columns, matrix.numbers) == (("asserts",), ("denies",), ((1,),))


@given(_PLACES, _PLACES)
def test_every_span_is_counted_once(ours: list[tuple[int, int, str]], theirs: list[tuple[int, int, str]]) -> None:
    gold, predicted = document(ours), document(theirs)
    matrix = label_matrix([(gold, predicted)])
    in_gold = sum(sum(row) for name, row in zip(matrix.rows, matrix.numbers, strict=True) if name != "none")
    lacking = sum(row[-1] for row in matrix.numbers) if "none" in matrix.columns else 0
    assert in_gold == len(gold.spans)
    assert matrix.total - lacking == len(predicted.spans)
    assert label_matrix([(gold, gold)]).right == label_matrix([(gold, gold)]).total == len(gold.spans)
