"""Withheld texts out of the public files they come from; all texts here are invented."""

import io
import json
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.made import import_articles

from fogbank import Article, Corpus, DataError, FogbankError
from fogbank.curate.articles import restore
from fogbank.curate.sources import clean, cut, fetch, url
from fogbank.model.corpus import Source
from fogbank.model.text import digest

COMMIT = "0123456789abcdef0123456789abcdef01234567"
TABLE = (
    "url,date,title,text\n"
    '"https://x/One",2030-03-06,One,"Wednesday, March 6, 2030 \n\n\nThe mayor said ""nine""\nhurt.  \n'
    '\n\nA mill\u00a0burned.\n"\n"https://x/Two",2030-03-07,Two,"Nothing."\n'
)
REPORTS = """TST4-MUC4-0001

   Velmar, 6 Mar 30 -- [Text] Nine
people fled
the town.

   It is calm.


TST4-MUC4-0002

   Another.
"""
DOCUMENTS = (
    '{ "_id" : "AB12", "text" : "Nine fled.  They\\u00a0walked.\\r\\n \\r\\n\\r\\nMore." }\n\n'
    '{"_id": "CD", "text": "x"}\n'
)

CASES = {
    "wikinews": (
        Source("vanatteveldt/wikinews", COMMIT, "data/table one.csv", "https://x/One"),
        TABLE,
        'The mayor said "nine"\nhurt.\n\nA mill burned.\n',
    ),
    "muc4": (
        Source("xinyadu/grit_doc_event_entity", COMMIT, "data/muc.tar.gz", "TST4-MUC4-0001", "muc/tst4.mixed-case"),
        REPORTS,
        "Velmar, 6 Mar 30 -- [Text] Nine people fled the town.\n\nIt is calm.\n",
    ),
    "re3d": (
        Source("dstl/re3d", COMMIT, "A Body/documents.json", "AB12"),
        DOCUMENTS,
        "Nine fled. They walked.\n\nMore.\n",
    ),
}


def archive(member: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as tar:
        entry = tarfile.TarInfo(member)
        entry.size = len(content)
        tar.addfile(entry, io.BytesIO(content))
    return written.getvalue()


def public_file(source: Source, content: str) -> bytes:
    return archive(source.member, content.encode()) if source.member else content.encode()


def wire(name: str, source: Source, text: str) -> Article:
    return Article(name, "wire", "2030-03-06", digest(text), "withheld", provenance="a place", source=source)


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Article, bytes, str]:
    source, content, text = CASES[request.param]
    return wire(request.param, source, text), public_file(source, content), text


def test_the_text_is_cut_out_of_the_public_file_as_it_was_published(case: tuple[Article, bytes, str]) -> None:
    article, content, text = case
    assert cut(article, content) == text


def test_a_file_without_the_record_gives_nothing(case: tuple[Article, bytes, str]) -> None:
    article, content, _ = case
    assert article.source
    source = Source(article.source.repository, COMMIT, article.source.path, "none of them", article.source.member)
    assert cut(wire(article.id, source, "x"), content) is None


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x1f\x8bnot an archive", b"{", b'"' * 3 + b"x" * 2**25])
def test_a_file_of_another_kind_is_refused_or_has_no_record(case: tuple[Article, bytes, str], content: bytes) -> None:
    try:
        assert cut(case[0], content) is None
    except DataError as error:
        assert "expected the file of" in str(error)  # noqa: PT017  either answer is right, no other is


def test_cleaning_twice_changes_nothing() -> None:
    once = clean(" a \r\n\r\n\r\n b\u00a0 c\u2028d\n")
    assert once == "a\n\n b c\nd\n"
    assert clean(once) == once


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    (tmp_path / "home" / "corpus").mkdir(parents=True)
    (tmp_path / "home" / "corpus" / "manifest.jsonl").touch()
    corpus = Corpus(tmp_path / "home")
    for name, (source, _, text) in CASES.items():
        (tmp_path / f"{name}.txt").write_text(text)
        fields = {"repository": source.repository, "commit": COMMIT, "path": source.path, "record": source.record}
        fields |= {"member": source.member} if source.member else {}
        (tmp_path / f"{name}.toml").write_text(
            'part = "wire"\npublished = 2030-03-06\nlicence = "none"\nprovenance = "a place"\n[source]\n'
            + "".join(f"{key} = {json.dumps(value)}\n" for key, value in fields.items())
        )
    import_articles(corpus, [tmp_path / f"{name}.txt" for name in CASES])
    for name in CASES:
        corpus.text_path(name, withheld=True).unlink()
    return Corpus(corpus.root)


@pytest.fixture
def host(tmp_path: Path) -> Iterator[str]:
    """A server that holds the public files under the addresses of their repositories."""
    for source, content, _ in CASES.values():
        path = tmp_path / "public" / source.repository / source.commit / source.path
        path.parent.mkdir(parents=True)
        path.write_bytes(public_file(source, content))

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "public"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_texts_are_downloaded_cut_out_and_joined(corpus: Corpus, host: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    files = fetch(corpus.articles.values(), mine, host)
    assert len(files) == len(CASES)
    before = [file.stat().st_mtime_ns for file in files]
    assert fetch(corpus.articles.values(), mine, host) == files
    assert [file.stat().st_mtime_ns for file in files] == before
    assert set(restore(corpus, mine).restored) == set(CASES)
    assert {a.id: a.text for a in Corpus(corpus.root).articles.values()} == {k: v[2] for k, v in CASES.items()}


def test_a_public_file_that_has_changed_restores_nothing(corpus: Corpus, tmp_path: Path) -> None:
    changed = tmp_path / "changed" / "A Body"
    changed.mkdir(parents=True)
    (changed / "documents.json").write_text(DOCUMENTS.replace("walked", "ran"))
    done = restore(corpus, tmp_path / "changed")
    assert done.restored == ()
    assert set(done.missing) == set(CASES)


def test_an_address_without_the_file_is_named(corpus: Corpus, host: str, tmp_path: Path) -> None:
    source = Source("dstl/re3d", COMMIT, "no such/documents.json", "AB12")
    with pytest.raises(FogbankError, match=r"no%20such/documents\.json"):
        fetch([wire("a", source, "x")], tmp_path / "mine", host)
    assert not (tmp_path / "mine").exists()


def test_the_address_is_of_the_file_at_its_commit() -> None:
    source = CASES["re3d"][0]
    assert url(source) == f"https://raw.githubusercontent.com/dstl/re3d/{COMMIT}/A%20Body/documents.json"
