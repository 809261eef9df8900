"""A server that is killed in the middle: the error is clear, and running the same again completes what is missing."""

import itertools
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.studio
httpx = pytest.importorskip("httpx", reason="label-studio is not installed: pip install 'fogbank[studio]'")
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from tests.made import made_article  # noqa: E402

from fogbank.curate.studio import entry  # noqa: E402
from fogbank.curate.studio.annotators import ensure_annotator  # noqa: E402
from fogbank.curate.studio.config import label_config  # noqa: E402
from fogbank.curate.studio.entry import Counts, enter, push_articles  # noqa: E402
from fogbank.curate.studio.project import ensure_project, export, export_each  # noqa: E402
from fogbank.curate.studio.record import write_export  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.errors import StudioError  # noqa: E402
from fogbank.model.document import Document, Span  # noqa: E402
from fogbank.model.regions import read_result  # noqa: E402
from fogbank.model.storage import read_json  # noqa: E402

TEXTS = {f"kd-{number:02}-a": f"😀 Report {number} from Old Dramen.\n" for number in range(12)}
ARTICLES = [made_article(key, text) for key, text in TEXTS.items()]
DOCUMENTS = [
    Document(key, text, (Span("T1", text.index("Old"), text.index("."), "PLACE"),)) for key, text in TEXTS.items()
]


def kill(server: Server) -> None:
    os.kill(read_json(server.folder / "server.json")["pid"], signal.SIGKILL)


@contextmanager
def killed(server: Server, path: str, number: int, *, answered: bool = False) -> Iterator[None]:
    """Kill the server at the request of this number to a path: before it, or when its answer is ready but lost."""
    calls = itertools.count(1)
    send = httpx.Client.send

    def watched(self: Any, request: Any, **options: Any) -> Any:
        if re.search(path, request.url.path) and next(calls) == number:
            if answered:
                send(self, request, **options)
            kill(server)
        return send(self, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx.Client, "send", watched)
        yield


def test_a_killed_server_loses_nothing_that_is_not_made_up_by_running_again(
    studio_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while tasks are sent, while annotations go in one by one and many at once, and while it exports."""
    server = Server(studio_folder).start()
    annotator = ensure_annotator(server, "vera")
    project = ensure_project(server, "FogBank survival vera", label_config())
    other = ensure_project(server, "FogBank survival at once", label_config())
    articles = {article.id: article for article in ARTICLES}
    monkeypatch.setattr(entry, "CHUNK", 5)

    with (
        killed(server, "/import", 2),
        pytest.raises(StudioError, match="import into FogBank survival vera: Label Studio did not answer"),
    ):
        push_articles(project, ARTICLES)
    with pytest.raises(StudioError, match="no Label Studio server is running"):
        push_articles(project, ARTICLES)

    server.start()
    assert push_articles(project, ARTICLES) == Counts(there=5, added=7)
    with (
        killed(server, "/annotations", 6),
        pytest.raises(StudioError, match="annotation of kd-05-a by vera: Label Studio did not answer"),
    ):
        enter(project, annotator, DOCUMENTS)

    server.start()
    with (
        killed(server, "/import", 2, answered=True),
        pytest.raises(StudioError, match="import into FogBank survival at once: Label Studio did not answer"),
    ):
        enter(other, annotator, DOCUMENTS, articles=articles)

    server.start()
    assert push_articles(project, ARTICLES) == Counts(there=12, added=0)
    assert enter(project, annotator, DOCUMENTS) == Counts(there=5, added=7)
    assert enter(other, annotator, DOCUMENTS, articles=articles) == Counts(there=10, added=2)
    path = studio_folder / "pulled.json"
    write_export(path, export(other))
    before = path.read_bytes()
    for request in ("/exports/$", "/download$"):
        with (
            killed(server, request, 1),
            pytest.raises(StudioError, match="export of FogBank survival at once: Label Studio did not answer"),
        ):
            write_export(path, export_each(other))
        assert path.read_bytes() == before, "the file of the pull before is whole"
        server.start()

    with server:
        for one in (project, other):
            exported = export(one)
            assert [len(task["annotations"]) for task in exported] == [1] * 12
            read = [read_result(t["data"]["id"], t["data"]["text"], t["annotations"][0]["result"]) for t in exported]
            assert sorted(read, key=lambda document: document.id) == DOCUMENTS
