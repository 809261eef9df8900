"""Scores of claims and of the ledger: what must hold whatever is predicted, each slot by hand, and hostile claims."""

import json
import random
from dataclasses import replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fogbank import SCHEME, Document, find_corpus
from fogbank.check.files import check_file
from fogbank.compare.measure import Rates
from fogbank.compare.tasks import TASKS
from fogbank.compare.tasks.claims import align, name_similarity, similarities
from fogbank.model.claim import Claim, Mention
from fogbank.model.claims import claims
from fogbank.model.document import Dateline

HOME = find_corpus(Path(__file__).parent)
NAMES = st.sampled_from(["miners", "the miners", "two guards", "guards of the mine", "Hask", None])
DATES = st.sampled_from([None, "2030-03-04", "2030-03-05T10:00"])
BOUNDS = st.one_of(st.none(), st.integers(0, 40))


@st.composite
def given_claims(draw: st.DrawFn) -> dict[str, Any]:
    sources = [
        {"names": names, "kind": kind, "stance": stance}
        for names, kind, stance in draw(
            st.lists(
                st.tuples(
                    st.lists(st.sampled_from(["army", "the army", "mayor of Hask"]), max_size=2),
                    st.sampled_from(["military", "government"]),
                    st.sampled_from(["asserts", "denies"]),
                ),
                max_size=2,
            )
        )
    ]
    start, end = draw(DATES), draw(DATES)
    low, best, high = (draw(BOUNDS) for _ in range(3))
    return {
        "sources": sources,
        "label": draw(st.sampled_from(["DEATH", "INJURY", "STRIKE"])),
        "status": draw(st.sampled_from(["actual", "negated"])),
        "affected": draw(NAMES),
        "agent": draw(NAMES),
        "quantity": draw(st.sampled_from([None, {"low": low, "best": best, "high": high}])),
        "start": start,
        "end": end,
        "part": draw(st.booleans()),
    }


@st.composite
def reports(draw: st.DrawFn) -> list[Document]:
    """Three reports of two incidents that predict claims alone."""
    return [
        Document.from_json(
            {"id": name, "claims": draw(st.lists(given_claims(), max_size=5))},
            dateline=Dateline(incident, time, "Courier", {"killed": 12}),
        )
        for name, incident, time in (
            ("a", "x-01", "2030-03-04"),
            ("b", "x-01", "2030-03-05"),
            ("c", "x-02", "2030-03-05"),
        )
    ]


@pytest.mark.parametrize("task", ["claims", "ledger"])
@given(gold=reports(), predicted=reports(), seed=st.integers(0, 9))
@settings(max_examples=60)
def test_what_must_hold_in_every_row(task: str, gold: list[Document], predicted: list[Document], seed: int) -> None:
    measure = TASKS[task].measure
    rows, turned = measure(gold, predicted), measure(predicted, gold)
    assert next(iter(rows)) == "all"
    for name, row in rows.items():
        if isinstance(row, Rates):
            assert np.allclose(row.sums[..., [2, 3, 0, 1]], turned[name].sums), name
            assert (row.sums[..., [0, 2]] <= row.sums[..., [1, 3]] + 1e-9).all(), name

    def shuffled(documents: list[Document]) -> list[Document]:
        held = [(one, one.claims or ()) for one in documents]
        return [replace(one, claims=tuple(random.Random(seed).sample(given, len(given)))) for one, given in held]

    # The ledger takes claims of one minute in their order, so there only whole figures of equal standing may move.
    if task == "claims":
        moved = measure(shuffled(gold), shuffled(predicted))
        assert all(np.allclose(moved[name].sums, row.sums) for name, row in rows.items())
    back = measure(gold[::-1], predicted[::-1])
    assert all(np.allclose(back[name].sums.sum(axis=0), row.sums.sum(axis=0)) for name, row in rows.items())
    for row in measure(gold, gold).values():
        if isinstance(row, Rates):
            assert row.score(None).value == pytest.approx(1.0)


@pytest.mark.parametrize("task", ["claims", "ledger"])
def test_gold_against_itself_is_one_in_every_row(task: str) -> None:
    gold = list(HOME.gold())
    rows = TASKS[task].measure(gold, gold)
    assert all(row.score(None).value == 1.0 for row in rows.values() if isinstance(row, Rates))
    assert len(rows) > 8


def test_claims_without_offsets_are_scored_as_those_from_spans() -> None:
    gold = list(HOME.gold(HOME.split("test")))
    answered = [
        Document.from_json({"id": one.id, "claims": [claim.to_json() for claim in claims(one)]}) for one in gold
    ]
    rows = TASKS["claims"].measure(gold, answered)
    assert rows["all"].score(None).value == pytest.approx(1.0)
    assert TASKS["ledger"].measure(gold, answered)["all"].score(None).value == pytest.approx(1.0)


def test_a_prediction_of_spans_needs_no_text_of_its_own() -> None:
    gold = list(HOME.gold(HOME.split("test")))
    bare = [replace(one, text=None, dateline=None) for one in gold]
    for task in ("claims", "ledger"):
        assert TASKS[task].measure(gold, bare)["all"].score(None).value == pytest.approx(1.0)


def test_withheld_texts_are_compared_by_place() -> None:
    bare = [one.without_text() for one in HOME.gold(HOME.split("wire"))]
    assert TASKS["claims"].measure(bare, bare)["exact"].score(None).value == 1.0


# ---------------------------------------------------------------- slots by hand


def made(**fields: Any) -> Claim:
    return Claim.from_json({"label": "DEATH", **fields})


def test_names_are_as_near_as_their_words() -> None:
    assert name_similarity(Mention("The Miners", ("The Miners",)), Mention("miners", ("miners",))) == 1
    assert name_similarity(Mention("a", ("two miners",)), Mention("b", ("miners", "men"))) == pytest.approx(2 / 3)
    assert name_similarity(Mention(None, (), 0, 10), Mention(None, (), 5, 15)) == pytest.approx(5 / 15)
    assert name_similarity(Mention(None, (), 0, 10), Mention("men", ("men",))) == 0


@pytest.mark.parametrize(
    ("slot", "one", "other", "expected"),
    [
        ("quantity", {"quantity": {"low": 9, "best": 9}}, {"quantity": {"low": 9, "best": 9}}, 1),
        ("quantity", {"quantity": {"best": 9}}, {"quantity": {"best": 19}}, 1 - log(2)),
        ("quantity", {"quantity": {"best": 1}}, {"quantity": {"best": 10**12 - 1}}, 0),
        ("quantity", {"quantity": {"best": 9}}, {}, 0),
        ("time", {"start": "2030-03-04", "end": "2030-03-04"}, {"start": "2030-03-04", "end": "2030-03-05"}, 0.5),
        ("time", {"start": "2030-03-04"}, {"start": "2030-03-04T00:00", "end": "2030-03-04T23:59"}, 1),
        ("time", {"start": "2030-03-04"}, {"start": "2031-03-04"}, 0),
        ("status", {"status": "planned"}, {}, 0),
        ("sources", {}, {}, 1),
        ("sources", {"sources": [{"names": []}]}, {}, 0),
        ("sources", {"sources": [{"names": []}]}, {"sources": [{"names": []}]}, 1),
        ("sources", {"sources": [{"names": ["men"]}, {"names": ["Radio"]}]}, {"sources": [{"names": ["men"]}]}, 0.5),
    ],
)  # fmt: skip
def test_a_slot_by_hand(slot: str, one: dict[str, Any], other: dict[str, Any], expected: float) -> None:
    assert similarities(made(**one), made(**other))[slot] == pytest.approx(expected)
    assert similarities(made(**other), made(**one))[slot] == pytest.approx(expected)


def test_the_best_alignment_is_found_and_labels_never_mix() -> None:
    gold = [made(affected="miners", quantity={"best": 9}), made(affected="guards", quantity={"best": 2})]
    predicted = [made(affected="guards", quantity={"best": 2}), made(affected="miners", quantity={"best": 8})]
    pairs = [(a.affected and a.affected.text, b.affected and b.affected.text) for a, b, _ in align(gold, predicted)]
    assert sorted(pairs, key=str) == [("guards", "guards"), ("miners", "miners")]
    assert align(gold, [Claim.from_json({"label": "INJURY", "affected": "miners"})]) == []


def test_a_whole_claim_is_the_mean_of_its_slots() -> None:
    gold, predicted = made(affected="miners", place="Hask"), made(affected="miners")
    rows = TASKS["claims"].measure([Document("d", "", claims=(gold,))], [Document("d", "", claims=(predicted,))])
    assert rows["all"].score(None).value == pytest.approx(4 / 5)  # sources, stance, status and affected; no place
    assert rows["exact"].score(None).value == 0
    place = rows["slot/place"].score(None)
    assert (place.recall, place.precision) == (0, 0)
    assert rows["stance/writer"].score(None).value == pytest.approx(4 / 5)


def test_the_ledger_by_hand() -> None:
    def report(best: int, truth: int | None = None) -> Document:
        figure = {"low": best, "best": best, "high": best + 9}
        value = {"id": "d", "claims": [{"label": "DEATH", "quantity": figure}]}
        return Document.from_json(value, dateline=Dateline("x", "2030-03-04", None, {"killed": truth} if truth else {}))

    rows = TASKS["ledger"].measure([report(10, 21)], [report(15)])
    assert rows["all"].score(None).value == pytest.approx(5 / 15)
    assert [rows[name].score(None).value for name in ("best", "meets")] == [0, 1]
    assert rows["log error"].score(None).value == pytest.approx(log(16 / 11))
    assert [rows[name].score(None).value for name in ("truth covered", "gold covered")] == [1, 0]
    assert rows["truth log error"].score(None).value == pytest.approx(log(22 / 16))


# ---------------------------------------------------------------- hostile claims

FINE: dict[str, Any] = {"label": "DEATH", "affected": "miners", "quantity": {"low": 1, "best": 1, "high": None}}


@pytest.mark.parametrize(
    "claim",
    [
        {**FINE, "quantity": {"low": 10**30}},
        {**FINE, "quantity": {"best": -1}},
        {**FINE, "quantity": {"best": 1.5}},
        {**FINE, "quantity": {"best": "12"}},
        {**FINE, "quantity": {"low": 9, "best": 3}},
        {**FINE, "quantity": [1, 1, 1]},
        {**FINE, "quantity": {"best": True}},
        {**FINE, "affected": ["miners"]},
        {**FINE, "affected": ""},
        {**FINE, "affected": "x" * 10_000},
        {**FINE, "label": "PERSON"},
        {**FINE, "label": None},
        {**FINE, "status": "sure"},
        {**FINE, "start": "yesterday"},
        {**FINE, "start": "2030-02-30"},
        {**FINE, "sources": [{"names": ["x"]}] * 50},
        {**FINE, "sources": "army"},
        {**FINE, "verdict": "true"},
        {},
        "DEATH of 12",
        None,
    ],
)
def test_a_claim_that_is_none_is_a_problem(claim: object, tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text(json.dumps({"id": "vdr-01-a", "claims": [claim]}) + "\n")
    found = list(check_file(path, HOME))
    assert found
    assert all(problem.place.startswith("$.claims[0]") for problem in found)


def test_more_claims_than_can_be_compared_are_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text(json.dumps({"id": "vdr-01-a", "claims": [FINE] * 401}) + "\n")
    assert [problem.place for problem in check_file(path, HOME)] == ["$.claims"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202e\u0000", "🕊" * 90, "\u200b", "!!!"])
def test_odd_names_are_data(text: str, tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text(json.dumps({"id": "vdr-01-a", "claims": [{**FINE, "affected": text, "event": text}]}) + "\n")
    assert list(check_file(path, HOME)) == []
    gold = list(HOME.gold(["vdr-01-a"]))
    predicted = [Document.from_json(json.loads(path.read_text()))]
    for task in ("claims", "ledger"):
        value = TASKS[task].measure(gold, predicted)["all"].score(None).value
        assert value is not None
        assert 0 <= value < 1


def test_every_label_of_an_event_may_be_claimed(tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    lines = [{"label": label} for label in SCHEME.labels_in("event")]
    path.write_text(json.dumps({"id": "vdr-01-a", "spans": [], "claims": lines}) + "\n")
    assert list(check_file(path, HOME)) == []
