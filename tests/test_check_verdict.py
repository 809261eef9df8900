"""The fast verdict and the slow checks, and the fast and the slow reading of a JSON Schema, must say the same."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from jsonschema import Draft202012Validator

from fogbank.check.problem import Problem
from fogbank.check.records import Record, find_in_records
from fogbank.check.validation import Explaining, explain, is_valid, schema_of
from fogbank.check.verdict import clean_id
from fogbank.check.workers import clean_ids
from fogbank.model.document import Document
from fogbank.model.regions import write_result
from fogbank.model.scheme import SCHEME
from fogbank.model.text import digest

CASES = Path(__file__).parent / "cases"
CORPUS = CASES / "corpus"
TASKS: list[dict[str, Any]] = [
    task for path in sorted(CORPUS.glob("annotations/exports/*/*.json")) for task in orjson.loads(path.read_bytes())
]
for task in copy.deepcopy(TASKS):  # once more as it may come by way of the API: attributes without place and words
    for item in task["annotations"][0]["result"]:
        if item["type"] in ("choices", "number", "textarea"):
            item["value"] = {key: held for key, held in item["value"].items() if key in ("choices", "number")} or {
                "text": item["value"]["text"]
            }
    TASKS.append(task)
VALUES: dict[str, list[Any]] = {
    kind: [orjson.loads(raw) for raw in raws]
    for kind, raws in {
        "task": [orjson.dumps(task) for task in TASKS],
        "document": [path.read_bytes() for path in sorted(CORPUS.glob("annotations/gold/*.json"))],
        "article": (CORPUS / "corpus/manifest.jsonl").read_bytes().splitlines(),
    }.items()
}
# What a field may wrongly, or rightly, hold: values of other fields above all, so that mutations come near.
WORDS = [*SCHEME.label_names, *SCHEME.relation_names, *(a.name for a in SCHEME.attributes),
         *(value for a in SCHEME.attributes for value in a.names), "T1", "T2", "T3", "T4", "T99", "", "label", "text",
         "labels", "choices", "number", "textarea", "relation", "right", "left", "bi", "2020-03-02", "2020-02-30",
         "2020-03-02T10:00", "2020-03-02\n", "P1D", "P", "PT", "0" * 64, "wire", "said", "\\n", "🕊", "é"]  # fmt: skip
ODD: SearchStrategy[Any] = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(
        [None, True, False, 0, 1, -1, 2, 12, 16, 10**12, 2**31, 12.0, 12.5, 1e300, [], {}, [None], ["actual"]]
    ),
    st.integers(0, 140),
    st.lists(st.sampled_from(WORDS), max_size=2),
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key or index in a JSON value."""
    held = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(held):
        yield value, key
        yield from places(inner)


ALIKE: dict[Any, list[Any]] = {}
for values in VALUES.values():
    for container, key in places(values):
        if isinstance(key, str):
            ALIKE.setdefault(key, []).append(container[key])


def change(draw: DrawFn, value: Any) -> None:
    """Change one place of a value: put there what stands at a like place elsewhere, or something odd, or nothing."""
    spots = list(places(value))
    if not spots:
        return
    container, key = spots[draw(st.integers(0, len(spots) - 1))]
    held = container[key]
    match draw(st.sampled_from(["borrow", "borrow", "odd", "nudge", "remove", "double", "add"])):
        case "borrow" if key in ALIKE:
            container[key] = copy.deepcopy(draw(st.sampled_from(ALIKE[key])))
        case "nudge" if type(held) is int:
            container[key] = held + draw(st.sampled_from([-1, 1]))
        case "remove":
            del container[key]
        case "double" if isinstance(container, list):
            container.append(copy.deepcopy(held))
        case "add" if isinstance(container, dict):
            name = draw(st.sampled_from(["text", "labels", "number", "score", "meta", "zest"]))
            container[name] = copy.deepcopy(draw(ODD))
        case _:
            container[key] = copy.deepcopy(draw(ODD))


@st.composite
def mutated(draw: DrawFn, kind: str) -> Any:
    """A valid value with up to three changes, in a task mostly of the items of its result."""
    value = copy.deepcopy(draw(st.sampled_from(VALUES[kind])))
    items = value["annotations"][0]["result"] if kind == "task" else []
    for _ in range(draw(st.integers(0, 3))):
        what = draw(st.sampled_from(["item", "item", "remove", "double", "any"])) if items else "any"
        number = draw(st.integers(0, len(items) - 1)) if items else 0
        if what == "item":
            change(draw, items[number])
        elif what == "remove":
            del items[number]
        elif what == "double":
            items.insert(number, copy.deepcopy(items[number]))
            if draw(st.booleans()):
                change(draw, items[number])
        else:
            change(draw, value)
    if kind == "task" and draw(st.booleans()) and isinstance(value.get("data"), dict):
        text = value["data"].get("text")
        if isinstance(text, str):  # else nearly every change of the text would fail for its digest alone
            value["data"]["sha256"] = digest(text)
    return value


def slowly(raw: bytes) -> list[Problem]:
    """What is wrong with a task when the fast verdict says nothing."""
    return list(find_in_records("task", [Record("file", "$", raw, None)], None))


def assert_agreed(value: Any, raw: bytes) -> None:
    """Check that the fast verdict is yes only where nothing is wrong, and no only where something is, or is unusual."""
    clean = clean_id(raw, None)
    problems = slowly(raw)
    if clean is not None:
        assert problems == []
        assert clean == value["data"]["id"]
    elif not problems:
        assert is_unusual(value)


@settings(max_examples=600, deadline=None)
@given(mutated("task"), st.booleans())
def test_the_fast_verdict_agrees_on_any_changes(value: Any, spaced: bool) -> None:
    assert_agreed(value, json.dumps(value).encode() if spaced else orjson.dumps(value))


def test_the_fast_verdict_agrees_on_every_single_change_of_an_item() -> None:
    """Every field of an item of each kind takes values of such fields, and odd ones; each item goes or doubles."""
    odd = [None, "", -1, 0, 10**12, 12.5, [], ["withholds"]]
    agreed = 0
    for task in TASKS:
        result = task["annotations"][0]["result"]
        kinds = {(item["type"], item.get("from_name"), str(item.get("labels"))): item for item in result}
        for item in kinds.values():
            number = result.index(item)
            for other in ([], [item, item]):
                result[number : number + 1] = other
                assert_agreed(task, orjson.dumps(task))
                result[number : number + max(len(other), 0)] = [item]
            for container, key in places(item):
                held = container[key]
                alike = {orjson.dumps(value): value for value in ALIKE.get(key, [])[::3]}
                for changed in [*list(alike.values())[:12], *odd]:
                    container[key] = changed
                    assert_agreed(task, orjson.dumps(task))
                    agreed += 1
                container[key] = held
        assert slowly(orjson.dumps(task)) == []
    assert agreed > 1000


@pytest.mark.parametrize("path", sorted(CASES.glob("*/*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_fast_verdict_agrees_on_every_case(path: Path) -> None:
    """Each case breaks one rule alone; gold documents are put into a task, also without the words of regions."""
    try:
        value = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return
    tasks = value if isinstance(value, list) else []
    no_document = path.parent.name in ("span-reversed", "offset-not-whole")  # which no `Document` can hold
    if isinstance(value, dict) and is_valid("document", value) and not (no_document and path.stem == "bad"):
        text = (CORPUS / f"corpus/articles/{value['id']}.txt").read_text()
        task = copy.deepcopy(next(task for task in TASKS if task["data"]["id"] == "abc-01-a"))
        task["annotations"][0]["result"] = write_result(Document.from_json(value, text))
        wordless = copy.deepcopy(task)
        for item in wordless["annotations"][0]["result"]:
            if isinstance(item.get("value", {}).get("text"), str):
                del item["value"]["text"]
        tasks = [task, wordless]
    for task in tasks:
        assert_agreed(task, orjson.dumps(task))
        if path.stem == "bad" and path.parent.name != "json-key-repeated":  # lost in reading it here
            assert clean_id(orjson.dumps(task), None) is None


@pytest.mark.parametrize("part", ["task", "data", "annotation", "completed_by"])
def test_the_fast_verdict_agrees_on_every_single_change_around_the_result(part: str) -> None:
    odd: list[Any] = [
        None,
        "",
        "x",
        "No Id",
        "2020-13",
        "é" * 64,
        -1,
        0,
        12.5,
        True,
        False,
        [],
        [{}],
        {},
        {"email": ""},
    ]
    for task in copy.deepcopy(TASKS):
        around = {"task": task, "data": task["data"], "annotation": task["annotations"][0]}
        container = around[part] if part in around else task["annotations"][0]["completed_by"]
        for key in list(container):
            held = container[key]
            for changed in odd:
                container[key] = changed
                assert_agreed(task, orjson.dumps(task))
            del container[key]
            assert_agreed(task, orjson.dumps(task))
            container[key] = held


@pytest.mark.parametrize("key", [b'"id":', b'"text":', b'"start":', b'"labels":', b'"email":', b'"sha256":'])
def test_the_fast_verdict_refuses_a_repeated_key(key: bytes) -> None:
    for raw in (orjson.dumps(TASKS[0]), json.dumps(TASKS[0], indent=1).encode()):
        at = raw.find(key)
        assert clean_id(raw, None) is not None
        assert clean_id(raw[:at] + key + b"null," + raw[at:], None) is None
    # a colon that is written as an escape must not make up for the one that a lost key had
    raw = orjson.dumps(TASKS[0]).replace(b'"A report"', b'"A\\u003a report"')
    assert clean_id(raw[:at] + key + b"null," + raw[at:], None) is None


def is_unusual(value: Any) -> bool:
    """Whether a task holds what only the slow checks judge: keys that are not read, or odd forms of what is not."""
    usual = {
        "task": {"id", "data", "annotations", "drafts", "predictions", "meta"},
        "data": {"id", "sha256", "title", "published", "text"},
        "annotation": {"id", "completed_by", "was_cancelled", "result"},
        "item": {"id", "from_name", "to_name", "type", "origin", "value", "from_id", "to_id", "direction", "labels",
                 "score", "meta"},
    }  # fmt: skip
    annotations = value["annotations"]
    items = [item for annotation in annotations for item in annotation["result"]]
    spans = [item["value"] for item in items if item["type"] == "labels"]
    held = [item["value"] for item in items if item["type"] in ("choices", "number", "textarea")]
    key = {"choices": "choices", "number": "number", "textarea": "text"}
    return (
        not value.keys() <= usual["task"]
        or not value["data"].keys() <= usual["data"]
        or any(not annotation.keys() <= usual["annotation"] for annotation in annotations)
        or any(not item.keys() <= usual["item"] for item in items)
        or any(item["type"] == "relation" and item.keys() & {"id", "from_name", "to_name", "value"} for item in items)
        or any(
            item["type"] != "relation" and item.keys() & {"from_id", "to_id", "direction", "labels"} for item in items
        )
        or any(not place.keys() <= {"start", "end", "labels", "text"} for place in spans)
        or any(not isinstance(place.get("text", ""), str) for place in spans)
        or any(
            not item["value"].keys() <= {"start", "end", "text", key[item["type"]]}
            or (item["type"] != "textarea" and not isinstance(item["value"].get("text", ""), str))
            for item in items
            if item["type"] in key
        )
        or any(type(place.get(name, 0)) is not int for place in held for name in ("start", "end"))
        or any("was_cancelled" in annotation and annotation["was_cancelled"] is None for annotation in annotations)
        or value.get("drafts") in (None, False, 0, "", {})
        or not isinstance(value.get("predictions", []), list)
    )


def test_the_fast_verdict_knows_the_real_shape() -> None:
    """Else everything would be checked slowly, and rightly, and nobody would notice."""
    assert [clean_id(orjson.dumps(task), None) for task in TASKS] == [task["data"]["id"] for task in TASKS]


def test_several_processes_say_what_one_says() -> None:
    tasks = []
    for number in range(600):
        task = copy.deepcopy(TASKS[number % len(TASKS)])
        task["data"]["id"] += f"-{number}"
        if number % 7 == 0:
            task["annotations"][0]["result"][0]["value"]["labels"] = ["CITY"]
        tasks.append(task)
    from fogbank.check.syntax import parse_array

    raws = parse_array(orjson.dumps(tasks))
    alone = list(clean_ids(raws, None, processes=1))
    assert alone == list(clean_ids(raws, None, processes=3))
    assert [number for number, clean in enumerate(alone) if clean is None] == list(range(0, 600, 7))


@pytest.mark.parametrize("kind", sorted(VALUES))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_both_validators_give_one_verdict(kind: str, data: st.DataObject) -> None:
    value = data.draw(mutated(kind))
    fast = is_valid(kind, value)
    assert fast == Explaining(schema_of(kind)).is_valid(value)
    problems = list(explain(kind, value, "file"))
    assert fast == (problems == [])
    # `jsonschema` as it comes lets `$` match before a final line end, which JSON Schema's regular expressions do not
    if '\\n"' not in json.dumps(value):
        assert fast == Draft202012Validator(schema_of(kind)).is_valid(value)


@pytest.mark.parametrize("kind", sorted(VALUES))
def test_what_is_right_is_valid(kind: str) -> None:
    assert all(is_valid(kind, value) for value in VALUES[kind])
