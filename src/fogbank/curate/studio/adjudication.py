"""An adjudication round on the server: either version as a prediction, and a draft that holds what both agree on.

A draft of the adjudicator's own opens as their work, with the button Submit, and is no annotation before they press it.
Label Studio shows a prediction under the name of its model, which is its annotator's id here.  The list of differences
stands in the task's data.  All can be run again: what is there stays, a version that has changed since is renewed, and
so is the list; work that the adjudicator has begun is never touched.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fogbank.curate.comparison import compare
from fogbank.curate.rounds import Round, Version, two_versions
from fogbank.curate.studio.annotators import Annotator, ensure_annotator
from fogbank.curate.studio.client import asking, http
from fogbank.curate.studio.config import DIFFERENCES
from fogbank.curate.studio.differences import result_digest
from fogbank.curate.studio.disputes import render
from fogbank.curate.studio.entry import CHUNK
from fogbank.curate.studio.fitness import fit_result
from fogbank.curate.studio.project import Project, export
from fogbank.curate.studio.record import push_round, round_project
from fogbank.curate.studio.server import Progress, Server
from fogbank.errors import FogbankError, StudioError
from fogbank.model.corpus import Corpus

_IMPORTS = 3

Pairs = Mapping[str, tuple[Version, Version]]


class Opened(NamedTuple):
    """What `open_adjudication` did for one adjudicator: the tasks, versions and drafts that it added.

    `there` counts the documents in which there was a draft or annotation before; `skipped` are documents whose text is
    withheld and not restored.
    """

    adjudicator: str
    url: str
    tasks: int
    versions: int
    drafts: int
    there: int
    skipped: tuple[str, ...]


def open_adjudication(server: Server, corpus: Corpus, one: Round, progress: Progress | None = None) -> list[Opened]:
    """Make everything that the adjudicators of a round need, from the committed record of the rounds before it.

    Raises FogbankError for a round of another kind and a document that has not two versions, StudioError where the
    server does not keep what it is sent.
    """
    if one.kind != "adjudication":
        raise FogbankError(f"round {one.name!r} is of kind {one.kind}; expected one of kind adjudication")
    pairs = two_versions(corpus, one)
    opened: list[Opened] = []
    for name, counts, skipped in push_round(server, corpus, one, progress):
        project, adjudicator = round_project(server, corpus, one, name), ensure_annotator(server, name)
        mine = {document_id: pairs[document_id] for document_id in one.assignments[name] if document_id not in skipped}
        versions = show_versions(project, mine)
        drafts = start_drafts(project, adjudicator, mine)
        if progress:
            progress(f"{project.title}: {versions} versions and {drafts} drafts added")
        opened.append(Opened(name, project.url, counts.added, versions, drafts, len(mine) - drafts, skipped))
    return opened


def show_versions(project: Project, pairs: Pairs) -> int:
    """Bring the predictions and lists of differences of a project up to date; return how many versions were added.

    What an import answers is not trusted: what counts is what is there when looked up again.
    """
    client = project.server.client()
    wanted = {
        (document_id, version.annotator): fit_result(version.document)
        for document_id, pair in pairs.items()
        for version in pair
    }
    added: set[tuple[str, str]] = set()
    for attempt in range(_IMPORTS + 1):
        tasks = {task["data"]["id"]: task for task in export(project)}
        with asking(f"versions in {project.title}"):
            missing = dict(wanted)
            for document_id, task in tasks.items():
                for shown in task["predictions"]:
                    key = document_id, shown["model_version"]
                    if key in missing and result_digest(shown["result"]) == result_digest(missing[key]):
                        del missing[key]
                    else:
                        client.predictions.delete(id=shown["id"])
            if not missing:
                _show_differences(client, tasks, pairs)
                return len(added)
            if attempt == _IMPORTS:
                break
            added |= missing.keys()
            request = [
                {"task": tasks[document_id]["id"], "model_version": name, "result": result}
                for (document_id, name), result in missing.items()
            ]
            for start in range(0, len(request), CHUNK):
                client.projects.import_predictions(id=project.id, request=request[start : start + CHUNK])
    raise StudioError(f"{project.title}: {len(missing)} versions did not arrive; is the disk full?")


def _show_differences(client: Any, tasks: Mapping[str, Any], pairs: Pairs) -> None:
    for document_id, (first, second) in pairs.items():
        task = tasks[document_id]
        html = render(compare(first.document, second.document), (first.annotator, second.annotator))
        if task["data"].get(DIFFERENCES) != html:
            client.tasks.update(id=task["id"], data={**task["data"], DIFFERENCES: html})


def start_drafts(project: Project, adjudicator: Annotator, pairs: Pairs) -> int:
    """Start the adjudicator's draft, with what both versions hold, of every document in which there is none yet."""
    started = 0
    headers = {"Authorization": f"Token {adjudicator.token}"}
    with http(base_url=project.server.url, headers=headers, timeout=60) as session:
        for task in export(project):
            document_id = task["data"]["id"]
            if document_id not in pairs or task["annotations"] or task["drafts"]:
                continue
            first, second = pairs[document_id]
            result = fit_result(compare(first.document, second.document).agreed)
            with asking(f"{project.title}: draft of {document_id}"):
                session.post(f"/api/tasks/{task['id']}/drafts", json={"result": result}).raise_for_status()
            started += 1
    return started
