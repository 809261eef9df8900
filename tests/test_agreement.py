"""Agreement of two versions: each measure by hand, and what must hold whatever the versions are."""

import json
import random
import shutil
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.made import shuffled

from fogbank import SCHEME, Corpus, DataError, Document, MissingTextError, Relation, Span, find_corpus
from fogbank.cli import main
from fogbank.compare.agreement import Agreement, agree
from fogbank.compare.confusions import confusions
from fogbank.compare.matching import match, share
from fogbank.compare.measure import Counts
from fogbank.compare.reliability import ALPHAS, alpha, coincidences, token_values
from fogbank.compare.values import same_interval, same_value
from fogbank.curate.agreement import RoundAgreement
from fogbank.curate.gold import collect_gold
from fogbank.curate.rounds import Round
from fogbank.model.corpus import PARTS
from fogbank.model.regions import write_result
from fogbank.model.text import digest
from fogbank.publish.pages.agreement import render_agreement
from fogbank.publish.release.statistics import agreements

TEXT = "Army says drones hit Hask, 30 dead, the mayor said."
LABELS = ("FORCE", "PLACE", "QUANTITY", "TIME", "STRIKE", "CUE", "CONTENT")


def span(name: str, quote: str, label: str, text: str = TEXT, **attributes: Any) -> Span:
    start = text.index(quote)
    return Span(name, start, start + len(quote), label, attributes)


@st.composite
def versions(draw: st.DrawFn, text: str | None = TEXT) -> Document:
    places = draw(
        st.lists(st.tuples(st.integers(0, 30), st.integers(1, 20), st.sampled_from(LABELS)), max_size=8, unique=True)
    )
    spans = tuple(Span(f"T{i}", start, start + size, label) for i, (start, size, label) in enumerate(places))
    ends = st.integers(0, max(0, len(spans) - 1))
    links = draw(
        st.lists(
            st.tuples(ends, ends, st.sampled_from(SCHEME.relation_names)),
            max_size=6,
            unique_by=lambda link: (link[0], link[1]),
        )
    )
    return Document("d", text, spans, tuple(Relation(f"T{a}", f"T{b}", r) for a, b, r in links) if spans else ())


# ---------------------------------------------------------------- scores


def test_spans_and_relations_by_hand() -> None:
    first = Document(
        "d",
        None,
        (Span("a", 0, 2, "FORCE"), Span("b", 3, 5, "STRIKE", {"status": "actual"}), Span("c", 6, 8, "PLACE")),
        (Relation("b", "a", "agent"), Relation("b", "c", "place")),
    )
    second = Document(
        "d",
        None,
        (Span("x", 0, 2, "FORCE"), Span("y", 3, 5, "STRIKE", {"status": "planned"}), Span("z", 7, 9, "PLACE")),
        (Relation("y", "x", "agent"),),
    )
    found = agree([(first, second)])
    assert found.measures["spans"].counts == Counts(3, 3, 2)
    assert found.scores["spans"]["entity"].counts == Counts(2, 2, 1)
    assert found.scores["spans"]["PLACE"].counts == Counts(1, 1, 0)
    assert found.scores["spans_overlapping"]["PLACE"].counts == Counts(1, 1, 1)
    assert found.measures["relations"].counts == Counts(2, 1, 1)
    assert found.scores["relations"]["event"].counts == Counts(2, 1, 1)  # by the layer of the head
    assert found.measures["relations_on_agreed_spans"].counts == Counts(1, 1, 1)
    assert "place" not in found.scores["relations_on_agreed_spans"]
    assert found.measures["attributes"].counts == Counts(1, 1, 0)
    assert found.texts == 0
    assert found.alphas == {}  # without a text there are no tokens
    assert found.measures["spans"].interval is None  # one document says nothing of others


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(DataError, match="no document has two versions"):
        agree([])
    with pytest.raises(DataError, match="d and e: two texts"):
        agree([(Document("d", None), Document("e", None))])


@given(versions())
@settings(max_examples=25)
def test_a_version_agrees_with_itself_in_everything(one: Document) -> None:
    found = agree([(one, shuffled(one, 1))], resamples=5)
    assert {name: score.value for name, score in found.measures.items()} == dict.fromkeys(found.measures, 1.0)
    assert all(estimate.value == 1 for estimate in found.alphas.values())
    assert all(e.value == pytest.approx(1) for rows in found.coreference.values() for e in rows.values())
    assert confusions([(one, shuffled(one, 1))]) == ()


@given(versions(), versions(), st.integers())
@settings(max_examples=25)
def test_order_and_names_never_matter(one: Document, other: Document, seed: int) -> None:
    found, again = (
        agree([(one, other)], resamples=5),
        agree([(shuffled(one, seed), shuffled(other, seed))], resamples=5),
    )
    assert found.to_json() == again.to_json()
    assert confusions([(one, other)]) == confusions([(shuffled(one, 1), shuffled(other, 2))])


@given(versions(), versions())
@settings(max_examples=25)
def test_two_annotators_are_equals(one: Document, other: Document) -> None:
    forth, back = agree([(one, other)], resamples=5), agree([(other, one)], resamples=5)
    for name, score in forth.measures.items():
        c = score.counts
        assert Counts(c.predicted, c.gold, c.matched) == back.measures[name].counts
    assert {n: e.value for n, e in forth.alphas.items()} == {n: e.value for n, e in back.alphas.items()}
    measured, reversed_ = (f.measures["spans_overlapping"].counts.matched for f in (forth, back))
    assert measured == reversed_ >= forth.measures["spans"].counts.matched
    assert confusions([(one, other)]) == confusions([(other, one)])


def test_intervals_are_of_incidents_and_cover_the_figure() -> None:
    gold = [Document(f"d{i}", TEXT, (span("a", "Army", "FORCE"), span("b", "says", "CUE"))) for i in range(12)]
    other = [Document(d.id, TEXT, d.spans if i % 3 else d.spans[:1]) for i, d in enumerate(gold)]
    incidents = {d.id: f"i{number // 2}" for number, d in enumerate(gold)}
    found = agree(list(zip(gold, other, strict=True)), groups=incidents)
    assert (found.documents, found.groups, found.texts) == (12, 6, 12)
    for estimate in (found.alphas["cue"], found.alphas["attribution"]):
        assert estimate.interval is not None
        assert estimate.interval[0] < estimate.value < estimate.interval[1]
    assert agree(list(zip(gold, other, strict=True)), groups=incidents) == found
    whole = agree(list(zip(gold, other, strict=True)), groups=dict.fromkeys(incidents, "i"))
    assert whole.alphas["cue"].interval is None


# ---------------------------------------------------------------- matching


@given(st.integers())
@settings(max_examples=20)
def test_overlaps_are_matched_to_the_maximum_in_any_order(seed: int) -> None:
    # Taken from the left, the long span would take the first short one and leave its neighbour alone.
    first = [Span("a", 0, 10, "CONTENT"), Span("b", 0, 4, "CONTENT")]
    second = [Span("x", 1, 3, "CONTENT"), Span("y", 6, 9, "CONTENT")]
    random.Random(seed).shuffle(first)
    random.Random(seed + 1).shuffle(second)
    assert {(a.id, b.id) for a, b in match(first, second)} == {("a", "y"), ("b", "x")}


@given(versions(None), versions(None))
@settings(max_examples=50)
def test_no_matching_has_more_pairs_or_is_closer(one: Document, other: Document) -> None:
    short, long = sorted((one.spans[:5], other.spans[:5]), key=len)
    best = max(
        (sum(s > 0 for s in shares), sum(shares))
        for chosen in permutations(long, len(short))
        for shares in [[share(a, b) for a, b in zip(short, chosen, strict=True)]]
    )
    found = match(short, long)
    assert len(found) == best[0]
    assert sum(share(a, b) for a, b in found) == pytest.approx(best[1])


# ---------------------------------------------------------------- alpha


def test_each_token_has_one_value_the_innermost() -> None:
    nested = Document(
        "d",
        TEXT,
        (
            span("s", "mayor", "PERSON"),
            span("c", "said", "CUE"),
            span("t", "Army says drones hit Hask", "CONTENT"),
            span("d", "says", "CUE"),
            span("a", "Army", "FORCE"),
            span("e", "drones hit Hask", "CONTENT"),
        ),
        (Relation("c", "s", "source"), Relation("d", "a", "source"), Relation("d", "e", "content")),
    )
    names = ("outside", *ALPHAS["attribution_with_sources"])
    values = [names[v] for v in token_values(nested, ALPHAS["attribution_with_sources"])]
    # Army says drones hit Hask , 30 dead , the mayor said .
    assert values == ["source", "cue", *["content"] * 3, *["outside"] * 5, "source", "cue", "outside"]
    assert token_values(nested, ("content",)) == [1] * 5 + [0] * 8  # alone, nesting hides nothing


def test_alpha_by_hand() -> None:
    # Krippendorff 2011: with 2 values, alpha = 1 - (n - 1) o(0, 1) / (n(0) n(1)).  Here 13 tokens, 2 and 3 in a cue.
    first = Document("d", TEXT, (span("a", "says", "CUE"), span("b", "said", "CUE")))
    second = Document("d", TEXT, (span("a", "says drones", "CUE"), span("b", "said", "CUE")))
    assert coincidences(first, second, "cue").tolist() == [[20, 1], [1, 4]]
    assert float(alpha(coincidences(first, second, "cue"))) == pytest.approx(1 - 25 * 1 / (21 * 5))


@given(versions(), versions())
@settings(max_examples=60)
def test_alpha_is_that_of_a_kept_library(one: Document, other: Document) -> None:
    for name, values in ALPHAS.items():
        rated = [token_values(version, values) for version in (one, other)]
        ours = float(alpha(coincidences(one, other, name)))
        if len(set(rated[0] + rated[1])) > 1:
            theirs = krippendorff.alpha(reliability_data=rated, level_of_measurement="nominal")
            assert ours == pytest.approx(theirs)
        else:
            assert ours == 1  # undefined there


def test_a_withheld_text_has_no_alpha_and_says_so() -> None:
    with pytest.raises(MissingTextError, match="d: the text is withheld"):
        token_values(Document("d", None), ("cue",))
    here, away = Document("d", TEXT, (span("a", "says", "CUE"),)), Document("e", None, (Span("a", 0, 4, "CUE"),))
    found = agree([(here, here), (away, away)])
    assert (found.documents, found.texts) == (2, 1)
    assert found.alphas["cue"].value == 1


# ---------------------------------------------------------------- values


def quantity(**attributes: Any) -> Span:
    return Span("q", 0, 2, "QUANTITY", attributes)


def time(**attributes: Any) -> Span:
    return Span("t", 0, 2, "TIME", attributes)


@pytest.mark.parametrize(
    ("a", "b", "same", "meet"),
    [
        (quantity(modifier="exact", value=30), quantity(modifier="exact", value=30), True, True),
        (quantity(modifier="exact", value=30), quantity(modifier="exact", value=31), False, False),
        (quantity(modifier="at_least", value=30), quantity(modifier="exact", value=41), False, True),  # open above
        (quantity(modifier="at_least", value=30), quantity(modifier="exact", value=29), False, False),
        (quantity(modifier="more_than", value=30), quantity(modifier="exact", value=30), False, False),
        (quantity(modifier="about", value=100), quantity(modifier="exact", value=110), False, True),
        (quantity(modifier="range", value=3, value_high=5), quantity(modifier="exact", value=5), False, True),
        (quantity(modifier="vague", vague_class="dozens"), quantity(modifier="exact", value=30), False, True),
        (quantity(modifier="vague", vague_class="several"), quantity(modifier="exact", value=30), False, False),
        (quantity(modifier="exact"), quantity(modifier="exact", value=30), False, False),  # the first says nothing
        (time(start="2021-03-04", end="2021-03-04"), time(start="2021-03-04", end="2021-03-04"), True, True),
        (time(start="2021-03-04", end="2021-03-04"), time(start="2021-03-04T23:59"), False, True),  # a whole day
        (time(start="2021-03-04T12:00", end="2021-03-04T13:00"), time(start="2021-03-04T13:01"), False, False),
        (time(end="2021-03-04"), time(start="2021-03-05"), False, False),
        (time(duration="P1D"), time(duration="P1D"), True, True),
        (time(duration="P1D"), time(duration="PT24H"), False, False),
    ],
)
def test_values_that_are_equal_and_values_that_meet(a: Span, b: Span, same: bool, meet: bool) -> None:
    assert (same_value(a, b), same_value(b, a)) == (same, same)
    assert (same_interval(a, b), same_interval(b, a)) == (meet, meet)


def test_values_count_end_to_end_and_on_agreed_spans() -> None:
    first = (quantity(modifier="exact", value=2), Span("b", 5, 6, "QUANTITY", {"modifier": "exact", "value": 9}))
    second = (quantity(modifier="about", value=2), Span("c", 7, 8, "QUANTITY"), Span("d", 9, 10, "QUANTITY"))
    found = agree([(Document("d", None, first), Document("d", None, second))]).measures
    assert found["quantities_exact"].counts == Counts(2, 3, 0)
    assert found["quantities_interval"].counts == Counts(2, 3, 1)
    assert found["quantities_exact_on_agreed_spans"].counts == Counts(1, 1, 0)
    assert found["quantities_interval_on_agreed_spans"].counts == Counts(1, 1, 1)
    assert found["times_exact"].counts == Counts(0, 0, 0)


# ---------------------------------------------------------------- coreference


def test_coreference_is_of_entities_and_of_events() -> None:
    spans = tuple(Span(n, 2 * i, 2 * i + 1, "PLACE" if n < "d" else "STRIKE") for i, n in enumerate("abcde"))
    both = (Relation("b", "a", "same"), Relation("e", "d", "same_event"))
    pair = (Document("d", None, spans, (*both, Relation("c", "b", "same"))), Document("d", None, spans, both))
    found = agree([pair]).coreference
    assert {e.value for e in found["events"].values()} == {1.0}
    entities = found["entities"]
    assert (entities["muc"].recall, entities["muc"].precision) == (1 / 2, 1)
    assert entities["lea"].recall == pytest.approx(1 / 3)
    assert entities["conll"].value == pytest.approx(sum(entities[m].value for m in ("muc", "b_cubed", "ceaf_e")) / 3)


# ---------------------------------------------------------------- confusions


def difference(
    one: Document, other: Document, *, ordered: bool = False
) -> list[tuple[str, str | None, str | None, str]]:
    return [
        (c.kind, c.first, c.second, str(place))
        for c in confusions([(one, other)], ordered=ordered)
        for place in c.places
    ]


def test_confusions_name_labels_and_places() -> None:
    one = Document(
        "d",
        TEXT,
        (
            span("a", "Army", "ORG"),
            span("h", "hit", "STRIKE"),
            span("p", "Hask", "PLACE"),
            span("m", "the mayor", "PERSON"),
        ),
        (Relation("h", "p", "affected"),),
    )
    other = Document(
        "d",
        TEXT,
        (span("a", "Army", "FORCE"), span("h", "hit", "STRIKE"), span("p", "Hask", "PLACE"),
         span("m", "mayor", "PERSON"), span("q", "30", "QUANTITY")),
        (Relation("h", "p", "place"), Relation("p", "h", "located_in")),
    )  # fmt: skip
    assert sorted(difference(one, other, ordered=True), key=str) == [
        ("extent", "PERSON", "PERSON", "d:36–45 “the mayor”"),
        ("label", "ORG", "FORCE", "d:0–4 “Army”"),
        ("one-sided relation", None, "located_in", "d:21–25 “Hask → hit”"),
        ("one-sided", None, "QUANTITY", "d:27–29 “30”"),
        ("relation", "affected", "place", "d:17–20 “hit → Hask”"),
    ]
    assert ("label", "FORCE", "ORG", "d:0–4 “Army”") in difference(one, other)
    assert ("one-sided", "QUANTITY", None, "d:27–29 “30”") in difference(one, other)
    [place] = confusions([(one.without_text(), other.without_text())])[0].places
    assert place.words is None


def test_a_cue_inside_a_content_is_no_confusion_but_the_same_words_in_two_layers_are() -> None:
    content, cue = span("t", "drones hit Hask, 30 dead", "CONTENT"), span("c", "hit", "CUE")
    assert [d[0] for d in difference(Document("d", TEXT, (content,)), Document("d", TEXT, (cue,)))] == ["one-sided"] * 2
    trigger = span("e", "hit", "STRIKE")
    found = difference(Document("d", TEXT, (trigger,)), Document("d", TEXT, (cue,)), ordered=True)
    assert found == [("label", "STRIKE", "CUE", "d:17–20 “hit”")]


def test_other_links_of_one_cluster_are_no_difference() -> None:
    spans = tuple(Span(name, 2 * i, 2 * i + 1, "PLACE") for i, name in enumerate("abc"))
    chain = Document("d", None, spans, (Relation("b", "a", "same"), Relation("c", "b", "same")))
    star = Document("d", None, spans, (Relation("b", "a", "same"), Relation("c", "a", "same")))
    assert confusions([(chain, star)]) == ()
    assert [c.name for c in confusions([(chain, Document("d", None, spans, star.relations[:1]))])] == ["same / nothing"]


def test_the_most_frequent_confusion_comes_first() -> None:
    places = [Span("a", 0, 4, "ORG"), Span("b", 5, 9, "PLACE"), Span("c", 10, 12, "PLACE")]
    found = confusions([(Document("d", TEXT, tuple(places)), Document("d", TEXT))])
    assert [(c.first, len(c.places)) for c in found] == [("PLACE", 2), ("ORG", 1)]


# ---------------------------------------------------------------- the verb and the page

HOME = find_corpus(Path(__file__).parent)
A, B = "ann-a", "ann-b"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A checkout of three documents of two incidents, two versions of each and gold of one."""
    texts = {f"d-{n}": f"{TEXT} ({n}) <b>bold</b>\n" for n in (1, 2, 3)}
    corpus = Corpus(tmp_path)
    (tmp_path / "corpus/articles").mkdir(parents=True)
    lines = []
    for number, (name, text) in enumerate(texts.items()):
        corpus.text_path(name, withheld=False).write_text(text, encoding="utf-8")
        lines.append({"id": name, "part": "dispatches", "published": "2021-03-04", "licence": "x",
                      "incident": f"i-{number // 2}", "sha256": digest(text)})  # fmt: skip
    lines[2] |= {"part": "wire", "provenance": "a newspaper"}
    corpus.manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    rounds = ""
    for name, kind in (("first", "annotation"), ("last", "adjudication"), ("lone", "annotation"), ("third", "reading")):
        rounds += f'[[rounds]]\nname = "{name}"\nkind = "{kind}"\nguidelines = "7"\n[rounds.assignments]\n'
        rounds += f"{A} = {json.dumps(['d-2'] if name == 'last' else list(texts))}\n"
        rounds += f"{B} = {json.dumps(list(texts))}\n" if name == "first" else ""
    (tmp_path / "annotations/gold").mkdir(parents=True)
    (tmp_path / "annotations/rounds.toml").write_text(rounds)
    common = (span("f", "Army", "FORCE"), span("h", "hit", "STRIKE", status="actual"))
    for name in ("first", "last", "lone", "third"):
        (corpus.exports / name).mkdir(parents=True)
    for name, annotator, spans in (
        *((name, A, (*common, span("p", "Hask", "PLACE"))) for name in ("first", "lone", "third")),
        ("first", B, common),
        ("last", A, common),
    ):
        tasks = [
            {
                "data": {"id": i},
                "annotations": [{"was_cancelled": False, "result": write_result(Document(i, t, spans))}],
            }
            for i, t in texts.items()
        ]
        (corpus.exports / name / f"{annotator}.json").write_text(json.dumps(tasks))
    (corpus.gold_folder / "d-2.json").write_text(json.dumps(Document("d-2", None, common).to_json()))
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    return corpus


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.usefixtures("checkout")
def test_the_verb_measures_a_round() -> None:
    found = json.loads(run("agree", "first", "--json").stdout)
    agreement = found["agreement"]
    assert (agreement["documents"], agreement["groups"], agreement["texts"]) == (3, 2, 2)
    assert agreement["scores"]["spans"]["all"] | {"interval": None} == {
        "value": 0.8, "precision": 1.0, "recall": 0.666667, "interval": None,
        "matched_gold": 6, "gold": 9, "matched_predicted": 6, "predicted": 6,
    }  # fmt: skip
    [confusion] = found["confusions"]
    assert (confusion["kind"], confusion["first"], confusion["number"]) == ("one-sided", "PLACE", 3)
    assert confusion["places"][0] == {"document": "d-1", "start": 21, "end": 25, "words": "Hask"}
    assert {name: one["scores"]["spans"]["all"]["value"] for name, one in found["gold"].items()} == {A: 0.8, B: 1.0}
    assert [(c["first"], c["second"]) for c in found["gold_confusions"]] == [(None, "PLACE")]


@pytest.mark.usefixtures("checkout")
def test_the_verb_prints_a_table() -> None:
    result = run("agree", "first")
    assert result.exit_code == 0, result.output
    assert "first: 3 pairs of versions, 2 incidents, guidelines 7" in result.output
    assert "d-1:21–25 “Hask”" in result.output
    assert "  PLACE" not in result.output
    assert "  PLACE" in run("agree", "first", "--labels").output


@pytest.mark.usefixtures("checkout")
def test_a_part_of_a_round_is_measured_by_itself() -> None:
    found = {part: json.loads(run("agree", "first", "--json", "--part", part).stdout) for part in PARTS}
    assert {part: one["agreement"]["documents"] for part, one in found.items()} == {"dispatches": 2, "wire": 1}
    assert [place["document"] for place in found["wire"]["confusions"][0]["places"]] == ["d-3"]


def add_gold(corpus: Corpus, name: str) -> None:
    """Add a round in which d-2 is adjudicated once more, as `third` has it."""
    rounds = corpus.root / "annotations/rounds.toml"
    rounds.write_text(
        f'{rounds.read_text()}[[rounds]]\nname = "{name}"\nkind = "adjudication"\nguidelines = "7"\n'
        f'[rounds.assignments]\n{A} = ["d-2"]\n'
    )
    shutil.copytree(corpus.exports / "third", corpus.exports / name)


def test_gold_made_anew_is_compared_with_gold_of_other_annotators_only(checkout: Corpus) -> None:
    add_gold(checkout, "anew")  # after `lone`, in which one annotated again
    add_gold(checkout, "mended")  # after nobody did
    found = json.loads(run("agree", "anew", "--json").stdout)
    assert found["agreement"]["documents"] == 1
    spans = found["agreement"]["scores"]["spans"]["all"]
    assert (spans["gold"], spans["predicted"]) == (2, 3)  # earlier gold first
    assert found["gold"] == {}
    told = run("agree", "anew").output
    assert "anew: 1 pairs of earlier gold and this round's, of other annotators, 1 incidents" in told
    assert "where earlier gold / this differ" in told
    assert "round 'mended' is of kind adjudication; expected" in run("agree", "mended").output


@pytest.mark.usefixtures("checkout")
def test_a_reading_is_compared_with_gold_only() -> None:
    found = json.loads(run("agree", "third", "--json").stdout)
    assert found["agreement"]["documents"] == 1
    assert found["agreement"]["scores"]["spans"]["all"]["precision"] == 0.666667  # the reader has a place, gold has not
    assert found["gold"] == {}
    [confusion] = found["confusions"]
    assert (confusion["first"], confusion["second"]) == (None, "PLACE")
    told = run("agree", "third").output
    assert "third: 1 pairs of gold and a reader's version, 1 incidents" in told
    assert "where gold / the reader differ" in told


@pytest.mark.usefixtures("checkout")
def test_gold_that_was_mended_after_a_reading_does_not_count_for_it(checkout: Corpus) -> None:
    before = run("agree", "third").output
    add_gold(checkout, "mended")
    assert [span.label for span in collect_gold(checkout)["d-2"].document.spans].count("PLACE") == 1
    assert run("agree", "third").output == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "round 'nowhere' does not exist; expected one of first, last, lone, third"),
        (
            "last",
            "round 'last' is of kind adjudication; expected one in which several annotate the same, or one whose "
            "documents others had annotated before, and had gold of",
        ),
        ("lone", "no document has two versions; expected at least one"),
    ],
)
@pytest.mark.usefixtures("checkout")
def test_a_round_without_two_versions_is_one_clear_line(name: str, message: str) -> None:
    result = run("agree", name)
    assert (result.exit_code, result.output) == (2, f"fogbank: {message}\n")


def test_a_missing_export_is_named(checkout: Corpus) -> None:
    shutil.rmtree(checkout.exports / "first")
    result = run("agree", "first")
    assert result.exit_code == 2
    assert f"{A}.json: cannot be read" in result.output


@pytest.mark.parametrize("trace", ["predictions", "prediction"])
def test_annotators_who_saw_predictions_are_no_measure_of_agreement(checkout: Corpus, trace: str) -> None:
    path = checkout.exports / "first" / f"{B}.json"
    tasks = json.loads(path.read_text())
    if trace == "predictions":
        tasks[1]["predictions"] = [{"result": [], "model_version": "linear"}]
    else:
        tasks[1]["annotations"][0]["prediction"] = {"result": [], "model_version": "linear"}
    path.write_text(json.dumps(tasks))
    result = run("agree", "first")
    assert result.exit_code == 2
    assert f"1 versions are of annotators who could see a system's predictions, {B} (d-2) first" in result.output


def test_an_unadjudicated_round_has_no_gold(checkout: Corpus) -> None:
    (checkout.gold_folder / "d-2.json").unlink()
    assert json.loads(run("agree", "first", "--json").stdout)["gold"] == {}
    assert "gold" not in run("agree", "first").output


HOSTILE = "<script>document.title='run'</script> 🚀 “<b>men</b>” </script><img src=x onerror=alert(1)>"


def hostile() -> RoundAgreement:
    whole = Span("T1", 0, len(HOSTILE), "CONTENT", {"stance": "<i>x</i>"})
    pairs = [
        (
            Document(name, HOSTILE, (whole, Span("T2", 0, 8, "<em>"))),
            Document(name, HOSTILE, (Span("T3", 1, 7, "ORG"),)),
        )
        for name in ("<u>d</u>", "e", "f")
    ]
    found: Agreement = agree(pairs)
    one = Round("<u>round</u>", "annotation", "<b>1</b>", {"<s>ann</s>": ()})
    return RoundAgreement(one, found, confusions(pairs), {"<s>ann</s>": found}, confusions(pairs, ordered=True))


def test_the_page_needs_nothing_from_outside_and_escapes_what_it_shows() -> None:
    made = render_agreement(hostile())
    for outside in ("http://", "https://", "<script", "<img", "<b>", "<u>", "<s>", "<em>"):
        assert outside not in made
    assert "default-src &#39;none&#39;" in made or "default-src 'none'" in made
    assert "&lt;u&gt;d&lt;/u&gt;:0–" in made


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_a_browser(browser: Any, tmp_path: Path, scheme: str) -> None:
    path = tmp_path / "agreement.html"
    path.write_text(render_agreement(hostile()), encoding="utf-8")
    tab = browser.new_page(color_scheme=scheme, viewport={"width": 380, "height": 800})
    wrong: list[str] = []
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("request", lambda request: wrong.append(request.url) if not request.url.startswith("file:") else None)
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))
    tab.goto(path.as_uri())
    assert tab.title() == "FogBank agreement: <u>round</u>"
    tab.locator("summary", has_text="one-sided: CONTENT").first.click()
    assert "<script>document.title='run'</script> 🚀" in tab.locator("details[open] li").first.inner_text()
    ink, paper = (tab.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
    assert (brightness(ink) > brightness(paper)) == (scheme == "dark")
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")  # a phone scrolls tables only
    tab.close()
    assert wrong == []


def brightness(colour: str) -> int:
    return sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))


def test_the_page_is_written_where_asked(checkout: Corpus) -> None:
    page = checkout.root / "build/agreement.html"
    result = run("agree", "first", "--json", "--page", page)
    json.loads(result.stdout)  # what is said of the page goes elsewhere
    assert f"{page}: written" in result.stderr
    assert "Agreement of first" in page.read_text(encoding="utf-8")


def test_the_rounds_that_there_are_can_be_measured() -> None:
    for one in agreements(HOME).values():
        assert 0 < one.measures["spans"].value <= 1
        assert np.isfinite([e.value for e in one.alphas.values()]).all()
        for (name, strict), (other, lenient) in combinations(one.measures.items(), 2):
            if other == f"{name}_overlapping" or other == name.replace("exact", "interval") != name:
                assert strict.counts.matched <= lenient.counts.matched
