"""An adjudication round on the server: either version as a prediction, and a draft that holds what both agree on.

A draft of the adjudicator's own opens as their work, with the button Submit, and is no annotation before they press it.
Label Studio takes the model of a prediction as its name, so a version is shown under its annotator's id.  All can be
run again: what is there stays, a version that has changed since is renewed, and so is the list of differences; work
that the adjudicator has begun is never touched.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from fogbank.curate.comparison import compare
from fogbank.curate.rounds import Round, Version, two_versions
from fogbank.curate.studio.annotators import Annotator, ensure_annotator
from fogbank.curate.studio.client import asking, httpx
from fogbank.curate.studio.config import DIFFERENCES
from fogbank.curate.studio.differences import is_same_result
from fogbank.curate.studio.disputes import differences_html
from fogbank.curate.studio.project import CHUNK, Project, checked_result, export
from fogbank.curate.studio.record import push_round, round_project
from fogbank.curate.studio.server import Progress, Server
from fogbank.errors import FogbankError, StudioError
from fogbank.model.corpus import Corpus

_IMPORTS = 3


class Opened(NamedTuple):
    """What `open_adjudication` did for one adjudicator: tasks, versions and drafts that it added.

    `begun` counts the documents in which there was a draft or annotation of theirs before; `skipped` are documents
    whose text is withheld and not restored.
    """

    adjudicator: str
    url: str
    tasks: int
    versions: int
    drafts: int
    begun: int
    skipped: tuple[str, ...]


def open_adjudication(server: Server, corpus: Corpus, one: Round, progress: Progress | None = None) -> list[Opened]:
    """Make everything that the adjudicators of a round need, from the committed record of the rounds before it.

    Raises FogbankError for a round of another kind and a document that has not two versions, StudioError where the
    server does not keep what it is sent.
    """
    if one.kind != "adjudication":
        raise FogbankError(f"round {one.name!r} is of kind {one.kind}; expected one of kind adjudication")
    pairs, lists = two_versions(corpus, one), differences_html(corpus, one)
    opened: list[Opened] = []
    for name, counts, skipped in push_round(server, corpus, one, progress):
        project, adjudicator = round_project(server, one, name), ensure_annotator(server, name)
        mine = {key: pairs[key] for key in one.assignments[name] if key not in skipped}
        added = show_versions(project, mine, lists)
        drafts = start_drafts(project, adjudicator, mine)
        if progress:
            progress(f"{project.title}: {added} versions shown, {drafts} drafts started")
        opened.append(Opened(name, project.url, counts.added, added, drafts, len(mine) - drafts, skipped))
    return opened


def show_versions(project: Project, pairs: Mapping[str, tuple[Version, Version]], lists: Mapping[str, str]) -> int:
    """Bring the predictions and lists of differences of a project up to date; return how many versions were added.

    Import answers are not trusted: what counts is what is there when looked up again.
    """
    client = project.server.client()
    wanted = {
        (document_id, version.annotator): checked_result(version.document)[0]
        for document_id, pair in pairs.items()
        for version in pair
    }
    added: set[tuple[str, str]] = set()
    for attempt in range(_IMPORTS + 1):
        tasks = {task["data"]["id"]: task for task in export(project)}
        missing = dict(wanted)
        with asking(f"versions in {project.title}"):
            for document_id, task in tasks.items():
                for shown in task["predictions"]:
                    key = document_id, shown["model_version"]
                    if key in missing and is_same_result(shown["result"], missing[key]):
                        del missing[key]
                    else:
                        client.predictions.delete(id=shown["id"])
                if document_id in pairs and task["data"].get(DIFFERENCES) != lists[document_id]:
                    client.tasks.update(id=task["id"], data={**task["data"], DIFFERENCES: lists[document_id]})
            if not missing:
                return len(added)
            if attempt < _IMPORTS:
                added |= missing.keys()
                request = [
                    {"task": tasks[document_id]["id"], "model_version": name, "result": result}
                    for (document_id, name), result in missing.items()
                ]
                for start in range(0, len(request), CHUNK):
                    client.projects.import_predictions(id=project.id, request=request[start : start + CHUNK])
    raise StudioError(f"{project.title}: {len(missing)} versions did not arrive; is the disk full?")


def start_drafts(project: Project, adjudicator: Annotator, pairs: Mapping[str, Sequence[Version]]) -> int:
    """Start the adjudicator's draft, with what both versions hold, of every document in which they have none yet."""
    started = 0
    headers = {"Authorization": f"Token {adjudicator.token}"}
    with httpx.Client(base_url=project.server.url, headers=headers, trust_env=False, timeout=60) as session:
        for task in export(project):
            document_id = task["data"]["id"]
            if document_id not in pairs or task["annotations"] or task["drafts"]:
                continue
            first, second = pairs[document_id]
            result, _ = checked_result(compare(first.document, second.document).agreed)
            with asking(f"{project.title}: draft of {document_id}"):
                session.post(f"/api/tasks/{task['id']}/drafts", json={"result": result}).raise_for_status()
            started += 1
    return started
