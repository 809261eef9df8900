"""An adjudication round on the real server, and an adjudicator at the page: what they submit is gold."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytestmark = pytest.mark.studio
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from tests.test_studio_browser import Labeler, page  # noqa: E402, F401

from fogbank.cli import main  # noqa: E402
from fogbank.curate.gold import collect_gold  # noqa: E402
from fogbank.curate.rounds import Round, find_round  # noqa: E402
from fogbank.curate.studio.adjudication import open_adjudication  # noqa: E402
from fogbank.curate.studio.annotators import ensure_annotator  # noqa: E402
from fogbank.curate.studio.entry import enter  # noqa: E402
from fogbank.curate.studio.project import Project, export  # noqa: E402
from fogbank.curate.studio.record import pull_round, push_round, round_project  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.errors import FogbankError  # noqa: E402
from fogbank.model.corpus import Corpus  # noqa: E402
from fogbank.model.document import Document, Relation, Span  # noqa: E402
from fogbank.model.regions import read_result, write_result  # noqa: E402
from fogbank.model.text import digest  # noqa: E402

HOSTILE = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>'
TEXT = f'😀 Rebels & "guards" shelled {HOSTILE} in Hask on Friday, Ansa said. Six of the crew died.\n'
CUE: dict[str, str | int] = {"stance": "asserts", "source_kind": "witness"}
Entry = tuple[str, str, dict[str, str | int]]
BOTH: tuple[Entry, ...] = (
    ("Rebels", "FORCE", {}),
    ("Hask", "PLACE", {}),
    ("Friday", "TIME", {}),
    ("Ansa", "PERSON", {}),
    ("said", "CUE", CUE),
    ("Six", "QUANTITY", {"modifier": "exact", "value": 6}),
    ("crew", "PEOPLE", {}),
    ("died", "DEATH", {"status": "actual"}),
)
LINKS = (("said", "Ansa", "source"), ("crew", "Six", "quantity"), ("died", "crew", "affected"))
FIRST: tuple[Entry, ...] = (*BOTH, ("guards", "FORCE", {}), ("shelled", "STRIKE", {"status": "actual"}))
SECOND: tuple[Entry, ...] = (
    *BOTH,
    ('"guards"', "PEOPLE", {}),
    ("shelled", "STRIKE", {"status": "possible"}),
    (HOSTILE, "OBJECT", {}),
)
ONLY_FIRST, ONLY_SECOND = ("shelled", "Rebels", "agent"), ("shelled", "guards", "affected")


def version(document_id: str, entries: tuple[Entry, ...], *links: tuple[str, str, str]) -> Document:
    """Make a document; `links` name their ends by words."""
    spans = tuple(
        Span(f"T{number}", TEXT.index(words), TEXT.index(words) + len(words), label, attributes)
        for number, (words, label, attributes) in enumerate(entries, start=1)
    )
    ids = {words.strip('"'): span.id for (words, *_), span in zip(entries, spans, strict=True)}
    return Document(document_id, TEXT, spans, tuple(Relation(ids[h], ids[t], label) for h, t, label in links))


def meaning(document: Document) -> tuple[Any, ...]:
    """What a document says, whatever ids its spans have."""
    ordered = document.canonical()
    return ordered.spans, ordered.relations


def write_versions(corpus: Corpus, name: str, **documents: list[Document]) -> None:
    for annotator, held in documents.items():
        tasks = [
            {"data": {"id": d.id}, "annotations": [{"was_cancelled": False, "result": write_result(d)}]} for d in held
        ]
        path = corpus.exports / name / f"{annotator}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(tasks), encoding="utf-8")


def make_checkout(folder: Path, names: tuple[str, str, str], ids: tuple[str, ...]) -> Corpus:
    """Make a corpus in which two annotators annotated all articles and a third is to adjudicate them."""
    corpus = Corpus(folder)
    (folder / "corpus/articles").mkdir(parents=True)
    lines = []
    for document_id in ids:
        corpus.text_path(document_id, withheld=False).write_text(TEXT, encoding="utf-8")
        lines.append({"id": document_id, "part": "dispatches", "published": "2031-05-04", "licence": "x",
                      "title": "“Guards” & <co>", "sha256": digest(TEXT)})  # fmt: skip
    corpus.manifest.write_text("".join(json.dumps(line) + "\n" for line in lines))
    first, second, judge = names
    (folder / "annotations").mkdir()
    (folder / "annotations/guidelines.md").write_text("# Guidelines\n", encoding="utf-8")
    (folder / "annotations/rounds.toml").write_text(
        f'[[rounds]]\nname = "{first}s"\nkind = "annotation"\nguidelines = "1"\n[rounds.assignments]\n'
        f"{first} = {json.dumps(ids)}\n{second} = {json.dumps(ids)}\n"
        f'[[rounds]]\nname = "{judge}s"\nkind = "adjudication"\nguidelines = "1"\n[rounds.assignments]\n'
        f"{judge} = {json.dumps(ids)}\n"
    )
    one = [version(document_id, FIRST, *LINKS, ONLY_FIRST) for document_id in ids]
    other = [version(document_id, SECOND, *LINKS, ONLY_SECOND) for document_id in ids]
    write_versions(corpus, f"{first}s", **{first: one, second: other})
    return corpus


def tasks_of(project: Project) -> dict[str, dict[str, Any]]:
    return {task["data"]["id"]: task for task in export(project)}


def drafted(task: dict[str, Any]) -> Document:
    [draft] = task["drafts"]
    return read_result(task["data"]["id"], TEXT, draft["result"])


AGREED = (*BOTH, ("shelled", "STRIKE", {}))


def test_a_round_opens_with_both_versions_the_agreed_parts_and_the_differences_and_nothing_twice(
    studio: Server, tmp_path: Path
) -> None:
    corpus = make_checkout(tmp_path, ("ada", "bea", "cleo"), ("ad-01-a", "ad-01-b"))
    one = find_round(corpus, "cleos")
    told: list[str] = []
    [opened] = open_adjudication(studio, corpus, one, told.append)
    assert opened[2:] == (2, 4, 2, 0, ())
    assert told[-1] == "FogBank cleos cleo: 4 versions and 2 drafts added"
    assert open_adjudication(studio, corpus, one)[0][2:] == (0, 0, 0, 2, ())

    project = round_project(studio, corpus, one, "cleo")
    for document_id, task in tasks_of(project).items():
        shown = {p["model_version"]: read_result(document_id, TEXT, p["result"]) for p in task["predictions"]}
        assert shown == {
            "ada": version(document_id, FIRST, *LINKS, ONLY_FIRST),
            "bea": version(document_id, SECOND, *LINKS, ONLY_SECOND),
        }
        assert meaning(drafted(task)) == meaning(version(document_id, AGREED, *LINKS))
        assert task["drafts"][0]["user"] == "cleo@fogbank.example"
        assert task["annotations"] == []
        assert "&lt;script&gt;" in task["data"]["differences"]
        assert "<script" not in task["data"]["differences"]

    # what has not been submitted is no gold, and the record holds no list that is made from other records
    pull_round(studio, corpus, one, corpus.exports)
    raw = (corpus.exports / "cleos" / "cleo.json").read_text()
    assert '"differences"' not in raw
    assert collect_gold_or_error(corpus) == "ad-01-a has 0 annotations; expected one"


def collect_gold_or_error(corpus: Corpus) -> str:
    with pytest.raises(FogbankError) as error:
        collect_gold(corpus)
    return str(error.value).split(": ", 1)[1]


def test_a_version_that_changed_is_renewed_and_begun_work_is_left_alone(studio: Server, tmp_path: Path) -> None:
    corpus = make_checkout(tmp_path, ("dora", "elsa", "fay"), ("ad-02-a", "ad-02-b"))
    one = find_round(corpus, "fays")
    open_adjudication(studio, corpus, one)
    project, fay = round_project(studio, corpus, one, "fay"), ensure_annotator(studio, "fay")
    gold = version("ad-02-b", BOTH[1:], *LINKS)
    enter(project, fay, [gold])

    same = [version("ad-02-a", BOTH, *LINKS), version("ad-02-b", SECOND, *LINKS, ONLY_SECOND)]
    write_versions(corpus, "doras", dora=[version("ad-02-a", BOTH, *LINKS), same[1]], elsa=same)
    [opened] = open_adjudication(studio, corpus, one)
    assert opened[2:] == (0, 3, 0, 2, ())
    tasks = tasks_of(project)
    for task, expected in zip((tasks["ad-02-a"], tasks["ad-02-b"]), same, strict=True):
        shown = {p["model_version"]: read_result(expected.id, TEXT, p["result"]) for p in task["predictions"]}
        assert shown == {"dora": expected, "elsa": expected}
        assert "No differences" in task["data"]["differences"]
    assert meaning(drafted(tasks["ad-02-a"])) == meaning(version("ad-02-a", AGREED, *LINKS))
    [annotation] = tasks["ad-02-b"]["annotations"]
    assert read_result("ad-02-b", TEXT, annotation["result"]) == gold


def test_the_tasks_of_an_adjudication_round_go_in_without_a_list_too(studio: Server, tmp_path: Path) -> None:
    corpus = make_checkout(tmp_path, ("gina", "hanna", "ines"), ("ad-03-a",))
    one = find_round(corpus, "iness")
    [pushed] = push_round(studio, corpus, one)
    assert pushed.counts.added == 1
    assert open_adjudication(studio, corpus, one)[0][2:] == (0, 2, 1, 0, ())


def test_another_kind_of_round_and_a_lone_annotator_are_refused(tmp_path: Path) -> None:
    corpus = make_checkout(tmp_path, ("a", "b", "c"), ("ad-04-a",))
    with pytest.raises(FogbankError, match="round 'as' is of kind annotation; expected one of kind adjudication"):
        open_adjudication(Server(tmp_path / "none"), corpus, find_round(corpus, "as"))
    lone = Round("as", "annotation", "1", {"a": ("ad-04-a",)})
    rounds = tmp_path / "annotations/rounds.toml"
    rounds.write_text(rounds.read_text().replace("b = ", "# b = "))
    assert find_round(corpus, "as") == lone
    with pytest.raises(FogbankError, match="cs: ad-04-a was annotated by a; expected two annotators"):
        open_adjudication(Server(tmp_path / "none"), corpus, find_round(corpus, "cs"))


@pytest.mark.browser
def test_an_adjudicator_settles_the_differences_and_what_was_agreed_and_dropped_is_reported(
    studio: Server,
    tmp_path: Path,
    page: Any,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus = make_checkout(tmp_path, ("vera", "wanda", "xenia"), ("ad-05-a",))
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    one = find_round(corpus, "xenias")
    open_adjudication(studio, corpus, one)
    project, xenia = round_project(studio, corpus, one, "xenia"), ensure_annotator(studio, "xenia")

    labeler = Labeler(page, TEXT)
    labeler.log_in(studio.url, xenia)
    labeler.open(project, "ad-05-a", versions=("vera", "wanda"))

    # the list names both readings, and markup in the text is shown as text
    listed = " ".join(page.locator(".differences").inner_text().split())
    for words in (
        "ad-05-a Spans: 2",
        'vera FORCE “guards” wanda PEOPLE “"guards"”',
        f"vera nothing wanda OBJECT “{HOSTILE}”",
        "Attributes: 1",
        "STRIKE “shelled” vera status actual wanda status possible",
        "Relations: 2",
        "STRIKE “shelled” vera agent → FORCE “Rebels” wanda nothing",
    ):
        assert words in listed
    assert page.evaluate("window.ran") is None

    # over the list nothing can be marked
    page.locator(".htx-highlight").first.wait_for(state="attached")
    marked = page.locator(".htx-highlight").count()
    page.keyboard.press("3")
    page.locator(".differences b").first.dblclick()
    assert page.locator(".htx-highlight").count() == marked
    page.keyboard.press("u")

    # the status in dispute must be chosen before anything is submitted
    page.get_by_role("button", name="submit").click()
    page.get_by_text("Choose the status of the selected span.").wait_for()
    page.get_by_role("button", name="OK").click()
    page.locator(".ant-modal-wrap").wait_for(state="hidden")
    labeler.unselect()

    # one reading is taken over from its annotator's tab, with a relation drawn to it; an agreed span is dropped
    labeler.turn_to("vera", is_own=False)
    labeler.select("guards")
    page.keyboard.press("Control+c")
    labeler.turn_to("xenia", is_own=True)
    page.keyboard.press("Control+v")
    page.wait_for_function("count => document.querySelectorAll('.htx-highlight').length > count", arg=marked)
    labeler.unselect()
    labeler.select("shelled")
    labeler.choose("status", "possible")
    labeler.unselect()
    labeler.relate("shelled", "guards", "agent")
    labeler.unselect()
    labeler.select("Friday")
    page.keyboard.press("Backspace")
    labeler.submit()

    pull_round(studio, corpus, one, corpus.exports)
    [gold] = collect_gold(corpus).values()
    settled: tuple[Entry, ...] = (
        *(entry for entry in BOTH if entry[0] != "Friday"),
        ("guards", "FORCE", {}),
        ("shelled", "STRIKE", {"status": "possible"}),
    )
    assert meaning(gold.document) == meaning(version("ad-05-a", settled, *LINKS, ("shelled", "guards", "agent")))
    assert (gold.adjudicator, gold.annotators) == ("xenia", ("vera", "wanda"))

    report = json.loads(CliRunner().invoke(main, ["adjudicate", "xenias", "--json"]).stdout)
    [document] = report["documents"]
    assert document["agreed"] == {"span": 9, "attribute": 5, "relation": 3}
    assert document["disputed"] == {"span": 3, "attribute": 1, "relation": 2}
    start = TEXT.index("Friday")
    assert document["overruled"] == [
        {"kind": "span", "start": start, "end": start + 6, "what": "TIME “Friday”", "became": None}
    ]
    table = CliRunner().invoke(main, ["adjudicate", "veras", "--report"]).stdout
    assert "ad-05-a: span TIME “Friday”: dropped" in table
