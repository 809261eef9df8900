"""A round by the command line on a real server: pushed, annotated, pulled; blind as far as it goes; no secret told."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytestmark = pytest.mark.studio
httpx = pytest.importorskip("httpx", reason="label-studio is not installed: pip install 'fogbank[studio]'")
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from fogbank import Corpus, Document, Relation, Span, find_corpus  # noqa: E402
from fogbank.cli import main  # noqa: E402
from fogbank.curate.rounds import find_round, versions  # noqa: E402
from fogbank.curate.studio.annotators import Annotator, ensure_annotator  # noqa: E402
from fogbank.curate.studio.client import connect  # noqa: E402
from fogbank.curate.studio.project import export, find_project, project_title  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.model.regions import UNTYPED, write_result  # noqa: E402
from fogbank.model.storage import pretty_json_bytes, read_json, write_bytes  # noqa: E402

HOME = find_corpus(Path(__file__).parent)
ROUNDS = """
[[rounds]]
name = "{name}"
kind = "annotation"
guidelines = "2"
assignments = {{ {annotators} }}
"""


def make_checkout(studio: Server, folder: Path, name: str, *annotators: str) -> Corpus:
    """A checkout with the corpus, one round of a document, and the shared server as its own."""
    folder.mkdir()
    (folder / "corpus").symlink_to(HOME.root / "corpus")
    (folder / "annotations").mkdir()
    (folder / "annotations" / "guidelines.md").symlink_to(HOME.root / "annotations" / "guidelines.md")
    (folder / "build").mkdir()
    (folder / "build" / "studio").symlink_to(studio.folder)
    assignments = ", ".join(f'{annotator} = ["tir-01-b"]' for annotator in annotators)
    write_bytes(folder / "annotations" / "rounds.toml", ROUNDS.format(name=name, annotators=assignments).encode())
    return Corpus(folder)


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(main, ["studio", *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.output


def task_of(studio: Server, name: str, annotator: str) -> int:
    (task,) = export(find_project(studio, project_title(name, annotator)))
    return int(task["id"])


def draw(studio: Server, annotator: Annotator, task: int, *relations: Relation) -> Document:
    """Annotate as a person would who leaves arrows without a type; the words of the article are `tir-01-b`'s."""
    spans = (
        Span("c", 0, 3, "CUE", {"stance": "asserts", "source_kind": "police"}),
        Span("o", 4, 6, "ORG"),
        Span("d", 8, 12, "DEATH", {"status": "actual"}),
        Span("p", 13, 15, "PEOPLE"),
    )
    document = Document("tir-01-b", HOME.articles["tir-01-b"].text, spans, relations)
    connect(studio.url, annotator.token).annotations.create(
        id=task, result=write_result(document), was_cancelled=False, ground_truth=False
    )
    return document


def test_relations_left_untyped_are_typed_where_their_ends_decide_it_and_the_export_stays_verbatim(
    studio: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = make_checkout(studio, tmp_path / "checkout", "arrows", "nora")
    monkeypatch.setenv("FOGBANK_HOME", str(corpus.root))
    assert run("push", "arrows") == "FogBank arrows nora: 1 tasks sent\nnora: 1 tasks added, 0 were there\n"
    arrows = [Relation("c", "o", UNTYPED), Relation("d", "p", UNTYPED), Relation("o", "c", UNTYPED)]
    nora = ensure_annotator(studio, "nora")
    document = draw(studio, nora, task_of(studio, "arrows", "nora"), *arrows)

    out = run("pull", "arrows", "--infer-relations")
    lines = [re.sub(r" “[^”]*”", "", line) for line in out.splitlines()]
    assert lines[1:4] == [
        "tir-01-b: CUE (0–3) → ORG (4–6) (nora@fogbank.example): source",
        "tir-01-b: DEATH (8–12) → PEOPLE (13–15) (nora@fogbank.example): left untyped; possible are agent, affected",
        "tir-01-b: ORG (4–6) → CUE (0–3) (nora@fogbank.example): left untyped; fits only turned round, as source",
    ]
    assert lines[4] == "3 relations without a type: 1 inferred, 2 left untyped"

    (verbatim,) = read_json(corpus.exports / "arrows" / "nora.json")
    assert not any("labels" in item for item in verbatim["annotations"][0]["result"] if item["type"] == "relation")
    (typed,) = read_json(corpus.root / "build" / "inferred" / "arrows" / "nora.json")
    labels = [item.get("labels") for item in typed["annotations"][0]["result"] if item["type"] == "relation"]
    assert labels == [["source"], None, None]
    one = find_round(corpus, "arrows")
    assert [version.document for version in versions(corpus, one)] == [document]
    [version] = versions(corpus, one, infer=True)
    assert [relation.label for relation in version.document.relations] == ["source", UNTYPED, UNTYPED]

    before = (corpus.exports / "arrows" / "nora.json").read_bytes()
    assert "without a type" not in run("pull", "arrows")
    assert (corpus.exports / "arrows" / "nora.json").read_bytes() == before


class Secrets:
    """Every token, cookie and password that passes while something runs, and what is logged at DEBUG meanwhile."""

    def __init__(self, studio: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.seen = {studio.password, studio.token}
        caplog.set_level(logging.DEBUG)
        send = httpx.Client.send

        def watched(session: Any, request: Any, **options: Any) -> Any:
            answer = send(session, request, **options)
            self.seen |= {cookie.value for cookie in session.cookies.jar if cookie.value}
            self.seen |= {value for name, value in request.url.params.items() if name == "token"}
            if answer.headers.get("content-type", "").startswith("application/json") and "token" in request.url.path:
                self.seen.add(answer.json()["token"])
            if b"password=" in (body := request.content if request.method == "POST" else b""):
                self.seen.add(re.findall(rb"password=([^&]+)", body)[0].decode())
            return answer

        monkeypatch.setattr(httpx.Client, "send", watched)

    def told(self, *outputs: str) -> list[str]:
        records = [f"{record.getMessage()} {record.args} {record.exc_text}" for record in self._caplog.records]
        return [secret for secret in self.seen for text in (*outputs, *records) if secret in text]


def test_no_token_cookie_or_password_is_printed_or_logged(
    studio: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    corpus = make_checkout(studio, tmp_path / "checkout", "quiet", "quinn", "rosa")
    monkeypatch.setenv("FOGBANK_HOME", str(corpus.root))
    for annotator in ("quinn", "rosa"):
        empty = {"id": "tir-01-b", "spans": [], "relations": []}
        write_bytes(tmp_path / "answers" / annotator / "tir-01-b.json", pretty_json_bytes(empty))
    secrets = Secrets(studio, monkeypatch, caplog)
    out = [run("push", "quiet"), run("enter", "quiet", tmp_path / "answers"), run("pull", "quiet")]
    failed = CliRunner().invoke(main, ["studio", "enter", "quiet", str(tmp_path)])
    exports = [path.read_text() for path in (corpus.exports / "quiet").iterdir()]
    assert len(secrets.seen) >= 2 + 2 * 4, "passwords, tokens and cookies of both, and the invitation"
    assert any(record.name.startswith("httpcore") for record in caplog.records), "logging is at DEBUG"
    assert "set-cookie" in caplog.text.lower()
    assert secrets.told(*out, failed.output, str(failed.exception), *exports) == []
    assert ensure_annotator(studio, "quinn").password in run("login", "quinn"), "what is asked for by name is told"


def test_what_blindness_rests_on(studio: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The community edition has no roles: the documentation says what this test holds fast, in both directions."""
    corpus = make_checkout(studio, tmp_path / "checkout", "blind-2", "sven", "tove")
    monkeypatch.setenv("FOGBANK_HOME", str(corpus.root))
    run("push", "blind-2")
    sven, tove = (ensure_annotator(studio, name) for name in ("sven", "tove"))
    task = task_of(studio, "blind-2", "tove")
    draw(studio, tove, task, Relation("c", "o", "source"))
    mine, other = (find_project(studio, project_title("blind-2", name)) for name in ("sven", "tove"))

    # what is kept apart: projects hold one annotator's work, and without a login nothing is told
    assert [a["completed_by"]["email"] for t in export(other) for a in t["annotations"]] == [tove.email]
    assert not any(t["annotations"] for t in export(mine))
    with httpx.Client(base_url=studio.url, trust_env=False) as nobody:
        for place in (f"/api/projects/{other.id}", f"/api/tasks/{task}", f"/api/projects/{other.id}/export"):
            assert nobody.get(place).status_code == 401

    # what is not: one annotator who looks for it can read and change another's work
    with httpx.Client(base_url=studio.url, trust_env=False, headers={"Authorization": f"Token {sven.token}"}) as asked:
        found = asked.get(f"/api/tasks/{task}").json()["annotations"]
        assert [a["completed_by"]["email"] for a in found] == [tove.email]
        changed = asked.patch(f"/api/annotations/{found[0]['id']}/", json={"result": found[0]["result"][:-1]})
        assert changed.status_code == 200

    # but what was changed by another is found at the next pull
    out = run("pull", "blind-2")
    assert f"tir-01-b: the annotation of {tove.email} was changed by user {sven.id}" in out
    foreign = ensure_annotator(studio, "sven")
    draw(studio, foreign, task, Relation("c", "o", "source"))
    assert f"tir-01-b: {sven.email} has an annotation in the project of tove" in run("pull", "blind-2")
