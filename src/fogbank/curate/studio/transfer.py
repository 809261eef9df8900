"""Many tasks at once: imports, listings and exports as bytes, in pieces of bounded size.

Label Studio's own client takes longer to copy such a request than the server to carry it out, so these go around it;
all else uses the client.  A direct export names users and predictions by number only; a snapshot has all of them, takes
the server three times as long, and is what a pull keeps.  Copies that exports leave in the data folder are deleted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import orjson

from fogbank.curate.studio.client import asking, session
from fogbank.curate.studio.server import Server
from fogbank.errors import StudioError

_PAGE = 1000
_LISTED = "id,data,total_annotations,cancelled_annotations"
_WHOLE = {
    "drafts": {"only_id": False},
    "predictions": {"only_id": False},
    "annotations__completed_by": {"only_id": False},
    "interpolate_key_frames": False,
}


class Imported(NamedTuple):
    """What Label Studio says that it has imported, which need not be true."""

    tasks: int
    annotations: int


def import_tasks(server: Server, project: int, tasks: Sequence[Mapping[str, Any]], token: str) -> Imported:
    """Import tasks, with their annotations if they have any, in one request, as the user whose token is given."""
    with session(server.url, token) as asked:
        answer = asked.post(f"/api/projects/{project}/import", content=orjson.dumps(tasks)).raise_for_status().json()
    return Imported(answer["task_count"], answer["annotation_count"])


def list_tasks(server: Server, project: int) -> Iterator[dict[str, Any]]:
    """Yield `id`, `data` and the numbers of annotations of every task, a page at a time."""
    query = {"project": str(project), "fields": "task_only", "include": _LISTED, "page_size": str(_PAGE)}
    with session(server.url, server.token) as asked:
        left, page = True, 0
        while left:
            page += 1
            answer = orjson.loads(
                asked.get("/api/tasks", params={**query, "page": str(page)}).raise_for_status().content
            )
            left = page * _PAGE < answer["total"]  # a page beyond the last one is an error
            yield from answer["tasks"]


def export_tasks(server: Server, project: int, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Export tasks of these numbers with their annotations, directly; `completed_by` is a user's number."""
    query = {"exportType": "JSON", "download_all_tasks": "true", "ids[]": [str(number) for number in numbers]}
    try:
        with session(server.url, server.token) as asked:
            raw = asked.get(f"/api/projects/{project}/export", params=query).raise_for_status().content
    finally:
        _prune((server.folder / "export").glob(f"project-{project}-at-*"))
    return list(orjson.loads(raw))


@contextmanager
def _snapshot(server: Server, project: int, what: str) -> Iterator[str]:
    """Let the server make a snapshot; give the path to ask for it."""
    with session(server.url, server.token) as asked:
        place = f"/api/projects/{project}/exports/"
        options = {"title": "fogbank", "serialization_options": _WHOLE}
        made = asked.post(place, content=orjson.dumps(options)).raise_for_status().json()
        try:
            if made["status"] != "completed":
                raise StudioError(f"{what}: {made['status']}; expected a completed snapshot")
            yield f"{place}{made['id']}"
        finally:
            with suppress(Exception):  # what went wrong above matters more
                asked.delete(f"{place}{made['id']}")
            _prune((server.folder / "media" / "export" / str(project)).glob("*"))


def download(server: Server, project: int, file: BinaryIO, what: str) -> None:
    """Write a snapshot of the whole project, as Label Studio gives it, to a file; `what` names it in errors."""
    with (
        asking(what),
        _snapshot(server, project, what) as place,
        session(server.url, server.token) as asked,
        asked.stream("GET", f"{place}/download", params={"exportType": "JSON"}) as answer,
    ):
        if answer.is_error:
            answer.read()
        for piece in answer.raise_for_status().iter_bytes():
            file.write(piece)


def _prune(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
