"""JSON Schemas (draft 2020-12) of every file that FogBank promises to read, made from the scheme.

`schemas()` gives them by file name; whoever publishes them writes them out.  Enumerations, attribute names and patterns
come from the scheme, so a schema says as much of it as JSON Schema can; the rest is said by the rules.  TOML files are
checked as the JSON that they would be, with date-times as ISO 8601 strings.

Conventions: no `$ref`, so that any part can be used alone.  `x-problem` is FogBank's own annotation, which validators
ignore: it maps a keyword beside it to the code of the problem that its failure is; any other failure is `json-shape`.
"""

import dataclasses
from collections.abc import Iterable
from functools import cache

from fogbank.check.claim import CLAIMS
from fogbank.check.results import DESCRIPTION, ENTRY, REPORT
from fogbank.check.shapes import (
    ARTICLE_ID,
    END,
    LABEL,
    NAME,
    PUBLISHED,
    RELATION_LABEL,
    SHA256,
    START,
    Schema,
    choose,
    closed,
    many,
    value_of,
)
from fogbank.check.sheets import INCIDENT, THEATRE
from fogbank.model.corpus import PARTS, Source
from fogbank.model.regions import LABEL_CONTROL, TEXT_OBJECT
from fogbank.model.scheme import SCHEME, Attribute

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_BASE = "https://fogbank.example/schema/"


# ---------------------------------------------------------------- documents


def _spans_and_relations() -> Schema:
    attributes = {
        "type": "object",
        "properties": {attribute.name: value_of(attribute) for attribute in SCHEME.attributes},
        "additionalProperties": False,
        "x-problem": {"additionalProperties": "attribute-unknown"},
    }
    span = {"id": NAME, "start": START, "end": END, "label": LABEL, "attributes": attributes}
    relation = {"head": NAME, "tail": NAME, "label": RELATION_LABEL}
    return {"spans": many(closed(span, ["attributes"])), "relations": many(closed(relation))}


def _prediction() -> Schema:
    return closed(
        {"id": NAME, **_spans_and_relations(), "claims": CLAIMS},
        ["spans", "relations", "claims"],
        title="FogBank prediction",
        description="One line of a prediction file: what a system predicts for one document, as spans, as claims, or "
        "both.  Offsets count Unicode code points; `start` is inclusive, `end` exclusive.  Claims hold names, no "
        "offsets; where there are none, they are derived from the spans.",
        anyOf=[{"required": ["spans"]}, {"required": ["claims"]}],
    )


def _document() -> Schema:
    who = {"annotators": many(NAME, minItems=1, uniqueItems=True), "adjudicator": NAME}
    return closed(
        {"id": ARTICLE_ID, "sha256": SHA256, **who, **_spans_and_relations()},
        ["adjudicator"],
        title="FogBank gold document",
        description="An adjudicated document.  Offsets count Unicode code points of the text whose SHA-256 is given; "
        "`start` is inclusive, `end` exclusive.",
    )


# ---------------------------------------------------------------- Label Studio


def _one(items: Schema, code: str) -> Schema:
    """Give a list of exactly one item; a longer one is the problem `code`."""
    return many(items, minItems=1, maxItems=1, **{"x-problem": {"maxItems": code}})


def _item(place: Schema, from_name: Schema, value: Schema) -> Schema:
    """Give an item that stands at a place in the text; Label Studio may add to it, so it is not closed."""
    control = {"x-problem": {"const": "item-control-unknown", "enum": "item-control-unknown"}}
    properties = {
        "id": NAME,
        "from_name": {**from_name, **control},
        "to_name": {"const": TEXT_OBJECT, **control},
        "value": {"type": "object", "properties": {**place, **value}, "required": [*place, *value]},
    }
    return {"properties": properties, "required": list(properties)}


def _attribute_items(types: Iterable[str], key: str, *, listed: bool) -> Schema:
    """Give the schema of an attribute's item, where these attribute types keep their value under `key`."""
    attributes = [attribute for attribute in SCHEME.attributes if attribute.type in set(types)]

    def value(attribute: Attribute) -> Schema:
        held = _one(value_of(attribute), "attribute-several-values") if listed else value_of(attribute)
        return {"properties": {"value": {"properties": {key: held}}}}

    # An attribute's place repeats its span's; what it says is compared with the span by a rule.
    general = _item({}, {"enum": [attribute.name for attribute in attributes]}, {key: {}})
    return {**general, "allOf": [choose("from_name", {attribute.name: value(attribute) for attribute in attributes})]}


def _result_item() -> Schema:
    place = {"start": START, "end": END}
    span = _item(place, {"const": LABEL_CONTROL}, {"labels": _one(LABEL, "span-several-labels")})
    relation = {
        "properties": {
            "from_id": NAME,
            "to_id": NAME,
            "direction": {"enum": ["right", "left", "bi"]},
            "labels": many(RELATION_LABEL),
        },
        "required": ["from_id", "to_id", "direction"],
    }
    kinds = {
        "labels": span,
        "relation": relation,
        "choices": _attribute_items(["choice"], "choices", listed=True),
        "number": _attribute_items(["number"], "number", listed=False),
        "textarea": _attribute_items(["date", "duration"], "text", listed=True),
    }
    kind = {"enum": list(kinds), "x-problem": {"enum": "item-control-unknown"}}
    return {
        "type": "object",
        "properties": {"type": kind},
        "required": ["type"],
        "x-problem": {"type": "result-item-no-object"},
        # an item of no known type has failed above and is not asked for more
        **choose("type", {**kinds, "": {}}),
    }


def _task() -> Schema:
    person = {"type": "object", "properties": {"email": NAME}, "required": ["email"]}
    annotation = {
        "type": "object",
        "properties": {
            "completed_by": {"anyOf": [{"type": "integer"}, person]},
            "was_cancelled": {"type": "boolean"},
            "result": many(_result_item()),
        },
        "required": ["result"],
    }
    data = {
        "id": ARTICLE_ID,
        "sha256": SHA256,
        "published": PUBLISHED,
        "title": {"type": "string"},
        "text": {"type": "string", "minLength": 1, "description": "left out where the text is withheld"},
    }
    return {
        "type": "object",
        "properties": {
            "data": {"type": "object", "properties": data, "required": ["id", "sha256", "published"]},
            "annotations": many(annotation),
            "drafts": many({}),
            "predictions": many({}),
        },
        "required": ["data", "annotations"],
    }


def _export() -> Schema:
    return many(
        _task(),
        title="FogBank Label Studio export",
        description="The tasks of one Label Studio project as its JSON export gives them; only what FogBank reads is "
        "asked for, and Label Studio may add to every object.",
    )


# ---------------------------------------------------------------- the corpus


def _article() -> Schema:
    fields: Schema = {
        "id": ARTICLE_ID,
        "part": {"enum": list(PARTS)},
        "title": NAME,
        "published": PUBLISHED,
        "outlet": NAME,
        "genre": {"enum": list(SCHEME.genres)},
        "theatre": NAME,
        "incident": NAME,
        "writer": NAME,
        "licence": NAME,
        "provenance": NAME,
        "retired": NAME,
        "source": closed({name.name: NAME for name in dataclasses.fields(Source)}, optional=["member"]),
        "sha256": SHA256,
    }
    of_dispatches = ["outlet", "genre", "theatre", "incident", "writer"]
    return closed(
        fields,
        ["title", "provenance", "retired", "source", *of_dispatches],
        title="FogBank article",
        description="One line of the manifest: what an article is and the SHA-256 of its text.",
        **choose("part", {"dispatches": {"required": of_dispatches}, "wire": {"required": ["provenance"]}, "": {}}),
    )


def _rounds() -> Schema:
    assignments = {"type": "object", "additionalProperties": many(ARTICLE_ID, uniqueItems=True)}
    one_round = {
        "name": NAME,
        "kind": {"enum": ["annotation", "adjudication", "reading"]},
        "guidelines": NAME,
        "assignments": assignments,
    }
    annotator = {"type": "object", "properties": {"id": ARTICLE_ID}, "required": ["id"]}
    return {
        "type": "object",
        "title": "FogBank rounds",
        "description": "Who annotated which articles in which round, by which version of the guidelines.",
        "properties": {
            "annotators": many(annotator),
            "rounds": many({"type": "object", "properties": one_round, "required": list(one_round)}),
        },
        "required": ["annotators", "rounds"],
    }


@cache
def schemas() -> dict[str, Schema]:
    """Give every schema by the name of its file; treat them as constants."""
    made = {
        "prediction": _prediction(),
        "document": _document(),
        "export": _export(),
        "incident": INCIDENT,
        "theatre": THEATRE,
        "article": _article(),
        "rounds": _rounds(),
        "report": REPORT,
        "description": DESCRIPTION,
        "entry": ENTRY,
    }
    return {
        f"{name}.schema.json": {"$schema": _DRAFT, "$id": f"{_BASE}{name}.schema.json", **schema}
        for name, schema in made.items()
    }
