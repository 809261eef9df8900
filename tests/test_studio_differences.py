"""Comparing two exports: what counts is found, what is Label Studio's own is not."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from fogbank.curate.studio.differences import differences, result_digest
from fogbank.model.document import Document, Relation, Span
from fogbank.model.regions import write_result
from fogbank.model.text import digest

TEXT = "😀 Ansa Reteval said that at least 27 people had died.\nIt was 4 May."
DOCUMENT = Document(
    "kd-01-a",
    TEXT,
    (
        Span("T1", 2, 14, "PERSON"),
        Span("T2", 15, 19, "CUE", {"stance": "asserts", "source_kind": "unnamed"}),
        Span("T3", 25, 36, "QUANTITY", {"modifier": "at_least", "value": 27}),
        Span("T4", 37, 43, "PEOPLE"),
        Span("T5", 61, 66, "TIME", {"start": "2031-05-04"}),
    ),
    (Relation("T2", "T1", "source"), Relation("T4", "T3", "quantity")),
)


def export(number: int = 1) -> list[dict[str, Any]]:
    """Make an export as Label Studio 1.23.2 gives it; every number and time of its own follows from `number`."""
    then = f"2031-05-0{number}T00:00:00Z"
    annotation = {
        "id": number,
        "completed_by": {"id": number, "email": "vera@fogbank.example", "first_name": "", "last_name": ""},
        "result": write_result(DOCUMENT),
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": then,
        "updated_at": then,
        "draft_created_at": then,
        "lead_time": float(number),
        "prediction": {},
        "result_count": number,
        "unique_id": str(number),
        "import_id": number,
        "last_action": None,
        "bulk_created": False,
        "task": number,
        "project": number,
        "updated_by": number,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
    }
    task = {
        "id": number,
        "annotations": [annotation],
        "drafts": [],
        "predictions": [],
        "data": {"id": "kd-01-a", "sha256": digest(TEXT), "title": "T", "published": "2031-05-04", "text": TEXT},
        "meta": {},
        "created_at": then,
        "updated_at": then,
        "inner_id": number,
        "total_annotations": 1,
        "project": number,
        "updated_by": number,
    }
    return [task]


def test_numbers_and_times_of_label_studio_make_no_difference() -> None:
    assert differences(export(1), export(2)) == []


def test_order_of_tasks_and_of_items_makes_no_difference() -> None:
    one, other = export(), export()
    one[0]["annotations"][0]["result"].reverse()
    extra = {**copy.deepcopy(one[0]), "data": {"id": "kd-01-b"}}
    assert differences([one[0], extra], [extra, other[0]]) == []


def test_a_relation_drawn_to_the_left_is_the_same_turned_round() -> None:
    turned = export()
    relation = turned[0]["annotations"][0]["result"][-1]
    relation |= {"direction": "left", "from_id": relation["to_id"], "to_id": relation["from_id"]}
    assert differences(export(), turned) == []


def change(path: str, value: object) -> Callable[[list[dict[str, Any]]], None]:
    def apply(tasks: list[dict[str, Any]]) -> None:
        *steps, last = (int(step) if step.lstrip("-").isdigit() else step for step in path.split("."))
        place: Any = tasks[0]
        for step in steps:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return apply


PLANTED = {
    "another text": change("data.text", TEXT + " "),
    "another hash": change("data.sha256", "0" * 64),
    "another document": change("data.id", "kd-01-b"),
    "another annotator": change("annotations.0.completed_by.email", "otto@fogbank.example"),
    "a skipped task": change("annotations.0.was_cancelled", True),
    "ground truth": change("annotations.0.ground_truth", True),
    "an end one further": change("annotations.0.result.0.value.end", 15),
    "another label": change("annotations.0.result.0.value.labels", ["ORG"]),
    "another choice": change("annotations.0.result.2.value.choices", ["military"]),
    "another number": change("annotations.0.result.5.value.number", 28),
    "another id": change("annotations.0.result.0.id", "T9"),
    "a span lost": change("annotations.0.result.6", None),
    "a relation's type lost": change("annotations.0.result.-1.labels", []),
    "a relation turned": change("annotations.0.result.-1.direction", "left"),
    "an annotation lost": change("annotations.0", None),
    "an item that is none": change("annotations.0.result.0", "x"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_change_is_found_both_ways(planted: str) -> None:
    changed = export(2)
    PLANTED[planted](changed)
    assert differences(export(1), changed)
    assert differences(changed, export(1))


def test_the_message_names_document_annotator_and_both_versions() -> None:
    changed = export(2)
    PLANTED["another label"](changed)
    ours, theirs = differences(export(1), changed)
    assert ours.startswith("kd-01-a: vera@fogbank.example: committed only: ")
    assert '"PERSON"' in ours
    assert theirs.startswith("kd-01-a: vera@fogbank.example: exported only: ")
    assert '"ORG"' in theirs


def test_a_task_or_an_annotation_that_is_there_twice_is_found() -> None:
    double, twice = export(), export() + export(2)
    double[0]["annotations"] *= 2
    assert differences(export(), double) == ["kd-01-a: vera@fogbank.example: 1 annotations committed, 2 exported"]
    assert differences(export(), twice) == ["kd-01-a: 1 tasks committed, 2 exported"]


def test_withheld_documents_are_compared_without_their_words_but_with_all_else() -> None:
    from fogbank.model.regions import without_words

    committed = without_words(export(1))
    assert "Ansa" not in json.dumps(committed)
    assert differences(committed, export(2), withheld=True) == []
    assert differences(committed, export(2))
    for planted in ("an end one further", "another hash", "a relation turned"):
        changed = export(2)
        PLANTED[planted](changed)
        assert differences(committed, changed, withheld=True)


def test_results_are_the_same_in_any_order_and_different_when_an_item_is_repeated() -> None:
    result = write_result(DOCUMENT)
    assert result_digest(result) == result_digest(result[::-1])
    assert result_digest(result) != result_digest([*result, result[0]])
