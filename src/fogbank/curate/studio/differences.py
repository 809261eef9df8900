"""Whether two exports of a project say the same, up to what is Label Studio's own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import orjson

from fogbank.model.regions import UNTYPED, without_words

Export = Sequence[Mapping[str, Any]]
_SHOWN = 160


def differences(committed: Export, exported: Export, *, withheld: bool = False) -> list[str]:
    """List what one export says and the other does not, in words; an empty list means that they agree.

    Tasks are matched by our document id (`data.id`), annotations by the e-mail of `completed_by`.  Compared are:

    - of a task, all of `data`;
    - of an annotation, `was_cancelled`, `ground_truth` and `result`;
    - of an item of `result`, in any order, `id`, `type`, `from_name`, `to_name` and `value`; of a relation, head, tail
      and type (direction `left` is head and tail turned round, an empty list of types is no type).

    Ignored is all else, because Label Studio makes it anew each time or it tells how, not what, was annotated: the
    numbers of tasks, annotations, projects and users (`id`, `inner_id`, `task`, `project`, `updated_by`, `unique_id`,
    `import_id`, `parent_*`), times (`created_at`, `updated_at`, `draft_created_at`, `lead_time`), counts that follow
    from the rest (`total_*`, `result_count`, `comment_*`), the way an annotation was made (`origin`, `last_action`,
    `bulk_created`, `prediction`), and drafts and predictions, which are no annotations.

    `withheld`: the article's words were taken out of the committed export; they are taken out of both.
    """
    left, right = (without_words(list(map(dict, export))) if withheld else export for export in (committed, exported))
    return list(_compare_tasks(left, right))


def result_digest(result: Iterable[Any]) -> str:
    """Give a SHA-256 that two `result` lists share if they hold the same items, compared as `differences` does."""
    return sha256("\n".join(sorted(map(_item, result))).encode()).hexdigest()


def _compare_tasks(committed: Export, exported: Export) -> Iterator[str]:
    left, right = _grouped(committed, _document_id), _grouped(exported, _document_id)
    for document_id in sorted({*left, *right}):
        ours, theirs = left.get(document_id, []), right.get(document_id, [])
        if len(ours) != len(theirs):
            yield f"{document_id}: {len(ours)} tasks committed, {len(theirs)} exported"
            continue
        for one, other in zip(ours, theirs, strict=True):
            yield from _compare_fields(document_id, one.get("data", {}), other.get("data", {}), "data.")
            yield from _compare_annotations(document_id, one, other)


def _compare_annotations(place: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    left, right = (_grouped(task.get("annotations", ()), _email) for task in (one, other))
    for email in sorted({*left, *right}):
        ours, theirs = left.get(email, []), right.get(email, [])
        where = f"{place}: {email}"
        if len(ours) != len(theirs):
            yield f"{where}: {len(ours)} annotations committed, {len(theirs)} exported"
            continue
        for a, b in zip(ours, theirs, strict=True):
            yield from _compare_fields(where, _flags(a), _flags(b))
            items, others = (Counter(map(_item, x.get("result", ()))) for x in (a, b))
            yield from (f"{where}: committed only: {_cut(item)}" for item in sorted((items - others).elements()))
            yield from (f"{where}: exported only: {_cut(item)}" for item in sorted((others - items).elements()))


def _compare_fields(place: str, one: Mapping[str, Any], other: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key in sorted({*one, *other}):
        if one.get(key) != other.get(key):
            yield f"{place}: {prefix}{key}: {_cut(repr(one.get(key)))} committed, {_cut(repr(other.get(key)))} exported"


def _grouped(entries: Any, key: Any) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        found.setdefault(key(entry), []).append(entry)
    return found


def _document_id(task: Mapping[str, Any]) -> str:
    return str(task.get("data", {}).get("id"))


def _email(annotation: Mapping[str, Any]) -> str:
    who = annotation.get("completed_by")
    return str(who.get("email") if isinstance(who, Mapping) else who)


def _flags(annotation: Mapping[str, Any]) -> dict[str, Any]:
    return {key: annotation.get(key, False) for key in ("was_cancelled", "ground_truth")}


def _item(item: Any) -> str:
    """Give the part of an item that is compared, as JSON with sorted keys."""
    if isinstance(item, Mapping) and item.get("type") == "relation":
        head, tail = item.get("from_id"), item.get("to_id")
        if item.get("direction") == "left":
            head, tail = tail, head
        kept: Any = {"relation": item.get("labels") or [UNTYPED], "from": head, "to": tail}
        kept |= {"direction": "bi"} if item.get("direction") == "bi" else {}
    elif isinstance(item, Mapping):
        kept = {key: item.get(key) for key in ("id", "type", "from_name", "to_name", "value")}
    else:
        kept = item
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


def _cut(shown: str) -> str:
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
