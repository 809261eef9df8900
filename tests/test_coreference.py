"""The coreference metrics against examples worked by hand, and against what must hold of any clusters."""

import random
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fogbank import Document, InvalidValueError, Relation, Span
from fogbank.compare.coreference import CONLL, METRICS, mention_clusters, sums
from fogbank.compare.measure import Rates, Sums

Partition = list[frozenset[str]]
F = Fraction


def partition(words: str) -> Partition:
    """Read "ab cd" as the clusters {a, b} and {c, d}."""
    return [frozenset(word) for word in words.split()]


@st.composite
def partitions(draw: st.DrawFn) -> Partition:
    owner = draw(st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 3), max_size=10))
    return [frozenset(m for m, o in owner.items() if o == k) for k in sorted(set(owner.values()))]


def rates(summed: Sums) -> Sums:
    """Give recall, precision and F1 of each metric."""
    return np.nan_to_num(Rates.figures(summed[:, None, :]), nan=1.0)[:, ::-1]


def measured(gold: Partition, predicted: Partition) -> dict[str, tuple[float, float, float]]:
    found = rates(sums(gold, predicted))
    return {name: (found[at, 0], found[at, 1], found[at, 2]) for at, name in enumerate(METRICS)}


# Each row: gold, predicted, and by metric recall and precision as fractions worked out by hand.
WORKED = [
    pytest.param(
        "abc defg",
        "ab cd fghi",
        {
            # {a,b,c} is cut into {a,b}, {c}: 2 - 1 links kept of 2; {d,e,f,g} into {d}, {e}, {f,g}: 1 of 3.
            "muc": (F(1 + 1, 2 + 3), F(1 + 0 + 1, 1 + 1 + 3)),
            # recall ((4 + 1)/3 + (1 + 4)/4) / 7, precision (4/2 + (1 + 1)/2 + 4/4) / 8
            "b_cubed": ((F(5, 3) + F(5, 4)) / 7, F(2 + 1 + 1, 8)),
            # {a,b,c} goes with {a,b}: 4/5; {d,e,f,g} with {f,g,h,i}: 4/8
            "ceaf_e": ((F(4, 5) + F(1, 2)) / 2, (F(4, 5) + F(1, 2)) / 3),
            # links kept: 1 of 3 and 1 of 6; 1 of 1, 0 of 1 and 1 of 6
            "lea": ((3 * F(1, 3) + 4 * F(1, 6)) / 7, (2 * F(1) + 2 * F(0) + 4 * F(1, 6)) / 8),
        },
        id="the running example of Pradhan et al. 2014 and of Moosavi & Strube 2016",
    ),
    pytest.param(
        "a bc def",
        "a de",
        {
            "muc": (F(1, 3), F(1)),
            "b_cubed": (F(7, 18), F(1)),
            "ceaf_e": (F(9, 5) / 3, F(9, 5) / 2),
            "lea": ((1 + 2 * F(0) + 3 * F(1, 3)) / 6, F(1)),
        },
        id="missing mentions: case A-2 of the CoNLL reference scorer",
    ),
    pytest.param(
        "a bc def",
        "a bcx defy z",
        {
            "muc": (F(1), F(1 + 2, 2 + 3)),
            "b_cubed": (F(1), (1 + F(4, 3) + F(9, 4)) / 9),
            "ceaf_e": ((1 + F(4, 5) + F(6, 7)) / 3, (1 + F(4, 5) + F(6, 7)) / 4),
            "lea": (F(1), (1 + 3 * F(1, 3) + 4 * F(3, 6) + 1 * 0) / 9),
        },
        id="mentions that gold lacks: case A-3 of the CoNLL reference scorer",
    ),
    pytest.param(
        "a bc def",
        "a bcx dy z",
        {
            "muc": (F(1, 3), F(1, 3)),
            "b_cubed": ((1 + 2 + F(1, 3)) / 6, (1 + F(4, 3) + F(1, 2)) / 7),
            "ceaf_e": ((1 + F(4, 5) + F(2, 5)) / 3, (1 + F(4, 5) + F(2, 5)) / 4),
            "lea": (F(1 + 2, 6), (1 + 3 * F(1, 3)) / 7),
        },
        id="both: case A-4 of the CoNLL reference scorer",
    ),
    pytest.param(
        "ab cd",
        "ac bd",
        {
            "muc": (F(0), F(0)),
            "b_cubed": (F(1, 2), F(1, 2)),
            "ceaf_e": (F(1, 2), F(1, 2)),
            "lea": (F(0), F(0)),
        },
        id="no link in common",
    ),
    pytest.param(
        "ab cd",
        "",
        dict.fromkeys(METRICS, (F(0), F(0))),
        id="nothing predicted",
    ),
]


@pytest.mark.parametrize(("gold", "predicted", "expected"), WORKED)
def test_worked_examples(gold: str, predicted: str, expected: dict[str, tuple[Fraction, Fraction]]) -> None:
    found = measured(partition(gold), partition(predicted))
    for name, (recall, precision) in expected.items():
        f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0
        assert found[name] == pytest.approx((float(recall), float(precision), float(f1))), name


def test_the_published_figures_of_the_running_example() -> None:
    summed = sums(partition("abc defg"), partition("ab cd fghi"))
    table = rates(summed)
    published = {"muc": (0.40, 0.40, 0.40), "b_cubed": (0.42, 0.50, 0.45), "ceaf_e": (0.65, 0.43, 0.52)}
    for name, figures in published.items():
        assert tuple(table[METRICS.index(name)].round(2)) == figures
    assert tuple(table[METRICS.index("lea")].round(2)) == (0.24, 0.33, 0.28)
    assert Rates.figures(summed[: len(CONLL)])[0] == pytest.approx((0.4 + table[1, 2] + table[2, 2]) / 3)


@given(partitions())
def test_a_version_against_itself_is_one(one: Partition) -> None:
    assert rates(sums(one, one)) == pytest.approx(np.ones((len(METRICS), 3)))


@given(partitions(), partitions())
def test_exchanging_the_sides_exchanges_recall_and_precision(one: Partition, other: Partition) -> None:
    forth, back = measured(one, other), measured(other, one)
    for name in METRICS:
        assert forth[name] == pytest.approx((back[name][1], back[name][0], back[name][2]))


@given(partitions(), partitions(), st.integers())
def test_order_never_matters(one: Partition, other: Partition, seed: int) -> None:
    shuffled = list(other)
    random.Random(seed).shuffle(shuffled)
    assert sums(one, shuffled) == pytest.approx(sums(one, other))


@given(partitions(), partitions())
def test_rates_are_shares(one: Partition, other: Partition) -> None:
    table = rates(sums(one, other))
    assert ((table >= 0) & (table <= 1 + 1e-12)).all()


@given(partitions(), partitions())
@settings(max_examples=60)
def test_ceaf_pairs_as_the_best_of_all_pairings_would(one: Partition, other: Partition) -> None:
    short, long = sorted((one, other), key=len)
    best = max(
        sum(2 * len(a & b) / (len(a) + len(b)) for a, b in zip(short, chosen, strict=True))
        for chosen in permutations(long, len(short))
    )
    assert sums(one, other)[METRICS.index("ceaf_e"), 0] == pytest.approx(best)


@given(partitions(), partitions())
def test_lea_and_muc_count_links_as_their_definitions_do(one: Partition, other: Partition) -> None:
    def together(clusters: Partition) -> set[frozenset[str]]:
        return {frozenset(pair) for cluster in clusters for pair in combinations(sorted(cluster), 2)}

    lea = sum(
        len(c) * (len(together([c]) & together(other)) / len(together([c])) if len(c) > 1 else c in other) for c in one
    )
    parts = sum(
        len({next((i for i, r in enumerate(other) if m in r), m) for m in cluster}) if cluster else 0 for cluster in one
    )
    table = sums(one, other)
    assert table[METRICS.index("lea"), 0] == pytest.approx(lea)
    assert table[METRICS.index("muc"), 0] == sum(map(len, one)) - parts


def test_counts_add_up_over_documents() -> None:
    first, second = sums(partition("abc"), partition("ab")), sums(partition("de"), partition("de"))
    assert tuple(rates(first + second)[METRICS.index("muc")]) == pytest.approx((2 / 3, 1, 0.8))


def test_what_is_no_partition_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="a mention is in two gold clusters"):
        sums(partition("ab bc"), [])
    with pytest.raises(InvalidValueError, match="an empty predicted cluster"):
        sums([], [frozenset()])


def test_mentions_are_places_and_singletons_are_left_out() -> None:
    places = {"a": (0, 2, "PLACE"), "b": (5, 7, "PLACE"), "c": (5, 7, "ORG"), "d": (9, 11, "ORG"), "e": (20, 22, "ORG")}
    document = Document(
        "d",
        None,
        (*(Span(name, *place) for name, place in places.items()), Span("f", 20, 22, "FORCE")),
        (Relation("b", "a", "same"), Relation("d", "c", "same"), Relation("f", "e", "same")),
    )
    assert mention_clusters(document, "same") == [frozenset({(0, 2), (5, 7), (9, 11)})]
    assert mention_clusters(document, "same_event") == []
