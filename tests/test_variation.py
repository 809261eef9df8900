"""Label variation: the same words in the same context with different annotations, ranked; what is alike is silent."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fogbank import Document, Relation, Span, find_corpus
from fogbank.check.variation import UNMARKED, Variation, variations
from fogbank.cli import main

HOME = find_corpus(Path(__file__).parent)


def marked(name: str, text: str, *spans: tuple[str, str] | tuple[str, str, dict[str, str | int]]) -> Document:
    """A document in which words are spans; the first occurrence is meant."""
    found = []
    for number, (words, label, *attributes) in enumerate(spans):
        start = text.index(words)
        found.append(Span(f"T{number}", start, start + len(words), label, *attributes))
    return Document(name, text, tuple(found))


def told(found: list[Variation]) -> list[tuple[str, str, dict[str, list[str]]]]:
    return [(v.aspect, v.words, {k: [p.document for p in ps] for k, ps in v.readings.items()}) for v in found]


def test_words_labelled_differently_or_not_at_all_in_one_context_are_found_with_places() -> None:
    documents = [
        marked("a", "Shells hit the port of Hask 🕊.\n", ("Hask", "PLACE")),
        marked("b", "They left the Port of HASK 🕊.\n", ("HASK", "FACILITY")),
        marked("c", "🕊 She saw the port of Hask 🕊.\n"),
        marked("d", "In the port of Hask, too.", ("Hask", "FORCE")),  # another context
    ]
    (found,) = variations(documents)
    assert told([found]) == [("entity", "HASK", {"FACILITY": ["b"], "PLACE": ["a"], UNMARKED: ["c"]})]
    assert (found.before, found.after) == (3, 3)  # "the port of"; the dove, the stop and the line end
    (place,) = found.readings[UNMARKED]
    assert (place.start, place.end, place.quote) == (22, 26, "Hask")
    assert (place.before, place.after) == ("🕊 She saw the port of ", " 🕊.\n")


def test_words_inside_a_longer_span_of_the_layer_are_unmarked_and_other_layers_have_readings_of_their_own() -> None:
    documents = [
        marked("a", "the army said it", ("army", "FORCE"), ("said", "CUE", {"stance": "asserts"})),
        marked("b", "the army said it", ("the army", "FORCE"), ("said", "CUE", {"stance": "denies"})),
    ]
    assert told(variations(documents)) == [
        ("entity", "army", {"FORCE": ["a"], UNMARKED: ["b"]}),
        ("stance of CUE", "said", {"asserts": ["a"], "denies": ["b"]}),
        ("entity", "the army", {"FORCE": ["b"], UNMARKED: ["a"]}),
    ]


def test_attributes_are_compared_on_spans_of_one_label_and_dates_not_at_all() -> None:
    first: dict[str, str | int] = {"modifier": "exact", "value": 12}
    second: dict[str, str | int] = {"modifier": "about", "value": 12}
    documents = [
        marked(
            "a", "On Monday a dozen men", ("a dozen", "QUANTITY", first), ("Monday", "TIME", {"start": "2030-03-04"})
        ),
        marked(
            "b", "On Monday a dozen men", ("a dozen", "QUANTITY", second), ("Monday", "TIME", {"start": "2030-03-11"})
        ),
        marked("c", "On Monday a dozen men", ("a dozen", "QUANTITY", {"modifier": "exact"}), ("Monday", "TIME")),
    ]
    assert told(variations(documents)) == [
        ("modifier of QUANTITY", "a dozen", {"exact": ["a", "c"], "about": ["b"]}),
        ("value of QUANTITY", "a dozen", {"12": ["a", "b"], "none": ["c"]}),
    ]


@pytest.mark.parametrize(("number", "found"), [(0, 1), (1, 1), (2, 1), (3, 0)])
def test_so_many_words_must_be_the_same_on_each_side(number: int, found: int) -> None:
    documents = [
        marked("a", "now men in Hask on Monday fled", ("Hask", "PLACE")),
        marked("b", "his men in Hask on Monday died"),
    ]
    assert len(variations(documents, min_context=number)) == found


def test_a_context_ends_at_a_line_end_and_the_edges_of_a_text_are_line_ends() -> None:
    documents = [
        marked("a", "Hask fell", ("Hask", "PLACE")),
        marked("b", "Then:\n\nHask fell\nso"),
        marked("c", "A Hask fell"),
    ]
    (found,) = variations(documents, min_context=2)
    assert told([found]) == [("entity", "Hask", {"PLACE": ["a"], UNMARKED: ["b"]})]
    assert (found.before, found.after) == (1, 2)


def test_longer_contexts_come_first_then_lonelier_readings() -> None:
    spans = (("bridge", "FACILITY"), ("fun", "OBJECT"), ("one", "QUANTITY"))
    text = "he met x by the bridge. It was fun. x one y"
    documents = [
        marked("a", text, *spans),
        marked("b", text),
        marked("c", "It was fun. by the bridge!", ("fun", "OBJECT"), ("bridge", "FACILITY")),
    ]
    found = variations(documents)
    ranks = [(-(one.before + one.after), one.minority) for one in found]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1


def test_documents_without_text_and_what_cuts_a_word_are_left_out() -> None:
    cut = Document("c", "the army said", (Span("T1", 4, 6, "FORCE"),))
    withheld = Document("b", None, (Span("T1", 4, 8, "ORG"),), ())
    assert variations([marked("a", "the army said", ("army", "FORCE")), withheld]) == []
    assert told(variations([marked("a", "the army said", ("army", "FORCE")), cut]))[0][2] == {
        "FORCE": ["a"],
        UNMARKED: ["c"],
    }


WORDS = st.sampled_from(["a", "b", "c", ".", "\n"])
LABELS = st.sampled_from(["PLACE", "ORG", "STRIKE", "CUE"])


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    made = []
    for number in range(draw(st.integers(1, 3))):
        words = draw(st.lists(WORDS, min_size=1, max_size=8))
        text = " ".join(words)
        ends = st.integers(0, len(words) - 1)
        chosen = draw(st.lists(st.tuples(ends, LABELS), max_size=4, unique=True))
        spans = [Span(f"T{i}", 2 * at, 2 * at + 1, label) for i, (at, label) in enumerate(chosen) if words[at] != "\n"]
        made.append(Document(str(number), text, tuple(spans), (Relation("T0", "T1", "same"),)))
    return made


@given(documents(), st.integers(0, 3))
def test_every_variation_holds_for_its_places_and_needs_no_order_of_documents(
    made: list[Document], number: int
) -> None:
    found = variations(made, min_context=number)
    by_id = {document.id: document for document in made}
    for one in found:
        assert len(one.readings) > 1
        assert one.before >= min(number, 1)
        for places in one.readings.values():
            for place in places:
                text = by_id[place.document].text or ""
                assert text[place.start : place.end] == place.quote
                assert place.quote.casefold() == one.words.casefold()

    def counted(these: list[Variation]) -> list[tuple[object, ...]]:
        sizes = [(v, sorted((name, len(places)) for name, places in v.readings.items())) for v in these]
        return sorted((v.aspect, v.words.casefold(), v.before, v.after, *size) for v, size in sizes)

    assert counted(found) == counted(variations(made[::-1], min_context=number))


def test_the_verb_lists_and_gives_json() -> None:
    words = ["variation", "--split", "train", "--split", "validation"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert "1. " in result.stdout
    assert f"variations in {len(HOME.split('train')) + len(HOME.split('validation'))} documents" in result.stderr
    rows = [json.loads(line) for line in CliRunner().invoke(main, [*words, "--json"]).stdout.splitlines()]
    assert rows
    assert set(rows[0]) == {"aspect", "words", "before", "after", "readings"}
    articles = HOME.articles
    for places in rows[0]["readings"].values():
        for place in places:
            assert (articles[place["document"]].text or "")[place["start"] : place["end"]] == place["quote"]
