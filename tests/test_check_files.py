"""Whatever a file holds, checking it ends, soon, and says clearly what is wrong: never a crash, never a wrong pass."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fogbank.check import files
from fogbank.check.files import check_corpus, check_file, check_paths
from fogbank.check.problem import Level, Problem
from fogbank.check.schemas import schemas
from fogbank.check.table import TABLE, rule_table
from fogbank.errors import DataError
from fogbank.model.corpus import Corpus
from fogbank.model.scheme import SCHEME
from fogbank.model.text import digest

CORPUS = Path(__file__).parent / "cases" / "corpus"
EXPORT = CORPUS / "annotations/exports/round-1/ann-1.json"
SAMPLES = {
    "export": EXPORT.read_bytes(),
    "gold": (CORPUS / "annotations/gold/abc-01-a.json").read_bytes(),
    "manifest": (CORPUS / "corpus/manifest.jsonl").read_bytes(),
    "theatre": (CORPUS / "corpus/theatres/abc.toml").read_bytes(),
    "incident": (CORPUS / "corpus/incidents/abc-01.toml").read_bytes(),
    "rounds": (CORPUS / "annotations/rounds.toml").read_bytes(),
}
SUFFIX = {"manifest": ".jsonl", "theatre": ".toml", "incident": ".toml", "rounds": ".toml"}


def check(tmp_path: Path, raw: bytes, name: str = "file.json", corpus: Corpus | None = None) -> list[Problem]:
    path = tmp_path / name
    path.write_bytes(raw)
    return list(check_file(path, corpus))


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


# ---------------------------------------------------------------- what a file is


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_file_is_known_by_its_content_whatever_its_name(kind: str, tmp_path: Path) -> None:
    name = f"x{SUFFIX.get(kind, '.txt')}"
    assert check(tmp_path, SAMPLES[kind], name) == []
    assert check(tmp_path, SAMPLES[kind], name, Corpus(CORPUS)) == []


def test_an_export_may_be_json_lines(tmp_path: Path) -> None:
    tasks = orjson.loads(SAMPLES["export"])
    lines = b"\n".join(map(orjson.dumps, tasks))
    assert check(tmp_path, lines) == []
    tasks[1]["annotations"][0]["was_cancelled"] = True
    (found,) = check(tmp_path, b"\n".join(map(orjson.dumps, tasks)))
    assert str(found).startswith(f"{tmp_path}/file.json:2::$.annotations[0].was_cancelled: annotation-cancelled: ")


def test_a_bad_first_line_does_not_hide_the_others(tmp_path: Path) -> None:
    lines = SAMPLES["manifest"].split(b"\n")
    lines[0] = lines[0][:-1]
    lines[2] = lines[2].replace(b'"dispatches"', b'"despatches"')
    found = check(tmp_path, b"\n".join(lines), "x.jsonl")
    assert [(problem.file.rsplit(":", 1)[1], problem.code) for problem in found] == [
        ("1", "json-syntax"),
        ("3", "json-shape"),
    ]


def test_folders_stand_for_what_is_below_them(tmp_path: Path) -> None:
    assert list(check_paths([CORPUS / "annotations", EXPORT], Corpus(CORPUS))) == []
    assert list(check_paths([CORPUS])) == []
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "x.json").write_bytes(b"{")
    (tmp_path / ".hidden.json").write_bytes(b"{")
    assert codes(list(check_paths([tmp_path]))) == ["json-syntax"]


def test_a_path_that_names_nothing_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no JSON or TOML file"):
        list(check_paths([tmp_path]))
    with pytest.raises(DataError, match="cannot be read"):
        list(check_paths([tmp_path / "none.json"]))
    with pytest.raises(DataError, match="cannot be read"):
        list(check_file(tmp_path))


def test_files_of_the_corpus_are_named_from_its_root() -> None:
    assert files.name_of(EXPORT, Corpus(CORPUS)) == "annotations/exports/round-1/ann-1.json"
    assert files.name_of(EXPORT, None) == str(EXPORT)


def test_a_corpus_without_a_manifest_is_one_problem(tmp_path: Path) -> None:
    assert codes(list(check_corpus(Corpus(tmp_path)))) == ["file-missing"]


# ---------------------------------------------------------------- hostile input


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xef\xbb\xbf[]", "file-encoding"),
        (b"\x00\x01", "file-kind-unknown"),
        (b"null", "file-kind-unknown"),
        (b"[1, 2]", "file-kind-unknown"),
        (b"{}", "file-kind-unknown"),
        (b"[" * 100_000, "json-too-deep"),
        (b'{"spans":' * 100_000, "json-too-deep"),
        (b'{"id": "x", "spans": [' + b"[" * 300 + b"]" * 300 + b"]}", "json-too-deep"),
        (b'{"id": "x", "spans": [], "z": Infinity}', "json-syntax"),
        (b'{"id": "\\ud800", "spans": []}', "json-syntax"),
        (b'{"id": "a\x01", "spans": []}', "json-syntax"),
        (b'{"id": "x", "spans": [{"id": "T1", "start": 1e999, "end": 2, "label": "ORG"}]}', "json-syntax"),
        (
            b'{"id": "x", "spans": [{"id": "T1", "start": 1' + b"0" * 400 + b', "end": 2, "label": "ORG"}]}',
            "json-syntax",
        ),
        (b'{"id": "x", "spans": [{"id": "T1", "start": 0, "end": 99999999999999, "label": "ORG"}]}', "json-shape"),
        (b'{"id": "x", "spans": [{"id": "T1", "start": true, "end": 2, "label": "ORG"}]}', "json-shape"),
        (
            b'{"id": "x", "spans": [{"id": "T1", "start": -0, "end": 2, "label": "ORG"}], "id": "y"}',
            "json-key-repeated",
        ),
        (b'{"id": "x", "spans": [], "\\u0069d": "y"}', "json-key-repeated"),
        (b'{"id": "x\\u003a", "spans": [], "spans": []}', "json-key-repeated"),
        (b'{"id": "x", "spans": [], "<script>": 1}', "json-shape"),
        (SAMPLES["export"][:-200], "json-syntax"),
        (SAMPLES["gold"][:-200], "json-syntax"),
    ],
)
def test_hostile_json_is_a_clear_problem(raw: bytes, code: str, tmp_path: Path) -> None:
    (found,) = check(tmp_path, raw)
    assert found.code == code
    assert len(str(found)) < 500
    assert str(found).isprintable()


@pytest.mark.parametrize(
    "raw",
    [
        b"a." * 50_000 + b"a = 1",
        b"[" + b" 'a' . " * 50_000 + b"a]",
        b"a" * 500_000,
        b'"' * 500_000,
        b"a = " + b"[" * 5_000,
        b"rounds = nan\nannotators = []",
        b"rounds = []\nannotators = [{id = " + b"9" * 5_000 + b"}]",
        b"rounds = []\nannotators = [{id = inf}]",
        b'title = "\\ud800"',
        b"title = '\xff'",
        b"#" * (2 * 2**20),
    ],
)
def test_hostile_toml_is_a_clear_problem(raw: bytes, tmp_path: Path) -> None:
    begun = time.monotonic()
    found = check(tmp_path, raw, "x.toml")
    assert found
    assert all(len(str(problem)) < 600 for problem in found)
    assert time.monotonic() - begun < 10


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(SAMPLES)), data=st.data())
def test_damaged_files_never_crash_the_check(kind: str, data: st.DataObject, tmp_path: Path) -> None:
    """Bytes are cut off, taken out, doubled or overwritten; whatever passes must pass again as it stands."""
    raw = SAMPLES[kind]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw)))
        upto = data.draw(st.sampled_from([at, min(at + 1, len(raw)), min(at + 20, len(raw)), len(raw)]))
        junk = data.draw(
            st.sampled_from([b"", b'"', b"\\", b"}", b"[", b",", b"\xff", b"0", b"\n", b"-", raw[at:upto] * 2])
        )
        raw = raw[:at] + junk + raw[upto:]
    for corpus in (None, Corpus(CORPUS)):
        for problem in check(tmp_path, raw, f"x{SUFFIX.get(kind, '.json')}", corpus):
            assert problem.code in TABLE
            assert len(str(problem)) < 2000


def make_task(text: str, spans: list[dict[str, Any]]) -> dict[str, Any]:
    data = {"id": "x", "sha256": digest(text), "published": "2020-01-01", "title": "", "text": text}
    return {"data": data, "annotations": [{"result": spans}]}


def span(number: int, start: int, end: int, **more: Any) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": ["ORG"], **more}
    return {"id": f"r{number}", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


@pytest.mark.parametrize("shape", ["nested", "crossing", "beyond", "objects", "words"])
def test_a_great_number_of_regions_does_not_hang_the_check(shape: str, tmp_path: Path) -> None:
    """Twenty thousand regions, each wrong or in the way of the others, take seconds, not hours."""
    count = 20_000
    text = "ab " * count + "🕊"
    shapes: dict[str, Callable[[int], Any]] = {
        "nested": lambda n: span(n, 3 * n, 6 * count - 3 * n),
        "crossing": lambda n: span(n, 3 * n, 3 * n + 5),
        "beyond": lambda n: span(n, 10**6, 10**6 + n + 1),
        "objects": lambda n: None,
        "words": lambda n: span(n, 3 * n, 3 * n + 2, text="no"),
    }
    make = shapes[shape]
    begun = time.monotonic()
    found = check(tmp_path, orjson.dumps([make_task(text, [make(n) for n in range(count)])]))
    assert found
    assert time.monotonic() - begun < 20


def test_one_bad_region_in_a_large_export_is_explained(tmp_path: Path) -> None:
    tasks = [task for _ in range(200) for task in orjson.loads(SAMPLES["export"])]
    for number, task in enumerate(tasks):
        task["data"]["id"] += f"-{number}"
    tasks[317]["annotations"][0]["result"][1]["value"]["labels"] = ["CITY"]
    (found,) = check(tmp_path, orjson.dumps(tasks))
    assert (found.place, found.code) == ("$[317].annotations[0].result[1].value.labels[0]", "label-unknown")


def test_a_task_without_its_words_is_checked_with_the_registered_text(tmp_path: Path) -> None:
    (task, _) = orjson.loads(SAMPLES["export"])
    del task["data"]["text"]
    for item in task["annotations"][0]["result"]:
        if item["type"] not in ("textarea", "relation"):
            del item["value"]["text"]
    raw = orjson.dumps([task])
    assert check(tmp_path, raw, corpus=Corpus(CORPUS)) == []
    (miners,) = [item for item in task["annotations"][0]["result"] if item.get("id") == "T3"]
    miners["value"]["end"] -= 1  # in the middle of a word, as only the text can tell
    raw = orjson.dumps([task])
    assert check(tmp_path, raw) == []
    assert codes(check(tmp_path, raw, corpus=Corpus(CORPUS))) == ["span-cuts-word"]


# ---------------------------------------------------------------- the table and the schemas


def test_the_table_is_complete() -> None:
    assert len(TABLE) >= 40
    table = rule_table()
    for row in TABLE.values():
        assert f"| `{row.code}` | {row.level} | " in table
        assert row.explanation.endswith(".")
        assert row.example
        assert row.code == row.code.lower().replace("_", "-").strip("-")
    assert set(Level) == {row.level for row in TABLE.values()}
    assert all(line.count(" | ") == 3 for line in table.splitlines()[2:])


def test_every_schema_is_one_and_says_what_it_is_of() -> None:
    from jsonschema import Draft202012Validator

    made = schemas()
    assert list(made) == [
        f"{name}.schema.json"
        for name in ("prediction", "document", "export", "incident", "theatre", "article", "rounds", "report")
    ]
    for name, schema in made.items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"].endswith(f"/{name}")
        assert schema["title"]
        assert schema["description"]
        assert orjson.loads(orjson.dumps(schema)) == schema


def test_enumerations_come_from_the_scheme() -> None:
    span_schema = schemas()["document.schema.json"]["properties"]["spans"]["items"]["properties"]
    assert span_schema["label"]["enum"] == list(SCHEME.label_names)
    assert list(span_schema["attributes"]["properties"]) == [attribute.name for attribute in SCHEME.attributes]
    relation = schemas()["prediction.schema.json"]["properties"]["relations"]["items"]["properties"]
    assert relation["label"]["enum"] == list(SCHEME.relation_names)


def test_every_code_that_a_schema_names_is_in_the_table() -> None:
    def named(value: Any) -> set[str]:
        if isinstance(value, dict):
            found = set(value["x-problem"].values()) if isinstance(value.get("x-problem"), dict) else set()
            return found.union(*map(named, value.values()))
        return set().union(*map(named, value)) if isinstance(value, list) else set()

    assert named(schemas()) >= {"label-unknown", "attribute-value", "item-control-unknown"}
    assert named(schemas()) <= TABLE.keys()
