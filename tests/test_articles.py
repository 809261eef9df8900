import shutil
from pathlib import Path

import pytest
from tests.made import import_articles

from fogbank import Corpus, DataError, FogbankError, find_corpus
from fogbank.check.files import check_corpus
from fogbank.curate.articles import restore, retire
from fogbank.model.storage import write_bytes

CASES = Path(__file__).parent / "cases"


def write(folder: Path, name: str, text: str | bytes, about: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.txt"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if about:
        path.with_suffix(".toml").write_text(about, encoding="utf-8")
    return path


SHARED = 'part = "dispatches"\npublished = 2021-03-04T11:20:00\nlicence = "CC-BY-4.0"\ntitle = "A title"\n'
WIRE = 'part = "wire"\npublished = 2022-05-04\nlicence = "withheld"\nprovenance = "a paper"\n'


@pytest.fixture
def empty(tmp_path: Path) -> Corpus:
    (tmp_path / "home" / "corpus").mkdir(parents=True)
    (tmp_path / "home" / "corpus" / "manifest.jsonl").touch()
    return Corpus(tmp_path / "home")


def test_an_article_is_registered_once_with_its_normalised_text(empty: Corpus, tmp_path: Path) -> None:
    path = write(tmp_path / "in", "a-1", "Cafe\u0301 🚀\r\nburned.\u00a0", SHARED)
    [(article, is_new)] = import_articles(empty, [path])
    assert is_new
    assert article.published == "2021-03-04T11:20"
    assert (empty.root / "corpus/articles/a-1.txt").read_bytes() == "Caf\u00e9 🚀\nburned.\u00a0".encode()
    before = empty.manifest.read_bytes()
    again = Corpus(empty.root)
    assert [new for _, new in import_articles(again, [tmp_path / "in"])] == [False]
    assert empty.manifest.read_bytes() == before
    assert Corpus(empty.root).articles["a-1"] == article


def test_a_registered_text_never_changes(empty: Corpus, tmp_path: Path) -> None:
    import_articles(empty, [write(tmp_path / "in", "a-1", "one", SHARED)])
    path = write(tmp_path / "in", "a-1", "another", SHARED)
    with pytest.raises(DataError, match="a-1: registered with another text"):
        import_articles(Corpus(empty.root), [path])
    assert (empty.root / "corpus/articles/a-1.txt").read_text() == "one"


def test_one_bad_file_leaves_the_corpus_as_it_was(empty: Corpus, tmp_path: Path) -> None:
    write(tmp_path / "in", "a-1", "one", SHARED)
    write(tmp_path / "in", "a-2", b"caf\xe9", SHARED)
    with pytest.raises(DataError, match="not UTF-8"):
        import_articles(empty, [tmp_path / "in"])
    assert not (empty.root / "corpus/articles").exists()
    assert empty.manifest.read_bytes() == b""


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ("", "part is missing"),
        ('part = "dispatches"\nlicence = "x"\n', "published is missing"),
        (SHARED + 'colour = "red"\n', "colour: no field of an article"),
        ("part = ", "expected TOML"),
    ],
)
def test_what_is_not_known_of_an_article_is_asked_for(empty: Corpus, tmp_path: Path, about: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        import_articles(empty, [write(tmp_path / "in", "a-1", "one", about)])


def test_paths_that_hold_no_article_are_refused(empty: Corpus, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    for path in (tmp_path / "missing.txt", tmp_path / "none", write_other(tmp_path)):
        with pytest.raises(FogbankError, match=r"expected a \.txt, \.html, .* file or a folder"):
            import_articles(empty, [path])


def write_other(folder: Path) -> Path:
    path = folder / "page.pdf"
    path.write_text("%PDF", encoding="utf-8")
    return path


def test_a_changed_text_is_noticed_when_it_is_read(empty: Corpus, tmp_path: Path) -> None:
    import_articles(empty, [write(tmp_path / "in", "a-1", "one", SHARED)])
    (empty.root / "corpus/articles/a-1.txt").write_text("two", encoding="utf-8")
    with pytest.raises(DataError, match="the text has changed since it was registered"):
        _ = Corpus(empty.root).articles


def test_a_retired_article_leaves_its_split_and_keeps_its_text_and_gold(tmp_path: Path) -> None:
    corpus = Corpus(Path(shutil.copytree(CASES / "corpus", tmp_path / "retiring")))
    retire(corpus, ["abc-01-b"], "written anew")
    after = Corpus(corpus.root)
    assert after.articles["abc-01-b"].retired == "written anew"
    assert after.articles["abc-01-b"].text == corpus.articles["abc-01-b"].text
    assert {*corpus.articles} - {*after.current} == {"abc-01-b"}
    assert after.split("train") == ("abc-01-a",)
    assert [document.id for document in after.gold()] == ["abc-01-a", "abc-02-a", "harbour-2020"]
    assert [document.id for document in after.gold(["abc-01-b"])] == ["abc-01-b"]
    assert list(check_corpus(after)) == []
    with pytest.raises(FogbankError, match="'abc-01-b' is retired already"):
        retire(after, ["abc-01-a", "abc-01-b"], "again")
    with pytest.raises(FogbankError, match="'abc-09-z' is not in the corpus"):
        retire(after, ["abc-09-z"], "gone")
    assert Corpus(corpus.root).split("train") == ("abc-01-a",)


def test_withheld_texts_are_joined_by_hash_and_the_rest_is_named(empty: Corpus, tmp_path: Path) -> None:
    for name in ("w-1", "w-2", "w-3"):
        write(tmp_path / "in", name, f"text of {name}\n", WIRE)
    import_articles(empty, [tmp_path / "in"])
    for path in (empty.root / "corpus/withheld").iterdir():
        path.unlink()
    assert [a.text for a in Corpus(empty.root).articles.values()] == [None] * 3
    copies = tmp_path / "copies"
    write(copies / "deep", "renamed", "text of w-1\r\n")
    write(copies, "w-2", "text of w-2, edited")
    write(copies, "noise", b"\xff")
    done = restore(Corpus(empty.root), copies)
    assert done == (("w-1",), (), ("w-2", "w-3"), {"w-2": copies / "w-2.txt"})
    assert Corpus(empty.root).articles["w-1"].text == "text of w-1\n"
    assert restore(Corpus(empty.root), copies).present == ("w-1",)


def test_a_folder_that_is_none_is_refused(empty: Corpus, tmp_path: Path) -> None:
    with pytest.raises(FogbankError, match="no folder"):
        restore(empty, tmp_path / "nowhere")


def test_a_corpus_is_found_from_inside_it(empty: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOGBANK_HOME", raising=False)
    assert find_corpus(empty.root / "corpus").root == empty.root
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    with pytest.raises(FogbankError, match="no corpus at"):
        find_corpus()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    write_bytes(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_bytes(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert path.read_bytes() == b"old"
