"""Many tasks at once: imports, listings and exports as bytes, in pieces of bounded size.

Label Studio's own client takes longer to copy such a request than the server to carry it out, so these go around it;
all else uses the client.  A direct export names users and predictions by number only; a snapshot has all of them, takes
the server three times as long, and is what a pull keeps.  Copies that exports leave in the data folder are deleted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from fogbank.curate.studio.client import httpx, session
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


def export_directly(server: Server, project: int, numbers: Iterable[int] = ()) -> bytes:
    """Export the tasks of these numbers, or all, as JSON in which users and predictions are numbers."""
    query = {"exportType": "JSON", "download_all_tasks": "true", "ids[]": [str(number) for number in numbers]}
    try:
        with session(server.url, server.token) as asked:
            return asked.get(f"/api/projects/{project}/export", params=query).raise_for_status().content
    finally:
        _prune((server.folder / "export").glob(f"project-{project}-at-*"))


@contextmanager
def take_snapshot(server: Server, project: int) -> Iterator[Iterator[bytes]]:
    """Let the server export the whole project, and give the pieces of its JSON as they come.

    Raises StudioError where the server could not.
    """
    place = f"/api/projects/{project}/exports/"
    options = {"title": "fogbank", "serialization_options": _WHOLE}
    with session(server.url, server.token) as asked:
        made = asked.post(place, content=orjson.dumps(options)).raise_for_status().json()
        try:
            if made["status"] != "completed":
                raise StudioError(f"export of project {project}: {made['status']}; expected a completed snapshot")
            with asked.stream("GET", f"{place}{made['id']}/download", params={"exportType": "JSON"}) as answer:
                if answer.is_error:
                    answer.read()
                yield answer.raise_for_status().iter_bytes()
        finally:
            with suppress(httpx.HTTPError):  # what went wrong above matters more
                asked.delete(f"{place}{made['id']}")
            _prune((server.folder / "media" / "export" / str(project)).glob("*"))


def _prune(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
