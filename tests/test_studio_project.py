"""Articles in, annotations as their annotators' own, exports out: nothing lost, nothing twice, nothing changed."""

import copy
import dataclasses
import uuid
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.studio
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from tests.made import made_article  # noqa: E402

from fogbank.curate.studio import entry, transfer  # noqa: E402
from fogbank.curate.studio.annotators import ensure_annotator  # noqa: E402
from fogbank.curate.studio.client import asking  # noqa: E402
from fogbank.curate.studio.config import instructions, label_config  # noqa: E402
from fogbank.curate.studio.differences import differences  # noqa: E402
from fogbank.curate.studio.entry import Counts, annotation_key, enter, push_articles  # noqa: E402
from fogbank.curate.studio.project import Project, ensure_project, export, project_title  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.curate.studio.transfer import Imported  # noqa: E402
from fogbank.errors import DataError, StudioError  # noqa: E402
from fogbank.model.corpus import Article, find_corpus  # noqa: E402
from fogbank.model.document import Document, Relation, Span  # noqa: E402
from fogbank.model.guidelines import read_guidelines  # noqa: E402
from fogbank.model.regions import read_result, without_words  # noqa: E402

STRANGE = (
    "😀👩‍👩‍👧 Ansa\u00a0Reteval said 𝒳 died.\n\nCafe\u0301 Ōsaka\u2009and\u200bمدينة:\ttwo\u2028dead. "
    "<b>At least 27</b> &amp; <script>x</script> {{y}} $text “quoted” it’s\n end \n"
)
WORDS: dict[str, tuple[str, dict[str, str | int]]] = {
    "Ansa\u00a0Reteval": ("PERSON", {}),
    "said": ("CUE", {"stance": "asserts", "source_kind": "unnamed"}),
    "𝒳 died.\n\nCafe\u0301 Ōsaka\u2009and\u200bمدينة:\ttwo\u2028dead": ("CONTENT", {}),
    "𝒳": ("PEOPLE", {}),
    "died": ("DEATH", {"status": "possible"}),
    "Cafe\u0301 Ōsaka": ("FACILITY", {}),
    "مدينة": ("PLACE", {}),
    "two": ("QUANTITY", {"modifier": "exact", "value": 2}),
    "At least 27": ("QUANTITY", {"modifier": "range", "value": 27, "value_high": 30}),
    "<script>x</script>": ("OBJECT", {}),
    "end": ("TIME", {"start": "2031-05-04", "end": "2031-05-04T12:30", "duration": "PT40M"}),
}


def article(document_id: str, text: str = STRANGE) -> Article:
    return made_article(document_id, text, "“Reteval” & <co> 😀")


def document(document_id: str) -> Document:
    spans = tuple(
        Span(f"T{number}", STRANGE.index(words), STRANGE.index(words) + len(words), label, attributes)
        for number, (words, (label, attributes)) in enumerate(WORDS.items(), start=1)
    )
    relations = (
        Relation("T2", "T1", "source"),
        Relation("T2", "T3", "content"),
        Relation("T5", "T4", "affected"),
        Relation("T5", "T6", "place"),
        Relation("T6", "T7", "located_in"),
        Relation("T5", "T11", "time"),
    )
    return Document(document_id, STRANGE, spans, relations)


IDS = ("kd-01-a", "kd-01-b", "kd-02-a")


@pytest.fixture
def project(studio: Server) -> Project:
    """A project of the test's own."""
    return ensure_project(studio, f"FogBank {uuid.uuid4().hex}", label_config(), instructions())


def read_back(project: Project) -> dict[str, Document]:
    return {
        task["data"]["id"]: read_result(task["data"]["id"], task["data"]["text"], task["annotations"][0]["result"])
        for task in export(project)
        if task["annotations"]
    }


def test_the_whole_loop_gives_back_what_was_entered_and_nothing_is_made_twice(studio: Server) -> None:
    project = ensure_project(studio, project_title("pilot", "vera"), label_config(), instructions())
    vera = ensure_annotator(studio, "vera")
    told: list[str] = []
    articles, documents = [article(i) for i in IDS], [document(i) for i in IDS]
    assert push_articles(project, articles, told.append) == Counts(there=0, added=3)
    assert push_articles(project, articles) == Counts(there=3, added=0)
    assert enter(project, vera, documents[:2], progress=told.append) == Counts(there=0, added=2)
    assert enter(project, vera, documents) == Counts(there=2, added=1)
    assert told == [
        "FogBank pilot vera: 3 tasks sent",
        "FogBank pilot vera: 2 of 2 annotations entered",
    ]

    exported = export(project)
    assert read_back(project) == {i: document(i) for i in IDS}
    assert [task["data"]["text"] for task in exported] == [STRANGE] * 3
    for task in exported:
        (annotation,) = task["annotations"]
        assert annotation["completed_by"]["email"] == "vera@fogbank.example"
        assert annotation["unique_id"] == annotation_key(project.title, "vera", task["data"]["id"])
        assert (annotation["was_cancelled"], annotation["ground_truth"]) == (False, False)

    # a later project of another number is the same record, and a planted change is none
    other = ensure_project(studio, project_title("again", "vera"), label_config(), instructions())
    push_articles(other, articles[::-1])
    enter(other, vera, documents[::-1])
    again = export(other)
    assert differences(exported, again) == []
    assert differences(without_words(exported), again, withheld=True) == []
    planted = copy.deepcopy(again)
    planted[1]["annotations"][0]["result"][0]["value"]["end"] += 1
    assert len(differences(exported, planted)) == 2

    copies = [*(studio.folder / "media" / "export").glob("*/*"), *(studio.folder / "export").glob("*")]
    assert not copies, "exports would leave copies of all texts"
    assert not studio.client().projects.exports.list(project.id)


def test_two_annotators_have_their_own_users_projects_and_annotations(studio: Server) -> None:
    for name in ("otto", "ida-2"):
        project = ensure_project(studio, project_title("blind", name), label_config())
        push_articles(project, [article("kd-01-a")])
        annotator = ensure_annotator(studio, name)
        enter(project, annotator, [document("kd-01-a")])
        (task,) = export(project)
        assert [a["completed_by"]["email"] for a in task["annotations"]] == [f"{name}@fogbank.example"]
        assert annotator.token not in repr(annotator)
        assert annotator.password not in repr(annotator)
        assert studio.client(annotator.token).users.whoami().email == annotator.email


@pytest.mark.parametrize("name", ["", "Vera", "a b", "a@b", "x\n", "é"])
def test_a_name_that_is_no_name_is_refused(studio: Server, name: str) -> None:
    with pytest.raises(StudioError, match="lower-case letters, digits or hyphens"):
        ensure_annotator(studio, name)


def test_a_user_with_another_password_is_not_taken_over(studio: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ensure_annotator(studio, "taken")
    monkeypatch.setattr(Server, "password", property(lambda _: "another secret"))
    with pytest.raises(StudioError, match=r"taken@fogbank\.example is there with another password"):
        ensure_annotator(studio, "taken")


def test_tasks_that_an_import_loses_are_sent_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    send = transfer.import_tasks
    sent: list[int] = []

    def lose_some(server: Server, number: int, tasks: list[Any], token: str) -> Imported:
        sent.append(len(tasks))
        return send(server, number, tasks[: 1 if len(sent) <= 3 else None], token)

    monkeypatch.setattr(entry, "import_tasks", lose_some)
    monkeypatch.setattr(entry, "CHUNK", 4)
    ids = [f"kd-{number:02}-a" for number in range(10)]
    assert push_articles(project, [article(i) for i in ids]) == Counts(there=0, added=10)
    assert sent == [4, 4, 2, 4, 3]
    assert sorted(task["data"]["id"] for task in export(project)) == ids


def test_annotations_go_in_with_their_tasks_at_once_as_their_annotators_own(studio: Server, project: Project) -> None:
    bella = ensure_annotator(studio, "bella")
    articles = {i: article(i) for i in IDS}
    push_articles(project, [articles["kd-01-b"]])
    documents = [document(i) for i in IDS]
    told: list[str] = []
    assert enter(project, bella, documents, articles=articles, progress=told.append) == Counts(there=0, added=3)
    assert told == [f"{project.title}: 2 tasks sent", f"{project.title}: 1 of 1 annotations entered"]
    assert enter(project, bella, documents, articles=articles) == Counts(there=3, added=0)
    assert read_back(project) == {i: document(i) for i in IDS}
    for task in export(project):
        (annotation,) = task["annotations"]
        assert annotation["completed_by"]["email"] == bella.email
        assert (annotation["was_cancelled"], annotation["ground_truth"]) == (False, False)
    with pytest.raises(StudioError, match="kd-01-a is there with another text"):
        enter(project, bella, documents[:1], articles={"kd-01-a": article("kd-01-a", "Another.")})


def test_annotations_that_an_import_loses_are_entered_one_by_one(
    studio: Server, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As SQLite does while another writes: 201, the tasks there, their annotations not."""
    send = transfer.import_tasks

    def lose_annotations(server: Server, number: int, tasks: list[Any], token: str) -> Imported:
        return send(server, number, [{"data": task["data"]} for task in tasks], token)

    monkeypatch.setattr(entry, "import_tasks", lose_annotations)
    told: list[str] = []
    vera, documents = ensure_annotator(studio, "vera"), [document(i) for i in IDS]
    articles = {i: article(i) for i in IDS}
    assert enter(project, vera, documents, articles=articles, progress=told.append) == Counts(there=0, added=3)
    assert told[0].endswith("of the last 3 tasks and 3 annotations, Label Studio kept 3 and 0, the rest follows")
    assert read_back(project) == {i: document(i) for i in IDS}


def test_tasks_that_never_arrive_are_an_error(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "import_tasks", lambda *_: Imported(0, 0))
    with pytest.raises(StudioError, match="1 articles did not arrive, kd-01-a first"):
        push_articles(project, [article("kd-01-a")])


def test_an_article_whose_text_is_another_or_withheld_is_refused(project: Project) -> None:
    push_articles(project, [article("kd-01-a")])
    with pytest.raises(StudioError, match="kd-01-a is there with another text"):
        push_articles(project, [article("kd-01-a", "Another text.")])
    with pytest.raises(DataError, match="withheld"):
        push_articles(project, [dataclasses.replace(article("kd-01-b"), text=None)])


def test_a_task_that_is_there_twice_is_an_error(project: Project) -> None:
    push_articles(project, [article("kd-01-a")])
    (task,) = export(project)
    project.server.client().projects.import_tasks(id=project.id, request=[{"data": task["data"]}])
    with pytest.raises(StudioError, match="kd-01-a is there twice"):
        push_articles(project, [article("kd-01-a")])


def with_span(span: Span) -> Document:
    return dataclasses.replace(document("kd-01-a"), spans=(*document("kd-01-a").spans, span))


REFUSED = {
    "relation-tail-unknown": dataclasses.replace(document("kd-01-a"), relations=(Relation("T1", "T99", "source"),)),
    "span-id-repeated": with_span(Span("T1", 0, 1, "PLACE")),
    "span-outside-text": with_span(Span("T50", 0, 5000, "PLACE")),
    "relation-pair-repeated": dataclasses.replace(
        document("kd-01-a"), relations=(Relation("T2", "T1", "source"), Relation("T2", "T1", "time"))
    ),
    "label-unknown": with_span(Span("T50", 0, 1, "CITY")),
    "attribute-unknown": with_span(Span("T50", 0, 1, "PLACE", {"status": "actual"})),
    "attribute-value": with_span(Span("T50", 0, 1, "QUANTITY", {"modifier": "exact", "value": "27"})),
    "relation-label-unknown": dataclasses.replace(document("kd-01-a"), relations=(Relation("T1", "T2", "victim"),)),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_label_studio_would_not_keep_or_open_is_refused_before_anything_is_sent(
    studio: Server, project: Project, code: str
) -> None:
    push_articles(project, [article("kd-01-a"), article("kd-01-b")])
    with pytest.raises(StudioError, match=f"kd-01-a::.*{code}"):
        enter(project, ensure_annotator(studio, "vera"), [document("kd-01-b"), REFUSED[code]])
    assert not any(task["annotations"] for task in export(project))


def test_an_annotation_without_its_task_or_of_another_text_is_refused(studio: Server, project: Project) -> None:
    vera = ensure_annotator(studio, "vera")
    push_articles(project, [article("kd-01-b", STRANGE + "!")])
    for document_id in ("kd-01-a", "kd-01-b"):
        with pytest.raises(StudioError, match="no task of that id and text"):
            enter(project, vera, [document(document_id)])
    with pytest.raises(StudioError, match="withheld"):
        enter(project, vera, [document("kd-01-a").without_text()])


def test_an_annotation_with_other_content_is_overwritten_only_when_asked(studio: Server, project: Project) -> None:
    vera = ensure_annotator(studio, "vera")
    push_articles(project, [article("kd-01-a")])
    enter(project, vera, [document("kd-01-a")])
    changed = dataclasses.replace(document("kd-01-a"), relations=())
    with pytest.raises(StudioError, match="it is there with other content"):
        enter(project, vera, [changed])
    assert read_back(project) == {"kd-01-a": document("kd-01-a")}
    assert enter(project, vera, [changed], replace=True) == Counts(there=0, added=0, replaced=1)
    assert read_back(project) == {"kd-01-a": changed}
    assert enter(project, vera, [changed]) == Counts(there=1, added=0)


def test_a_project_is_found_again_and_takes_a_changed_config(studio: Server) -> None:
    rules = instructions(read_guidelines(find_corpus(Path(__file__).parent)))
    assert len(rules) > 50_000  # stored to the last case, and as it was sent
    project = ensure_project(studio, "FogBank config x", label_config(), rules)

    def held() -> tuple[str, str]:
        found = studio.client().projects.get(id=project.id)
        return found.label_config, found.expert_instruction

    assert held() == (label_config().strip(), rules.strip())
    assert ensure_project(studio, "FogBank config x", label_config(), rules) == project
    smaller = (
        '<View><Labels name="label" toName="text"><Label value="A"/></Labels><Text name="text" value="$text"/></View>'
    )
    assert ensure_project(studio, "FogBank config x", smaller, "<p>two</p>") == project
    assert held() == (smaller, "<p>two</p>")


def test_refusals_tell_the_status_and_no_session(studio: Server) -> None:
    with pytest.raises(StudioError, match="Label Studio answered 400") as caught:
        ensure_project(studio, "FogBank bad config", "<View><Labels/></View>")
    with pytest.raises(StudioError, match="no more than 50 characters"):
        ensure_project(studio, "FogBank " + "x" * 60, label_config())
    with pytest.raises(StudioError, match=r"a task: Label Studio answered 404: .{1,310}\Z"), asking("a task"):
        studio.client().tasks.get(id="987654")
    assert "sessionid" not in str(caught.value)
    assert "headers" not in str(caught.value)
