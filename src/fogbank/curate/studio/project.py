"""Projects of the server: articles go in as tasks, annotations as their annotators' own, exports come out.

Identity is our document id with the text's SHA-256 in a task's data, never a number of Label Studio's (it uses them
again).  Bulk import can lose what it was sent, and a server can die halfway, so what counts is never what an answer
says but what is there when looked up; everything can be run again and completes what is missing.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from fogbank.check.problem import Level
from fogbank.check.rules import find
from fogbank.curate.studio.annotators import Annotator
from fogbank.curate.studio.client import asking
from fogbank.curate.studio.differences import is_same_result
from fogbank.curate.studio.server import Progress, Server
from fogbank.errors import StudioError
from fogbank.model.corpus import Article
from fogbank.model.document import Document
from fogbank.model.regions import task_data, write_result
from fogbank.model.text import digest

CHUNK = 100
"""Tasks in one import; Label Studio takes at most 200 MB at once."""
_IMPORTS = 3
_PAGE = 1000
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "fogbank.example")
_WHOLE = {
    "drafts": {"only_id": False},
    "predictions": {"only_id": False},
    "annotations__completed_by": {"only_id": False},
    "interpolate_key_frames": False,
}
# Beside the integrity rules: what Label Studio would drop, change, or fail to show.
_UNFIT = {"label-unknown", "attribute-unknown", "attribute-value", "relation-label-unknown"}


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


class Counts(NamedTuple):
    """What an operation found there, and what it added or replaced."""

    there: int
    added: int
    replaced: int = 0


def project_title(round_name: str, annotator: str) -> str:
    """Give the title under which a round keeps one annotator's tasks."""
    return f"FogBank {round_name} {annotator}"


def ensure_project(server: Server, title: str, config: str, instructions: str = "") -> Project:
    """Find the project of this title, or make it; its labeling config and instructions (HTML) become these.

    Raises StudioError for a title that is there twice or that the server refuses (3 to 50 characters), and for a
    config that it refuses.
    """
    client = server.client()
    wanted = {"label_config": config.strip(), "expert_instruction": instructions.strip()}  # as the server keeps them
    with asking(f"project {title!r}"):
        found = [p for p in client.projects.list(title=title, page_size=_PAGE) if p.title == title]
        if len(found) > 1:
            raise StudioError(f"project {title!r} is there {len(found)} times; expected one: delete the others")
        if not found:
            made = client.projects.create(
                title=title,
                maximum_annotations=1,
                show_skip_button=False,
                show_instruction=False,
                sampling="Sequential sampling",
                **wanted,
            )
            return Project(server, made.id, title)
        held = client.projects.get(id=found[0].id)
        changed = {key: value for key, value in wanted.items() if (getattr(held, key) or "") != value}
        if changed:
            client.projects.update(id=held.id, **changed)
    return Project(server, found[0].id, title)


def push_articles(project: Project, articles: Iterable[Article], progress: Progress | None = None) -> Counts:
    """Make a task of every article that has none yet, and prove that all are there with the texts they were sent with.

    Raises DataError for an article whose text is withheld, StudioError if a task of an id holds another text or is
    there twice, or if some do not arrive after three imports.
    """
    wanted = {article.id: task_data(article) for article in articles}
    client = project.server.client()
    before = _tasks(project)
    held = before
    for attempt in range(_IMPORTS + 1):
        for document_id in wanted.keys() & held.keys():
            if held[document_id].sha256 != wanted[document_id]["sha256"]:
                raise StudioError(f"{project.title}: {document_id} is there with another text; expected its SHA-256")
        missing = [document_id for document_id in wanted if document_id not in held]
        if not missing:
            added = len(wanted.keys() - before.keys())
            return Counts(len(wanted) - added, added)
        if attempt == _IMPORTS:
            break
        done = 0
        for chunk in _chunks(missing, CHUNK):
            with asking(f"import into {project.title}"):
                client.projects.import_tasks(id=project.id, request=[{"data": wanted[key]} for key in chunk])
            done += len(chunk)
            _tell(progress, f"{project.title}: {done} of {len(missing)} articles sent")
        held = _tasks(project)
    raise StudioError(f"{project.title}: {len(missing)} articles did not arrive, {missing[0]} first; is the disk full?")


def enter(
    project: Project,
    annotator: Annotator,
    documents: Iterable[Document],
    *,
    replace: bool = False,
    progress: Progress | None = None,
) -> Counts:
    """Enter each document as its annotator's own annotation of the task with its id; one that is there is left alone.

    An annotator has one annotation of a document.  Where it is there with other content, also one made by hand, it is
    overwritten if `replace` is given.  Raises StudioError otherwise, for a document without its task or with another
    text, and, before anything is sent, for one that Label Studio would not keep or not open.
    """
    results = {document.id: checked_result(document) for document in documents}
    held, tasks = _annotations(project, annotator), _tasks(project)
    client = project.server.client(annotator.token)
    counts = Counts(0, 0)
    for number, (document_id, (result, sha256)) in enumerate(results.items(), start=1):
        what = f"{project.title}: annotation of {document_id} by {annotator.name}"
        task = tasks.get(document_id)
        if task is None or task.sha256 != sha256:
            raise StudioError(f"{what}: the project has no task of that id and text; expected the article pushed first")
        if (known := held.get(document_id)) is not None:
            if is_same_result(known["result"], result):
                counts = counts._replace(there=counts.there + 1)
            elif replace:
                with asking(what):
                    client.annotations.update(id=known["id"], result=result)
                counts = counts._replace(replaced=counts.replaced + 1)
            else:
                raise StudioError(f"{what}: it is there with other content; expected the same, or `replace`")
        else:
            key = annotation_key(project.title, annotator.name, document_id)  # a second one is refused by the server
            with asking(what):
                client.annotations.create(
                    id=task.number, result=result, unique_id=key, was_cancelled=False, ground_truth=False
                )
            counts = counts._replace(added=counts.added + 1)
        if number % CHUNK == 0 or number == len(results):
            _tell(progress, f"{project.title}: {number} of {len(results)} annotations entered")
    return counts


def annotation_key(title: str, annotator: str, document_id: str) -> str:
    """Give the `unique_id` of an entered annotation, of which the server takes one."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join((title, annotator, document_id))))


def export(project: Project) -> list[dict[str, Any]]:
    """Export the whole project as Label Studio gives it: all tasks, full annotations, `completed_by` with the e-mail.

    The snapshot that the server makes for it is deleted, and so is the file that it would leave behind.
    """
    client = project.server.client()
    with asking(f"export of {project.title}"):
        snapshot = client.projects.exports.create(project.id, title="fogbank", serialization_options=_WHOLE)
        try:
            if snapshot.status != "completed":
                raise StudioError(f"export of {project.title}: {snapshot.status}; expected a completed snapshot")
            content = b"".join(client.projects.exports.download(project.id, snapshot.id, export_type="JSON"))
        finally:
            with suppress(Exception):  # what went wrong above matters more
                client.projects.exports.delete(project.id, snapshot.id)
            for left in (project.server.folder / "media" / "export" / str(project.id)).glob("*"):
                left.unlink(missing_ok=True)
    return list(orjson.loads(content))


def fit_result(document: Document) -> list[dict[str, Any]]:
    """Give a document as Label Studio's `result`.  Raises StudioError for what it would not keep or not open."""
    for rule, finding in find(document):
        if rule.level == Level.INTEGRITY or rule.code in _UNFIT:
            raise StudioError(
                f"{document.id}::{finding.place}: {rule.code}: {finding.message}; expected {finding.expected}; "
                "Label Studio would not keep or not open it"
            )
    return write_result(document)


class _Task(NamedTuple):
    number: int
    sha256: str


def _tasks(project: Project) -> dict[str, _Task]:
    """Look up every task; the SHA-256 is that of the text which the server holds."""
    found: dict[str, _Task] = {}
    with asking(f"tasks of {project.title}"):
        for task in project.server.client().tasks.list(
            project=project.id, fields="task_only", include="id,data", page_size=_PAGE
        ):
            document_id = task.data.get("id")
            if document_id in found:
                numbers = f"{found[document_id].number} and {task.id}"
                raise StudioError(f"{project.title}: {document_id} is there twice (tasks {numbers}); delete one")
            found[document_id] = _Task(task.id, digest(task.data.get("text", "")))
    return found


def _annotations(project: Project, annotator: Annotator) -> dict[str, dict[str, Any]]:
    """Look up the annotator's annotations by document id."""
    return {
        task["data"]["id"]: held
        for task in export(project)
        for held in task["annotations"]
        if held["completed_by"]["email"] == annotator.email
    }


def checked_result(document: Document) -> tuple[list[dict[str, Any]], str]:
    """Give a document's result and its text's SHA-256.  Raises StudioError for what Label Studio would not keep."""
    if document.text is None:
        raise StudioError(f"{document.id}: the text is withheld; restore it before entering an annotation of it")
    return fit_result(document), digest(document.text)


def _chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _tell(progress: Callable[[str], None] | None, message: str) -> None:
    if progress:
        progress(message)
