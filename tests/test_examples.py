"""The tasks by an example: tables of what gold holds, with markup shown as it is written."""

from dataclasses import replace
from pathlib import Path

from fogbank import Document, Relation, Span, find_corpus
from fogbank.model.document import Dateline
from fogbank.publish.release.examples import EXAMPLE, example_tables

HOME = find_corpus(Path(__file__).parent)


def test_every_task_has_an_example_of_gold_and_the_page_has_a_place_for_it() -> None:
    gold = list(HOME.gold())
    parts = example_tables(gold)
    page = (HOME.root / "docs" / "tasks.md").read_text(encoding="utf-8")
    assert all(f"<!-- generated: {name} -->" in page for name in parts)
    document = next(one for one in gold if one.id == EXAMPLE)
    assert EXAMPLE in HOME.split("train")
    assert f"… and {len(document.spans) - 12} more." in parts["example: spans"]
    assert parts["example: ledger"].count(EXAMPLE) == 2  # two figures of the missing stand in it
    assert "what is true" in parts["example: ledger"]


def test_markup_in_a_text_is_shown_as_it_is_written() -> None:
    text = "<b>Two</b> | men are missing, police said."
    spans = (
        Span("q", 3, 6, "QUANTITY", {"modifier": "exact", "value": 2}),
        Span("p", 0, 16, "PEOPLE"),
        Span("m", 21, 28, "MISSING", {"status": "actual"}),
    )
    relations = (Relation("m", "p", "affected"), Relation("p", "q", "quantity"))
    made = replace(Document(EXAMPLE, text, spans, relations), dateline=Dateline("crk-01", "2022-04-05", "crk-gna"))
    parts = example_tables([made])
    assert "> &lt;b&gt;Two&lt;/b&gt; | men" in parts["example: text"]
    assert "“&lt;b&gt;Two&lt;/b&gt; \\| men”" in parts["example: spans"]


def test_without_the_document_there_is_no_example() -> None:
    assert example_tables([Document("d", "Two men.")]) == {}
