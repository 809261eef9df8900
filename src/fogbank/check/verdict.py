"""The fast verdict: whether there is nothing at all wrong with a task of a Label Studio export.

This module exists for speed alone.  It says yes only where syntax, schema and rules, asked one after the other, would
find nothing.  It is many times as fast because it asks everything in one tight pass, with operations of sets and lists
that run in C, and because reading a task (see `tasks`) has already asked what types can say.  A no says nothing:
`contents` then asks again, slowly, and explains.  A property test holds the two together: whoever changes a rule or a
schema changes it here too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import add, itemgetter, lt, neg
from typing import Any

from msgspec import UNSET

from fogbank.check.rules import is_coherent, is_date, is_duration
from fogbank.check.shapes import ARTICLE_ID, LARGEST_COUNT, LARGEST_OFFSET, PUBLISHED, SHA256, Schema
from fogbank.check.tasks import Choice, Data, Link, Number, Region, Task, Typed, read_task
from fogbank.check.words import is_normalised, says
from fogbank.model.corpus import Article
from fogbank.model.scheme import SCHEME
from fogbank.model.text import cuts_word, digest

_LAYERS = [layer.name for layer in SCHEME.layers]
_FLOOR = {label.name: _LAYERS.index(label.layer) * 2 * LARGEST_OFFSET for label in SCHEME.labels}  # parts the layers
_ENTITIES, _VALUES = frozenset(SCHEME.labels_in("entity")), frozenset(SCHEME.labels_in("value"))
_MEANT = frozenset((label, attribute.name) for attribute in SCHEME.attributes for label in attribute.labels)
_REQUIRED = frozenset((label, a.name) for a in SCHEME.attributes if a.required for label in a.labels)
_REQUIRED_COUNT = {name: sum(label == name for label, _ in _REQUIRED) for name in SCHEME.label_names}
_CHOSEN = frozenset((a.name, value) for a in SCHEME.attributes if a.type == "choice" for value in a.names)
_IS_WRITTEN = {
    attribute.name: lru_cache(4096)(is_date if attribute.type == "date" else is_duration)
    for attribute in SCHEME.attributes
    if attribute.type in ("date", "duration")
}
_ALLOWED = frozenset((relation.name, *pair) for relation in SCHEME.relations for pair in relation.pairs)
_BACKWARDS = frozenset(relation.name for relation in SCHEME.relations if relation.backwards)

_Row = tuple[int, int, str, Any, str]
"""A span: start, end, label, the words that the region states or UNSET, id."""


def clean_id(raw: bytes, articles: Mapping[str, Article] | None) -> str | None:
    """Give the document's id of a task with which nothing is wrong beside these articles; None for any other bytes."""
    task = read_task(raw)
    if task is None or task.drafts or not task.annotations:
        return None
    data = task.data
    article = None if articles is None else articles.get(data.id)
    if articles is not None and (article is None or article.sha256 != data.sha256):
        return None
    if not _is_clean_data(data) or not _are_clean_annotators(task):
        return None
    text = data.text if isinstance(data.text, str) else None if article is None else article.text
    return data.id if all(_is_clean(text, annotation.result) for annotation in task.annotations) else None


def _matcher(schema: Schema) -> Any:
    return re.compile(schema["pattern"].replace("$", r"\Z")).match


_is_article_id, _is_sha256, _is_published = map(_matcher, (ARTICLE_ID, SHA256, PUBLISHED))


def _is_clean_data(data: Data) -> bool:
    if not (_is_article_id(data.id) and _is_sha256(data.sha256) and _is_published(data.published)):
        return False
    return not isinstance(data.text, str) or (is_normalised(data.text) and digest(data.text) == data.sha256)


def _are_clean_annotators(task: Task) -> bool:
    seen = []
    for annotation in task.annotations:
        who = annotation.completed_by
        if annotation.was_cancelled is True:
            return False
        if isinstance(who, dict):
            who = who.get("email") or None
            if not isinstance(who, str):
                return False
        elif who is not UNSET and type(who) is not int:
            return False
        if who is not UNSET:
            seen.append(who)
    return len(set(seen)) == len(seen)


def _is_clean(text: str | None, result: Iterable[Region | Choice | Number | Typed | Link]) -> bool:
    """Whether neither schema nor rules find anything in a result."""
    regions: list[Region] = []
    attributes: list[Choice | Number | Typed] = []
    links: list[Link] = []
    put: dict[Any, Any] = dict.fromkeys((Choice, Number, Typed), attributes.append)
    put |= {Region: regions.append, Link: links.append}
    for item in result:
        put[item.__class__](item)
    rows: list[_Row] = []
    for region in regions:
        place = region.value
        rows.append((place.start, place.end, place.labels[0], place.text, region.id))
    spans = {row[4]: row for row in rows}
    if len(spans) != len(rows) or "" in spans or (rows and not _are_clean_spans(text, rows)):
        return False
    held: dict[str, dict[str, Any]] = {row[4]: {} for row in rows if row[2] in _VALUES}
    withholding: set[str] = set()
    if not _are_clean_attributes(text, attributes, spans, held, withholding):
        return False
    for key, of in held.items():
        if not (is_coherent(of) if spans[key][2] == "QUANTITY" else _is_reading(of)):
            return False
    return _are_clean_links(text, links, spans, withholding)


def _are_clean_spans(text: str | None, rows: Sequence[_Row]) -> bool:
    """Whether spans lie in the text, hold whole words, do not repeat, and do not cross inside a layer."""
    starts, ends, labels, stated, _ = zip(*rows, strict=True)
    if min(starts) < 0 or max(ends) > (LARGEST_OFFSET if text is None else len(text)) or not all(map(lt, starts, ends)):
        return False
    if text is not None:
        words = tuple([text[start:end] for start, end in zip(starts, ends, strict=True)])
        if stated != words and not all(map(_is_stated, stated, words)):
            return False
        if not _are_whole(text, starts, ends):
            return False
    return len(set(zip(starts, ends, labels, strict=True))) == len(rows) and not _cross(starts, ends, labels)


def _is_stated(stated: Any, words: str) -> bool:
    """Whether the words that an item states, if it does, are these."""
    return stated is UNSET or says(stated, words)


_EDGES: tuple[set[tuple[str, str]], set[tuple[str, str]]] = (set(), set())
"""Pairs of characters between which a span may end, and between which it may start, learned as they turn up."""


def _are_whole(text: str, starts: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether no span cuts a word or has a blank at an edge."""
    framed = f"\n{text}\n"  # what stands before an offset in the text stands here at the offset
    at_starts, at_ends = itemgetter(0, *starts), itemgetter(0, *ends)
    opening = set(zip(at_starts(framed)[1:], at_starts(text)[1:], strict=True))
    closing = set(zip(at_ends(framed)[1:], at_ends(framed[1:])[1:], strict=True))
    for inside, pairs in ((1, opening), (0, closing)):
        for pair in pairs - _EDGES[inside]:
            if pair[inside].isspace() or cuts_word("".join(pair), 1, 2):
                return False
            if len(_EDGES[inside]) < 100_000:
                _EDGES[inside].add(pair)
    return True


def _cross(starts: Sequence[int], ends: Sequence[int], labels: Sequence[str]) -> bool:
    """Whether two spans of a layer overlap without one holding the other."""
    floors = [_FLOOR[label] for label in labels]
    around = [-1]  # ends of the spans that are open here, each inside the one before; lowest, the end of none
    inner = -1
    for start, less in sorted(zip(map(add, floors, starts), map(neg, map(add, floors, ends)), strict=True)):
        while -1 < inner <= start:
            around.pop()
            inner = around[-1]
        if -1 < inner < -less:
            return True
        inner = -less
        around.append(inner)
    return False


def _are_clean_attributes(
    text: str | None,
    items: Sequence[Choice | Number | Typed],
    spans: Mapping[str, _Row],
    held: Mapping[str, dict[str, Any]],
    withholding: set[str],
) -> bool:
    """Whether every attribute is meant for its span, stands where it stands, has a value of its kind, and none lacks.

    Adds the attributes of values to `held`, and the CUEs that need no content to `withholding`.
    """
    seen: set[tuple[str, str]] = set()
    missing = sum([_REQUIRED_COUNT[row[2]] for row in spans.values()])
    for item in items:
        key, name, value = item.id, item.from_name, item.value
        if key not in spans:
            return False
        start, end, label, stated, _ = spans[key]
        if item.__class__ is Choice:
            held_value: Any = value.choices[0]  # type: ignore[union-attr]
            is_right = (name, held_value) in _CHOSEN
            if held_value == "withholds":
                withholding.add(key)
        elif item.__class__ is Number:
            held_value = value.number  # type: ignore[union-attr]
            is_right = 0 <= held_value <= LARGEST_COUNT and held_value == int(held_value)
        else:
            held_value = value.text[0]  # type: ignore[index]
            is_right = _IS_WRITTEN[name](held_value)
            stated = value.text  # nothing is stated here
        if not is_right or (label, name) not in _MEANT:
            return False
        if value.start != start or value.end != end or value.text != stated:
            if value.start not in (UNSET, start) or value.end not in (UNSET, end):
                return False
            if text is not None and item.__class__ is not Typed and not _is_stated(value.text, text[start:end]):
                return False
        if (label, name) in _REQUIRED:
            missing -= 1
        if key in held:
            held[key][name] = held_value
        seen.add((key, name))
    return len(seen) == len(items) and not missing


def _is_reading(attributes: Mapping[str, str]) -> bool:
    """Whether a TIME has a bound or a length, and does not end before it starts."""
    start, end = attributes.get("start"), attributes.get("end")
    return bool(attributes) if start is None or end is None else start[: len(end)] <= end


def _are_clean_links(text: str | None, links: Sequence[Link], spans: Mapping[str, _Row], speaking: set[str]) -> bool:
    """Whether every relation is allowed, and every span that must be in one is; some CUEs speak without one."""
    said: set[str] = set()
    tied: set[str] = set()  # by another relation than `same`, which connects entities alone
    pairs: set[tuple[str, str]] = set()
    for link in links:
        label, head, tail = link.labels[0], link.from_id, link.to_id
        if link.direction == "left":
            head, tail = tail, head
        if head not in spans or tail not in spans or head == tail:
            return False
        from_row, to_row = spans[head], spans[tail]
        if (label, from_row[2], to_row[2]) not in _ALLOWED:
            return False
        pairs.add((head, tail))
        if label in _BACKWARDS and to_row[:2] >= from_row[:2]:
            return False
        if label != "same":
            tied.add(head)
            tied.add(tail)
            if label == "content":
                speaking.add(head)
                said.add(tail)
    # The scheme lets only a CUE speak or withhold, and only CONTENT be said, so it is enough to count.
    labels = [row[2] for row in spans.values()]
    if len(pairs) != len(links) or labels.count("CUE") != len(speaking) or labels.count("CONTENT") != len(said):
        return False
    for key in spans.keys() - tied:
        start, end, label = spans[key][:3]
        if label in _VALUES or (label in _ENTITIES and text is not None and text[start:end].islower()):
            return False
    return True
