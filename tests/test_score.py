import json
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import ValidationError, validate

from fogbank import SCHEME, DataError, Document, InvalidValueError, Relation, Span, score
from fogbank.check.schemas import schemas
from fogbank.compare.bootstrap import resample
from fogbank.compare.measure import Counts, tally
from fogbank.compare.score import data_digest
from fogbank.model.storage import json_bytes

_LABELS = st.sampled_from(SCHEME.label_names)


@st.composite
def documents(draw: st.DrawFn, name: str = "d") -> Document:
    places = draw(st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), _LABELS), max_size=8, unique=True))
    spans = tuple(Span(f"T{i}", start, start + size, label) for i, (start, size, label) in enumerate(places))
    ends = st.integers(0, max(0, len(spans) - 1))
    links = draw(st.lists(st.tuples(ends, ends, st.sampled_from(SCHEME.relation_names)), max_size=6, unique=True))
    relations = tuple(Relation(f"T{a}", f"T{b}", label) for a, b, label in links) if spans else ()
    return Document(name, None, spans, relations)


def f1(report: Any, task: str) -> float:
    return float(report.scores[task]["all"].value)


@given(documents())
@settings(max_examples=50)
def test_gold_against_itself_is_perfect(document: Document) -> None:
    report = score([document], [document], resamples=20)
    assert f1(report, "spans") == f1(report, "relations") == 1.0
    assert report.scores["spans"]["all"].interval is None  # one document says nothing of others


@given(documents(), documents())
@settings(max_examples=50)
def test_swapping_gold_and_predicted_swaps_precision_and_recall(one: Document, other: Document) -> None:
    forth, back = score([one], [other], resamples=5), score([other], [one], resamples=5)
    for task in ("spans", "relations"):
        a, b = forth.scores[task]["all"], back.scores[task]["all"]
        assert (a.precision, a.recall, a.value) == (b.recall, b.precision, b.value)


@given(documents(), documents(), st.integers())
@settings(max_examples=50)
def test_order_and_names_never_matter(gold: Document, predicted: Document, seed: int) -> None:
    shuffle = random.Random(seed)
    spans, relations = list(predicted.spans), list(predicted.relations)
    shuffle.shuffle(spans)
    shuffle.shuffle(relations)
    renamed = Document(
        predicted.id,
        None,
        tuple(Span(f"x{s.id}", s.start, s.end, s.label) for s in spans),
        tuple(Relation(f"x{r.head}", f"x{r.tail}", r.label) for r in relations),
    )
    assert score([gold], [renamed], resamples=9).to_json() == score([gold], [predicted], resamples=9).to_json()


def test_counts_by_hand() -> None:
    gold = Document(
        "d",
        None,
        (Span("a", 0, 2, "FORCE"), Span("b", 3, 5, "STRIKE"), Span("c", 6, 8, "PLACE")),
        (Relation("b", "a", "agent"), Relation("b", "c", "affected")),
    )
    predicted = Document(
        "d",
        None,
        (Span("1", 0, 2, "FORCE"), Span("2", 3, 5, "STRIKE"), Span("3", 6, 9, "PLACE"), Span("4", 0, 2, "PLACE")),
        (Relation("2", "1", "agent"), Relation("2", "3", "affected"), Relation("2", "4", "agent")),
    )
    report = score([gold], [predicted], resamples=5)
    assert report.scores["spans"]["all"].counts == Counts(3, 4, 2)
    assert report.scores["spans"]["PLACE"].counts == Counts(1, 2, 0)
    assert report.scores["spans"]["event"].counts == Counts(1, 1, 1)
    assert report.scores["relations"]["all"].counts == Counts(2, 3, 1)  # a relation needs both its ends
    assert report.scores["spans"]["all"].value == pytest.approx(4 / 7)


def test_a_document_that_was_not_predicted_counts_as_empty() -> None:
    gold = [Document(name, None, (Span("a", 0, 2, "FORCE"),)) for name in ("d", "e")]
    report = score(gold, gold[:1], resamples=5)
    assert report.missing == ("e",)
    assert report.scores["spans"]["all"].counts == Counts(2, 1, 1)


def test_unknown_and_repeated_documents_are_refused() -> None:
    gold = [Document("d", None)]
    with pytest.raises(DataError, match="not in test, first 'x'"):
        score(gold, [Document("x", None)], split="test")
    with pytest.raises(InvalidValueError, match="d is given twice"):
        score(gold, gold * 2)
    with pytest.raises(DataError, match="no gold documents"):
        score([], [])


def test_the_signature_names_the_conditions() -> None:
    gold = [Document("d", None, (Span("a", 0, 2, "FORCE"),))]
    one = score(gold, gold, split="test", resamples=5, seed=1).signature
    assert (one.split, one.resamples, one.seed, one.criteria["spans"]) == ("test", 5, 1, "exact")
    changed = [Document("d", None, (Span("a", 0, 3, "FORCE"),))]
    assert score(changed, gold, resamples=5).signature.data != one.data


def test_the_digest_is_of_all_that_gold_says_in_any_order_and_by_any_ids() -> None:
    def gold(ids: str = "abc", **changed: Any) -> Document:
        a, b, c = tuple(ids)
        spans = (Span(a, 0, 9, "FORCE"), Span(b, 0, 2, "STRIKE"), Span(c, 3, 5, "CUE", {"stance": "denies"}))
        links = (Relation(c, b, "content"), Relation(b, a, "agent"))
        return replace(Document("d", "any text", spans, links), **changed)

    told = gold()
    digest = data_digest([told, Document("e", None)])
    assert digest == "e709ea0085527bb2"  # reports and models that are kept were made under it
    assert digest == data_digest([Document("e", None), gold("cba", spans=gold("cba").spans[::-1])])
    others = [
        gold(id="f"),
        *(gold(spans=(*told.spans[:2], replace(told.spans[2], **one))) for one in ({"end": 6}, {"label": "PLACE"})),
        gold(spans=(*told.spans[:2], replace(told.spans[2], attributes={"stance": "asserts"}))),
        gold(spans=(*told.spans, replace(told.spans[2], id="z"))),
        gold(relations=told.relations[:1]),
        gold(relations=(Relation("c", "a", "content"), told.relations[1])),
        gold(relations=(Relation("c", "b", "source"), told.relations[1])),
    ]
    assert len({data_digest([other, Document("e", None)]) for other in others} | {digest}) == len(others) + 1
    with pytest.raises(InvalidValueError, match="d: a relation names 'a', which is no span of it"):
        data_digest([gold(spans=told.spans[1:])])


def test_an_interval_covers_the_figure_and_is_the_same_for_the_same_seed() -> None:
    gold = [Document(f"d{i}", None, (Span("a", 0, 2, "FORCE"), Span("b", 3, 4, "PLACE"))) for i in range(20)]
    predicted = [Document(d.id, None, d.spans if i % 3 else d.spans[:1]) for i, d in enumerate(gold)]
    reports = [score(gold, predicted, seed=7) for _ in range(2)]
    interval = reports[0].scores["spans"]["all"].interval
    assert interval is not None
    low, high = interval
    assert low < f1(reports[0], "spans") < high
    assert reports[0].to_json() == reports[1].to_json()


def test_documents_of_one_incident_are_drawn_together() -> None:
    drawn = resample(["i", "i", "j", "k"], 200, 3)
    sums = drawn.sums(np.eye(4))
    assert (sums[:, 0] == sums[:, 1]).all()
    assert (sums[:, [0, 2, 3]].sum(axis=1) == 3).all()
    assert np.unique(sums[:, 2]).size > 1
    assert resample(["i", "i"], 200, 3).sums(np.eye(2)).shape == (0, 2)


def test_repeated_items_match_as_often_as_both_sides_have_them() -> None:
    one = tally(("A",), [[("A", 1), ("A", 1), ("A", 2)]], [[("A", 1), ("A", 3), ("B", 1)]])
    assert one.rates().score(None).counts == Counts(3, 2, 1)


@given(documents(), documents())
@settings(max_examples=20)
def test_a_report_is_what_its_schema_promises(gold: Document, predicted: Document) -> None:
    schema = schemas()["report.schema.json"]
    for documents_, versions in (([gold], [predicted]), ([gold, Document("e", None)], [])):
        validate(json.loads(json_bytes(score(documents_, versions, resamples=9).to_json())), schema)
    with pytest.raises(ValidationError):
        validate({**score([gold], [predicted], resamples=2).to_json(), "rank": 1}, schema)
