"""The systems of `baselines/`: what they read by rule, that they learn, keep to the scheme, and can be put away."""

import importlib
from collections.abc import Iterator
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from baselines._classifier import Classifier
from baselines._clauses import candidates, clause
from baselines._figures import find_figures, read_figure
from baselines._table import Table
from baselines._tagger import Tagger
from baselines._text import Reading, settle
from baselines._times import find_times, read_time
from hypothesis import given, settings
from hypothesis import strategies as st

import fogbank
from fogbank import Article, Document, Relation, Span, System
from fogbank.check.rules import problems
from fogbank.publish.systems.state import read_state, save_state

SYSTEMS = ("floor", "gazetteer", "linear", "crf")
PUBLISHED = "2030-03-06T18:00"  # a Wednesday


def article(text: str, name: str = "kes-01-a", published: str = PUBLISHED) -> Article:
    return Article(
        id=name,
        part="dispatches",
        published=published,
        sha256="0" * 64,
        licence="CC0-1.0",
        text=text,
        incident=name.rsplit("-", 1)[0],
    )


# ---------------------------------------------------------------- invented documents that are all alike in kind


def _document(document_id: str, *, force: str, site: str, place: str, speaker: str, count: str, day: str) -> Document:
    """A short report in brackets: `[words|LABEL|name]`, names only where a relation needs them."""
    marked = (
        f"VELMAR, Kestria (KPA) — The [{force}|FORCE|f] [shelled|STRIKE|s] the [{site}|FACILITY|x] in "
        f"[{place}|PLACE|p] on [{day}|TIME|t], [{speaker}|PERSON|m] [said|CUE|c].\n\n"
        f"At least one wall fell. [{speaker}|PERSON|m2] [said|CUE|c2] that <[{count}|QUANTITY|q] [miners|PEOPLE|v] "
        f"were [killed|DEATH|k]>. The [{force}|FORCE|f2] [denied|CUE|c3] <the [strike|STRIKE|s2]>.\n"
    )
    text, at = "", 0
    spans: list[Span] = []
    opened: list[int] = []
    names: dict[str, str] = {}
    while at < len(marked):
        if marked[at] == "[":
            words, label, name = marked[at + 1 : marked.index("]", at)].split("|")
            names[name] = f"T{len(spans) + 1}"
            spans.append(Span(names[name], len(text), len(text) + len(words), label, _attributes(label, words)))
            text, at = text + words, marked.index("]", at)
        elif marked[at] == "<":
            opened.append(len(text))
        elif marked[at] == ">":
            name = f"said{opened[0]}"
            names[name] = f"T{len(spans) + 1}"
            spans.append(Span(names[name], opened.pop(), len(text), "CONTENT"))
        else:
            text += marked[at]
        at += 1
    begin = text.index(force) - len("The ")
    names["said"] = f"T{len(spans) + 1}"
    spans.append(Span(names["said"], begin, text.index(f", {speaker}"), "CONTENT"))
    inner = [s.id for s in spans if s.label == "CONTENT"]
    relations = (
        "s f agent, s x affected, x p located_in, s t time, c m source, m2 m same, c2 m2 source, v q quantity, "
        "k v affected, f2 f same, c3 f2 source, s2 s same_event"
    )
    links = [Relation(names[h], names[t], label) for h, t, label in (r.split() for r in relations.split(", "))]
    links += [Relation(names[c], i, "content") for c, i in zip(("c2", "c3", "c"), inner, strict=True)]
    return Document(document_id, text, tuple(spans), tuple(links)).canonical()


def _attributes(label: str, words: str) -> dict[str, str | int]:
    if label == "QUANTITY":
        return {"modifier": "exact", "value": int(words)}
    if label == "TIME":
        days = {"Tuesday": "2030-03-05", "Monday": "2030-03-04", "Wednesday": "2030-03-06"}
        return dict.fromkeys(("start", "end"), days[words])
    if label == "CUE":
        return {"stance": "denies" if words == "denied" else "asserts", "source_kind": "other"}
    return {"status": "actual"} if label in ("STRIKE", "DEATH") else {}


@cache
def documents() -> tuple[Document, ...]:
    """Twelve reports, each of an incident of its own and free of problems."""
    forces, sites, places = (
        ("Northern Guard", "Taln Brigade"),
        ("mill", "old clinic", "grain store"),
        ("Hask", "Dravna"),
    )
    speakers, days = ("Ilse Marrow", "Dace Oreth", "Anno Pell"), ("Tuesday", "Monday", "Wednesday")
    made = tuple(
        _document(
            f"kes-{n:02}-a",
            force=force,
            site=site,
            place=place,
            speaker=speakers[n % 3],
            count=str(3 + 7 * n),
            day=days[n % 3],
        )
        for n, (force, site, place) in enumerate(product(forces, sites, places))
    )
    assert [p for document in made for p in problems(document, document.id)] == []
    return made


@cache
def trained(name: str) -> System:
    """A system trained on all documents but the last two."""
    system: System = importlib.import_module(f"baselines.{name}").System()
    learned = documents()[:-2]
    system.train([article(d.text or "", d.id) for d in learned], learned, seed=7)
    return system


def predictions(system: System, gold: tuple[Document, ...]) -> list[Document]:
    return [system.predict(article(d.text or "", d.id)) for d in gold]


def f1(gold: tuple[Document, ...], predicted: list[Document], part: str) -> float:
    return fogbank.score(gold, predicted, tasks=[part], resamples=1).scores[part]["all"].value or 0.0


# ---------------------------------------------------------------- every system


@pytest.mark.parametrize("name", ["gazetteer", "linear", "crf"])
def test_a_learning_system_finds_most_of_what_it_was_shown_and_of_its_like(name: str) -> None:
    shown, held_out = documents()[:-2], documents()[-2:]
    floor, system = trained("floor"), trained(name)
    for part, least in (("spans", 0.85), ("relations", 0.7)):
        assert f1(shown, predictions(system, shown), part) > least
        assert (
            f1(held_out, predictions(system, held_out), part) > f1(held_out, predictions(floor, held_out), part) + 0.1
        )


def test_the_floor_finds_figures_times_and_the_commonest_words() -> None:
    gold = documents()[-1]
    found = {(gold.quote(s), s.label) for s in predictions(trained("floor"), (gold,))[0].spans}
    quantity = next(gold.quote(s) for s in gold.spans if s.label == "QUANTITY")
    assert {(quantity, "QUANTITY"), ("killed", "DEATH"), ("said", "CUE")} <= found


@pytest.mark.parametrize("name", SYSTEMS)
def test_training_again_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    again: System = importlib.import_module(f"baselines.{name}").System()
    learned = documents()[:-2]
    again.train([article(d.text or "", d.id) for d in learned], learned, seed=7)
    for folder, system in ((tmp_path / "one", trained(name)), (tmp_path / "two", again)):
        save_state(folder, system.state(), {})
    for file in ("model.json", "model.npz"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_restored_state_predicts_the_same(name: str, tmp_path: Path) -> None:
    save_state(tmp_path / "model", trained(name).state(), {})
    restored: System = importlib.import_module(f"baselines.{name}").System()
    restored.restore(read_state(tmp_path / "model"))
    assert predictions(restored, documents()) == predictions(trained(name), documents())


@pytest.mark.parametrize("file", ["model.json", "model.npz"])
def test_a_model_that_its_signature_does_not_vouch_for_is_refused(file: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_state(tmp_path / name, {"shares": [name], "weights": np.array([len(name)])}, {"system": "x"})
    (tmp_path / "one" / file).write_bytes((tmp_path / "two" / file).read_bytes() + b" ")
    with pytest.raises(fogbank.DataError, match="by its signature"):
        read_state(tmp_path / "one")


AWKWARD = (
    "",
    " \n\n ",
    "Hask",
    "said",
    ".",
    "“",
    "😀 said 🧨💥: “12 miners were killed,” 😀.",
    "The\u00a0Northern\u00a0Guard shelled\u00a0Hask, Ilse\u00a0Marrow said.",
    "x\u0301said e\u0301\u0301 12\u0301 Hask\u0327ed said\u200b killed",
    "said said said killed killed, said, “said” that said.",
    "No cue stands here and nothing happened",
    '"Hask," said "the "Guard" said, "12" - said.\n\nsaid\n"',
    "a.m. p.m. 25:61 a.m. 31 February 2030, 0 years ago, 99999999999999 miners, 10 to 5, 5000 years ago",
    "VELMAR, Kestria (KPA) — ",
)


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("text", AWKWARD)
def test_predictions_for_awkward_texts_have_no_problems(name: str, text: str) -> None:
    predicted = trained(name).predict(article(text, "odd-01-a"))
    assert [str(p) for p in problems(predicted, "p", prediction=True)] == []
    assert (predicted.id, predicted.text) == ("odd-01-a", text)
    assert [span.id for span in predicted.spans] == [f"T{n + 1}" for n in range(len(predicted.spans))]


PIECES = st.sampled_from(
    [
        *("said", "killed", "12", "miners", "The Northern Guard", "shelled", "Hask", "that", "denied", "on Tuesday"),
        *("at least 20", "strike", "3 p.m.", "4 March", "between 10 and 15", "Ilse Marrow", "'s", "e\u0301", "😀"),
        *(",", ".", "“", "”", '"', "—", "-", "(", ")", "\n\n"),
    ]
)


@pytest.mark.parametrize("name", SYSTEMS)
@settings(max_examples=25, deadline=None)
@given(pieces=st.lists(PIECES, max_size=40), gaps=st.lists(st.sampled_from([" ", "", "\u00a0", "\n"]), min_size=40))
def test_predictions_for_any_text_have_no_problems(name: str, pieces: list[str], gaps: list[str]) -> None:
    text = "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=False))
    assert [str(p) for p in problems(trained(name).predict(article(text)), "p", prediction=True)] == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_without_anything_to_learn_from_still_predicts(name: str) -> None:
    system: System = importlib.import_module(f"baselines.{name}").System()
    bare = Document("kes-01-a", "Ilse Marrow said 12 miners were killed.")
    system.train([article(bare.text or "")], [bare], seed=7)
    assert list(problems(system.predict(article("Dace Oreth said so.")), "p", prediction=True)) == []


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_withheld_text_is_refused(name: str) -> None:
    withheld = Article(id="w-1", part="wire", published=PUBLISHED, sha256="0" * 64, licence="none")
    with pytest.raises(fogbank.MissingTextError, match="w-1"):
        trained(name).predict(withheld)


# ---------------------------------------------------------------- figures and times by rule

FIGURES = {
    "31": {"modifier": "exact", "value": 31},
    "Twenty-seven": {"modifier": "exact", "value": 27},
    "two hundred and fifty": {"modifier": "exact", "value": 250},
    "6,469": {"modifier": "exact", "value": 6469},
    "1.5 million": {"modifier": "exact", "value": 1_500_000},
    "half a dozen": {"modifier": "exact", "value": 6},
    "a hundred": {"modifier": "exact", "value": 100},
    "no": {"modifier": "exact", "value": 0},
    "twin": {"modifier": "exact", "value": 2},
    "at least 20": {"modifier": "at_least", "value": 20},
    "10 or more": {"modifier": "at_least", "value": 10},
    "over 40": {"modifier": "more_than", "value": 40},
    "as many as 50": {"modifier": "at_most", "value": 50},
    "nearly 50": {"modifier": "fewer_than", "value": 50},
    "some 40": {"modifier": "about", "value": 40},
    "30 or so": {"modifier": "about", "value": 30},
    "between 10 and 15": {"modifier": "range", "value": 10, "value_high": 15},
    "10-15": {"modifier": "range", "value": 10, "value_high": 15},
    "tens of thousands": {"modifier": "vague", "vague_class": "tens_of_thousands"},
    "several dozen": {"modifier": "vague", "vague_class": "dozens"},
    "hundreds, if not thousands": {"modifier": "vague", "vague_class": "hundreds"},
    "a couple": {"modifier": "vague", "vague_class": "few"},
    "Some": {"modifier": "vague", "vague_class": "several"},
    "those": None,
}


@pytest.mark.parametrize("words", FIGURES)
def test_a_figure_is_read(words: str) -> None:
    assert read_figure(words) == FIGURES[words]


def test_figures_are_found_where_something_is_counted() -> None:
    text = (
        "At least 12 of 40 miners, aged 30 years, paid $7 or 5% in 2029, 3 km off; dozens fled No. 4 at 16:20. "
        "In all, 41 and 59 were named, one after the first, 6-year-old among them."
    )
    assert [text[a:b] for a, b in find_figures(text)] == ["At least 12", "40", "dozens", "41", "59"]


def day(first: str, last: str | None = None) -> dict[str, str]:
    return {"start": first, "end": last or first}


TIMES = {
    "Wednesday": day("2030-03-06"),
    "Tuesday": day("2030-03-05"),
    "last Wednesday": day("2030-02-27"),
    "Tuesday night": day("2030-03-05T18:00", "2030-03-06T06:00"),
    "late Tuesday": day("2030-03-05T18:00", "2030-03-05T23:59"),
    "overnight": day("2030-03-05T18:00", "2030-03-06T06:00"),
    "around 3 a.m. on Wednesday": day("2030-03-06T03:00"),
    "3.40 pm": day("2030-03-06T15:40"),
    "11 p.m.": day("2030-03-05T23:00"),  # none of the day of publication has passed yet
    "0615 hrs": day("2030-03-06T06:15"),
    "2:51 and 3:30 a.m.": day("2030-03-06T02:51", "2030-03-06T03:30"),
    "noon": day("2030-03-06T12:00"),
    "midnight on Tuesday": day("2030-03-06T00:00"),
    "dawn": day("2030-03-06T05:00", "2030-03-06T07:00"),
    "Monday afternoon": day("2030-03-04T12:00", "2030-03-04T17:59"),
    "4 March": day("2030-03-04"),
    "March 5, 2029": day("2029-03-05"),
    "3 to 5 March": day("2030-03-03", "2030-03-05"),
    "December 2029": day("2029-12-01", "2029-12-31"),
    "mid-February": day("2030-02-11", "2030-02-20"),
    "yesterday": day("2030-03-05"),
    "two days ago": day("2030-03-04"),
    "this week": day("2030-02-28", "2030-03-06"),
    "last week": day("2030-02-25", "2030-03-03"),
    "this year": day("2030-01-01", "2030-03-06"),
    "2029": day("2029-01-01", "2029-12-31"),
    "two months": {"duration": "P2M"},
    "an hour": {"duration": "PT1H"},
    "half an hour": {"duration": "PT30M"},
    "past three days": {"duration": "P3D", **day("2030-03-03", "2030-03-06")},
    "31 February": None,
    "the raid": None,
}


@pytest.mark.parametrize("words", TIMES)
def test_a_time_is_read_against_the_time_of_publication(words: str) -> None:
    assert read_time(words, PUBLISHED) == TIMES[words]


def test_times_are_found_with_their_parts_joined() -> None:
    text = "At around 3 a.m. on Wednesday and Tuesday night, 4 March 2030, in two months, twice in Hask, overnight."
    found = [text[a:b] for a, b in find_times(text)]
    assert found == ["around 3 a.m. on Wednesday", "Tuesday night, 4 March 2030", "two months", "overnight"]


# ---------------------------------------------------------------- the parts


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Marrow said nine people had drowned.", "nine people had drowned"),
        ("Marrow said on Tuesday that the port was lost.", "the port was lost"),
        ("“We held the port,” Marrow said.", "We held the port"),
        ("Nine people, she said, had died.", "Nine people, she said, had died"),
        ("Nine people had died, Dr. Pell said.", "Nine people had died"),
        ("Marrow said.", None),
    ],
)
def test_the_rest_of_the_clause_is_what_a_cue_reports(text: str, content: str | None) -> None:
    reading = Reading.of(article(text))
    at = reading.words.index("said")
    found = clause(reading, at, at + 1)
    assert (reading.quote(*found) if found else None) == content
    assert content is None or found in candidates(reading, at, at + 1)


def test_sentences_end_at_stops_but_not_behind_titles_and_hours() -> None:
    reading = Reading.of(article("Dr. Pell came at 5 a.m. Tuesday. “It ended.” He left\n\nThe 3.5 km road"))
    assert [reading.quote(*s) for s in reading.sentences] == [
        "Dr. Pell came at 5 a.m. Tuesday.",
        "“It ended.”",
        "He left",
        "The 3.5 km road",
    ]


def test_settling_keeps_what_came_first_and_what_the_scheme_allows() -> None:
    reading = Reading.of(article("The Northern Guard army said so."))
    guard, army, twice = reading.span(1, 3, "FORCE"), reading.span(2, 4, "ORG"), reading.span(1, 3, "FORCE")
    cue, content = (
        reading.span(4, 5, "CUE", {"stance": "asserts", "source_kind": "other"}),
        reading.span(5, 6, "CONTENT"),
    )
    links = [
        Relation(cue.id, guard.id, "source"),
        Relation(cue.id, guard.id, "time"),
        Relation(guard.id, cue.id, "source"),
        Relation(cue.id, army.id, "source"),
    ]
    made = settle(reading, [cue, guard, army, twice, content], links)
    assert [(s.id, made.quote(s), s.label) for s in made.spans] == [
        ("T1", "Northern Guard", "FORCE"),
        ("T2", "said", "CUE"),
    ]
    assert made.relations == (Relation("T2", "T1", "source"),)


def test_decoded_tags_are_the_best_valid_sequence() -> None:
    tagger = Tagger(("PERSON", "ORG"), Classifier(1.0), is_wide=True)
    classes = ["B-ORG", "B-PERSON", "I-ORG", "I-PERSON", "O"]
    weights = {"t.features": [], "t.classes": classes, "t.weights": np.zeros((0, 5)), "t.bias": np.zeros(5)}
    tagger.restore("t", {**weights, "t.marked": {}})
    reading = Reading.of(article("one two three"))
    generator = np.random.default_rng(3)

    def sequences() -> Iterator[tuple[int, ...]]:
        for path in product(range(5), repeat=3):
            tags = ["O", *(classes[i] for i in path)]
            if all(b[0] != "I" or a[2:] == b[2:] for a, b in pairwise(tags)):
                yield path

    for _ in range(50):
        scores = generator.normal(size=(3, 5))
        best = max(sequences(), key=lambda path: sum(scores[i, tag] for i, tag in enumerate(path)))
        starts = [(i, classes[tag][2:]) for i, tag in enumerate(best) if classes[tag][0] == "B"]
        assert [(first, label) for first, _, label in tagger.decode(reading, scores, 0.0)] == starts
        assert tagger.decode(reading, scores, 1000.0) == []


def test_a_classifier_separates_and_gives_probabilities() -> None:
    rows = [["a", "x"], ["a"], ["b"], ["b", "x"], ["c"], ["c", "x"]] * 5
    names = [row[0].upper() for row in rows]
    for count in (1, 2, 3):
        kept = [(row, name) for row, name in zip(rows, names, strict=True) if name in "ABC"[:count]]
        classifier = Classifier(strength=10).fit([row for row, _ in kept], [name for _, name in kept])
        assert classifier.best(Table.named([row for row, _ in kept]), "?") == [name for _, name in kept]
        assert np.allclose(np.exp(classifier.scores(Table.named([["a"], ["never seen"]]))).sum(axis=1), 1)
    assert Classifier().fit([], []).best(Table.named([["a"]]), "?") == ["?"]


def test_the_table_of_limits_is_of_the_data_and_settings_that_are_here() -> None:
    ablations = importlib.import_module("benchmarks.ablations")
    assert ablations.is_current(), "run python benchmarks/ablations.py"
