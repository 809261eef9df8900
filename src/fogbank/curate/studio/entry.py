"""What goes into a project: articles as tasks, annotations as their annotators' own.

Identity is our document id with the text's SHA-256 in a task's data, never a number of Label Studio's (it uses them
again).  Bulk import can lose what it was sent, and a server can die halfway, so what counts is never what an answer
says but what is there when looked up; everything can be run again and completes what is missing.  Neither side holds
more than a few hundred tasks at a time.
"""

import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from fogbank.curate.studio.annotators import Annotator
from fogbank.curate.studio.client import asking
from fogbank.curate.studio.differences import result_digest
from fogbank.curate.studio.fitness import demand_fit
from fogbank.curate.studio.project import Project
from fogbank.curate.studio.server import Progress
from fogbank.curate.studio.transfer import Imported, export_directly, import_tasks, list_tasks
from fogbank.errors import StudioError
from fogbank.model.corpus import Article
from fogbank.model.document import Document
from fogbank.model.regions import task_data, write_result
from fogbank.model.text import digest

CHUNK = 100
"""Tasks in one import; Label Studio takes at most 200 MB at once."""
_IMPORTS = 3
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "fogbank.example")


class Counts(NamedTuple):
    """What an operation found there, and what it added or replaced."""

    there: int
    added: int
    replaced: int = 0


def push_articles(project: Project, articles: Iterable[Article], progress: Progress | None = None) -> Counts:
    """Make a task of every article that has none yet, and prove that all are there with the texts they were sent with.

    Raises DataError for an article whose text is withheld, StudioError if a task of an id holds another text or is
    there twice, or if some do not arrive after three imports.
    """
    wanted = {article.id: article for article in articles}
    before = _tasks(project)
    _complete(project, wanted, before, progress)
    added = len(wanted.keys() - before.keys())
    return Counts(len(wanted) - added, added)


def enter(
    project: Project,
    annotator: Annotator,
    documents: Sequence[Document],
    *,
    articles: Mapping[str, Article] | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> Counts:
    """Enter each document as its annotator's own annotation of the task with its id; one that is there is left alone.

    A document without its task is sent together with it where `articles` has its article: many in one request, so ten
    times as fast as into a task that is there, which takes a request for each.

    An annotator has one annotation of a document.  Where it is there with other content, also one made by hand, it is
    overwritten if `replace` is given.  Raises StudioError otherwise, for a document without its task or with another
    text, and, before anything is sent, for one that Label Studio would not keep or not open.
    """
    for document in documents:
        demand_fit(document)
    tasks = _tasks(project)
    sendable = {document.id: articles[document.id] for document in documents if articles and document.id in articles}
    _demand_texts(project, sendable, tasks)
    fresh = [document for document in documents if document.id not in tasks and document.id in sendable]
    if fresh:
        whole = (_whole_task(sendable[document.id], document, annotator) for document in fresh)
        _send(project, annotator.token, whole, progress)
        tasks = _complete(project, sendable, _tasks(project), progress)
    arrived = {document.id for document in fresh if document.id in tasks and tasks[document.id].annotations}
    counts = Counts(0, len(arrived))
    rest = [document for document in documents if document.id not in arrived]
    for start in range(0, len(rest), CHUNK):
        counts = _enter_each(project, annotator, rest[start : start + CHUNK], tasks, counts, replace=replace)
        _tell(progress, f"{project.title}: {min(start + CHUNK, len(rest))} of {len(rest)} annotations entered")
    return counts


def _enter_each(
    project: Project,
    annotator: Annotator,
    documents: Sequence[Document],
    tasks: Mapping[str, "_Task"],
    counts: Counts,
    *,
    replace: bool,
) -> Counts:
    """Enter documents one by one into tasks that are there, after a look at the annotations that these have."""
    held = _annotations(project, annotator, [tasks[d.id] for d in documents if d.id in tasks])
    client = project.server.client(annotator.token)
    for document in documents:
        what = f"{project.title}: annotation of {document.id} by {annotator.name}"
        task, result = tasks.get(document.id), write_result(document)
        if task is None or task.sha256 != digest(document.text or ""):
            raise StudioError(f"{what}: the project has no task of that id and text; expected the article pushed first")
        if (known := held.get(task.number)) is None:
            key = annotation_key(project.title, annotator.name, document.id)  # a second one is refused by the server
            with asking(what):
                client.annotations.create(
                    id=task.number, result=result, unique_id=key, was_cancelled=False, ground_truth=False
                )
            counts = counts._replace(added=counts.added + 1)
        elif known.result_digest == result_digest(result):
            counts = counts._replace(there=counts.there + 1)
        elif replace:
            with asking(what):
                client.annotations.update(id=known.number, result=result)
            counts = counts._replace(replaced=counts.replaced + 1)
        else:
            raise StudioError(f"{what}: it is there with other content; expected the same, or `replace`")
    return counts


def annotation_key(title: str, annotator: str, document_id: str) -> str:
    """Give the `unique_id` of an annotation that is entered by itself, of which the server takes one."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join((title, annotator, document_id))))


class _Task(NamedTuple):
    number: int
    sha256: str
    annotations: int


class _Held(NamedTuple):
    number: int
    result_digest: str


def _tasks(project: Project) -> dict[str, _Task]:
    """Look up every task; the SHA-256 is that of the text which the server holds."""
    found: dict[str, _Task] = {}
    with asking(f"tasks of {project.title}"):
        for task in list_tasks(project.server, project.id):
            document_id = task["data"].get("id")
            if document_id in found:
                numbers = f"{found[document_id].number} and {task['id']}"
                raise StudioError(f"{project.title}: {document_id} is there twice (tasks {numbers}); delete one")
            count = task["total_annotations"] + task["cancelled_annotations"]
            found[document_id] = _Task(task["id"], digest(task["data"].get("text", "")), count)
    return found


def _annotations(project: Project, annotator: Annotator, tasks: Iterable[_Task]) -> dict[int, _Held]:
    """Look up the annotator's annotations by the numbers of their tasks."""
    numbers = [task.number for task in tasks if task.annotations]
    if not numbers:
        return {}
    with asking(f"annotations of {project.title}"):
        exported = orjson.loads(export_directly(project.server, project.id, numbers))
    return {
        task["id"]: _Held(held["id"], result_digest(held["result"]))
        for task in exported
        for held in task["annotations"]
        if held["completed_by"] == annotator.id
    }


def _complete(
    project: Project, wanted: Mapping[str, Article], held: dict[str, _Task], progress: Progress | None
) -> dict[str, _Task]:
    """Send articles without a task until all have one, and give what is held then; see `push_articles`."""
    for attempt in range(_IMPORTS + 1):
        _demand_texts(project, wanted, held)
        missing = [article for article in wanted.values() if article.id not in held]
        if not missing:
            return held
        if attempt < _IMPORTS:
            _send(project, project.server.token, ({"data": task_data(article)} for article in missing), progress)
            held = _tasks(project)
    raise StudioError(
        f"{project.title}: {len(missing)} articles did not arrive, {missing[0].id} first; is the disk full?"
    )


def _send(project: Project, token: str, tasks: Iterable[Mapping[str, Any]], progress: Progress | None) -> None:
    """Import tasks in chunks; what arrived is for the caller to look up."""
    done = 0
    pending = iter(tasks)
    while chunk := list(itertools.islice(pending, CHUNK)):
        sent = Imported(len(chunk), sum(len(task.get("annotations", ())) for task in chunk))
        with asking(f"import into {project.title}"):
            kept = import_tasks(project.server, project.id, chunk, token)
        done += len(chunk)
        short = (
            f"; of the last {sent.tasks} tasks and {sent.annotations} annotations, Label Studio kept {kept.tasks} and "
        )
        lost = "" if kept == sent else f"{short}{kept.annotations}, the rest follows"
        _tell(progress, f"{project.title}: {done} tasks sent{lost}")


def _whole_task(article: Article, document: Document, annotator: Annotator) -> dict[str, Any]:
    annotation = {
        "result": write_result(document),
        "completed_by": {"email": annotator.email},
        "was_cancelled": False,
        "ground_truth": False,  # an import takes it as true where it is not said
    }
    return {"data": task_data(article), "annotations": [annotation]}


def _demand_texts(project: Project, articles: Mapping[str, Article], held: Mapping[str, _Task]) -> None:
    for document_id in articles.keys() & held.keys():
        if held[document_id].sha256 != articles[document_id].sha256:
            raise StudioError(f"{project.title}: {document_id} is there with another text; expected its SHA-256")


def _tell(progress: Progress | None, message: str) -> None:
    if progress:
        progress(message)
