"""Measures of how real texts read, each against a value worked out by hand or a property that it must have."""

from pathlib import Path

import pytest

from fogbank import FogbankError, find_corpus
from fogbank.model.storage import read_json
from fogbank.publish.realism.comparison import DISPATCHES, REFERENCES, dispatches, realism, text_digest
from fogbank.publish.realism.likeness import auc
from fogbank.publish.realism.measures import Text, longest_shared, masked, mattr, measure, mtld, words

HOME = find_corpus(Path(__file__).parent)


def test_words_keep_inner_marks_and_drop_the_rest() -> None:
    assert words("Al-Asha’s 1,200 men (U.N.) fled—north.") == ["al-asha’s", "1,200", "men", "u.n", "fled", "north"]


def test_moving_average_type_token_ratio() -> None:
    assert mattr(["a", "b", "a", "c"], window=2) == 1.0
    assert mattr(["a", "a", "b", "b"], window=2) == pytest.approx((0.5 + 1 + 0.5) / 3)
    assert mattr(["a"] * 5, window=5) == pytest.approx(0.2)


def test_lexical_diversity_counts_factors_both_ways() -> None:
    # "a a" falls to .5 at the second word: two whole factors of four words, forwards and backwards
    assert mtld(["a", "a", "b", "b"]) == pytest.approx(2.0)
    # no factor is completed; the rest counts for (1 - 3/4) / (1 - .72) of one
    assert mtld(["a", "b", "c", "a"]) == pytest.approx(4 / ((1 - 3 / 4) / 0.28))
    assert mtld(["a", "b", "c"]) == 3.0


def test_names_and_numbers_are_masked() -> None:
    assert masked("Nine men of Hask fled to Hask Bridge. Hask is calm; 12 stayed.") == (
        "Nine men of Name fled to Name Name. Name is calm; 0 stayed."
    )


def test_what_two_incidents_share_is_found_and_names_break_it() -> None:
    one = Text("he said the men of the town had been taken north at night", "i1")
    same = Text("she said the men of the town had gone", "i1")
    other = Text("they say the men of the town had come", "i2")
    assert longest_shared([one, other]) == (6, "the men of the town had")
    assert longest_shared([one, same]) == (0, "")
    named = [Text(f"it hit the old mill in {place} and then it burned", place) for place in ("Hask", "Velmar")]
    assert longest_shared(named)[0] == 6


def test_a_set_is_measured() -> None:
    text = 'He said nine men fled. "We ran," she told us.\n\nTwelve were hurt.'
    values = measure([Text(text, "i")])
    assert values["words"] == 13
    assert values["quoted"] == pytest.approx(2 / 13, abs=1e-4)
    assert values["reporting"] == pytest.approx(100 * 2 / 13, abs=1e-4)
    assert values["numbers"] == pytest.approx(100 * 2 / 13, abs=1e-4)
    assert values["paragraph_words"] == 6.5
    assert values["distinct_4grams"] == 1.0
    assert measure([Text(text, "i")] * 40)["compression"] > 3 * values["compression"]
    with pytest.raises(FogbankError, match="no texts"):
        measure([])


def test_a_classifier_tells_apart_what_differs_and_not_what_does_not() -> None:
    hill = [(f"a shell hit the mill on hill {i} and men fled", str(i)) for i in range(10, 40)]
    ship = [(f"the ship sailed with grain past port {i} at noon", f"s{i}") for i in range(10, 40)]
    assert auc(hill, ship) == 1.0
    same = auc(hill[::2], hill[1::2])
    assert same is not None
    assert same < 0.9
    assert auc(hill[:3], ship) is None


def test_stored_reference_values_stand_in_for_texts_that_are_not_here() -> None:
    stored = read_json(HOME.root / "data" / "realism.json")
    measured = realism(HOME)
    assert measured["digest"] == stored["digest"] == text_digest(dispatches(HOME))
    assert measured == stored
    theatres = sorted({article.theatre for article in HOME.articles.values() if article.theatre})
    assert list(measured["sets"]) == [DISPATCHES, *theatres, *REFERENCES]


def test_a_folder_without_real_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FogbankError, match="no real texts"):
        realism(HOME, tmp_path)
