"""What a whole round reports of its adjudication, from the committed record, without a server."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fogbank.cli import main
from fogbank.curate.gold import collect_gold
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document, Relation, Span
from fogbank.model.regions import write_result
from fogbank.model.text import digest

TEXT = "Rebels shelled Hask on Friday."
ALL = {
    "Rebels": Span("f", 0, 6, "FORCE"),
    "shelled": Span("e", 7, 14, "STRIKE", {"status": "actual"}),
    "Hask": Span("p", 15, 19, "PLACE"),
    "Friday": Span("t", 23, 29, "TIME"),
}
LINKS = (Relation("e", "f", "agent"), Relation("e", "p", "affected"), Relation("e", "t", "time"))


def document(name: str, *words: str) -> Document:
    spans = tuple(ALL[word] for word in words)
    held = {span.id for span in spans}
    return Document(name, TEXT, spans, tuple(r for r in LINKS if {r.head, r.tail} <= held))


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """Two articles, twice annotated by one round and again by the next, of which one is adjudicated."""
    corpus = Corpus(tmp_path)
    (tmp_path / "corpus/articles").mkdir(parents=True)
    lines = []
    for name in ("d-1", "d-2"):
        corpus.text_path(name, withheld=False).write_text(TEXT, encoding="utf-8")
        lines.append({"id": name, "part": "dispatches", "published": "2021-03-04", "licence": "x",
                      "sha256": digest(TEXT)})  # fmt: skip
    corpus.manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    rounds = (
        ("early", "annotation", {"a": ["d-1", "d-2"], "b": ["d-1", "d-2"]}),
        ("late", "annotation", {"c": ["d-1"], "d": ["d-1"]}),
        ("gold", "adjudication", {"j": ["d-1", "d-2"]}),
    )
    sheet = ""
    for name, kind, assignments in rounds:
        sheet += f'[[rounds]]\nname = "{name}"\nkind = "{kind}"\nguidelines = "1"\n[rounds.assignments]\n'
        sheet += "".join(f"{annotator} = {json.dumps(ids)}\n" for annotator, ids in assignments.items())
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations/rounds.toml").write_text(sheet)
    everything = tuple(ALL)
    enter(corpus, "early", "a", document("d-1", *everything), document("d-2", *everything))
    enter(corpus, "early", "b", document("d-1", "Hask"), document("d-2", *everything))
    enter(corpus, "late", "c", document("d-1", *everything))
    enter(corpus, "late", "d", document("d-1", "Rebels", "shelled", "Friday"))
    enter(corpus, "gold", "j", document("d-1", "Rebels", "shelled", "Hask"))
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    return corpus


def enter(corpus: Corpus, name: str, annotator: str, *documents: Document) -> None:
    tasks = [
        {"data": {"id": d.id}, "annotations": [{"was_cancelled": False, "result": write_result(d)}]} for d in documents
    ]
    path = corpus.exports / name / f"{annotator}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(tasks), encoding="utf-8")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["adjudicate", *words])


@pytest.mark.usefixtures("checkout")
def test_an_adjudication_round_is_held_against_the_last_round_of_each_document_also_while_it_is_worked_on() -> None:
    found = json.loads(run("gold", "--json").stdout)
    [one] = found["documents"]
    assert (one["id"], one["annotators"], one["adjudicator"]) == ("d-1", ["c", "d"], "j")
    assert one["agreed"] == {"span": 3, "attribute": 1, "relation": 2}
    assert one["disputed"] == {"span": 1, "attribute": 0, "relation": 1}
    assert [(lost["kind"], lost["what"], lost["became"]) for lost in one["overruled"]] == [
        ("span", "TIME “Friday”", None),
        ("relation", "time from STRIKE “shelled” to TIME “Friday”", None),
    ]
    assert found["open"] == ["d-2"]


def test_an_annotation_round_is_held_against_gold_as_it_is(checkout: Corpus) -> None:
    enter(checkout, "gold", "j", document("d-1"), document("d-2", *ALL))
    found = json.loads(run("early", "--json").stdout)
    assert [(one["id"], one["annotators"], len(one["overruled"])) for one in found["documents"]] == [
        ("d-1", ["a", "b"], 1),
        ("d-2", ["a", "b"], 0),
    ]
    assert [gold.annotators for gold in collect_gold(checkout).values()] == [("c", "d"), ("a", "b")]


@pytest.mark.usefixtures("checkout")
def test_the_table_sums_up_and_then_lists_what_was_overruled_and_what_is_open() -> None:
    lines = run("gold", "--report").stdout.splitlines()
    assert lines[3].split() == ["d-1", "3", "1", "2", "1", "0", "1", "2", "0"]
    assert lines[4].split() == ["all", "1", "3", "1", "2", "1", "0", "1", "2", "0"]
    assert lines[6:] == [
        "overruled",
        "d-1: span TIME “Friday”: dropped",
        "d-1: relation time from STRIKE “shelled” to TIME “Friday”: dropped",
        "",
        "no gold yet: d-2",
    ]


def test_wrong_rounds_end_in_one_line_and_start_no_server(checkout: Corpus) -> None:
    for words, message in (
        (("late",), "round 'late' is of kind annotation; expected one of kind adjudication"),
        (("nowhere",), "round 'nowhere' does not exist; expected one of early, late, gold"),
    ):
        result = run(*words)
        assert (result.exit_code, result.output) == (2, f"fogbank: {message}\n")
    assert not (checkout.root / "build").exists()
    sheet = checkout.root / "annotations/rounds.toml"
    sheet.write_text(sheet.read_text().replace('d = ["d-1"]', ""))
    result = run("gold", "--report")
    assert (result.exit_code, result.output) == (2, "fogbank: gold: d-1 was annotated by c; expected two annotators\n")
