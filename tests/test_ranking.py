"""Groups of systems that cannot be told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fogbank.compare.measure import Rates
from fogbank.compare.ranking import fewest, letters, rank, told_apart

_SYSTEMS = [f"s{number}" for number in range(6)]


@given(st.sets(st.tuples(st.sampled_from(_SYSTEMS), st.sampled_from(_SYSTEMS)).filter(lambda p: p[0] < p[1])))
def test_two_systems_share_a_letter_if_and_only_if_they_are_not_told_apart(apart: set[tuple[str, str]]) -> None:
    given_letters = letters(_SYSTEMS, sorted(apart))
    for a in _SYSTEMS:
        assert given_letters[a]
        for b in _SYSTEMS:
            if a < b:
                share = set(given_letters[a].split()) & set(given_letters[b].split())
                assert bool(share) != ((a, b) in apart)
    assert given_letters[_SYSTEMS[0]].split()[0] == "a"


def test_groups_may_overlap() -> None:
    assert letters(["x", "y", "z"], [("x", "z")]) == {"x": "a", "y": "a b", "z": "b"}


def test_holm_stops_at_the_first_pair_that_is_not_small_enough() -> None:
    values = {("a", "b"): 0.01, ("a", "c"): 0.03, ("b", "c"): 0.04}
    assert told_apart(values) == {("a", "b")}  # 0.03 is above 0.05 / 2, though 0.04 is below 0.05
    assert told_apart({("a", "b"): 0.01, ("a", "c"): 0.02, ("b", "c"): 0.04}) == set(values)


def rates(matched: list[int]) -> Rates:
    return Rates.of_counts([10] * len(matched), [10] * len(matched), matched)


def test_many_incidents_part_a_better_system_and_few_do_not() -> None:
    many = {"worse": rates([3] * 12), "better": rates([7] * 12), "like": rates([7, 6] * 6)}
    found = rank(many)
    assert list(found) == ["better", "like", "worse"]
    assert found["worse"] not in found["better"]
    few = {name: Rates(one.sums[:4]) for name, one in many.items()}
    assert set(rank(few).values()) == {"a"}


@pytest.mark.parametrize("systems", [2, 3, 4])
def test_fewer_incidents_than_it_takes_part_nothing_and_so_many_do(systems: int) -> None:
    needed = fewest(systems)
    made = {str(one): rates([2 * one] * needed) for one in range(systems)}  # each better than the last everywhere
    assert len(set(rank(made).values())) == systems
    fewer = {name: Rates(one.sums[: needed - 1]) for name, one in made.items()}
    assert set(rank(fewer).values()) == {"a"}


def test_one_incident_and_one_system_are_one_group() -> None:
    assert rank({"a": rates([1]), "b": rates([9])}) == {"b": "a", "a": "a"}
    assert rank({"only": rates([1, 2])}) == {"only": "a"}
