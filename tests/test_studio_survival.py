"""A server that is killed in the middle: the error is clear, and running the same again completes what is missing."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.studio
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from label_studio_sdk.annotations.client import AnnotationsClient  # noqa: E402
from label_studio_sdk.projects.client import ProjectsClient  # noqa: E402

from fogbank.curate.studio import project as project_module  # noqa: E402
from fogbank.curate.studio.annotators import ensure_annotator  # noqa: E402
from fogbank.curate.studio.config import label_config  # noqa: E402
from fogbank.curate.studio.project import Counts, ensure_project, enter, export, push_articles  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.errors import StudioError  # noqa: E402
from fogbank.model.corpus import Article  # noqa: E402
from fogbank.model.document import Document, Span  # noqa: E402
from fogbank.model.regions import read_result  # noqa: E402
from fogbank.model.storage import read_json  # noqa: E402
from fogbank.model.text import digest  # noqa: E402

TEXTS = {f"kd-{number:02}-a": f"😀 Report {number} from Old Dramen.\n" for number in range(12)}
ARTICLES = [
    Article(id=key, part="dispatches", published="2031-05-04", sha256=digest(text), licence="CC-BY-4.0", text=text)
    for key, text in TEXTS.items()
]
DOCUMENTS = [
    Document(key, text, (Span("T1", text.index("Old"), text.index("."), "PLACE"),)) for key, text in TEXTS.items()
]


def kill(server: Server) -> None:
    os.kill(read_json(server.folder / "server.json")["pid"], signal.SIGKILL)


def test_a_killed_server_loses_nothing_that_is_not_made_up_by_running_again(
    studio_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(studio_folder).start()
    annotator = ensure_annotator(server, "vera")
    project = ensure_project(server, "FogBank survival vera", label_config())
    create, send, calls = AnnotationsClient.create, ProjectsClient.import_tasks, [0, 0]

    def send_once(self: Any, **asked: Any) -> Any:
        calls[0] += 1
        if calls[0] == 2:
            kill(server)
        return send(self, **asked)

    def create_some(self: Any, **asked: Any) -> Any:
        calls[1] += 1
        if calls[1] == 6:
            kill(server)
        return create(self, **asked)

    monkeypatch.setattr(project_module, "CHUNK", 5)
    monkeypatch.setattr(ProjectsClient, "import_tasks", send_once)
    monkeypatch.setattr(AnnotationsClient, "create", create_some)

    with pytest.raises(StudioError, match="import into FogBank survival vera: Label Studio did not answer"):
        push_articles(project, ARTICLES)
    with pytest.raises(StudioError, match="no Label Studio server is running"):
        push_articles(project, ARTICLES)

    assert server.start().is_running
    assert push_articles(project, ARTICLES) == Counts(there=5, added=7)
    with pytest.raises(StudioError, match="annotation of kd-05-a by vera: Label Studio did not answer"):
        enter(project, annotator, DOCUMENTS)

    with server:
        assert push_articles(project, ARTICLES) == Counts(there=12, added=0)
        assert enter(project, annotator, DOCUMENTS) == Counts(there=5, added=7)
        exported = export(project)
    assert [len(task["annotations"]) for task in exported] == [1] * 12
    read = [read_result(t["data"]["id"], t["data"]["text"], t["annotations"][0]["result"]) for t in exported]
    assert sorted(read, key=lambda document: document.id) == DOCUMENTS
