"""Formats of other tools: each file is opened by its own tool's reader, and what comes back is what went out."""

import csv
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from fogbank import SCHEME, Document, FogbankError, Relation, Span, find_corpus, load
from fogbank.cli import main
from fogbank.model.text import normalise
from fogbank.publish.exchange import docbin
from fogbank.publish.exchange.format import Read
from fogbank.publish.exchange.formats import FORMATS, documents_of, export, import_documents

HOME = find_corpus(Path(__file__).parent)
GOLD = load("validation", HOME)
READABLE = [name for name, one in FORMATS.items() if one.read]

# Letters, marks that files are made of, what ends lines for some, what takes two units in UTF-16, what XML cannot hold.
LETTERS = "aáß1 ,.-'’\"#<&|\t\n\u2028\x85\x0c;=:🚀\u0301\u200d"
VALUE: dict[str, st.SearchStrategy[str | int]] = {
    "number": st.integers(0, 10**12 - 1),
    "date": st.sampled_from(["2021-03-04", "2021-03-04T11:20"]),
    "duration": st.sampled_from(["P3D", "PT40M"]),
}


@st.composite
def documents(draw: DrawFn) -> Document:
    text = normalise(("x" + draw(st.text(LETTERS, max_size=60))).encode(), "drawn")
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)), st.sampled_from(SCHEME.label_names))
    keys = draw(st.lists(places.filter(lambda key: key[0] < key[1]), max_size=8, unique=True))
    spans = []
    for number, (start, end, label) in enumerate(keys):
        held = {
            a.name: draw(st.sampled_from(a.names) if a.type == "choice" else VALUE[a.type])
            for a in SCHEME.attributes_of[label]
            if draw(st.booleans())
        }
        spans.append(Span(f"x{number}", start, end, label, held))
    ends = st.sampled_from([span.id for span in spans] or [""])
    pairs = draw(st.lists(st.tuples(ends, ends), max_size=6, unique=True)) if spans else []
    labels = st.sampled_from(SCHEME.relation_names)
    relations = tuple(Relation(head, tail, draw(labels)) for head, tail in pairs)
    return Document("d-1", text, tuple(spans), relations).canonical()


def read_back(name: str, folder: Path) -> list[Read]:
    read = FORMATS[name].read
    assert read is not None
    return [one for file in sorted(folder.rglob(f"*{FORMATS[name].suffix}")) for one in read(file)]


def without(document: Document, gone: set[str]) -> Document:
    spans = tuple(span for span in document.spans if span.id not in gone)
    relations = tuple(r for r in document.relations if not {r.head, r.tail} & gone)
    return Document(document.id, document.text, spans, relations).canonical()


@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=50)
@given(document=documents())
def test_what_goes_out_comes_back_but_for_what_is_reported(name: str, document: Document) -> None:
    with tempfile.TemporaryDirectory() as folder:
        left_out = export(name, {"drawn": [document]}, Path(folder)).left_out
        back = read_back(name, Path(folder))
    expected = [document]
    lost: Counter[str] = Counter()
    if name in ("brat", "spacy"):
        blank = {s.id for s in document.spans if document.quote(s) != document.quote(s).strip()}
        expected = [without(document, blank)]
        lost["span with white space at an edge"] = len(blank)
        lost["relation of a span left out"] = len(document.relations) - len(expected[0].relations)
    if name == "xmi" and "\x0c" in (document.text or ""):
        expected = []
        lost["document with a character that XML cannot hold"] = 1
    assert left_out == +lost
    assert [one.document for one in back] == expected
    assert not any(one.left_out or one.problem for one in back)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("exported")
    for name in FORMATS:
        export(name, {"test": GOLD}, folder / name)
    return {name: folder / name for name in FORMATS}


@pytest.mark.parametrize("name", READABLE)
def test_gold_comes_back_whole(exported: dict[str, Path], name: str) -> None:
    done = import_documents(HOME, name, [exported[name]])
    assert {document.id: document for document in done.documents} == {document.id: document for document in GOLD}
    assert not done.problems
    assert not done.left_out


def everything(document: Document) -> Counter[Any]:
    """Count spans with attributes, and relations with the places of their ends, as any reader can name them."""
    spans = [(*s.key, tuple((name, str(value)) for name, value in s.attributes.items())) for s in document.spans]
    ends = document.by_id
    return Counter([*spans, *((r.label, ends[r.head].key, ends[r.tail].key) for r in document.relations)])


# ---------------------------------------------------------------- each tool's own reading


def configuration(folder: Path) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for line in (folder / "annotation.conf").read_text().splitlines():
        if line.startswith("["):
            sections[line[1:-1]] = []
        elif line:
            sections[list(sections)[-1]].append(line.strip())
    return sections


def read_as_brat(path: Path, conf: dict[str, list[str]]) -> Counter[Any]:
    """Read by brat's specification, with the checks of its server; nothing here is shared with what is tested."""
    text = path.with_suffix(".txt").read_bytes().decode()
    permitted = {
        (line.split("\t")[0], head, tail)
        for line in conf["relations"]
        if (found := re.fullmatch(r"\S+\tArg1:(\S+), Arg2:(\S+)", line))
        for head in found[1].split("|")
        for tail in found[2].split("|")
    }
    offered = {line.split("\t")[0]: re.findall(r"[\w']+", line.split("Value:")[1]) for line in conf["attributes"]}
    places: dict[str, tuple[int, int, str]] = {}
    attributes: dict[str, dict[str, str]] = {}
    links = []
    ids = set()
    for line in path.read_bytes().decode().splitlines():
        key, body = line.split("\t", 1)
        assert re.fullmatch(r"[TRA#][0-9]+", key)
        assert key not in ids
        ids.add(key)
        if key[0] == "T":
            about, words = body.split("\t")
            label, offsets = about.split(" ", 1)
            assert label in conf["entities"]
            fragments = [tuple(map(int, pair.split(" "))) for pair in offsets.split(";")]
            assert all(one[1] < other[0] for one, other in pairwise(fragments))
            assert " ".join(text[start:end] for start, end in fragments) == words
            places[key] = (fragments[0][0], fragments[-1][1], label)
        elif key[0] == "A":
            name, target, value = body.split(" ")
            assert value in offered[name]
            attributes.setdefault(target, {})[name] = value
        elif key[0] == "#":
            kind, rest = body.split(" ", 1)
            assert kind == "AnnotatorNotes"
            target, note = rest.split("\t")
            attributes.setdefault(target, {}).update(re.findall(r"(\w+)=([^;]+)", note))
        else:
            label, head, tail = body.split(" ")
            links.append((label, places[head.removeprefix("Arg1:")], places[tail.removeprefix("Arg2:")]))
            assert (label, links[-1][1][2], links[-1][2][2]) in permitted
    assert attributes.keys() <= places.keys()
    spans = [(*place, tuple(sorted(attributes.get(key, {}).items()))) for key, place in places.items()]
    return Counter([*spans, *links])


def test_brat_files_keep_brats_specification_and_say_all(exported: dict[str, Path]) -> None:
    conf = configuration(exported["brat"])
    for document in GOLD:
        assert read_as_brat(exported["brat"] / "test" / f"{document.id}.ann", conf) == everything(document)
    drawing = (exported["brat"] / "visual.conf").read_text()
    assert "glyph" not in drawing  # one that is given for all attributes would hide their values


def test_a_docbin_opens_in_spacy_with_a_group_for_each_layer(exported: dict[str, Path]) -> None:
    import spacy
    from spacy.tokens import DocBin

    docs = list(DocBin().from_disk(exported["spacy"] / "test.spacy").get_docs(spacy.blank("en").vocab))
    assert len(docs) == len(GOLD)
    for document, doc in zip(GOLD, docs, strict=True):
        assert doc.text == document.text
        for layer in SCHEME.layers:
            held = Counter((s.start_char, s.end_char, s.label_) for s in doc.spans[layer.name])
            assert held == Counter(s.key for s in document.spans if SCHEME.layer_of[s.label] == layer.name)
        entities = [(ent.start_char, ent.end_char) for ent in doc.ents]
        assert len(entities) > 10
        flat = {(s.start, s.end) for s in document.spans if SCHEME.layer_of[s.label] in ("entity", "value")}
        assert set(entities) <= flat
        assert doc.user_data["fogbank"]["id"] == document.id


def test_xmi_opens_in_cassis_with_the_words_where_they_stand(exported: dict[str, Path]) -> None:
    import cassis

    types = cassis.load_typesystem(exported["xmi"] / "TypeSystem.xml")
    for document in GOLD:
        cas = cassis.load_cas_from_xmi(exported["xmi"] / "test" / f"{document.id}.xmi", typesystem=types)
        held = Counter(
            (span.begin, span.end, span.label, span.get_covered_text()) for span in cas.select("fogbank.Span")
        )
        assert held == Counter((*span.key, document.quote(span)) for span in document.spans)
        links = Counter((one.label, one.Governor.begin, one.Dependent.begin) for one in cas.select("fogbank.Relation"))
        ends = document.by_id
        assert links == Counter((r.label, ends[r.head].start, ends[r.tail].start) for r in document.relations)


def test_xmi_counts_offsets_as_uima_does(tmp_path: Path) -> None:
    export("xmi", {"one": [Document("d", "🚀 Hask", (Span("T1", 2, 6, "PLACE"),))]}, tmp_path)
    assert 'begin="3" end="7" label="PLACE"' in (tmp_path / "one" / "d.xmi").read_text()


def test_conll_loads_with_the_loader_of_datasets_and_holds_every_span(
    exported: dict[str, Path], tmp_path: Path
) -> None:
    from datasets import load_dataset

    path = str(exported["conll"] / "test.conll")
    rows = load_dataset(
        "csv", data_files=path, delimiter="\t", quoting=csv.QUOTE_NONE, keep_default_na=False, split="train",
        cache_dir=str(tmp_path),
    )  # fmt: skip
    texts = {document.id: document.text for document in GOLD}
    found: dict[str, Counter[tuple[int, int, str]]] = {document.id: Counter() for document in GOLD}
    open_spans: dict[str, tuple[int, int, str]] = {}
    before = ""
    for row in [*rows, {"document": "", **dict.fromkeys(rows.column_names[5:], "O")}]:
        if row["document"]:
            assert texts[row["document"]][row["start"] : row["end"]] == row["token"]  # type: ignore[index]
        for column in rows.column_names[5:]:
            tag = row[column]
            if tag.startswith("I-"):
                start, _, label = open_spans[column]
                assert tag == f"I-{label}"
                open_spans[column] = (start, row["end"], label)
                continue
            if column in open_spans:
                found[before][open_spans.pop(column)] += 1
            if tag != "O":
                open_spans[column] = (row["start"], row["end"], tag.removeprefix("B-"))
        before = row["document"]
    assert found == {document.id: Counter(span.key for span in document.spans) for document in GOLD}


def test_conll_says_what_no_column_holds(tmp_path: Path) -> None:
    spans = tuple(Span(f"T{n}", 0, end, "CONTENT") for n, end in enumerate((9, 7, 5, 3, 1), start=1))
    others = (Span("T6", 10, 13, "PLACE"), Span("T7", 11, 12, "QUANTITY", {"value": 3}))
    document = Document("d", "a b c d\ne fgh i", (*spans, *others), (Relation("T6", "T7", "quantity"),))
    assert export("conll", {"one": [document]}, tmp_path).left_out == {
        "span over a line end": 1,
        "span deeper than level 3": 1,
        "span ending inside a token": 1,
        "attribute value": 1,
        "relation": 1,
    }


def test_web_annotations_select_one_place_by_position_and_by_words(exported: dict[str, Path]) -> None:
    for document in GOLD:
        page = json.loads((exported["webannotation"] / "test" / f"{document.id}.jsonld").read_text())
        assert page["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
        assert page["type"] == "AnnotationPage"
        assert len({item["id"] for item in page["items"]}) == len(page["items"])
        places = {}
        for item in page["items"]:
            assert item["type"] == "Annotation"
            label, *described = (body["value"] for body in item["body"])
            if item.get("motivation") == "linking":
                assert all(target["id"] in places for target in item["target"])
                continue
            position, quotation = item["target"]["selector"]
            start, end = position["start"], position["end"]
            around = quotation["prefix"] + quotation["exact"] + quotation["suffix"]
            assert (document.text or "")[start - len(quotation["prefix"]) :].startswith(around)
            assert quotation["exact"] == (document.text or "")[start:end]
            places[item["id"]] = (start, end, label, len(described))
        assert Counter(places.values()) == Counter((*span.key, len(span.attributes)) for span in document.spans)


def test_the_ways_to_open_a_file_that_are_documented_work(
    exported: dict[str, Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (HOME.root / "docs" / "formats.md").read_text()
    assert set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == set(FORMATS)
    monkeypatch.chdir(exported["brat"].parent)
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        exec(
            compile(block.replace('split="train"', f'split="train", cache_dir={str(tmp_path)!r}'), "formats.md", "exec")
        )
        assert len(capsys.readouterr().out.split()) > 1


# ---------------------------------------------------------------- files of others


@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=40)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 60), st.binary(max_size=4)), min_size=1, max_size=4)
)
def test_a_damaged_file_is_a_problem_or_a_document_never_a_crash(
    exported: dict[str, Path], name: str, cuts: list[tuple[int, int, bytes]]
) -> None:
    source = next(exported[name].rglob(f"*{FORMATS[name].suffix}"))
    content = bytearray(source.read_bytes())
    for at, length, put in cuts:
        content[at % len(content) : at % len(content) + length] = put
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / source.name
        path.write_bytes(content)
        if source.with_suffix(".txt").exists():
            path.with_suffix(".txt").write_bytes(source.with_suffix(".txt").read_bytes())
        done = import_documents(HOME, name, [path])
    assert all(problem.code and problem.message for problem in done.problems)
    assert len(done.documents) + len(done.problems) >= (1 if name != "spacy" else 0)


def span_page(**changed: Any) -> dict[str, Any]:
    selector = {"type": "TextPositionSelector", "start": 0, "end": 4}
    body = [{"type": "TextualBody", "purpose": "tagging", "value": "PLACE"}]
    return {"items": [{"id": "#T1", "body": body, "target": {"source": "d.txt", "selector": selector}, **changed}]}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("brat", "T1 PLACE 0 4 Hask\n", "line 1: exchange-syntax: 'T1 PLACE 0 4 Hask'; expected an id and a tab"),
        ("brat", "T1\tPLACE 0 4\tHusk\n", "T1 says 'Husk', but the text has 'Hask'"),
        ("brat", "T1\tPLACE 4 4\t\n", "start 4, end 4"),
        ("brat", "T1\tPLACE 0 4\tHask\nT1\tORG 0 4\tHask\n", "T1 is the id of an earlier line"),
        ("brat", "R1\tagent T1 T2\n", "expected a type, Arg1:… and Arg2:…"),
        ("brat", "\xff", "is not UTF-8"),
        ("webannotation", "[1]", "there is no list; expected an AnnotationPage with items"),
        ("webannotation", "{", "expected JSON"),
        ("webannotation", json.dumps({"items": [3]}), "$.items[0]: exchange-syntax: 3; expected an annotation"),
        ("webannotation", json.dumps(span_page(id=None)), "expected an id and a label"),
        (
            "webannotation",
            json.dumps(span_page(target={"selector": [{"type": "TextPositionSelector", "start": 0, "end": 4},
                                                      {"type": "TextQuoteSelector", "exact": "Orel"}]})),
            "quotes 'Orel' of 'Hask'",
        ),
        ("spacy", "no DocBin", "expected a DocBin of spaCy 3"),
        ("xmi", "<xmi", "expected a CAS in XMI with the type fogbank.Span"),
        ("xmi", '<!DOCTYPE a [<!ENTITY b "c">]><a/>', "there is a document type declaration; expected XML without one"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_of_its_format_is_a_clear_problem(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / "d.txt").write_text("Hask fell.")
    path = tmp_path / f"d{FORMATS[name].suffix}"
    path.write_bytes(content.encode("latin-1"))
    [problem] = import_documents(HOME, name, [path]).problems
    assert problem.code == "exchange-syntax"
    assert message in str(problem)


def test_what_brat_has_and_a_document_has_not_is_counted(tmp_path: Path) -> None:
    (tmp_path / "d.txt").write_text("Hask fell.\nHask burns.")
    lines = (
        "T1\tPLACE 0 4\tHask", "T2\tSEIZE 5 9\tfell", "T3\tPLACE 0 4;11 15\tHask Hask", "E1\tSEIZE:T2 affected:T1",
        "*\tEquiv T1 T2", "N1\tReference T1 Q:1\tHask", "#1\tAnnotatorNotes T1\tnot sure", "A1\tNegation T2",
        "A2\tstatus E1 actual",
    )  # fmt: skip
    (tmp_path / "d.ann").write_text("\n".join(lines))
    [one] = read_back("brat", tmp_path)
    assert one.document == Document(
        "d", "Hask fell.\nHask burns.", (Span("T1", 0, 4, "PLACE"), Span("T2", 5, 9, "SEIZE"))
    )
    assert one.left_out == {
        "span of fragments with words between them": 1, "event": 1, "equivalence": 1, "normalisation": 1, "note": 1,
        "attribute without a value": 1, "attribute of what is no span": 1,
    }  # fmt: skip


# ---------------------------------------------------------------- the commands


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_commands_say_what_was_written_left_out_and_wrong(tmp_path: Path) -> None:
    done = run("export", "--to", "conll", "--split", "validation", tmp_path / "conll")
    assert done.exit_code == 0, done.output
    assert f"{len(GOLD)} documents" in done.stdout
    assert f"left out: {sum(len(d.relations) for d in GOLD):,} × relation\n" in done.stderr
    assert run("export", "--to", "brat", "--split", "validation", tmp_path / "brat").exit_code == 0
    first, second, *others = sorted((tmp_path / "brat/validation").glob("*.txt"))
    first.rename(first.with_name("nobody.txt"))
    first.with_suffix(".ann").rename(first.with_name("nobody.ann"))
    second.write_text(second.read_text() + "\n")
    back = run("import", "--from", "brat", tmp_path / "brat", "-o", tmp_path / "back.jsonl")
    assert back.exit_code == 1
    assert f"{second.with_suffix('.ann')}::$: text-other: " in back.stderr
    assert "article-unknown: 'nobody' is not in the manifest" in back.stderr
    assert f"{len(others)} documents" in back.stdout
    assert run("check", tmp_path / "back.jsonl").exit_code == 0


def test_versions_are_exported_beside_each_other() -> None:
    found = documents_of(HOME, "versions", "validation")
    published = pq.read_table(HOME.root / "data/versions/validation.parquet").to_pylist()
    assert {document.id for document in found} == {f"{row['document']}__{row['annotator']}" for row in published}
    assert {document.id.rpartition("__")[0] for document in found} == {document.id for document in GOLD}
    assert not any("." in document.id for document in found)  # a name's end, for brat


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("import", "--from", "brat", "src"), "--from needs -o"),
        (("import", "--from", "conll", "x", "-o", "y"), "'conll' is not one of"),
        (("import", "--from", "brat", "nowhere", "-o", "y"), "nowhere: no .ann file is there"),
        (("import", "a.csv", "-o", "y"), "-o goes with --from"),
        (("import", "a.csv", "--column", "text"), "expected FIELD=NAME"),
        (("export", "--to", "word", "x"), "'word' is not one of"),
        (("export", "--to", "brat", str(HOME.root)), "is there and not empty"),
    ],
)
def test_a_users_mistake_is_one_clear_line(words: tuple[str, ...], message: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.output
    assert isinstance(result.exception, SystemExit)


def test_withheld_texts_are_left_out_and_counted(tmp_path: Path) -> None:
    done = export("webannotation", {"wire": [GOLD[0].without_text(), GOLD[1]]}, tmp_path)
    assert done.documents == 1
    assert done.left_out == {"document whose text is withheld": 1}


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    docbin._language.cache_clear()
    yield lambda package: monkeypatch.setitem(sys.modules, package, None)
    docbin._language.cache_clear()


@pytest.mark.parametrize(("name", "package"), [("spacy", "spacy"), ("xmi", "cassis")])
def test_a_package_that_is_not_there_is_asked_for(
    nothing_installed: Callable[[str], None], tmp_path: Path, name: str, package: str
) -> None:
    nothing_installed(package)
    with pytest.raises(FogbankError, match=rf"pip install 'fogbank\[{name}\]'"):
        export(name, {"one": GOLD}, tmp_path)
