"""Label Studio's region JSON: the one place where its words become ours and ours become its.

A task's `data` holds `id`, `sha256`, `title`, `published` and `text`; identity is our id with the text's SHA-256, never
a number of Label Studio's.  An annotation's `result` is a list of items: a span is an item of type `labels`, its
attributes are further items with the same `id` (`choices`, `number` or `textarea`), a relation is an item without id.

Control names in the labeling config are the names of our attributes; spans come from the control `label` and point at
the object `text`.  Offsets of Label Studio's Text object count Unicode code points, as ours do.  `value.text` repeats
the words of a span (with line ends escaped) and is never read: the text and its hash decide.
"""

from collections.abc import Mapping
from typing import Any

from fogbank.errors import DataError
from fogbank.model.corpus import Article
from fogbank.model.document import AttributeValue, Document, Relation, Span
from fogbank.model.scheme import SCHEME

MAIL_DOMAIN = "fogbank.example"
"""Annotators are known to Label Studio as `<annotator>@fogbank.example`; `.example` never exists."""
LABEL_CONTROL = "label"
TEXT_OBJECT = "text"
UNTYPED = "untyped"
"""The label that a relation without a type is read as; the scheme has no such label, so no rule lets it pass."""

_VALUE_KEY = {"choice": "choices", "number": "number", "date": "text", "duration": "text"}
_ITEM_TYPE = {"choice": "choices", "number": "number", "date": "textarea", "duration": "textarea"}


def task_data(article: Article) -> dict[str, Any]:
    """Give the `data` of an article's task.  Raises DataError where its text is withheld and not restored."""
    if article.text is None:
        raise DataError(f"{article.id}: the text is withheld; restore it before making a task of it")
    return {
        "id": article.id,
        "sha256": article.sha256,
        "title": article.title or "",
        "published": article.published,
        "text": article.text,
    }


def write_result(document: Document) -> list[dict[str, Any]]:
    """Give the `result` list of a document whose text is there, spans first, each with its attributes.

    A relation labelled `UNTYPED` becomes one without a type.
    """
    items: list[dict[str, Any]] = []
    for span in document.spans:
        words = document.quote(span).replace("\r", "\\n").replace("\n", "\\n")
        place = {"start": span.start, "end": span.end, "text": words}
        common = {"id": span.id, "to_name": TEXT_OBJECT, "origin": "manual"}
        items.append(
            {**common, "from_name": LABEL_CONTROL, "type": "labels", "value": {**place, "labels": [span.label]}}
        )
        for name, value in span.attributes.items():
            kind = SCHEME.attribute[name].type
            held = value if kind == "number" else [str(value)]
            items.append(
                {**common, "from_name": name, "type": _ITEM_TYPE[kind], "value": {**place, _VALUE_KEY[kind]: held}}
            )
    for relation in document.relations:
        items.append(
            {
                "type": "relation",
                "from_id": relation.head,
                "to_id": relation.tail,
                "direction": "right",
                **({} if relation.label == UNTYPED else {"labels": [relation.label]}),
            }
        )
    return items


def read_result(document_id: str, text: str | None, result: list[Mapping[str, Any]]) -> Document:
    """Build the document of one annotation, in the order of its items.

    Expects a result that has passed the JSON Schema of exports.  A relation without a type is labelled `UNTYPED`;
    one of direction `left` is turned round.  Raises DataError for what no document can hold: an attribute without its
    span, a relation with two types or of direction `bi`.
    """
    spans: dict[str, tuple[int, int, str]] = {}
    attributes: dict[str, dict[str, AttributeValue]] = {}
    relations: list[Relation] = []
    for number, item in enumerate(result):
        if item["type"] == "relation":
            labels = item.get("labels") or [UNTYPED]
            if len(labels) > 1 or item["direction"] == "bi":
                raise DataError(f"{document_id}: result[{number}]: one relation of one direction and one type expected")
            head, tail = item["from_id"], item["to_id"]
            if item["direction"] == "left":
                head, tail = tail, head
            relations.append(Relation(head, tail, labels[0]))
        elif item["type"] == "labels":
            value = item["value"]
            spans[item["id"]] = (value["start"], value["end"], value["labels"][0])
        else:
            held = item["value"][_VALUE_KEY[SCHEME.attribute[item["from_name"]].type]]
            attributes.setdefault(item["id"], {})[item["from_name"]] = held[0] if isinstance(held, list) else held
    if orphans := attributes.keys() - spans.keys():
        raise DataError(f"{document_id}: attributes of {', '.join(sorted(orphans))}, which no span has as its id")
    return Document(
        id=document_id,
        text=text,
        spans=tuple(Span(key, *place, attributes.get(key, {})) for key, place in spans.items()),
        relations=tuple(relations),
    )


def without_words(export: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take an article's words out of an export: `data.text`, `data.title` and every `value.text` that repeats a span.

    All else stays as exported, also what an annotator typed (there `value.text` is a list: a date or a length).
    """

    def stripped(value: Any) -> Any:
        if isinstance(value, list):
            return [stripped(entry) for entry in value]
        if not isinstance(value, dict):
            return value
        kept = {key: stripped(entry) for key, entry in value.items()}
        if isinstance(place := kept.get("value"), dict) and isinstance(place.get("text"), str):
            kept["value"] = {key: entry for key, entry in place.items() if key != "text"}
        return kept

    return [
        {**stripped(task), "data": {key: entry for key, entry in task["data"].items() if key not in ("text", "title")}}
        for task in export
    ]
