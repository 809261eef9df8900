"""The tasks of the benchmark: what must hold in every row whatever is predicted, and each measure by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.made import shuffled

from fogbank import SCHEME, Document, InvalidValueError, Relation, Span
from fogbank.compare.bootstrap import estimate, resample
from fogbank.compare.columns import columns, matched, overlapping
from fogbank.compare.matching import match, share
from fogbank.compare.measure import Mean, Rates, Score
from fogbank.compare.tasks import TASKS

TEXT = "Army says drones hit Hask, 30 dead, the mayor said; 4 more died later there."
ATTRIBUTES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "QUANTITY": st.one_of(
        st.fixed_dictionaries(
            {"modifier": st.sampled_from(["exact", "at_least", "about"])}, optional={"value": st.integers(0, 150)}
        ),
        st.just({"modifier": "vague", "vague_class": "dozens"}),
    ),
    "TIME": st.fixed_dictionaries(
        {}, optional={"start": st.sampled_from(["2021-03-04", "2021-03-04T12:00"]), "end": st.just("2021-03-05")}
    ),
    "CUE": st.fixed_dictionaries(
        {"stance": st.sampled_from(["asserts", "denies"])}, optional={"source_kind": st.just("military")}
    ),
}
LABELS = ("FORCE", "PERSON", "PLACE", "QUANTITY", "TIME", "STRIKE", "DEATH", "CUE", "CUE", "CONTENT")
LINKS = ("source", "content", "agent", "place", "quantity", "same", "same_event", "causes")


@st.composite
def documents(draw: st.DrawFn, name: str = "d") -> Document:
    spans = []
    for number in range(draw(st.integers(0, 9))):
        label = draw(st.sampled_from(LABELS))
        start, size = draw(st.integers(0, 50)), draw(st.sampled_from([1, 4, 9, 25]))
        spans.append(Span(f"T{number}", start, start + size, label, draw(ATTRIBUTES.get(label, st.just({})))))
    ends = st.integers(0, max(0, len(spans) - 1))
    links = draw(st.lists(st.tuples(ends, ends, st.sampled_from(LINKS)), max_size=9)) if spans else []
    return Document(name, TEXT, tuple(spans), tuple(Relation(f"T{a}", f"T{b}", label) for a, b, label in links))


def scored(task: str, gold: Sequence[Document], predicted: Sequence[Document]) -> dict[str, Score]:
    return estimate(TASKS[task].measure(gold, predicted), resample([d.id for d in gold], 5, 1))


def figures(score: Score) -> tuple[float | None, ...]:
    return score.recall, score.precision, score.value


# ---------------------------------------------------------------- every task


@pytest.mark.parametrize("task", TASKS)
@given(one=documents(), seed=st.integers())
@settings(max_examples=40)
def test_gold_against_itself_is_perfect_in_every_row(task: str, one: Document, seed: int) -> None:
    rows = TASKS[task].measure([one], [shuffled(one, seed)])
    assert next(iter(rows)) == "all"
    for name, measure in rows.items():
        score = measure.score(None)
        if isinstance(measure, Rates):
            assert figures(score) == pytest.approx((1, 1, 1)), name
        else:
            assert score.value == 0 or isnan(score.value), name  # every mean is of errors


@pytest.mark.parametrize("task", TASKS)
@given(one=documents(), other=documents())
@settings(max_examples=60)
def test_swapping_gold_and_predicted_swaps_precision_and_recall(task: str, one: Document, other: Document) -> None:
    forth, back = scored(task, [one], [other]), scored(task, [other], [one])
    swapped = {"errors/missed": "errors/spurious", "errors/spurious": "errors/missed"}
    for name in forth.keys() | back.keys():
        if name.startswith("log error/"):  # by gold's size and modifier
            continue
        a, b = forth[name], back[swapped.get(name, name)]
        if a.precision is None:
            assert a.sums["sum"] == pytest.approx(b.sums["sum"]), name
        else:
            assert figures(a) == pytest.approx((b.precision, b.recall, b.value)), name


@pytest.mark.parametrize("task", TASKS)
@given(gold=documents(), predicted=documents(), seed=st.integers())
@settings(max_examples=40)
def test_order_and_names_never_matter(task: str, gold: Document, predicted: Document, seed: int) -> None:
    other = documents_in_another_order(gold, predicted, seed)
    plain, moved = scored(task, *other[0]), scored(task, *other[1])
    assert {n: s.to_json() for n, s in plain.items()} == {n: s.to_json() for n, s in moved.items()}


def documents_in_another_order(
    gold: Document, predicted: Document, seed: int
) -> tuple[tuple[list[Document], list[Document]], tuple[list[Document], list[Document]]]:
    empty = Document("e", TEXT)
    mixed = [shuffled(one, seed) for one in (gold, predicted)]
    return ([gold, empty], [predicted, empty]), ([empty, mixed[0]], [empty, mixed[1]])


@pytest.mark.parametrize("task", TASKS)
@given(pairs=st.lists(st.tuples(documents(), documents()), min_size=2, max_size=3))
@settings(max_examples=20)
def test_sums_add_up_over_documents(task: str, pairs: list[tuple[Document, Document]]) -> None:
    # documents of one id would be one incident, and its ledger is made of all its documents together
    pairs = [(replace(g, id=f"d{row}"), replace(p, id=f"d{row}")) for row, (g, p) in enumerate(pairs)]
    together = TASKS[task].measure([g for g, _ in pairs], [p for _, p in pairs])
    alone = [TASKS[task].measure([g], [p]) for g, p in pairs]
    for name, measure in together.items():
        if "macro" in name:  # a mean of the labels that there are
            continue
        for number, rows in enumerate(alone):
            held = rows[name].sums[0] if name in rows else np.zeros(measure.sums[0].shape)
            assert measure.sums[number] == pytest.approx(held), name


# ---------------------------------------------------------------- spans


def spans(*places: tuple[int, int, str]) -> Document:
    return Document("d", None, tuple(Span(f"T{i}", *place) for i, place in enumerate(places)))


def test_spans_by_hand() -> None:
    gold = spans(
        (0, 4, "FORCE"), (5, 9, "PLACE"), (10, 20, "PERSON"), (30, 34, "DEATH"), (40, 44, "ORG"), (50, 59, "TIME")
    )
    predicted = spans(
        (0, 4, "FORCE"), (5, 9, "ORG"), (12, 20, "PERSON"), (30, 35, "INJURY"), (80, 84, "ORG"), (50, 59, "TIME")
    )
    rows = scored("spans", [gold], [predicted])
    assert rows["all"].counts == (6, 6, 2)
    assert rows["overlap"].counts == (6, 6, 3)
    assert (rows["PERSON"].counts, rows["overlap/PERSON"].counts) == ((1, 1, 0), (1, 1, 1))
    assert (rows["entity"].counts, rows["ORG"].counts) == ((4, 4, 1), (1, 2, 0))
    assert rows["macro"].value == pytest.approx(2 / 7)  # FORCE and TIME of seven labels
    errors = {name.split("/")[1]: score.sums["sum"] for name, score in rows.items() if name.startswith("errors/")}
    assert errors == {"missed": 1, "spurious": 1, "wrong label": 1, "wrong boundary": 1, "both wrong": 1}
    assert rows["errors/missed"].value == 1 / 6


def test_a_perfect_prediction_of_overlapping_spans_is_perfect_in_every_order() -> None:
    gold = spans((0, 10, "PERSON"), (0, 3, "PERSON"), (5, 8, "PERSON"))
    for seed in range(6):
        assert scored("spans", [gold], [shuffled(gold, seed)])["overlap"].counts == (3, 3, 3)
    crossed = spans((0, 6, "PERSON"), (5, 12, "PERSON"), (7, 9, "PERSON"))
    assert scored("spans", [gold], [crossed])["overlap"].counts == (3, 3, 3)


def test_an_error_is_explained_by_the_mildest_kind_and_only_once() -> None:
    gold = spans((0, 10, "PERSON"), (0, 10, "FORCE"))
    predicted = spans((0, 10, "ORG"), (1, 10, "PERSON"), (2, 10, "PERSON"))
    errors = scored("spans", [gold], [predicted])
    found = {
        name: errors[f"errors/{name}"].sums["sum"] for name in ("wrong label", "wrong boundary", "missed", "spurious")
    }
    assert found == {"wrong label": 1, "wrong boundary": 1, "missed": 0, "spurious": 1}
    nested = scored("spans", [spans((0, 40, "CONTENT"))], [spans((5, 9, "CUE"))])
    assert nested["errors/both wrong"].sums["sum"] == 0  # a cue inside a content is no confusion


@given(documents(), documents())
@settings(max_examples=100)
def test_overlap_counts_as_many_pairs_as_an_assignment_finds(gold: Document, predicted: Document) -> None:
    rows = scored("spans", [gold], [predicted])
    for label in {span.label for span in gold.spans}:
        first, second = (
            list({span.key: span for span in one.spans if span.label == label}.values()) for one in (gold, predicted)
        )
        assert rows[f"overlap/{label}"].counts == (len(first), len(second), len(match(first, second, share)))


@given(st.lists(documents(), max_size=3), st.lists(documents(), max_size=3))
@settings(max_examples=60)
def test_pairs_are_those_that_a_plain_search_finds(gold: list[Document], predicted: list[Document]) -> None:
    number = max(len(gold), len(predicted))
    blank = Document("d", None)
    one, other = columns(
        gold + [blank] * (number - len(gold)), predicted + [blank] * (number - len(predicted)), SCHEME.label_names
    )
    places = [[*zip(*(c.tolist() for c in vars(side).values()), strict=True)] for side in (one, other)]
    for documents_, rows in zip((gold, predicted), places, strict=True):
        assert rows == sorted(set(rows), key=lambda row: (row[1], -row[2], row[3]))
        assert len(rows) == sum(len({span.key for span in d.spans}) for d in documents_)
    pairs = overlapping(one, other)
    found = zip(*(column.tolist() for column in vars(pairs).values()), strict=True)
    assert sorted(found) == [
        (i, j, a[1:3] == b[1:3], a[3] == b[3])
        for i, a in enumerate(places[0])
        for j, b in enumerate(places[1])
        if a[1] < b[2] and b[1] < a[2]
    ]
    every = np.ones(len(pairs.gold), dtype=np.bool_)
    assert matched(pairs, every, len(one)).sum() <= len(np.unique(pairs.gold))
    assert set(pairs.gold[pairs.exact]) <= set(np.flatnonzero(matched(pairs, pairs.exact, len(one))))


def test_offsets_that_no_text_has_are_refused_and_large_ones_are_not_confused() -> None:
    with pytest.raises(InvalidValueError, match="ends at character 4294967296"):
        scored("spans", [spans((0, 2**32, "PLACE"))], [spans()])
    far = [spans((2**31 - 9 - n, 2**31 - 5, "PLACE"), (0, 2**30 + n, "UNREST")) for n in range(4)]
    assert scored("spans", far, far)["all"].counts == (8, 8, 8)
    assert scored("spans", far, far[1:] + far[:1])["all"].counts == (8, 8, 0)


def test_labels_that_the_scheme_does_not_know_are_wrong_where_they_are_predicted() -> None:
    rows = scored("spans", [spans((0, 3, "PLACE"))], [spans((0, 3, "PLACE"), (5, 9, "MADE_UP"))])
    assert (rows["all"].counts, rows["unknown label"].counts) == ((1, 2, 1), (0, 1, 0))


# ---------------------------------------------------------------- relations


def test_relations_by_hand() -> None:
    held = (
        Span("s", 0, 4, "STRIKE"),
        Span("f", 5, 9, "FORCE"),
        Span("p", 10, 14, "PLACE"),
        Span("q", 20, 24, "PEOPLE"),
    )
    gold = Document(
        "d", None, held, (Relation("s", "f", "agent"), Relation("s", "p", "affected"), Relation("s", "q", "affected"))
    )
    predicted = Document(
        "d",
        None,
        (Span("s", 0, 4, "STRIKE"), Span("a", 30, 34, "STRIKE"), *held[1:3], Span("x", 20, 24, "PERSON")),
        (
            Relation("a", "f", "agent"),
            Relation("s", "p", "place"),
            Relation("s", "x", "affected"),
            Relation("s", "f", "agent"),
        ),
    )
    rows = scored("relations", [gold], [predicted])
    assert rows["all"].counts == (3, 4, 1)
    assert (rows["agent"].counts, rows["affected"].counts, rows["event"].counts) == ((1, 2, 1), (2, 1, 0), (3, 4, 1))
    assert rows["unlabelled"].counts == (3, 4, 2)
    assert rows["on gold spans"].counts == (2, 2, 1)  # not of the missed PEOPLE, not of the second STRIKE
    assert rows["on gold spans unlabelled"].counts == (2, 2, 2)
    assert rows["Tri-I"].counts == rows["Tri-C"].counts == (1, 2, 1)
    assert rows["Arg-I"].counts == (
        3,
        3,
        3,
    )  # of the event label and the argument's offsets; agent of either STRIKE is one
    assert rows["Arg-C"].counts == (3, 3, 2)


def test_only_arguments_of_events_are_arguments() -> None:
    document = Document(
        "d",
        None,
        (
            Span("s", 0, 4, "STRIKE"),
            Span("d", 5, 9, "DEATH"),
            Span("p", 10, 14, "PEOPLE"),
            Span("q", 15, 16, "QUANTITY"),
        ),
        (Relation("s", "d", "causes"), Relation("p", "q", "quantity"), Relation("d", "q", "quantity")),
    )
    rows = scored("relations", [document], [document])
    assert rows["Tri-C"].counts == (2, 2, 2)
    assert rows["Arg-C"].counts == (1, 1, 1)


# ---------------------------------------------------------------- attribution


def quote(text: str, words: str, name: str, label: str, **attributes: str) -> Span:
    start = text.index(words)
    return Span(name, start, start + len(words), label, attributes)


STATEMENT = "The mayor said rebels told her that 30 had died, the army denied it."


def statement(**changes: Span) -> tuple[Span, ...]:
    held = {
        "said": quote(STATEMENT, "said", "said", "CUE", stance="asserts", source_kind="government"),
        "told": quote(STATEMENT, "told", "told", "CUE", stance="asserts", source_kind="armed_group"),
        "denied": quote(STATEMENT, "denied", "denied", "CUE", stance="denies", source_kind="military"),
        "mayor": quote(STATEMENT, "mayor", "mayor", "PERSON"),
        "her": quote(STATEMENT, "her", "her", "PERSON"),
        "rebels": quote(STATEMENT, "rebels", "rebels", "FORCE"),
        "army": quote(STATEMENT, "army", "army", "FORCE"),
        "outer": quote(STATEMENT, "rebels told her that 30 had died", "outer", "CONTENT"),
        "inner": quote(STATEMENT, "that 30 had died", "inner", "CONTENT"),
    }
    return tuple({**held, **changes}.values())


LINKED = (
    Relation("said", "mayor", "source"),
    Relation("said", "outer", "content"),
    Relation("told", "rebels", "source"),
    Relation("told", "inner", "content"),
    Relation("denied", "army", "source"),
)


def test_attribution_by_hand() -> None:
    gold = Document("d", STATEMENT, statement(), LINKED)
    changed = {
        "inner": quote(STATEMENT, "30 had died", "inner", "CONTENT"),  # three of four tokens
        "denied": quote(STATEMENT, "denied", "denied", "CUE", stance="asserts", source_kind="military"),
    }
    predicted = Document("d", STATEMENT, statement(**changed), LINKED)
    rows = scored("attribution", [gold], [predicted])
    assert rows["all"].counts == (3, 3, 2)
    assert rows["partial"].recall == pytest.approx((1 + 3 / 4 + 1) / 3)
    assert rows["partial"].precision == 1
    assert rows["cue"].counts == rows["cue and source"].counts == (3, 3, 3)
    assert rows["cue and content"].counts == (3, 3, 2)
    assert rows["chain"].counts == (1, 1, 1)  # "said" holds "told"
    assert (rows["stance"].counts, rows["source_kind"].counts) == ((2, 2, 1), (2, 2, 2))
    assert rows["stance/asserts"].counts == (1, 2, 1)


def test_a_source_may_be_another_mention_only_where_both_versions_link_it() -> None:
    gold = Document("d", STATEMENT, statement(), (*LINKED, Relation("her", "mayor", "same")))
    by_pronoun = tuple(Relation("said", "her", "source") if r.tail == "mayor" else r for r in LINKED)
    for links, matches in (((), 2), ((Relation("her", "mayor", "same"),), 3)):
        rows = scored("attribution", [gold], [Document("d", STATEMENT, statement(), (*by_pronoun, *links))])
        assert rows["all"].counts == (3, 3, 2)
        assert rows["source by cluster"].counts == (3, 3, matches)


def test_chains_follow_the_innermost_content_and_end_in_a_circle() -> None:
    cues = [Span(f"c{n}", 10 * n, 10 * n + 2, "CUE") for n in range(3)]
    contents = [Span("k0", 5, 40, "CONTENT"), Span("k1", 15, 30, "CONTENT"), Span("k2", 0, 25, "CONTENT")]
    links = tuple(Relation(f"c{n}", f"k{n}", "content") for n in range(2))
    document = Document("d", None, (*cues, *contents), links)
    other = Document("d", None, (*cues, *contents), links[:1])
    rows = scored("attribution", [document], [other])
    assert rows["chain"].counts == (2, 2, 1)  # c0 > c1 of both; c0 > c1 > c2 against c0 > c2
    assert "partial" not in rows  # without a text there are no tokens
    circle = Document("d", None, (*cues, *contents), (*links, Relation("c2", "k2", "content")))
    assert scored("attribution", [circle], [circle])["chain"].value == 1


# ---------------------------------------------------------------- values


def figure(place: int, **attributes: str | int) -> Span:
    return Span(f"q{place}", place, place + 2, "QUANTITY", attributes)


def test_values_by_hand() -> None:
    gold = Document(
        "d",
        None,
        (
            figure(0, modifier="exact", value=30),
            figure(5, modifier="at_least", value=31),
            figure(10, modifier="exact", value=4),
            figure(15, modifier="vague", vague_class="dozens"),
            Span("t", 40, 45, "TIME", {"start": "2021-03-04", "end": "2021-03-04"}),
            Span("u", 50, 55, "TIME", {"start": "2021-03-04", "end": "2021-03-06"}),
        ),
    )
    predicted = Document(
        "d",
        None,
        (
            figure(0, modifier="exact", value=300),
            figure(5, modifier="more_than", value=30),  # says the same
            figure(20, modifier="exact", value=4),
            figure(15, modifier="exact", value=24),  # a point in common
            Span("t", 40, 45, "TIME", {"start": "2021-03-04T00:00", "end": "2021-03-04T23:59"}),
            Span("u", 50, 55, "TIME", {"start": "2021-03-06"}),
        ),
    )
    rows = scored("values", [gold], [predicted])
    assert (rows["all"].counts, rows["quantities"].counts, rows["times"].counts) == ((6, 6, 2), (4, 4, 1), (2, 2, 1))
    assert (rows["quantities overlap"].counts, rows["times overlap"].counts) == ((4, 4, 2), (2, 2, 2))
    assert rows["quantities on gold spans"].counts == (3, 3, 1)
    assert rows["times on gold spans"].counts == (2, 2, 1)
    assert rows["quantities/21–100"].counts == (3, 2, 1)
    assert rows["quantities/over 100"].counts == (0, 1, 0)
    assert (rows["quantities/at_least"].counts, rows["quantities/more_than"].precision) == ((1, 0, 1), 1)
    assert rows["log error"].value == pytest.approx((log(301) - log(31)) / 3)
    assert rows["log error/exact"].value == pytest.approx(log(301) - log(31))
    assert rows["log error/21–100"].sums["number"] == 3


@pytest.mark.parametrize(
    ("value", "row"),
    [
        *((0, "0"), (1, "1–2"), (2, "1–2"), (3, "3–5"), (5, "3–5"), (6, "6–20"), (20, "6–20")),
        *((21, "21–100"), (100, "21–100"), (101, "over 100"), (None, "no figure")),
    ],
)
def test_quantities_stand_in_the_bin_of_their_size(value: int | None, row: str) -> None:
    attributes: Mapping[str, Any] = {"modifier": "exact"} if value is None else {"modifier": "exact", "value": value}
    document = Document("d", None, (figure(0, **attributes),))
    rows = scored("values", [document], [document])
    assert [name for name in rows if name.startswith("quantities/")] == [f"quantities/{row}", "quantities/exact"]


# ---------------------------------------------------------------- coreference and measures


def test_coreference_is_of_entities_events_and_both() -> None:
    held = tuple(Span(n, 2 * i, 2 * i + 1, "PLACE" if n < "d" else "STRIKE") for i, n in enumerate("abcde"))
    links = (Relation("b", "a", "same"), Relation("e", "d", "same_event"))
    gold = Document("d", None, held, (*links, Relation("c", "b", "same")))
    rows = scored("coreference", [gold], [Document("d", None, held, links)])
    assert rows["events"].value == 1
    assert rows["entities/muc"].counts == (2, 1, 1)
    assert (rows["muc"].recall, rows["muc"].precision) == (2 / 3, 1)
    assert rows["all"].value == pytest.approx(sum(rows[m].value for m in ("muc", "b_cubed", "ceaf_e")) / 3)
    assert rows["lea"].recall == pytest.approx((3 * 1 / 3 + 2) / 5)


def test_a_figure_of_nothing_is_left_out_of_intervals() -> None:
    one = Mean.of([[2, 1], [0, 0], [4, 1]])
    rare = Rates.of_counts([1, 0, 0], [1, 0, 0], [1, 0, 0])
    scores = estimate({"mean": one, "rare": rare, "none": Mean.of([[0, 0]] * 3)}, resample(["a", "b", "c"], 200, 1))
    assert scores["mean"].value == 3
    assert scores["mean"].interval == (2, 4)
    assert scores["rare"].interval == (1, 1)
    assert (scores["none"].to_json()["value"], scores["none"].interval) == (None, None)
