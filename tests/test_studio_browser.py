"""A person at the labeling page, played by a real browser: what is marked there is what is exported."""

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.studio, pytest.mark.browser]
pytest.importorskip("label_studio_sdk", reason="label-studio is not installed: pip install 'fogbank[studio]'")
playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

from tests.made import made_article  # noqa: E402

from fogbank.compare.revision import revise  # noqa: E402
from fogbank.curate.assistance import measure_assistance  # noqa: E402
from fogbank.curate.rounds import Round  # noqa: E402
from fogbank.curate.studio.annotators import Annotator, ensure_annotator  # noqa: E402
from fogbank.curate.studio.assist import assist_round  # noqa: E402
from fogbank.curate.studio.assistant import Assistant  # noqa: E402
from fogbank.curate.studio.config import choice_keys, instructions, label_config  # noqa: E402
from fogbank.curate.studio.differences import differences  # noqa: E402
from fogbank.curate.studio.entry import enter, push_articles  # noqa: E402
from fogbank.curate.studio.project import Project, ensure_project, export  # noqa: E402
from fogbank.curate.studio.record import pull_round, round_project  # noqa: E402
from fogbank.curate.studio.server import Server  # noqa: E402
from fogbank.model.corpus import Article, Corpus, find_corpus  # noqa: E402
from fogbank.model.document import Document, Relation, Span  # noqa: E402
from fogbank.model.guidelines import read_guidelines  # noqa: E402
from fogbank.model.regions import read_result  # noqa: E402
from fogbank.model.scheme import SCHEME  # noqa: E402
from fogbank.model.storage import read_json  # noqa: E402
from fogbank.model.system import State  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
TEXT = "👩‍👩‍👧 𝒳 Governor Ansa\u00a0Reteval said on 4 May that <b>27</b> people\nwere safe. Cafe\u0301 closed.\n"
PERSON, CUE, TIME = "Ansa\u00a0Reteval", "said", "4 May"

# Rectangles of the first and last code point of text[start:end]; a line end is an element, all else is in text nodes.
PLACE = """([start, end]) => {
  const walker = document.createTreeWalker(document.querySelector('.lsf-htx-richtext'), NodeFilter.SHOW_ALL);
  const points = [];
  for (let node; (node = walker.nextNode());) {
    if (node.nodeName === 'BR') { points.push([node, 0, 0]); continue; }
    if (node.nodeType !== Node.TEXT_NODE) { continue; }
    let at = 0;
    for (const point of node.data) { points.push([node, at, at + point.length]); at += point.length; }
  }
  const rectangle = ([node, from, to]) => {
    const range = document.createRange();
    range.setStart(node, from); range.setEnd(node, to);
    return range.getBoundingClientRect();
  };
  const [first, last] = [rectangle(points[start]), rectangle(points[end - 1])];
  return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
}"""

IS_SELECTED = "[...document.querySelectorAll('.htx-highlight[class*=active]')].some(span => span.offsetParent)"


class Labeler:
    """What a person does at the page; words are places in the text of the task, first occurrences."""

    def __init__(self, page: Any, text: str = TEXT) -> None:
        self.page, self.text = page, text

    def log_in(self, url: str, annotator: Annotator) -> None:
        self.page.goto(f"{url}/user/login/")
        self.page.fill("input[name=email]", annotator.email)
        self.page.fill("input[name=password]", annotator.password)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url(re.compile(r"/(projects/?)?$"))

    def open(self, project: Project, document_id: str, versions: Sequence[str] = (), regions: int = 0) -> None:
        """Open a task, again until each of `versions` has its tab and so many `regions` are marked.

        Label Studio draws both after the text, and sometimes shows a task without.
        """
        numbers = {task["data"]["id"]: task["id"] for task in export(project)}
        for _ in range(6):
            self.page.goto(f"{project.url}?task={numbers[document_id]}")
            self.page.wait_for_selector(".lsf-htx-richtext", timeout=60_000)
            self.page.get_by_role("button", name="submit").wait_for()
            try:
                for name in versions:
                    self.tab(name).wait_for(timeout=4_000)
                if regions:  # attached: what wraps a nested region has no size of its own
                    self.page.locator(".htx-highlight").nth(regions - 1).wait_for(state="attached", timeout=4_000)
            except playwright_api.TimeoutError:
                continue
            return
        raise AssertionError(f"{document_id} was not shown with {versions} and {regions} regions")

    def tab(self, name: str) -> Any:
        """Find the tab of a version; a name in italics is one in the list of differences."""
        return self.page.get_by_text(name, exact=True).and_(self.page.locator(":not(i)")).first

    def begin(self, project: Project) -> None:
        """Take the first task, as the button Label All Tasks does."""
        self.page.goto(f"{project.url}?labeling=1")
        self.page.wait_for_selector(".lsf-htx-richtext", timeout=60_000)
        self.page.get_by_role("button", name="submit").first.wait_for()

    def turn_to(self, name: str, *, is_own: bool) -> None:
        """Open the tab of an annotator's version, which cannot be submitted, or of one's own work, which can."""
        submit = self.page.get_by_role("button", name="submit").first
        for _ in range(5):
            self.tab(name).click()
            try:
                submit.wait_for(state="visible" if is_own else "hidden", timeout=4_000)
            except playwright_api.TimeoutError:
                continue  # a click while a dialog fades is lost
            return
        raise AssertionError(f"the tab of {name!r} did not open")

    def place(self, words: str) -> list[float]:
        """Give where the words stand as soon as they stand still: a changed region moves what follows it."""
        start = self.text.index(words)
        place: list[float] = []
        while place != (place := self.page.evaluate(PLACE, [start, start + len(words)])):
            self.page.wait_for_timeout(200)
        return place

    def mark(self, words: str, label: str) -> None:
        regions = self.page.locator(".htx-highlight").count()
        self.page.keyboard.press(next(entry.hotkey for entry in SCHEME.labels if entry.name == label))
        left, top, right, bottom = self.place(words)
        self.page.mouse.move(left, top)
        self.page.mouse.down()
        self.page.mouse.move((left + right) / 2, (top + bottom) / 2, steps=3)
        self.page.mouse.move(right, bottom, steps=3)
        self.page.mouse.up()
        self.page.wait_for_function("count => document.querySelectorAll('.htx-highlight').length > count", arg=regions)
        self.page.keyboard.press("u")

    def click(self, words: str) -> None:
        left, top, *_ = self.place(words)
        self.page.mouse.click(left + 4, top)

    def select(self, words: str) -> None:
        """Click a region until it is the selected one: a tab that opens moves its text once more when all is drawn."""
        for _ in range(5):
            self.click(words)
            try:
                self.page.wait_for_function(IS_SELECTED, timeout=4_000)
            except playwright_api.TimeoutError:
                self.unselect()  # a second click would only turn round what came late
                continue
            return
        raise AssertionError(f"{words!r} could not be selected")

    def choose(self, attribute: str, value: str) -> None:
        self.page.keyboard.press(choice_keys()[attribute, value].replace("shift", "Shift"))
        self.page.locator(f"input[name={value}]:checked").wait_for()

    def unselect(self) -> None:
        self.page.keyboard.press("u")

    def relate(self, head: str, tail: str, label: str) -> None:
        self.select(head)
        self.page.keyboard.press("Alt+r")
        self.click(tail)
        self.page.locator("#Relations-draggable").click()
        row = self.page.locator(".lsf-relations__item").last
        row.hover()
        row.get_by_label("Show Relation Labels").click()
        self.page.locator(".lsf-relation-meta button").click()
        self.page.locator("[role=option]", has_text=re.compile(rf"^{label}$")).click()
        self.page.keyboard.press("Escape")

    def submit(self) -> None:
        with self.page.expect_response(lambda r: "/annotations" in r.url and r.request.method == "POST") as answer:
            self.page.get_by_role("button", name="submit").first.click()  # beside it may be one for a menu
        assert answer.value.status == 201


@pytest.fixture
def page(studio: Server) -> Iterator[Any]:
    """A page that reaches nothing but this machine, and fails the test if it tries or breaks."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on the path: install chromium")
    outside: list[str] = []
    broken: list[str] = []

    def allow(route: Any) -> None:
        if re.match(r"https?://(127\.0\.0\.1|localhost)[:/]|data:|blob:", route.request.url):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(20_000)
        page.route("**/*", allow)
        page.on("pageerror", lambda error: broken.append(str(error)))
        yield page
        browser.close()
    assert outside == []
    assert broken == []


def test_what_a_person_marks_is_exactly_what_is_exported(studio: Server, page: Any) -> None:
    annotator = ensure_annotator(studio, "hand")
    guidelines = read_guidelines(find_corpus(Path(__file__).parent))
    project = ensure_project(studio, "FogBank browser hand", label_config(), instructions(guidelines))
    article = made_article("kd-01-a", TEXT, "By hand")
    push_articles(project, [article])

    labeler = Labeler(page)
    labeler.log_in(studio.url, annotator)
    labeler.open(project, "kd-01-a")
    page.get_by_role("button", name="Instructions").click()
    number, words = guidelines.cases[-1]
    page.locator("li", has_text=f"{number}. {words[:20]}").click()  # so it is there, and within reach
    page.keyboard.press("Escape")
    page.locator(".lsf-modal-ls__body").wait_for(state="hidden")
    for words, label in ((PERSON, "PERSON"), (CUE, "CUE"), (TIME, "TIME")):
        labeler.mark(words, label)
    labeler.select(CUE)
    labeler.choose("stance", "denies")
    labeler.choose("source_kind", "police")
    labeler.unselect()
    labeler.select(TIME)
    page.fill("input[name=start]", "2031-05-04")
    page.keyboard.press("Enter")
    labeler.unselect()
    labeler.relate(CUE, PERSON, "source")
    labeler.submit()

    exported = export(project)
    (task,) = exported
    (annotation,) = task["annotations"]
    assert annotation["completed_by"]["email"] == annotator.email
    document = read_result("kd-01-a", task["data"]["text"], annotation["result"])
    spans = {(document.quote(span), span.label): dict(span.attributes) for span in document.spans}
    assert spans == {
        (PERSON, "PERSON"): {},
        (CUE, "CUE"): {"stance": "denies", "source_kind": "police"},
        (TIME, "TIME"): {"start": "2031-05-04"},
    }
    ids = {span.label: span.id for span in document.spans}
    assert document == Document(
        "kd-01-a",
        TEXT,
        tuple(
            Span(ids[label], TEXT.index(words), TEXT.index(words) + len(words), label, spans[words, label])
            for words, label in ((PERSON, "PERSON"), (CUE, "CUE"), (TIME, "TIME"))
        ),
        (Relation(ids["CUE"], ids["PERSON"], "source"),),
    )

    # what was made by hand and what is entered from it are one record
    copy = ensure_project(studio, "FogBank browser copy", label_config())
    push_articles(copy, [article])
    enter(copy, annotator, [document])
    assert differences(exported, export(copy)) == []
    assert enter(project, annotator, [document]).there == 1
    assert json.dumps(exported).count("kd-01-a") == 1


def test_an_entered_annotation_opens_in_the_browser_and_survives_being_saved_again(studio: Server, page: Any) -> None:
    annotator = ensure_annotator(studio, "reader")
    project = ensure_project(studio, "FogBank browser reader", label_config())
    push_articles(project, [made_article("kd-01-b", TEXT)])

    def span(key: str, words: str, label: str, **attributes: str | int) -> Span:
        return Span(key, TEXT.index(words), TEXT.index(words) + len(words), label, attributes)

    document = Document(
        "kd-01-b",
        TEXT,
        (
            span("T1", PERSON, "PERSON"),
            span("T2", CUE, "CUE", stance="asserts", source_kind="government"),
            span("T3", "<b>27</b> people\nwere safe", "CONTENT"),
            span("T4", "27", "QUANTITY", modifier="exact", value=27),
            span("T5", "people", "PEOPLE"),
            span("T6", TIME, "TIME", start="2031-05-04", duration="P1D"),
            span("T7", "Cafe\u0301", "FACILITY"),
        ),
        (Relation("T2", "T1", "source"), Relation("T2", "T3", "content"), Relation("T5", "T4", "quantity")),
    )
    enter(project, annotator, [document])
    before = export(project)

    labeler = Labeler(page)
    labeler.log_in(studio.url, annotator)
    labeler.open(project, "kd-01-b", regions=len(document.spans))
    labeler.mark("Governor", "PERSON")
    with page.expect_response(lambda r: "/api/annotations/" in r.url and r.request.method == "PATCH") as answer:
        page.get_by_role("button", name="submit").click()
    assert answer.value.ok
    told = differences(before, export(project))
    assert len(told) == 1
    assert re.search(r'exported only: .*"labels":\["PERSON"\]', told[0])


class Known:
    """A system that predicts one document, whatever the text."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:
        """Learn nothing."""

    def predict(self, article: Article) -> Document:
        return replace(self.document, id=article.id, text=article.text)

    def state(self) -> State:
        return {}

    def restore(self, state: State) -> None:
        """Take up nothing."""


def test_a_person_starts_from_a_pre_annotation_and_what_they_changed_is_told(
    studio: Server, page: Any, tmp_path: Path
) -> None:
    corpus, one = Corpus(tmp_path), Round("browser", "annotation", "3", {"helped": ("kd-01-c",)})
    corpus.manifest.parent.mkdir()
    corpus.manifest.write_text("")
    (tmp_path / "annotations").symlink_to(find_corpus(Path(__file__).parent).root / "annotations")
    annotator = ensure_annotator(studio, "helped")
    project = round_project(studio, corpus, one, "helped")
    push_articles(project, [made_article("kd-01-c", TEXT)])

    def span(key: str, words: str, label: str, **attributes: str | int) -> Span:
        return Span(key, TEXT.index(words), TEXT.index(words) + len(words), label, attributes)

    said = span("T2", CUE, "CUE", stance="asserts", source_kind="government")
    day, number = span("T3", TIME, "TIME", start="2031-05-04"), span("T4", "27", "QUANTITY", modifier="exact", value=27)
    predicted = Document(
        "kd-01-c",
        TEXT,
        (
            span("T1", PERSON, "ORG"),  # becomes PERSON
            said,
            day,
            number,
            span("T5", "people", "PEOPLE"),
            span("T6", "safe", "FACILITY"),  # goes
        ),
        (
            Relation("T2", "T1", "source"),
            Relation("T2", "T3", "time"),
            Relation("T5", "T4", "quantity"),
            Relation("T5", "T6", "member_of"),  # goes with its tail
        ),
    )
    assistant = Assistant(Known(predicted), "known|seed:1", lambda _: 0.5)
    assert assist_round(studio, corpus, one, assistant)[0].counts.added == 1

    labeler = Labeler(page)
    labeler.log_in(studio.url, annotator)
    labeler.begin(project)
    page.locator(".htx-highlight", has_text="safe").wait_for()
    playwright_api.expect(page.locator(".lsf-outliner").get_by_text("safe", exact=True)).to_have_count(1)
    labeler.select("safe")
    page.keyboard.press("Backspace")
    page.locator(".htx-highlight", has_text="safe").wait_for(state="detached")
    labeler.select(PERSON)
    page.keyboard.press(next(entry.hotkey for entry in SCHEME.labels if entry.name == "PERSON"))
    labeler.unselect()
    labeler.mark("Cafe\u0301", "FACILITY")
    labeler.submit()

    (path,) = pull_round(studio, corpus, one, tmp_path)
    (task,) = read_json(path)
    (annotation,) = task["annotations"]
    document = read_result("kd-01-c", TEXT, annotation["result"])
    (drawn,) = {span.id for span in document.spans} - {span.id for span in predicted.spans}
    wanted = Document(
        "kd-01-c",
        TEXT,
        (
            span("T1", PERSON, "PERSON"),
            said,
            day,
            number,
            span("T5", "people", "PEOPLE"),
            span(drawn, "Cafe\u0301", "FACILITY"),
        ),
        predicted.relations[:3],
    )
    assert document.canonical() == wanted.canonical()
    assert annotation["parent_prediction"] == task["predictions"][0]["id"]

    measured = measure_assistance(corpus, one, tmp_path)
    assert measured.versions == {"known|seed:1": 1}
    assert measured.revision == revise([(wanted, predicted)])
    told = measured.to_json()
    assert told["spans"]["all"] == {"kept": 4, "boundary": 0, "label": 1, "attribute": 0, "removed": 1, "added": 1}
    assert told["relations"]["all"] == {"kept": 3, "removed": 1, "added": 0}
