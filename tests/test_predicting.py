"""A reader's own articles: taken in from texts, JSON Lines and Parquet, a few at a time, and predicted."""

import json
from datetime import datetime
from itertools import islice
from pathlib import Path

import click
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from fogbank.check.rules import problems
from fogbank.cli import main
from fogbank.errors import FogbankError
from fogbank.model.corpus import find_corpus
from fogbank.model.document import Document
from fogbank.publish.systems.own_articles import own_articles
from fogbank.publish.systems.training import is_trained, train

HOME = find_corpus(Path(__file__).parent)
TEXT = "Shells hit the mill on Monday.\r\nAt least 12 miners were killed, Ilse Marrow said."
TODAY = "2030-03-06"


def sources(folder: Path) -> list[Path]:
    """A text file, a folder, a .jsonl and a .parquet file, with one article each."""
    (folder / "texts").mkdir()
    for path in (folder / "first.txt", folder / "texts" / "second.txt"):
        path.write_bytes(TEXT.encode())
    line = {"id": "third", "text": TEXT, "title": "Mill", "published": "2029-01-02T10:00", "other": 1}
    (folder / "a.jsonl").write_text(json.dumps(line) + "\n\n")
    columns = {"id": ["fourth"], "text": [TEXT], "published": [datetime(2028, 5, 6, 7, 8)], "n": [1]}
    pq.write_table(pa.table(columns), folder / "a.parquet")
    return [folder / "first.txt", folder / "texts", folder / "a.jsonl", folder / "a.parquet"]


def test_articles_of_every_kind_of_file_are_taken_in(tmp_path: Path) -> None:
    paths = sources(tmp_path)
    found = list(own_articles(paths, TODAY))
    assert [a.id for a in found] == ["first", "second", "third", "fourth"]
    assert [a.published for a in found] == [TODAY, TODAY, "2029-01-02T10:00", "2028-05-06T07:08"]
    assert {a.text for a in found} == {TEXT.replace("\r\n", "\n")}
    assert [a.title for a in found] == [None, None, "Mill", None]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_only_what_is_asked_for_is_read_of_a_large_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"many.{kind}"
    if kind == "jsonl":
        path.write_text(json.dumps({"id": "a", "text": TEXT}) + "\n{ no JSON here\n")
    else:
        pq.write_table(pa.table({"id": ["a"] * 501, "text": [TEXT] + [None] * 500}), path)
    assert [a.id for a in islice(own_articles([path], TODAY), 1)] == ["a"]
    with pytest.raises(FogbankError, match=r"many\.\w+:"):
        list(own_articles([path], TODAY))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"id": "x"}', "row 1: no text"),
        ('{"id": "x", "text": "x", "published": "Monday"}', "row 1: published 'Monday'; expected a date"),
        ('{"id": "x", "text": "x"}\n{"id": "x", "text": "y"}', "row 2: id 'x' has come before"),
    ],
)
def test_what_cannot_be_taken_in_is_named_with_its_place(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.jsonl").write_text(content)
    with pytest.raises(FogbankError) as error:
        list(own_articles([tmp_path / "a.jsonl"], TODAY))
    assert f"{tmp_path / 'a.jsonl'}: {message}" in str(error.value)


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def floor() -> str:
    """The name of a system that is trained here."""
    if not is_trained(HOME, "floor"):
        train(HOME, "floor")
    return "floor"


def test_own_articles_are_predicted(floor: str, tmp_path: Path) -> None:
    output = tmp_path / "found.jsonl"
    assert run("predict", floor, *sources(tmp_path), "-o", output, "--published", TODAY) == (
        0,
        f"{output}: 4 documents\n",
    )
    documents = [Document.from_json(json.loads(line)) for line in output.read_text().splitlines()]
    assert [d.id for d in documents] == ["first", "second", "third", "fourth"]
    for document in documents:
        assert list(problems(document, "p", prediction=True)) == []
        assert "CUE" in {s.label for s in document.spans}
    code, told = run("predict", floor, tmp_path / "first.txt", "--split", "test", "-o", output)
    assert (code, "either articles" in told) == (2, True)
    code, told = run("predict", floor, tmp_path / "texts", tmp_path / "first.txt", "--view")
    assert (code, "--view shows one article; several were given" in told) == (2, True)


def test_the_page_of_an_article_is_opened(floor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", opened.append)
    path = sources(tmp_path)[0]
    assert run("predict", floor, path, "--view")[0] == 0
    (url,) = opened
    assert "Ilse Marrow" in Path(url.removeprefix("file://")).read_text()
