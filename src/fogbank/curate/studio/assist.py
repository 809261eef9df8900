"""Pre-annotation: a system's predictions in the projects of a round, where annotators start from them.

The assistant's service is connected to a project only while Label Studio fetches predictions: `setup` sends the
administrator's token to whoever answers at the service's address, every opened task would wait for it, and a task that
is annotated already would get a prediction when it is looked at.  What was fetched stays, and is shown because the
project's model version is set to the assistant's: opening a task begins an annotation from it.

Only those are assisted who are asked to be, and only tasks that nobody has begun; a project that is on record was
worked without and is refused.  An export tells who was assisted (`predictions` of a task, `prediction` of an
annotation), and agreement refuses it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from fogbank.curate.rounds import Round
from fogbank.curate.studio.assistant import Assistant
from fogbank.curate.studio.client import asking
from fogbank.curate.studio.entry import Counts
from fogbank.curate.studio.project import Project, export
from fogbank.curate.studio.record import round_project
from fogbank.curate.studio.server import Progress, Server
from fogbank.curate.studio.service import serving
from fogbank.errors import FogbankError, StudioError
from fogbank.model.corpus import Corpus

CHUNK = 10
"""Tasks asked for at once: Label Studio gives a service 100 s."""
BACKEND = "FogBank assistant"


class Assisted(NamedTuple):
    """What was done for one annotator: predictions there and added, and how many tasks were begun without one."""

    annotator: str
    counts: Counts
    begun: int


def assist_round(
    server: Server,
    corpus: Corpus,
    one: Round,
    assistant: Assistant,
    *,
    annotators: Sequence[str] = (),
    progress: Progress | None = None,
) -> list[Assisted]:
    """Fetch predictions for the pushed tasks of some annotators of a round, all if none are named; none is made twice.

    Predictions of another version are replaced, except where an annotation was begun.  Raises FogbankError for an
    annotator who is not of the round or whose export is on record, StudioError if predictions do not arrive.
    """
    names = _annotators(one, annotators)
    for name in names:
        if (corpus.exports / one.name / f"{name}.json").exists():
            raise FogbankError(f"{one.name}/{name}: on record as annotated; expected a round that is not begun")
    with serving(assistant) as url:
        projects = {name: round_project(server, corpus, one, name) for name in names}
        return [Assisted(name, *_assist(projects[name], assistant, url, progress)) for name in names]


def unassist_round(server: Server, corpus: Corpus, one: Round, annotators: Sequence[str] = ()) -> dict[str, int]:
    """Take back the predictions of tasks that nobody has begun and disconnect what is connected; count by annotator.

    What annotators began from stays in their annotations, so that `fogbank studio kept` still tells of it.
    """
    taken: dict[str, int] = {}
    for name in _annotators(one, annotators):
        project = round_project(server, corpus, one, name)
        _disconnect(project)
        fresh = [task["id"] for task in export(project) if not _is_begun(task) and task["predictions"]]
        _act(project, "delete_tasks_predictions", fresh)
        with asking(f"settings of {project.title}"):
            project.server.client().projects.update(id=project.id, model_version="")
        taken[name] = len(fresh)
    return taken


def _assist(project: Project, assistant: Assistant, url: str, progress: Progress | None) -> tuple[Counts, int]:
    _disconnect(project)
    tasks = export(project)
    if not tasks:
        raise StudioError(f"{project.title} has no tasks; expected `fogbank studio push` first")
    fresh = [task for task in tasks if not _is_begun(task)]
    begun = sum(1 for task in tasks if _is_begun(task) and not task["predictions"])
    there = [task["id"] for task in fresh if _versions(task) == [assistant.version]]
    stale = [task["id"] for task in fresh if task["predictions"] and task["id"] not in there]
    wanted = [task["id"] for task in fresh if task["id"] not in there]
    _act(project, "delete_tasks_predictions", stale)
    client = project.server.client()
    with _connected(project, url):
        for start in range(0, len(wanted), CHUNK):
            _act(project, "retrieve_tasks_predictions", wanted[start : start + CHUNK])
            if progress:
                progress(f"{project.title}: {min(start + CHUNK, len(wanted))} of {len(wanted)} tasks asked for")
    with asking(f"predictions of {project.title}"):
        found = client.predictions.list(project=project.id)
    held = {prediction.task for prediction in found if prediction.model_version == assistant.version}
    if missing := set(wanted) - held:
        reason = assistant.failures[-1] if assistant.failures else "the service was not asked; is Label Studio busy?"
        raise StudioError(f"{project.title}: {len(missing)} of {len(wanted)} predictions did not arrive: {reason}")
    if held:
        with asking(f"settings of {project.title}"):
            client.projects.update(id=project.id, model_version=assistant.version, show_collab_predictions=True)
    return Counts(len(there), len(wanted) - len(stale), len(stale)), begun


@contextmanager
def _connected(project: Project, url: str) -> Iterator[None]:
    client = project.server.client()
    try:
        with asking(f"connecting {project.title}; a server of an older FogBank must be stopped and started first"):
            client.ml.create(project=project.id, url=url, title=BACKEND)
        yield
    finally:
        _disconnect(project)


def _disconnect(project: Project) -> None:
    """Remove our connection, also one that a killed program left, with the webhook that Label Studio makes of it."""
    client = project.server.client()
    with asking(f"connections of {project.title}"):
        backends = client.ml.list(project=project.id)
        if other := [backend for backend in backends if backend.title != BACKEND]:
            raise StudioError(f"{project.title}: another model, {other[0].title!r}, is connected; disconnect it first")
        hooks = {f"{backend.url}/webhook" for backend in backends}
        for backend in backends:
            client.ml.delete(id=backend.id)
        for webhook in client.webhooks.list(project=str(project.id)) if hooks else ():
            if webhook.url in hooks:
                client.webhooks.delete(id=webhook.id)


def _act(project: Project, action: Any, tasks: list[int]) -> None:
    """Have Label Studio do something with some tasks; none named would mean all to it."""
    if tasks:
        with asking(f"{action} of {project.title}"):
            project.server.client().actions.create(
                id=action,
                project=project.id,
                selected_items={"all": False, "included": tasks},
            )


def _annotators(one: Round, named: Sequence[str]) -> tuple[str, ...]:
    if one.kind != "annotation":
        raise FogbankError(f"round {one.name!r} is of kind {one.kind}; expected one of kind annotation")
    for name in named:
        if name not in one.assignments:
            raise FogbankError(f"{name!r} is no annotator of {one.name}; expected one of {', '.join(one.assignments)}")
    return tuple(named or one.assignments)


def _is_begun(task: dict[str, Any]) -> bool:
    return bool(task["annotations"] or task["drafts"])


def _versions(task: dict[str, Any]) -> list[str]:
    return [str(prediction["model_version"]) for prediction in task["predictions"]]
