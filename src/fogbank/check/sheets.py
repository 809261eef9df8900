"""Theatre and incident sheets: what the world of the dispatches is, and who says what about it when.

The two JSON Schemas say what a sheet looks like (a date-time is an ISO 8601 local time); the functions find what only
several parts of a sheet, or an incident beside its theatre, can contradict.
"""

from collections.abc import Iterable, Iterator, Mapping
from string import ascii_lowercase
from typing import Any

from fogbank.check.problem import Problem
from fogbank.check.rules import is_coherent
from fogbank.check.shapes import ARTICLE_ID, LARGEST_COUNT, NAME, Schema, closed, many
from fogbank.check.table import problem
from fogbank.model.scheme import SCHEME

_LOCAL_TIME: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"}
_COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT}
_THEATRE_ID: Schema = {"type": "string", "pattern": "^[a-z]{3}$"}
_EVENTS = list(SCHEME.labels_in("event"))


def _choices(attribute: str) -> Schema:
    return {"enum": list(SCHEME.attribute[attribute].names)}


_MEASURED: Schema = {"measure": {"enum": list(SCHEME.measures)}, "group": NAME}
_FIGURE = closed(
    {
        **_MEASURED,
        "modifier": _choices("modifier"),
        "value": _COUNT,
        "value_high": _COUNT,
        "vague_class": _choices("vague_class"),
    },
    ["value", "value_high", "vague_class"],
)
_STATEMENT = closed(
    {
        "id": NAME,
        "time": _LOCAL_TIME,
        "source": NAME,
        "source_kind": _choices("source_kind"),
        "stance": _choices("stance"),
        "says": NAME,
        "revises": NAME,
        "figures": many(_FIGURE),
    },
    ["revises", "figures"],
)
_REPORT = closed(
    {
        "id": ARTICLE_ID,
        "outlet": NAME,
        "genre": {"enum": list(SCHEME.genres)},
        "published": _LOCAL_TIME,
        "words": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "knows": many(NAME, minItems=1, uniqueItems=True),
        "angle": NAME,
        "writer": NAME,
    }
)
_TRUTH = closed(
    {
        "start": _LOCAL_TIME,
        "end": _LOCAL_TIME,
        "place": NAME,
        "label": {"enum": _EVENTS},
        "agent": NAME,
        "summary": NAME,
        "figures": many(closed({**_MEASURED, "value": _COUNT})),
    },
    ["figures"],
)

INCIDENT = closed(
    {
        "id": {"type": "string", "pattern": "^[a-z]{3}-[0-9]{2}$"},
        "theatre": _THEATRE_ID,
        "title": NAME,
        "truth": _TRUTH,
        "statements": many(_STATEMENT, minItems=1),
        "reports": many(_REPORT, minItems=1),
    },
    title="FogBank incident sheet",
    description="An invented incident: what is true of it, what each source says and when, and the reports about it.",
)

_PLACE = closed({"name": NAME, "kind": NAME, "within": NAME, "note": NAME}, ["within", "note"])
_PARTY = closed({"name": NAME, "label": {"enum": ["FORCE", "ORG"]}, "short": many(NAME), "note": NAME}, ["short"])

THEATRE = closed(
    {
        "id": _THEATRE_ID,
        "name": NAME,
        "kind": NAME,
        "years": {"type": "string", "pattern": "^[0-9]{4}(-[0-9]{4})?$"},
        "summary": NAME,
        "naming": NAME,
        "timezone": {"type": "string", "pattern": "^[+-][0-9]{2}:[0-9]{2}$"},
        "parties": many(_PARTY, minItems=1),
        "places": many(_PLACE, minItems=1),
        "people": many(closed({"name": NAME, "role": NAME})),
        "outlets": many(
            closed({"id": ARTICLE_ID, "name": NAME, "kind": NAME, "side": NAME, "style": NAME}), minItems=1
        ),
    },
    title="FogBank theatre sheet",
    description="An invented theatre of conflict: its parties, places, people and the outlets that report on it.",
)

UNKNOWN_AGENT = "unknown"
"""What the sheet of an incident names as its agent where nobody knows it."""


def _repeated(entries: Iterable[Mapping[str, Any]], key: str) -> Iterator[tuple[int, str]]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry[key] in seen:
            yield number, entry[key]
        seen.add(entry[key])


def find_in_theatre(sheet: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Find what contradicts itself in a theatre sheet that has passed its schema."""
    for part, key in (("parties", "name"), ("places", "name"), ("people", "name"), ("outlets", "id")):
        for number, name in _repeated(sheet[part], key):
            yield problem("sheet-name-repeated", file, f"$.{part}[{number}].{key}", f"{name!r} stands there before")
    names = {place["name"] for place in sheet["places"]}
    within = {place["name"]: place.get("within") for place in sheet["places"]}
    for number, place in enumerate(sheet["places"]):
        where = f"$.places[{number}].within"
        if "within" not in place:
            continue
        if place["within"] not in names:
            yield problem("place-unknown", file, where, f"{place['within']!r} is no place of {sheet['id']}")
            continue
        passed = {place["name"]}
        around = place["within"]
        while around is not None and around not in passed:
            passed.add(around)
            around = within.get(around)
        if around == place["name"]:
            yield problem("place-in-circle", file, where, f"{place['name']!r} lies in itself")
    for number, outlet in enumerate(sheet["outlets"]):
        if not outlet["id"].startswith(f"{sheet['id']}-"):
            yield problem(
                "outlet-id", file, f"$.outlets[{number}].id", f"{outlet['id']!r}", f"an id that begins {sheet['id']}-"
            )


def find_in_incident(sheet: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Find what contradicts itself in an incident sheet that has passed its schema."""
    if not sheet["id"].startswith(f"{sheet['theatre']}-"):
        yield problem("theatre-unknown", file, "$.theatre", f"{sheet['theatre']!r} beside the id {sheet['id']!r}")
    if sheet["truth"]["end"] < sheet["truth"]["start"]:
        yield problem("sheet-time-order", file, "$.truth.end", "the incident ends before it starts")
    yield from _find_in_statements(sheet["statements"], file)
    yield from _find_in_reports(sheet, file)


def _find_in_statements(statements: list[Mapping[str, Any]], file: str) -> Iterator[Problem]:
    for number, name in _repeated(statements, "id"):
        yield problem("sheet-name-repeated", file, f"$.statements[{number}].id", f"{name!r} stands there before")
    earlier: set[str] = set()
    latest = ""
    for number, statement in enumerate(statements):
        place = f"$.statements[{number}]"
        if statement["time"] < latest:
            yield problem("sheet-time-order", file, f"{place}.time", f"{statement['time']} follows {latest}")
        latest = max(latest, statement["time"])
        if statement.get("revises", "") not in {"", *earlier}:
            yield problem(
                "statement-unknown", file, f"{place}.revises", f"{statement['revises']!r} is no earlier statement"
            )
        earlier.add(statement["id"])
        for at, figure in enumerate(statement.get("figures", ())):
            if not is_coherent(figure):
                shown = ", ".join(f"{key} {figure[key]}" for key in figure if key not in ("measure", "group"))
                yield problem("figure-contradictory", file, f"{place}.figures[{at}]", shown)


def _find_in_reports(sheet: Mapping[str, Any], file: str) -> Iterator[Problem]:
    times = {statement["id"]: statement["time"] for statement in sheet["statements"]}
    # The letters say in which order reports were written, which is not that of their times where one was written anew.
    left = [f"{sheet['id']}-{letter}" for letter in ascii_lowercase[: len(sheet["reports"])]]
    latest = ""
    for number, report in enumerate(sheet["reports"]):
        place = f"$.reports[{number}]"
        if report["id"] in left:
            left.remove(report["id"])
        else:
            yield problem(
                "report-id", file, f"{place}.id", f"{report['id']!r}", f"one of {left[0]} to {left[-1]}, once"
            )
        if report["published"] < latest:
            yield problem("sheet-time-order", file, f"{place}.published", f"{report['published']} follows {latest}")
        latest = max(latest, report["published"])
        for at, name in enumerate(report["knows"]):
            if name not in times:
                yield problem("statement-unknown", file, f"{place}.knows[{at}]", f"{name!r} is no statement here")
            elif times[name] > report["published"]:
                yield problem(
                    "statement-later", file, f"{place}.knows[{at}]", f"{name} is of {times[name]}, the report of "
                    f"{report['published']}"
                )  # fmt: skip


def find_between(incident: Mapping[str, Any], theatre: Mapping[str, Any], file: str) -> Iterator[Problem]:
    """Find what an incident sheet says of its theatre that the theatre's sheet does not."""
    truth = incident["truth"]
    if truth["place"] not in {place["name"] for place in theatre["places"]}:
        yield problem("place-unknown", file, "$.truth.place", f"{truth['place']!r} is no place of {theatre['id']}")
    if truth["agent"] not in {UNKNOWN_AGENT, *(party["name"] for party in theatre["parties"])}:
        yield problem("agent-unknown", file, "$.truth.agent", f"{truth['agent']!r} is no party of {theatre['id']}")
    outlets = {outlet["id"] for outlet in theatre["outlets"]}
    for number, report in enumerate(incident["reports"]):
        if report["outlet"] not in outlets:
            message = f"{report['outlet']!r} is none of {theatre['id']}"
            yield problem("outlet-unknown", file, f"$.reports[{number}].outlet", message)
