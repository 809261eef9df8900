"""What Label Studio does that would lose or change annotations unnoticed, each reproduced and met.

Traps that belong to one part are in that part's tests: ports, tokens and sign-up (server), lost imports, double tasks
and results that break the page (project), offsets (project, browser), deaths (survival), blindness (round).
"""

import copy
import re
import uuid
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")

from tests.made import made_article

from fogbank.check.export import find_in_task
from fogbank.check.files import check_file
from fogbank.curate.rounds import Round
from fogbank.curate.studio import transfer
from fogbank.curate.studio.annotators import ensure_annotator
from fogbank.curate.studio.client import session
from fogbank.curate.studio.config import label_config
from fogbank.curate.studio.entry import CHUNK, Counts, enter, push_articles
from fogbank.curate.studio.launch import command, environment
from fogbank.curate.studio.project import Project, ensure_project, export
from fogbank.curate.studio.record import infer_round, write_export
from fogbank.curate.studio.server import Server
from fogbank.errors import DataError, StudioError
from fogbank.model.document import Document, Relation, Span
from fogbank.model.regions import read_result, write_result

CONFIG = ET.fromstring(label_config())
TEXT = "Police said two people\ndied in Hask."
DOCUMENT = Document(
    "kd-01-a",
    TEXT,
    (Span("T1", 16, 27, "CONTENT"), Span("T2", 7, 11, "CUE", {"stance": "asserts", "source_kind": "police"})),
    (Relation("T2", "T1", "content"),),
)
ARTICLE = made_article("kd-01-a", TEXT)


# ---------------------------------------------------------------- of the labeling config


def test_one_control_makes_all_spans_of_a_text_whose_characters_are_selected_singly() -> None:
    """Two Labels on one Text make two results of one drag; word granularity takes a possessive 's with the name."""
    assert len(list(CONFIG.iter("Labels"))) == len(list(CONFIG.iter("Text"))) == 1
    [text] = CONFIG.iter("Text")
    assert text.get("granularity") == "symbol"
    assert all(label.get("granularity") is None for label in CONFIG.iter("Label"))
    assert text.get("highlightColor") is None, "it makes every span the same grey"
    assert list(CONFIG.iter("HyperText")) == [], "it exports other offsets"


def test_no_label_has_an_alias_which_would_be_exported_instead_of_its_name() -> None:
    assert [element for element in CONFIG.iter() if "alias" in element.attrib] == []


def test_a_relation_has_one_type() -> None:
    """What the page does where this is not said is the opposite of what is documented."""
    assert [element.get("choice") for element in CONFIG.iter("Relations")] == ["single"]


def test_the_handles_that_resize_spans_stay_hidden() -> None:
    """Dragging one is off by one for every astral character before it, and rewrites the words to match."""
    [style] = CONFIG.iter("Style")
    assert not re.search(r"\barea\b", style.text or "")


def test_required_choices_are_asked_for_where_their_labels_are() -> None:
    """A whenLabelValue of a label that does not exist is taken without a word, and the choice never shows."""
    labels = {element.get("value") for element in CONFIG.iter("Label")}
    shown = [element.get("whenLabelValue", "") for element in CONFIG.iter() if element.get("perRegion")]
    assert shown
    assert all(set(names.split(",")) <= labels for names in shown)


# ---------------------------------------------------------------- of the start


def test_the_server_neither_reports_outside_nor_inherits_what_it_would_obey(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOST", "PORT", "USERNAME", "HTTP_PROXY", "DJANGO_DB", "POSTGRE_HOST", "LOCAL_FILES_SERVING_ENABLED"):
        monkeypatch.setenv(name, "elsewhere")
    held = environment(tmp_path, "password", "token")
    assert "elsewhere" not in held.values()
    assert (held["SENTRY_DSN"], held["FRONTEND_SENTRY_DSN"], held["COLLECT_ANALYTICS"]) == ("", "", "false")
    assert (held["LATEST_VERSION_CHECK"], held["LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK"]) == ("false", "true")
    words = command(8190)
    assert words[words.index("--internal-host") + 1] == "127.0.0.1", "it would listen on all addresses"


# ---------------------------------------------------------------- of a running server


@pytest.fixture
def project(studio: Server) -> Project:
    """A project of the test's own with one task."""
    project = ensure_project(studio, f"FogBank {uuid.uuid4().hex}", label_config())
    push_articles(project, [ARTICLE])
    return project


@pytest.mark.studio
def test_task_numbers_are_used_again_so_they_identify_nothing(studio: Server, project: Project) -> None:
    vera = ensure_annotator(studio, "vera")
    enter(project, vera, [DOCUMENT])
    (before,) = export(project)
    studio.client().tasks.delete(id=before["id"])
    assert push_articles(project, [ARTICLE]) == Counts(there=0, added=1)
    assert enter(project, vera, [DOCUMENT]) == Counts(there=0, added=1)
    (after,) = export(project)
    assert after["data"] == before["data"]
    assert read_result("kd-01-a", TEXT, after["annotations"][0]["result"]) == DOCUMENT


@pytest.mark.studio
def test_a_text_changed_on_the_server_under_its_spans_is_found(studio: Server, project: Project) -> None:
    (task,) = export(project)
    studio.client().tasks.update(id=task["id"], data={**task["data"], "text": f"x{TEXT}"})
    with pytest.raises(StudioError, match="kd-01-a is there with another text"):
        push_articles(project, [ARTICLE])
    with pytest.raises(StudioError, match="no task of that id and text"):
        enter(project, ensure_annotator(studio, "vera"), [DOCUMENT])
    (changed,) = export(project)
    assert [problem.code for problem in find_in_task(changed, ARTICLE, "file", "$")] == ["text-hash"]


@pytest.mark.studio
def test_a_skipped_task_and_a_draft_are_exported_and_told_apart_from_an_annotation(
    studio: Server, project: Project
) -> None:
    vera = ensure_annotator(studio, "vera")
    (task,) = export(project)
    result = write_result(DOCUMENT)
    studio.client(vera.token).annotations.create(id=task["id"], result=result, was_cancelled=True)
    with session(studio.url, vera.token) as asked:
        asked.post(f"/api/tasks/{task['id']}/drafts", json={"result": result, "lead_time": 1}).raise_for_status()
    (exported,) = export(project)
    codes = {problem.code for problem in find_in_task(exported, ARTICLE, "file", "$")}
    assert codes == {"annotation-cancelled", "annotation-draft"}
    with pytest.raises(StudioError, match="it is there with other content"):
        enter(project, vera, [Document("kd-01-a", TEXT, DOCUMENT.spans[:1])])


@pytest.mark.studio
def test_what_label_studio_stores_unread_is_a_problem_and_no_crash(
    studio: Server, project: Project, tmp_path: Path
) -> None:
    """An import takes results that are no objects, offsets beyond the text, unknown labels, dangling relations."""
    good = write_result(DOCUMENT)
    beyond, unknown, dangling = (copy.deepcopy(good) for _ in range(3))
    beyond[0]["value"]["end"] = 5000
    unknown[0]["value"]["labels"] = ["CITY"]
    dangling[-1]["to_id"] = "T99"
    (task,) = export(project)
    expected = {
        "result-item-no-object": ["x", 1, None],
        "span-outside-text": beyond,
        "label-unknown": unknown,
        "relation-tail-unknown": dangling,
    }
    for number, result in enumerate(expected.values()):
        data = {**task["data"], "id": f"kd-02-{'abcd'[number]}"}
        annotation = {"result": result, "ground_truth": False}
        kept = transfer.import_tasks(studio, project.id, [{"data": data, "annotations": [annotation]}], studio.token)
        assert kept == (1, 1)
    write_export(tmp_path / "pilot" / "vera.json", export(project))
    found = {(problem.place.split(".")[0], problem.code) for problem in check_file(tmp_path / "pilot" / "vera.json")}
    assert {("$[0]", "annotation-missing"), *((f"$[{n}]", c) for n, c in enumerate(expected, start=1))} <= found
    with pytest.raises(DataError, match=r"cannot be read, so no relations are inferred:(.|\n)*result-item-no-object"):
        infer_round(Round("pilot", "annotation", "2", {"vera": ()}), tmp_path, tmp_path / "inferred")
    assert not (tmp_path / "inferred").exists()


def test_an_import_stays_far_below_what_the_server_takes_at_once() -> None:
    """More than 250 MB answer 500; the longest wire article and as many spans as characters stay below."""
    longest = "x" * 20_000
    spans = tuple(Span(f"T{n}", n * 8, n * 8 + 8, "CONTENT") for n in range(len(longest) // 8))
    result = write_result(Document("kd-01-a", longest, spans))
    assert CHUNK * (len(longest) + len(str(result))) < 100_000_000
