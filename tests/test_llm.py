"""The language-model system against a server that speaks the protocol, and misuses it."""

import json
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from baselines._answers import parse, read_answer
from baselines._prompt import choose_examples, example_of, make_prompt
from baselines.llm import System
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import fogbank
from fogbank import SCHEME, Article, Document, FogbankError, check_paths
from fogbank.check.rules import problems
from fogbank.check.validation import explain
from fogbank.cli import main
from fogbank.publish.systems.predictions import write_predictions
from fogbank.publish.systems.state import read_state, save_state

TEXT = "Shells hit Hask, and 12 miners in Hask died, Ilse Marrow said. Marrow did not say 12 times."
KEY = "sk-secret-0123456789"
Reply = tuple[int, dict[str, str], bytes]
Respond = Callable[[dict[str, Any], int], Reply]


def article(name: str = "kes-01-a", text: str | None = TEXT) -> Article:
    return Article(id=name, part="dispatches", published="2030-03-06", sha256="0" * 64, licence="CC0-1.0", text=text)


def span(name: str, label: str, quote: str, occurrence: int | None = None, **attributes: Any) -> dict[str, Any]:
    return {"id": name, "label": label, "quote": quote, "occurrence": occurrence, "attributes": attributes}


def relation(head: str, label: str, tail: str) -> dict[str, Any]:
    return {"head": head, "label": label, "tail": tail}


GOOD = {
    "spans": [
        span("a", "STRIKE", "hit", status="actual"),
        span("b", "PLACE", "Hask", 1),
        span("c", "QUANTITY", "12", 1, modifier="exact", value=12, value_high=None, vague_class=None),
        span("d", "PEOPLE", "miners"),
        span("e", "DEATH", "died", status="actual"),
        span("f", "PLACE", "Hask", 2),
        span("g", "PERSON", "Ilse Marrow"),
        span("h", "CUE", "said", stance="asserts", source_kind="witness"),
        span("i", "CONTENT", "Shells hit Hask, and 12 miners in Hask died"),
    ],
    "relations": [
        relation("a", "affected", "b"),
        relation("d", "quantity", "c"),
        relation("e", "affected", "d"),
        relation("e", "place", "f"),
        relation("f", "same", "b"),
        relation("h", "source", "g"),
        relation("h", "content", "i"),
    ],
}


def completion(content: str | None, finish: str = "stop", **more: Any) -> Reply:
    message = {"role": "assistant", "content": content}
    value = {"choices": [{"message": message, "finish_reason": finish}], **more}
    return 200, {}, json.dumps(value).encode()


class Server:
    """Answers as `respond` says, which is given the request and how many there were before; keeps what it was sent."""

    def __init__(self) -> None:
        self.respond: Respond = lambda _body, _number: completion(json.dumps(GOOD))
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer._lock:
                    outer.bodies.append(body)
                    outer.keys.append(self.headers.get("Authorization"))
                    outer._at_once += 1
                    outer.most_at_once = max(outer.most_at_once, outer._at_once)
                    number = len(outer.bodies) - 1
                try:
                    status, headers, content = outer.respond(body, number)
                finally:
                    with outer._lock:
                        outer._at_once -= 1
                if not status:
                    return  # hangs up
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for at in range(0, len(content), 2**16):
                        self.wfile.write(content[at : at + 2**16])
                except OSError:
                    pass  # the other side has had enough

            def log_message(self, *_: object) -> None:
                pass

        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._httpd.daemon_threads = True
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._httpd.server_port}/v1"

    def stop(self) -> None:
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    made = Server()
    yield made
    made.stop()


@pytest.fixture
def system(server: Server, tmp_path: Path) -> Callable[..., System]:
    """Make a trained system that asks the server; settings may be given."""

    def make(gold: tuple[Document, ...] = (), **more: Any) -> System:
        settings = {"endpoint": server.url, "model": "acme/parrot-7b", "cache": str(tmp_path / "cache"), "pause": 0.01}
        system = System(**{**settings, **more})
        system.train([article(document.id, document.text) for document in gold], gold, seed=7)
        return system

    return make


def written(folder: Path) -> str:
    return "".join(path.read_text() for path in folder.rglob("*") if path.is_file())


# ---------------------------------------------------------------- answers


def test_quotes_become_offsets_and_nothing_is_lost(system: Callable[..., System], tmp_path: Path) -> None:
    asked = system()
    document = asked.predict(article())
    places = {(document.quote(s), s.start): (s.label, dict(s.attributes)) for s in document.spans}
    assert places[("Hask", TEXT.rindex("Hask"))] == ("PLACE", {})
    assert places[("12", TEXT.index("12"))] == ("QUANTITY", {"modifier": "exact", "value": 12})
    assert (len(document.spans), len(document.relations)) == (len(GOOD["spans"]), len(GOOD["relations"]))
    assert asked.account.counts == {"spans given": len(GOOD["spans"]), "relations given": len(GOOD["relations"])}
    write_predictions(tmp_path / "p.jsonl", [document])
    assert list(check_paths([tmp_path / "p.jsonl"])) == []


def test_what_cannot_be_resolved_is_left_out_and_counted() -> None:
    bad = {
        "spans": [
            *GOOD["spans"],
            span("x1", "PLACE", "Dravna"),
            span("x2", "PLACE", "Hask"),
            span("x3", "PLACE", "Hask", 3),
            span("x4", "PERSON", "Marro", 1),
            {"id": "x5"},
            "x6",
            span("x7", "CITY", "Shells"),
            span("x8", "PLACE", "hit Hask, and 12 miners "),
            span("a", "FORCE", "Shells"),
            span("x9", "QUANTITY", "12", 2, modifier="vague", value=12, status="actual"),
        ],
        "relations": [*GOOD["relations"], relation("e", "agent", "x1"), relation("c", "agent", "b"), 7],
    }
    document, counts = read_answer("spans", json.dumps(bad), article())
    known, _ = read_answer("spans", json.dumps(GOOD), article())
    assert {s.key for s in known.spans} < {s.key for s in document.spans}
    [added] = [s for s in document.spans if s.key not in {o.key for o in known.spans}]
    assert (document.quote(added), dict(added.attributes)) == ("12", {"modifier": "exact", "value": 12})
    assert counts == {
        "spans given": 19, "quotes not resolved": 6, "spans not allowed": 3, "attributes read by rule": 1,
        "relations given": 10, "relations left out": 3,
    }  # fmt: skip


USELESS = (
    "", "I cannot help with that.", "[]", "null", '{"spans": null}', '{"claims": 5}', json.dumps(GOOD)[:-40],
    "[" * 100_000, '{"spans": ' + "9" * 5000 + "}",
)  # fmt: skip


@pytest.mark.parametrize("content", USELESS)
def test_an_answer_that_is_none_gives_an_empty_document(content: str) -> None:
    for answers in ("spans", "claims"):
        document, counts = read_answer(answers, content, article())
        assert (document.spans, document.relations, document.claims or ()) == ((), (), ())
        assert counts == {"answers without use": 1}


def test_markup_around_an_answer_is_taken_off_and_markup_in_a_quote_resolves_nothing() -> None:
    assert parse(f"```json\n{json.dumps(GOOD)}\n```") == parse(f"```\n{json.dumps(GOOD)}```") == GOOD
    marked = {"spans": [span("a", "PLACE", "**Hask**"), span("b", "PLACE", "<b>Hask</b>")], "relations": []}
    document, counts = read_answer("spans", json.dumps(marked), article())
    assert document.spans == ()
    assert counts["quotes not resolved"] == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
SPAN = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "c", ""]) | JSON, "label": st.sampled_from(SCHEME.label_names) | JSON,
     "quote": st.sampled_from([*TEXT.split(), "Hask, and", " hit", "12 miners in", "\ud800"]) | JSON},
    optional={"occurrence": st.sampled_from([1, 2, None]) | JSON,
              "attributes": st.dictionaries(st.sampled_from([a.name for a in SCHEME.attributes]), JSON) | JSON},
)  # fmt: skip
ENDS = st.sampled_from(["a", "b", "c"]) | JSON
LINK = st.fixed_dictionaries({"head": ENDS, "tail": ENDS, "label": st.sampled_from(SCHEME.relation_names) | JSON})
TOLD = fogbank.claims(read_answer("spans", json.dumps(GOOD), article())[0])[0].to_json()
CHANGES = st.dictionaries(st.sampled_from(sorted(TOLD)), JSON | st.just("\ud800"), max_size=2)
CLAIM = CHANGES.map(lambda changes: {**TOLD, **changes})


@settings(max_examples=60, deadline=None)
@given(spans=st.lists(SPAN | JSON, max_size=6), links=st.lists(LINK | JSON, max_size=6) | JSON)
def test_hostile_spans_make_a_document_without_problems(spans: Any, links: Any) -> None:
    document, _ = read_answer("spans", json.dumps({"spans": spans, "relations": links}), article())
    assert [str(p) for p in problems(document, "p", prediction=True)] == []
    json.dumps(document.to_json()).encode()


@settings(max_examples=30, deadline=None)
@given(told=st.lists(CLAIM | JSON, max_size=4))
def test_hostile_claims_make_a_document_without_problems(told: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    document, counts = read_answer("claims", json.dumps({"claims": [*told, TOLD]}), article())
    assert len(document.claims or ()) == counts["claims given"] - counts["claims not allowed"] >= 1
    path = tmp_path_factory.getbasetemp() / "claims.jsonl"
    write_predictions(path, [document])
    assert list(check_paths([path])) == []


# ---------------------------------------------------------------- what is asked


def test_the_schema_is_closed_and_every_example_keeps_it() -> None:
    gold = fogbank.load("train")
    articles = fogbank.load_articles("train")
    for answers in ("spans", "claims"):
        chosen = choose_examples(gold, 2)
        examples = [example_of(answers, articles[n], gold[n]) for n in chosen]
        prompt = make_prompt(answers, examples)
        validator = Draft202012Validator(prompt.schema)
        for example, number in zip(examples, chosen, strict=True):
            assert list(validator.iter_errors(json.loads(example["answer"]))) == []
            read, counts = read_answer(answers, example["answer"], articles[number])
            given = counts[f"{answers} given"]
            assert given > 0
            assert not [kind for kind in counts if "not" in kind and counts[kind] > given * 0.05]
            assert read.id == gold[number].id
        for value in _objects(prompt.schema):
            assert value["additionalProperties"] is False
            assert value["required"] == list(value["properties"])
        told = prompt.messages[0]["content"]
        wanted = SCHEME.label_names if answers == "spans" else SCHEME.labels_in("event")
        assert all(f"- {name}: " in told for name in wanted)
    assert choose_examples(gold, 3)[:2] == choose_examples(gold, 2)
    assert choose_examples(gold, len(gold) + 9) != list(range(len(gold)))


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from _objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _objects(value)


def test_a_request_holds_prompt_schema_options_and_examples(server: Server, system: Callable[..., System]) -> None:
    shown, _ = read_answer("spans", json.dumps(GOOD), article("kes-00-a"))
    system((shown,), shots=1, temperature=0.5, tokens=99, tokens_field="max_completion_tokens").predict(article())
    [body] = server.bodies
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "user"]
    assert json.loads(body["messages"][-1]["content"])["text"] == TEXT
    assert len(json.loads(body["messages"][2]["content"])["spans"]) == len(GOOD["spans"])
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("acme/parrot-7b", 0.5, 99)
    assert body["response_format"]["json_schema"]["strict"] is True
    assert server.keys == [f"Bearer {KEY}"]


# ---------------------------------------------------------------- the wire


def test_answers_are_kept_and_asked_for_once(server: Server, system: Callable[..., System], tmp_path: Path) -> None:
    first = system().predict(article())
    again = system()
    assert again.predict(article()) == first
    assert len(server.bodies) == again.account.from_cache == 1
    for changed in ({"temperature": 1.0}, {"model": "acme/parrot-8b"}, {"answers": "claims"}):
        system(**changed).predict(article())
    assert len(server.bodies) == 4
    for path in (tmp_path / "cache").iterdir():
        path.write_text("{half")
    assert system().predict(article()) == first
    assert len(server.bodies) == 5


def test_an_interrupted_run_goes_on_where_it_stopped(server: Server, system: Callable[..., System]) -> None:
    articles = [article(f"kes-0{n}-a", f"{TEXT} It was day {n}.") for n in range(4)]

    def respond(body: dict[str, Any], _number: int) -> Reply:
        last = "day 2" in body["messages"][-1]["content"]
        return (400, {}, f"no more for {KEY}".encode()) if last else completion(json.dumps(GOOD))

    server.respond = respond
    with pytest.raises(FogbankError, match=r"1 of 4 articles have no answer, first kes-02-a: .* status 400") as raised:
        list(system().predict_all(articles))
    assert KEY not in str(raised.value)
    server.respond = lambda _body, _number: completion(json.dumps(GOOD))
    done = system()
    assert [document.id for document in done.predict_all(articles)] == [a.id for a in articles]
    assert done.account.from_cache == 3
    assert len(server.bodies) == 5


def test_what_may_pass_is_tried_again(server: Server, system: Callable[..., System]) -> None:
    replies: list[Reply] = [
        (429, {"Retry-After": "0"}, b"slow down"),
        (503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, b""),
        (500, {"Retry-After": "nan"}, b""),
        (0, {}, b""),
        (200, {}, b"<html>busy</html>"),
        (200, {}, b'{"choices": []}'),
        (200, {}, b'{"choices": [{"message": {"content": ["words"]}}]}'),
        completion(json.dumps(GOOD)),
    ]
    server.respond = lambda _body, number: replies[number]
    assert len(system(attempts=len(replies)).predict(article()).spans) == len(GOOD["spans"])
    assert len(server.bodies) == len(replies)


def _always(reply: Reply, _body: dict[str, Any], _number: int) -> Reply:
    return reply


def test_patience_ends_and_what_cannot_pass_is_not_tried_again(server: Server, system: Callable[..., System]) -> None:
    for reply, attempts, message in (
        ((429, {}, b""), 3, "status 429, in 3 attempts"),
        ((401, {}, b"bad \x1b[31mkey"), 1, r"status 401 \(bad  \[31mkey\)"),
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), 1, "status 302"),
        ((200, {}, b" " * (17 * 2**20)), 1, "more than"),
    ):
        server.respond = partial(_always, reply)
        server.bodies.clear()
        with pytest.raises(FogbankError, match=message):
            system(attempts=3).predict(article())
        assert len(server.bodies) == attempts
    with pytest.raises(FogbankError, match="cannot be reached"):
        system(endpoint="http://127.0.0.1:9/v1", attempts=1).predict(article())


def test_a_server_that_dawdles_is_not_waited_for(server: Server, system: Callable[..., System]) -> None:
    def respond(_body: dict[str, Any], number: int) -> Reply:
        if number == 0:
            time.sleep(0.6)
        return completion(json.dumps(GOOD))

    server.respond = respond
    assert system(timeout=0.3, attempts=2).predict(article()).spans
    assert len(server.bodies) == 2


def test_cut_refused_and_costly_answers_are_told(
    server: Server, system: Callable[..., System], capsys: pytest.CaptureFixture[str]
) -> None:
    usage = {"prompt_tokens": 1_000_000, "completion_tokens": 500_000}
    replies = [
        completion(json.dumps(GOOD)[:80], "length", usage=usage),
        completion(None, usage={"prompt_tokens": -5, "completion_tokens": "many"}),
        completion(json.dumps(GOOD), usage=7),
    ]
    server.respond = lambda _body, number: replies[number]
    asked = system(concurrency=1, price_in=2.0, price_out=4.0)
    found = list(asked.predict_all(article(f"kes-0{n}-a", f"{TEXT} {n}") for n in range(3)))
    assert [bool(document.spans) for document in found] == [False, False, True]
    told = " ".join(capsys.readouterr().err.split())
    assert "3 answers, 0 of them kept before, 1 cut, 1 refused; 2 answers without use;" in told
    assert "1,000,000 tokens in and 500,000 out, cost 4.00" in told


def test_no_more_are_asked_at_once_than_allowed(server: Server, system: Callable[..., System]) -> None:
    def respond(_body: dict[str, Any], _number: int) -> Reply:
        time.sleep(0.05)
        return completion(json.dumps(GOOD))

    server.respond = respond
    list(system(concurrency=3).predict_all(article(f"kes-0{n}-a", f"{TEXT} {n}") for n in range(9)))
    assert 2 <= server.most_at_once <= 3


# ---------------------------------------------------------------- as a system


def test_the_key_is_written_nowhere(server: Server, system: Callable[..., System], tmp_path: Path) -> None:
    server.respond = lambda _body, _number: completion(json.dumps({"spans": [span("a", "PLACE", KEY)]}))
    made = system()
    document = made.predict(article())
    save_state(tmp_path / "model", made.state(), {})
    write_predictions(tmp_path / "p.jsonl", [document])
    assert "[key]" in written(tmp_path / "cache")
    assert KEY not in written(tmp_path)


def test_a_restored_state_asks_the_same_and_one_of_another_prompt_is_refused(
    server: Server, system: Callable[..., System], tmp_path: Path
) -> None:
    shown, _ = read_answer("spans", json.dumps(GOOD), article("kes-00-a"))
    made = system((shown,), shots=1)
    document = made.predict(article())
    save_state(tmp_path / "model", made.state(), {})
    restored = system(shots=1)
    restored.restore(read_state(tmp_path / "model"))
    assert restored.predict(article()) == document
    assert len(server.bodies) == 1
    with pytest.raises(FogbankError, match="the prompt of llm is now"):
        restored.restore({**made.state(), "examples": []})
    with pytest.raises(FogbankError, match="expected spans or claims"):
        System(answers="poems")


def test_the_commands_record_model_prompt_and_date(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fogbank.publish.systems.training.model_folder", lambda _corpus, name: tmp_path / name)
    whole = fogbank.load_articles
    monkeypatch.setattr("fogbank.cli.systems.load_articles", lambda split, corpus: whole(split, corpus)[:2])
    server.respond = lambda _body, _number: completion(json.dumps({"claims": [TOLD]}))
    run = partial(CliRunner().invoke, main)
    output = tmp_path / "p.jsonl"
    assert "llm needs a model" in run(["train", "llm"]).output
    wanted = [f"endpoint={server.url}", "model=acme/parrot-7b", "answers=claims", "shots=1"]
    trained = run(["train", "llm", *(word for pair in wanted for word in ("--set", pair))])
    assert trained.exit_code == 0, trained.output
    to = ["predict", "llm", "--split", "validation", "-o", str(output), "--set", f"cache={tmp_path / 'cache'}"]
    predicted = run(to)
    assert predicted.exit_code == 0, predicted.output
    assert "2 answers" in " ".join(predicted.output.split())
    assert list(check_paths([output], fogbank.find_corpus())) == []
    described = tomllib.loads(output.with_suffix(".toml").read_text())
    assert list(explain("description", described, "d")) == []
    assert (described["model"], len(described["prompt"])) == ("acme/parrot-7b", 64)
    assert described["date"] == time.strftime("%Y-%m-%d", time.gmtime())
    assert "trained under other conditions" in run([*to, "--set", "shots=2"]).output
