"""What can be wrong with a task of a Label Studio export, with reasons; `verdict` says the same fast and without them.

Conventions: `file` and `place` say where the task stands ("$[12]"), and problems point into the export's own items.
Nothing is repaired: a relation of direction `left` is read as Label Studio means it, all else that is odd is reported.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fogbank.check.problem import Finding, Problem
from fogbank.check.rules import find
from fogbank.check.table import problem
from fogbank.check.words import is_normalised, says
from fogbank.model.corpus import Article
from fogbank.model.regions import read_result
from fogbank.model.text import digest

Task = Mapping[str, Any]
Items = list[dict[str, Any]]


def find_in_task(task: Task, article: Article | None, file: str, place: str) -> Iterator[Problem]:
    """Find what is wrong with a task that has passed the JSON Schema; `article` is the registered one, if any.

    The words are those of the task or, where it has none, of the article; without either, rules that read words are
    silent.  A task whose text is wrong is not asked for more, since its offsets mean nothing.
    """
    data = task["data"]
    text = data.get("text")
    if found := list(_find_in_text(data, text, article, file, f"{place}.data")):
        yield from found
        return
    if text is None and article is not None:
        text = article.text
    if not task["annotations"]:
        yield problem("annotation-missing", file, f"{place}.annotations", f"{data['id']} has none")
    if task.get("drafts"):
        yield problem("annotation-draft", file, f"{place}.drafts", f"{data['id']} has {len(task['drafts'])}")
    seen: set[str | int] = set()
    for number, annotation in enumerate(task["annotations"]):
        where = f"{place}.annotations[{number}]"
        if annotation.get("was_cancelled"):
            yield problem("annotation-cancelled", file, f"{where}.was_cancelled", f"{data['id']} was skipped")
            continue
        who = annotator_of(annotation)
        if who is not None and who in seen:
            message = f"{who} has annotated {data['id']} before"
            yield problem("annotation-repeated", file, f"{where}.completed_by", message)
        elif who is not None:
            seen.add(who)
        yield from find_in_annotation(data["id"], text, annotation["result"], file, f"{where}.result")


def annotator_of(annotation: Mapping[str, Any]) -> str | int | None:
    """Give the e-mail, or in a plain export the number, of the user who made an annotation."""
    who = annotation.get("completed_by")
    return who["email"] if isinstance(who, Mapping) else who


def _find_in_text(
    data: Mapping[str, Any], text: str | None, article: Article | None, file: str, place: str
) -> Iterator[Problem]:
    if article is not None and data["sha256"] != article.sha256:
        yield problem("text-other", file, f"{place}.sha256", f"{data['sha256'][:12]}…", f"{article.sha256[:12]}…")
    if text is None:
        return
    if not is_normalised(text):
        yield problem("text-not-normalised", file, f"{place}.text", f"the text of {data['id']} is not normalised")
    if (actual := digest(text)) != data["sha256"]:
        yield problem(
            "text-hash", file, f"{place}.text", f"the text's SHA-256 is {actual[:12]}…", f"{data['sha256'][:12]}…"
        )


def find_in_annotation(document_id: str, text: str | None, result: Items, file: str, place: str) -> Iterator[Problem]:
    """Find what is wrong with one annotation's result that has passed the JSON Schema, level by level."""
    for rule in (_find_in_offsets, _find_in_items):
        found = [problem(code, file, f"{place}{at}", *what) for code, at, *what in rule(text, result)]
        yield from found
        if found:
            return
    places = _Places(result)
    for rule_found, finding in find(read_result(document_id, text, list(result))):
        at = places.of(finding)
        yield Problem(file, f"{place}{at}", rule_found.code, rule_found.level, finding.message, finding.expected)


def _find_in_offsets(_text: str | None, result: Items) -> Iterator[tuple[str, ...]]:
    """Yield code, place, message of offsets that make no span."""
    for number, item in enumerate(result):
        if item["type"] != "labels":
            continue
        start, end = item["value"]["start"], item["value"]["end"]
        for name, offset in (("start", start), ("end", end)):
            if type(offset) is not int:
                yield "offset-not-whole", f"[{number}].value.{name}", f"{offset!r}"
        if start >= end:
            yield "span-reversed", f"[{number}].value", f"start {start}, end {end}"


def _find_in_items(text: str | None, result: Items) -> Iterator[tuple[str, ...]]:
    """Yield code, place, message and, where the table does not say it, what was expected of items beside each other."""
    spans: dict[str, tuple[int, int]] = {}
    words = _Words(text)
    for number, item in enumerate(result):
        if item["type"] == "labels":
            if item["id"] in spans:
                message = f"{item['id']!r} is the id of an earlier region"
                yield "span-id-repeated", f"[{number}].id", message, "an id of its own"
            else:
                spans[item["id"]] = (item["value"]["start"], item["value"]["end"])
                yield from words.find(spans[item["id"]], item, number)
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(result):
        if item["type"] == "relation":
            if item["direction"] == "bi":
                yield "relation-both-ways", f"[{number}].direction", "'bi'"
            if len(item.get("labels") or ()) > 1:
                yield "relation-several-types", f"[{number}].labels", ", ".join(item["labels"])
        elif item["type"] != "labels":
            key, name, value = item["id"], item["from_name"], item["value"]
            if key not in spans:
                yield "attribute-without-span", f"[{number}].id", f"{name} has the id {key!r}, which no region has"
                continue
            if (key, name) in seen:
                yield "attribute-repeated", f"[{number}]", f"{key} has {name} before"
            seen.add((key, name))
            start, end = spans[key]
            if (at := (value.get("start", start), value.get("end", end))) != (start, end):
                message = f"{name} of {key} stands at {at[0]}–{at[1]}"
                yield "attribute-place", f"[{number}].value", message, f"{start}–{end}"
            else:
                yield from words.find(spans[key], item, number)


class _Words:
    """The words that regions should state, by code points and by what a wrong reader of offsets would take."""

    def __init__(self, text: str | None) -> None:
        self._text = text
        self._units = text.encode("utf-16-le") if text and max(text) > "\uffff" else None

    def find(self, at: tuple[int, int], item: Mapping[str, Any], number: int) -> Iterator[tuple[str, ...]]:
        """Yield what is wrong with the words that an item states for the span at these offsets."""
        stated = item["value"].get("text")
        if self._text is None or not isinstance(stated, str) or at[1] > len(self._text):
            return  # a span outside the text is found by a rule
        words = self._text[at[0] : at[1]]
        if says(stated, words):
            return
        units = (self._units or b"")[2 * at[0] : 2 * at[1]].decode("utf-16-le", errors="replace")
        if says(stated, units):
            message = f"{at[0]}–{at[1]} is {words[:40]!r}, but in UTF-16 {stated[:40]!r}"
            yield "offset-utf16", f"[{number}].value", message
        else:
            yield "span-words-differ", f"[{number}].value.text", f"{stated[:40]!r}", f"{words[:40]!r}"


class _Places:
    """Where in a result the spans, relations and attributes of its document stand."""

    def __init__(self, result: Items) -> None:
        self._result = result
        self._numbers = {
            "spans": [number for number, item in enumerate(result) if item["type"] == "labels"],
            "relations": [number for number, item in enumerate(result) if item["type"] == "relation"],
        }
        self._attributes = {
            (item["id"], item["from_name"]): number
            for number, item in enumerate(result)
            if item["type"] not in ("labels", "relation")
        }

    def of(self, finding: Finding) -> str:
        """Give the place of what was found in the document as a place in the result."""
        if not finding.part:
            return ""
        number = self._numbers[finding.part][finding.number]
        item = self._result[number]
        if finding.part == "relations":
            ends = {"head": "from_id", "tail": "to_id"}
            if item["direction"] == "left":
                ends = {"head": "to_id", "tail": "from_id"}
            field = {**ends, "label": "labels"}.get(finding.field, "")
        elif finding.field.startswith("attributes."):
            number = self._attributes.get((item["id"], finding.field.removeprefix("attributes.")), number)
            field = "value"
        else:
            field = {"id": "id", "label": "value.labels", "start": "value.start", "end": "value.end"}.get(
                finding.field, ""
            )
        return f"[{number}].{field}" if field else f"[{number}]"
