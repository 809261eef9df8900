"""Rules that a case file each does not exhaust: circles of coreference, and offsets that count UTF-16 units."""

import json
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fogbank import Document, Relation, Span
from fogbank.check.files import check_file
from fogbank.check.rules import problems
from fogbank.check.words import only_fit_utf16
from fogbank.model.corpus import Corpus

CORPUS = Corpus(Path(__file__).parent / "cases" / "corpus")


@pytest.mark.parametrize("size", [2, 3, 4])
def test_links_of_coreference_cannot_run_in_a_circle_whatever_the_order_of_mentions(size: int) -> None:
    """Also where mentions stand on the same words, as the two of “Hask” as PLACE and ORG do."""
    text = "Hask and Hask and Hask"
    places = [Span("T1", 0, 4, "PLACE"), Span("T2", 0, 4, "ORG"), Span("T3", 9, 13, "PLACE"), Span("T4", 18, 22, "ORG")]
    for spans in permutations(places, size):
        ids = [span.id for span in spans]
        circle = tuple(Relation(a, b, "same") for a, b in zip(ids, [*ids[1:], ids[0]], strict=True))
        found = problems(Document("d", text, spans, circle), "f")
        assert {problem.code for problem in found} == {"relation-forward"}


def test_offsets_of_predictions_that_count_utf16_units_are_one_problem(tmp_path: Path) -> None:
    """The text of abc-01-b has a dove at 12."""
    text = CORPUS.articles["abc-01-b"].text or ""
    at = text.index("🕊")
    gold = json.loads((CORPUS.gold_folder / "abc-01-b.json").read_text())
    for span in gold["spans"]:
        for end in ("start", "end"):
            span[end] += span[end] > at
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({key: gold[key] for key in ("id", "spans", "relations")}))
    (found,) = check_file(path, CORPUS)
    assert (found.place, found.code) == ("$.spans", "offset-utf16")


@given(st.lists(st.sampled_from(["a", "bc", "🕊", "𝒳", "é", "\u200d"]), min_size=1, max_size=6), st.data())
def test_only_utf16_is_told_where_code_points_do_not_fit(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    starts = [sum(len(word) + 1 for word in words[:number]) for number in range(len(words))]
    places = [(start, start + len(word)) for start, word in zip(starts, words, strict=True)]
    chosen = data.draw(st.lists(st.sampled_from(places), min_size=1))
    assert not only_fit_utf16(text, chosen)
    units = [tuple(len(text[:at].encode("utf-16-le")) // 2 for at in place) for place in chosen]
    fits = all(
        end <= len(text) and text[start:end].strip() == text[start:end] and " " not in text[start:end]
        for start, end in units
    )
    if not fits and units != chosen and all(end > len(text) for _, end in units):
        assert only_fit_utf16(text, [(start, end) for start, end in units])
    if max(text) <= "\uffff":
        assert not only_fit_utf16(text, [(0, len(text) + 3)])
