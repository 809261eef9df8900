"""Projects of the server: found by their title, made, and exported whole."""

import mmap
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from fogbank.check.syntax import parse_array
from fogbank.curate.studio.client import asking
from fogbank.curate.studio.server import Server
from fogbank.curate.studio.transfer import take_snapshot
from fogbank.errors import StudioError

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Project:
    """A project of a running server."""

    server: Server
    id: int
    title: str

    @property
    def url(self) -> str:
        """The page that lists its tasks."""
        return f"{self.server.url}/projects/{self.id}/data"


def project_title(round_name: str, annotator: str) -> str:
    """Give the title under which a round keeps one annotator's tasks."""
    return f"FogBank {round_name} {annotator}"


def find_project(server: Server, title: str) -> Project:
    """Find the project of this title.  Raises StudioError where there is none, or more than one."""
    if (found := _find(server, title)) is None:
        raise StudioError(f"project {title!r} does not exist; expected `fogbank studio push` first")
    return Project(server, found, title)


def ensure_project(server: Server, title: str, config: str, instructions: str = "") -> Project:
    """Find the project of this title, or make it; its labeling config and instructions (HTML) become these.

    Raises StudioError for a title that is there twice or that the server refuses (3 to 50 characters), and for a
    config that it refuses.
    """
    client = server.client()
    wanted = {"label_config": config.strip(), "expert_instruction": instructions.strip()}  # as the server keeps them
    with asking(f"project {title!r}"):
        if (number := _find(server, title)) is None:
            made = client.projects.create(
                title=title,
                maximum_annotations=1,
                show_skip_button=False,
                show_instruction=False,
                sampling="Sequential sampling",
                **wanted,
            )
            return Project(server, made.id, title)
        held = client.projects.get(id=number)
        changed = {key: value for key, value in wanted.items() if (getattr(held, key) or "") != value}
        if changed:
            client.projects.update(id=held.id, **changed)
    return Project(server, number, title)


def _find(server: Server, title: str) -> int | None:
    with asking(f"project {title!r}"):
        listed = server.client().projects.list(title=title, page_size=_PAGE)
        found = [int(project.id) for project in listed if project.title == title]
    if len(found) > 1:
        raise StudioError(f"project {title!r} is there {len(found)} times; expected one: delete the others")
    return found[0] if found else None


def export(project: Project) -> list[dict[str, Any]]:
    """Export the whole project as Label Studio gives it: all tasks, full annotations, `completed_by` with the e-mail.

    The snapshot that the server makes for it is deleted, and so is the file that it would leave behind.
    """
    return list(export_each(project))


def export_each(project: Project) -> Iterator[dict[str, Any]]:
    """Yield the tasks of `export` one at a time."""
    with tempfile.TemporaryFile() as file:
        with asking(f"export of {project.title}"), take_snapshot(project.server, project.id) as pieces:
            file.writelines(pieces)
        file.flush()
        for task in parse_array(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)):
            yield orjson.loads(memoryview(task))
