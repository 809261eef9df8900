"""A reader's own articles: pages and tables become articles with their provenance, and repeated texts are found."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from fogbank import Article, Corpus, DataError, FogbankError
from fogbank.cli import main
from fogbank.curate.articles import read_articles
from fogbank.curate.duplicates import Duplicate, duplicates

GIVEN = {"part": "wire", "licence": "all rights reserved"}
FIRST = "Shells hit the town of Hask on Monday, the mayor said, and at least three people died in the market square."
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Shells hit Hask</title>
<meta property="article:published_time" content="2021-03-04T11:20:00Z">
<link rel="canonical" href="https://packet.example/hask"></head><body>
<nav><a href="/">Home</a> <a href="/news">All our news</a></nav>
<article><h1>Shells hit Hask</h1><p>{FIRST} It was full at the time, and many of those there were children.</p>
<p>Nobody claimed it. The army said that it had fired no shells at the town and would look into it.</p>
<script>document.write("an advertisement")</script></article>
<footer>Copyright 2021 Packet. Subscribe to our newsletter for more.</footer></body></html>"""


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "home" / "corpus").mkdir(parents=True)
    (tmp_path / "home" / "corpus" / "manifest.jsonl").touch()
    return Corpus(tmp_path / "home")


def test_of_a_page_the_article_is_kept_with_where_it_comes_from(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "Hask 1.html").write_text(PAGE)
    [article] = read_articles(corpus, [tmp_path / "Hask 1.html"], GIVEN).articles
    assert (article.id, article.title, article.published) == ("hask-1", "Shells hit Hask", "2021-03-04T11:20")
    assert (article.provenance or "").startswith("https://packet.example/hask; main text by Resiliparse ")
    text = article.text or ""
    assert FIRST in text
    assert "\n\nNobody claimed it." in text
    assert not any(word in text for word in ("Home", "Subscribe", "advertisement", "<"))
    (tmp_path / "Hask 1.toml").write_text('title = "Another"\npublished = 2021-03-05\n')
    [again] = read_articles(corpus, [tmp_path / "Hask 1.html"], GIVEN).articles
    assert (again.title, again.published) == ("Another", "2021-03-05")


def write(folder: Path, kind: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"rows.{kind}"
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row, default=str) + "\n" for row in rows))
    else:
        quoted = [",".join(f'"{value}"' for value in row.values()) for row in rows]
        path.write_text("\n".join([",".join(rows[0]), *quoted]))
    return path


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_a_row_becomes_an_article_by_the_names_of_its_columns(corpus: Corpus, tmp_path: Path, kind: str) -> None:
    rows = [
        {"id": "n-1", "title": "A, b", "day": datetime(2021, 3, 4, 11, 20, 30), "source": "Packet",
         "text": f"{FIRST}\r\n", "hits": 3},
        {"id": "n-2", "title": "", "day": datetime(2021, 3, 5), "source": "", "text": "Nobody died.", "hits": 4},
    ]  # fmt: skip
    path = write(tmp_path, kind, rows)
    intake = read_articles(corpus, [path], GIVEN, {"published": "day"})
    first, second = intake.articles
    assert (first.id, first.title, first.published, first.text) == ("n-1", "A, b", "2021-03-04T11:20", f"{FIRST}\n")
    assert (first.provenance, second.provenance) == ("Packet", f"rows.{kind}, row 2")
    assert second.title is None
    assert intake.unused == {"hits": 2}


def test_what_a_table_lacks_is_taken_from_the_options_or_named(corpus: Corpus, tmp_path: Path) -> None:
    path = write(tmp_path, "parquet", [{"text": "One.", "published": date(2021, 3, 4)}, {"text": "Two."}])
    given = {**GIVEN, "published": "2020-01-01", "provenance": "a paper"}
    found = read_articles(corpus, [path], given).articles
    assert [(a.id, a.published, a.provenance) for a in found] == [
        ("rows-1", "2021-03-04", "a paper"),
        ("rows-2", "2020-01-01", "a paper"),
    ]
    with pytest.raises(DataError, match=r"rows\.parquet: row 2: published is missing; .* or --published for all"):
        read_articles(corpus, [path], GIVEN)


ROW = '{"id": "n-1", "published": "2021-03-04", "text": "One."}'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", ROW.replace("n-1", "../../etc/passwd"), r"\$\.id: json-shape: '\.\./\.\./etc/passwd'"),
        ("a.jsonl", ROW.replace("2021-03-04", "yesterday"), r"row 1::\$\.published: json-shape: 'yesterday'"),
        ("a.jsonl", f"{ROW}\n{ROW}", "row 2: n-1 is the id of .*row 1 too"),
        ("a.jsonl", "[1]", "row 1 is no object"),
        ("a.jsonl", "{", "expected JSON"),
        ("a.jsonl", ROW.replace("One.", "\\u0007"), "control character U\\+0007"),
        ("a.jsonl", ROW.replace('"One."', "3"), "no text; expected words in the column 'text'"),
        ("a.csv", "id,body\nn-1,One.\n", "a.csv:2: no text; expected words in the column 'text'"),
        ("a.csv", "id,text\nn-1,One.,Two.\n", "a.csv:2: not as many cells as columns; expected"),
        ("a.csv", b"id,text\nn-1,\xff\n", "expected CSV in UTF-8"),
        ("a.csv", 'id,text\nn-1,"One\n', "unexpected end of data; expected CSV"),
        ("a.parquet", "PAR1", "expected a Parquet file"),
        ("a.html", "<p></p>", "no article was found on the page"),
    ],
)
def test_what_is_no_article_is_refused_with_its_place(
    corpus: Corpus, tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError, match=message):
        read_articles(corpus, [tmp_path / name], {**GIVEN, "published": "2021-03-04"})


def test_a_column_or_field_that_does_not_exist_is_named(corpus: Corpus, tmp_path: Path) -> None:
    path = write(tmp_path, "csv", [{"id": "n-1", "body": "One."}])
    with pytest.raises(DataError, match="no column 'words'; expected one of id, body"):
        read_articles(corpus, [path], GIVEN, {"text": "words"})
    with pytest.raises(FogbankError, match="colour: no field of an article"):
        read_articles(corpus, [path], GIVEN, {"colour": "body"})


def test_a_page_without_the_package_asks_for_it(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.html").write_text(PAGE)
    monkeypatch.setitem(sys.modules, "resiliparse.extract.html2text", None)
    with pytest.raises(FogbankError, match=r"pip install 'fogbank\[html\]'"):
        read_articles(corpus, [tmp_path / "a.html"], GIVEN)


def article(name: str, text: str | None, sha256: str) -> Article:
    return Article(name, "wire", "2021-03-04", sha256, "x", text=text)


def test_repeated_texts_are_found_among_the_new_and_the_registered() -> None:
    registered = {"a": article("a", FIRST, "1"), "b": article("b", None, "2"), "e": article("e", FIRST, "1")}
    near = FIRST.replace("three", "four")
    fresh = [
        article("c", FIRST, "1"),
        article("d", near, "3"),
        article("b2", "x", "2"),
        article("f", "Nothing of the kind was said by anybody that day.", "4"),
        article("e", FIRST, "1"),
    ]
    found = duplicates(fresh, registered)
    assert {(one.article, one.other) for one in found if one.exact} == {("c", "a"), ("b2", "b")}
    assert {(one.article, one.other) for one in found if not one.exact} == {
        ("c", "e"),
        ("d", "a"),
        ("d", "c"),
        ("d", "e"),
    }
    assert Duplicate("d", "a", 12 / 17, exact=False) in found


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_command_tells_of_duplicates_and_leaves_them_out_on_request(
    corpus: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOGBANK_HOME", str(corpus.root))
    rows = [{"id": f"n-{n}", "text": text, "views": n} for n, text in enumerate((FIRST, FIRST, "Another."), start=1)]
    words = ("import", write(tmp_path, "csv", rows), "--part", "wire", "--licence", "x", "--published", "2021-03-04")
    done = run(*words, "--skip-duplicates")
    assert done.exit_code == 0, done.output
    assert "duplicate: n-2: the same text as n-1\n" in done.stderr
    assert "left out: 3 × cell of the column 'views'\n" in done.stderr
    assert "left out: 1 × article that repeats another\n" in done.stderr
    assert list(Corpus(corpus.root).articles) == ["n-1", "n-3"]
    assert run(*words).exit_code == 0
    assert list(Corpus(corpus.root).articles) == ["n-1", "n-2", "n-3"]
    assert (corpus.root / "corpus/withheld/n-2.txt").read_text() == FIRST
