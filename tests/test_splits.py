"""Likeness of texts across splits: what is a copy is found, what is only of one trade is not."""

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from fogbank.check.splits import NEAR_DUPLICATE, likeness_across, runs_of

WORDS = [f"word{number}" for number in range(400)]
SPLIT = {"a": "train", "b": "test", "c": "train"}


def share(one: str, other: str) -> float:
    found = likeness_across({"a": one, "b": other}, SPLIT)
    return found[0].share if found else 0.0


def test_a_copy_is_like_its_original_whatever_case_punctuation_and_lines() -> None:
    text = "Shells hit Hask – three times – on Monday, the mayor said. Nobody died."
    assert share(text, text.upper().replace(" – ", "\n").replace(",", "")) == 1.0


def test_an_excerpt_is_a_copy_although_most_of_the_longer_text_is_not_in_it() -> None:
    text = " ".join(WORDS)
    assert share(text, " ".join(WORDS[100:130])) == 1.0
    assert share(" ".join(WORDS[100:130]), text) == 1.0


def test_a_copy_with_every_twentieth_word_replaced_is_near_one_with_every_fourth_is_not() -> None:
    choose = random.Random(5)
    for every, near in ((20, True), (4, False)):
        other = [word if choose.randrange(every) else f"other{choose.random()}" for word in WORDS]
        assert (share(" ".join(WORDS), " ".join(other)) >= NEAR_DUPLICATE) is near


def test_only_texts_of_different_splits_are_compared_the_most_alike_first() -> None:
    texts = {"a": " ".join(WORDS[:50]), "b": " ".join(WORDS[:60]), "c": " ".join(WORDS[40:90]), "d": " ".join(WORDS)}
    found = likeness_across(texts, SPLIT)
    assert [(pair.first, pair.second) for pair in found] == [("a", "b"), ("b", "c")]
    assert [(pair.first_split, pair.second_split) for pair in found] == [("train", "test"), ("test", "train")]
    assert found[1].share == 16 / 46  # of 50 words, twenty from the fortieth on are in both


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_likeness_is_what_comparing_every_run_says_and_the_same_both_ways(one: list[str], other: list[str]) -> None:
    first, second = runs_of(" ".join(one)), runs_of(" ".join(other))
    expected = len(first & second) / min(len(first), len(second))
    assert share(" ".join(one), " ".join(other)) == share(" ".join(other), " ".join(one)) == expected


def test_a_text_of_few_words_is_one_run() -> None:
    assert runs_of("Nobody died.") == {("nobody", "died")}
    assert len(runs_of(re.sub(r"\s", "", " ".join(WORDS)))) == 1
