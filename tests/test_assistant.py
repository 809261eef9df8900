"""The service that Label Studio asks for predictions: its protocol, and what becomes of requests nobody should make."""

import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")
httpx = pytest.importorskip("httpx")
psutil = pytest.importorskip("psutil")

from tests.made import made_article  # noqa: E402

from fogbank.curate.rounds import Round  # noqa: E402
from fogbank.curate.studio import service  # noqa: E402
from fogbank.curate.studio.annotators import ensure_annotator  # noqa: E402
from fogbank.curate.studio.assist import BACKEND, assist_round, unassist_round  # noqa: E402
from fogbank.curate.studio.assistant import Assistant, RefusedError  # noqa: E402
from fogbank.curate.studio.client import asking  # noqa: E402
from fogbank.curate.studio.config import label_config  # noqa: E402
from fogbank.curate.studio.entry import Counts, enter, push_articles  # noqa: E402
from fogbank.curate.studio.project import Project, ensure_project, export  # noqa: E402
from fogbank.curate.studio.record import round_project  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.curate.studio.service import serving  # noqa: E402
from fogbank.errors import FogbankError, StudioError  # noqa: E402
from fogbank.model.corpus import Article, Corpus, find_corpus  # noqa: E402
from fogbank.model.document import Document, Relation, Span  # noqa: E402
from fogbank.model.guidelines import PLACE  # noqa: E402
from fogbank.model.regions import read_result, task_data  # noqa: E402
from fogbank.model.system import State  # noqa: E402

TEXT = "😀 Ansa Reteval said 𝒳 that 27 people\nwere safe.\n"
IDS = ("kd-01-a", "kd-01-b", "kd-02-a")
TOKEN = "0123456789abcdef" * 2 + "01234567"


class Words:
    """A system that knows three words, and does what a text tells it to do wrong."""

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:
        """Learn nothing."""

    def predict(self, article: Article) -> Document:
        text = article.text or ""
        if "fail" in text:
            raise ZeroDivisionError("division by zero")
        known: dict[str, tuple[str, dict[str, str | int]]] = {
            "said": ("CUE", {"stance": "asserts", "source_kind": "unnamed"}),
            "27": ("QUANTITY", {"value": 27}),
            "people": ("PEOPLE", {}),
        }
        spans = [
            Span(f"T{number}", text.index(word), text.index(word) + len(word), label, attributes)
            for number, (word, (label, attributes)) in enumerate(known.items(), start=1)
            if word in text
        ]
        relations = (Relation("T3", "T2", "quantity"),) if len(spans) == 3 else ()
        if "dangling" in text:
            relations = (Relation("T3", "T9", "quantity"),)
        return Document("other" if "other" in text else article.id, text, tuple(spans), relations)

    def state(self) -> State:
        return {}

    def restore(self, state: State) -> None:
        """Take up nothing."""


def article(text: str = TEXT, document_id: str = "kd-01-a") -> Article:
    return made_article(document_id, text, "A title", published="2031-05-04")


def task(words: str = TEXT, /, **changed: Any) -> dict[str, Any]:
    """A task as Label Studio sends it to a backend."""
    return {"id": 7, "data": {**task_data(article(words)), **changed}, "meta": {}, "project": 3, "overlap": 1}


def request(*tasks: Any) -> dict[str, Any]:
    params = {"login": None, "password": None, "context": None}
    return {"tasks": list(tasks), "project": "3.1", "label_config": label_config(), "params": params}


SETUP = {
    "project": "3.1",
    "schema": label_config(),
    "hostname": "http://localhost:8080",
    "access_token": TOKEN,
    "extra_params": None,
}
ASSISTANT = Assistant(Words(), "words|seed:1", lambda document: 0.25 + 0.25 * bool(document.spans))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(ASSISTANT) as url:
        yield url


def ask(url: str, path: str, value: Any) -> Any:
    return httpx.post(f"{url}{path}", json=value, trust_env=False, timeout=60)


def test_label_studios_questions_are_answered_in_its_own_form(url: str) -> None:
    for path in ("/", "/health"):
        answer = httpx.get(f"{url}{path}", trust_env=False)
        assert (answer.status_code, answer.json()) == (200, {"status": "UP", "model_version": "words|seed:1"})
    assert httpx.get(f"{url}/versions", trust_env=False).json() == {"versions": ["words|seed:1"]}
    assert ask(url, "/setup", SETUP).json() == {"model_version": "words|seed:1"}
    assert ask(url, "/webhook", {"action": "ANNOTATION_CREATED", "project": {}}).json() == {}


def test_predictions_are_region_json_that_reads_back_as_the_systems_document(url: str) -> None:
    empty = "Nothing is known here.\n"
    answer = ask(url, "/predict", request(task(), task(empty))).json()
    first, second = answer["results"]
    assert answer["model_version"] == first["model_version"] == "words|seed:1"
    assert read_result("kd-01-a", TEXT, first["result"]) == Words().predict(article())
    assert first["score"] == 0.5
    assert second == {"result": [], "score": 0.25, "model_version": "words|seed:1"}
    regions = [item for item in first["result"] if item["type"] == "labels"]
    assert [region["value"]["text"] for region in regions] == ["said", "27", "people"]


def test_a_project_of_another_config_is_not_served(url: str) -> None:
    answer = ask(url, "/setup", {**SETUP, "schema": "<View/>"})
    assert answer.status_code == 422
    assert "another labeling config" in answer.json()["error"]
    assert TOKEN not in answer.text


def test_the_administrators_token_is_neither_kept_nor_told(url: str, capfd: pytest.CaptureFixture[str]) -> None:
    ask(url, "/setup", SETUP)
    ask(url, "/setup", {**SETUP, "schema": None})
    ask(url, "/predict", {"access_token": TOKEN})
    assert TOKEN not in repr(ASSISTANT)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ("tasks", "$.tasks:"),
        ([], "$.tasks:"),
        ({"tasks": {}}, "$.tasks:"),
        ({"tasks": []}, "$.tasks:"),
        (request("x"), "$.tasks[0]"),
        (request(task(), {"id": 1}), "$.tasks[1]"),
        (request({"data": [1]}), "$.tasks[0].data"),
        (request(task(text=None)), "$.tasks[0].data.text"),
        (request(task(text=5)), "$.tasks[0].data.text"),
        (request(task(text="another text")), "$.tasks[0].data.text"),
        (request(task(text="x" * 200_001)), "$.tasks[0].data.text"),
        (request(task(sha256="0" * 64)), "$.tasks[0].data.text"),
        (request(task(id="../etc/passwd")), "$.tasks[0].data.id"),
        (request(task(published="<script>")), "$.tasks[0].data.published"),
        (request({"data": {k: v for k, v in task()["data"].items() if k != "text"}}), "$.tasks[0].data.text"),
    ],
)
def test_a_task_that_is_no_article_is_refused_with_its_place(url: str, wrong: Any, place: str) -> None:
    answer = ask(url, "/predict", wrong)
    assert answer.status_code == 422
    assert answer.json()["error"].startswith(place)


@pytest.mark.parametrize("path", ["/predict", "/setup", "/webhook"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"tasks": NaN}',
        b'{"tasks": [1e999999]}',
        b'"\\ud800"',
        b'"\xff\xfe"',
        b"[" * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"--x\r\nContent-Disposition: form-data\r\n\r\n",
    ],
)
def test_what_is_no_json_is_refused(url: str, path: str, body: bytes) -> None:
    answer = httpx.post(f"{url}{path}", content=body, headers={"Content-Type": "application/json"}, trust_env=False)
    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text


def test_other_ways_of_asking_are_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        assert client.get("/predict").status_code == 405
        assert client.post("/train", json={}).status_code == 404
        assert client.get("/%2e%2e/%2e%2e/etc/passwd").status_code == 404
        assert client.post("/predict", content=b"{}").status_code == 415
        assert client.post("/predict", content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
        assert client.get("/health", headers={"Host": "evil.example"}).status_code == 400
        monkeypatch.setattr(service, "LARGEST_BODY", 1000)
        for content in (b"[" + b"1," * 1000 + b"1]", iter([b"[", *[b"1," * 100] * 50])):  # with a length, and chunked
            answer = client.post("/predict", content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code == 413, answer.text
            assert "ask for fewer tasks" in answer.json()["error"]


def raw(url: str, sent: bytes, *, then_close: bool = False) -> bytes:
    """Send bytes as they are and give the whole answer."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=30) as connection:
        connection.sendall(sent)
        if then_close:
            return b""
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
        return answer


HEAD = b"POST /predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def test_broken_requests_end_in_an_answer_and_leave_the_service_up(
    url: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(service, "_BODY_SECONDS", 0.2)
    slow = raw(url, HEAD + b"Content-Length: 10\r\nConnection: close\r\n\r\n{")
    assert slow.startswith(b"HTTP/1.1 408")
    assert raw(url, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert raw(url, HEAD + b"Content-Length: -1\r\n\r\n").startswith(b"HTTP/1.1 400")
    with suppress(ConnectionResetError):  # it answers and hangs up before all has arrived
        assert raw(url, HEAD + b"X: " + b"x" * 300_000 + b"\r\n\r\n").startswith(b"HTTP/1.1 400")
    raw(url, HEAD + b"Content-Length: 10\r\n\r\n{", then_close=True)
    time.sleep(0.3)
    assert ask(url, "/predict", request(task())).status_code == 200
    assert capfd.readouterr() == ("", "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "sha256", "published", "title", "text"])


@given(JSON, KEYS, JSON)
def test_any_value_is_predicted_or_refused(value: Any, key: str, planted: Any) -> None:
    for wrong in (value, {"tasks": value}, request(value), request({"data": value})):
        with pytest.raises(RefusedError):
            ASSISTANT.predict(wrong)
    with suppress(RefusedError):
        ASSISTANT.predict(request(task(**{key: planted})))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("this will fail", "kd-01-a: the system failed: ZeroDivisionError: division by zero"),
        ("said of 27 people: dangling", "kd-01-a::$.relations[0].tail: relation-tail-unknown"),
        ("some other text", "kd-01-a: the system gave a document of another text"),
    ],
)
def test_a_system_that_fails_is_told_about_and_the_service_goes_on(url: str, text: str, reason: str) -> None:
    answer = ask(url, "/predict", request(task(), task(text)))
    assert answer.status_code == 500
    assert answer.json()["error"].startswith(reason)
    assert ASSISTANT.failures[-1].startswith(reason)
    assert ask(url, "/predict", request(task())).status_code == 200


def test_a_score_that_is_none_is_an_error() -> None:
    with pytest.raises(FogbankError, match="score nan; expected a number from 0 to 1"):
        Assistant(Words(), "words", lambda _: float("nan")).predict(request(task()))


def test_one_request_is_predicted_at_a_time() -> None:
    class Slow(Words):
        working = 0
        most = 0

        def predict(self, article: Article) -> Document:
            self.working += 1
            self.most = max(self.most, self.working)
            time.sleep(0.05)
            self.working -= 1
            return super().predict(article)

    slow = Slow()
    with serving(Assistant(slow, "slow", lambda _: 0.0)) as url:
        threads = [threading.Thread(target=ask, args=(url, "/predict", request(task()))) for _ in range(4)]
        for thread in threads:
            thread.start()
        assert httpx.get(f"{url}/health", trust_env=False, timeout=1).status_code == 200  # Label Studio waits 1 s
        for thread in threads:
            thread.join()
    assert slow.most == 1


def test_it_listens_on_this_machine_only_and_is_gone_afterwards() -> None:
    with serving(ASSISTANT) as url:
        port = int(url.rpartition(":")[2])
        mine = [c.laddr for c in psutil.Process().net_connections("inet") if c.status == psutil.CONN_LISTEN]
        assert {laddr.ip for laddr in mine if laddr.port == port} == {"127.0.0.1"}
        with (
            pytest.raises(StudioError, match=f"port {port} of 127.0.0.1: .*expected a free one"),
            serving(ASSISTANT, port),
        ):
            pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/health", trust_env=False)


# ---------------------------------------------------------------- the real server


@pytest.fixture
def assisted(studio: Server, tmp_path: Path) -> tuple[Server, Corpus, Round]:
    """A round of two annotators whose projects hold three articles each, one of them annotated by the first already."""
    name = uuid.uuid4().hex[:8]
    one = Round(name, "annotation", "3", dict.fromkeys((f"{name}-a", f"{name}-b"), IDS))
    corpus = Corpus(tmp_path)
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations/guidelines.md").symlink_to(find_corpus(Path(__file__).parent).root / PLACE)
    for annotator in one.assignments:
        ensure_annotator(studio, annotator)
        push_articles(round_project(studio, corpus, one, annotator), [article(document_id=key) for key in IDS])
    first = next(iter(one.assignments))
    begun = Document(IDS[0], TEXT, (Span("T1", 2, 6, "PERSON"),))
    enter(round_project(studio, corpus, one, first), ensure_annotator(studio, first), [begun])
    return studio, corpus, one


def held(server: Server, corpus: Corpus, one: Round, annotator: str) -> dict[str, list[str]]:
    """The versions of the predictions of each document."""
    tasks = export(round_project(server, corpus, one, annotator))
    return {task["data"]["id"]: [p["model_version"] for p in task["predictions"]] for task in tasks}


def is_connected(server: Server, project: Project) -> bool:
    client = server.client()
    return bool(client.ml.list(project=project.id) or client.webhooks.list(project=str(project.id)))


@pytest.mark.studio
def test_predictions_are_fetched_once_shown_and_taken_back(assisted: tuple[Server, Corpus, Round]) -> None:
    server, corpus, one = assisted
    first, second = one.assignments
    told: list[str] = []
    done = assist_round(server, corpus, one, ASSISTANT, annotators=[first], progress=told.append)
    assert done == [(first, Counts(there=0, added=2), 1)]
    assert told == [f"FogBank {one.name} {first}: 2 of 2 tasks asked for"]
    assert held(server, corpus, one, first) == {IDS[0]: [], IDS[1]: ["words|seed:1"], IDS[2]: ["words|seed:1"]}
    assert held(server, corpus, one, second) == {key: [] for key in IDS}, "who was not named works blind"
    project = round_project(server, corpus, one, first)
    assert not is_connected(server, project)
    assert server.client().projects.get(id=project.id).model_version == "words|seed:1"
    (task,) = [task for task in export(project) if task["data"]["id"] == IDS[1]]
    (prediction,) = task["predictions"]
    assert read_result(IDS[1], TEXT, prediction["result"]).relations == (Relation("T3", "T2", "quantity"),)
    assert prediction["score"] == 0.5

    # the stream of tasks hands an annotator the prediction, and the page of a begun task fetches none
    annotator = ensure_annotator(server, first)
    asked = {"headers": {"Authorization": f"Token {annotator.token}"}, "trust_env": False, "timeout": 60}
    stream = httpx.get(f"{server.url}/api/projects/{project.id}/next", **asked).json()
    assert [p["model_version"] for p in stream["predictions"]] == ["words|seed:1"]
    begun = next(task["id"] for task in export(project) if task["data"]["id"] == IDS[0])
    assert httpx.get(f"{server.url}/api/tasks/{begun}", **asked).json()["predictions"] == []

    everybody = assist_round(server, corpus, one, ASSISTANT)
    assert everybody == [(first, Counts(there=2, added=0), 1), (second, Counts(there=0, added=3), 0)]
    newer = Assistant(Words(), "words|seed:2", lambda _: 0.5)
    assert assist_round(server, corpus, one, newer, annotators=[first]) == [(first, Counts(0, 0, 2), 1)]
    assert held(server, corpus, one, first) == {IDS[0]: [], IDS[1]: ["words|seed:2"], IDS[2]: ["words|seed:2"]}
    assert unassist_round(server, corpus, one) == {first: 2, second: 3}
    assert unassist_round(server, corpus, one) == {first: 0, second: 0}
    assert held(server, corpus, one, first) == held(server, corpus, one, second) == {key: [] for key in IDS}
    assert server.token not in server.log.read_text()


@pytest.mark.studio
def test_a_system_that_fails_is_named_and_nothing_stays_connected(assisted: tuple[Server, Corpus, Round]) -> None:
    server, corpus, one = assisted
    first = next(iter(one.assignments))

    class Failing(Words):
        def predict(self, article: Article) -> Document:
            raise ZeroDivisionError("division by zero")

    with pytest.raises(StudioError, match=f"2 of 2 predictions did not arrive: {IDS[1]}: the system failed: ZeroDiv"):
        assist_round(server, corpus, one, Assistant(Failing(), "failing", lambda _: 0.0), annotators=[first])
    assert not is_connected(server, round_project(server, corpus, one, first))
    assert held(server, corpus, one, first) == {key: [] for key in IDS}


@pytest.mark.studio
def test_what_a_killed_program_left_connected_is_removed_and_anothers_model_is_not(
    assisted: tuple[Server, Corpus, Round],
) -> None:
    server, corpus, one = assisted
    first, second = one.assignments
    project, other = (round_project(server, corpus, one, name) for name in (first, second))
    with serving(ASSISTANT) as url:
        server.client().ml.create(project=project.id, url=url, title=BACKEND)
        server.client().ml.create(project=other.id, url=url, title="somebody's")
    assert is_connected(server, project)
    assert assist_round(server, corpus, one, ASSISTANT, annotators=[first])[0].counts == Counts(0, 2)
    assert not is_connected(server, project)
    with pytest.raises(StudioError, match=f'{second}: another model, "somebody\'s", is connected'):
        assist_round(server, corpus, one, ASSISTANT, annotators=[second])
    assert is_connected(server, other)


@pytest.mark.studio
def test_whoever_must_stay_blind_is_refused(assisted: tuple[Server, Corpus, Round]) -> None:
    server, corpus, one = assisted
    first = next(iter(one.assignments))
    with pytest.raises(FogbankError, match=f"'eve' is no annotator of {one.name}; expected one of {first}, "):
        assist_round(server, corpus, one, ASSISTANT, annotators=["eve"])
    last = replace(one, kind="adjudication")
    with pytest.raises(FogbankError, match="of kind adjudication; expected one of kind annotation"):
        assist_round(server, corpus, last, ASSISTANT)
    path = corpus.exports / one.name / f"{first}.json"
    path.parent.mkdir(parents=True)
    path.write_text("[]")
    with pytest.raises(FogbankError, match=f"{one.name}/{first}: on record as annotated"):
        assist_round(server, corpus, one, ASSISTANT)
    assert held(server, corpus, one, first) == {key: [] for key in IDS}
    empty = Round(f"{one.name}-e", "annotation", "3", {first: IDS})
    with pytest.raises(StudioError, match="has no tasks; expected `fogbank studio push` first"):
        assist_round(server, corpus, empty, ASSISTANT)


@pytest.mark.studio
@pytest.mark.parametrize("host", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0"])
def test_label_studio_still_asks_nothing_of_other_reserved_addresses(studio: Server, host: str) -> None:
    project = ensure_project(studio, "FogBank reserved", label_config())
    with pytest.raises(StudioError, match=r"answered 403: .*reserved"), asking("connecting"):
        studio.client().ml.create(project=project.id, url=f"http://{host}:9", title=BACKEND)
    assert not studio.client().ml.list(project=project.id)


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_an_optional_package_the_import_says_how_to_get_it(missing: str) -> None:
    script = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from fogbank.errors import StudioError\n"
        "try:\n    import fogbank.curate.studio.service\nexcept StudioError as error:\n    print(error)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "pip install 'fogbank[studio]'" in told.stdout
