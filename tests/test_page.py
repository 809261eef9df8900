"""The report page in a real browser, with texts that contain markup."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fogbank import Article, Document, Relation, Span, score
from fogbank.publish.page import _document, render

HOSTILE = "<script>document.title='run'</script> 🚀 Hask & “<b>men</b>” </script><img src=x onerror=alert(1)>"


def spans() -> tuple[Span, ...]:
    start = HOSTILE.index("Hask")
    whole = Span("T2", 0, len(HOSTILE), "CONTENT")
    return (
        Span("T1", start, start + 4, "PLACE"),
        whole,
        Span("T3", start - 2, start - 1, "STRIKE", {"status": "<i>x</i>"}),
    )


def page(text: str | None = HOSTILE) -> str:
    article = Article("d", "dispatches", "2021-03-04T11:20", "0", "x", text, title="<u>title</u>", genre="update")
    gold = Document("d", text, spans(), (Relation("T3", "T1", "affected"),))
    predicted = Document("d", text, (spans()[0], Span("T9", 0, 3, "ORG")))
    report = score([gold], [predicted], system="<em>linear</em>", split="test", resamples=10)
    return render([report], [_document(article, "test", {"gold": gold, "<em>linear</em>": predicted})])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        pytest.skip("needs Debian's chromium at /usr/bin/chromium")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "index.html").write_text(page(), encoding="utf-8")
    tab = browser.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    tab.on("request", lambda request: wrong.append(request.url) if not request.url.startswith("file:") else None)
    tab.on("dialog", lambda dialog: wrong.append(dialog.message))
    tab.goto((tmp_path / "index.html").as_uri())
    tab.wait_for_selector(".tag")
    yield tab
    tab.close()
    assert wrong == []


@pytest.mark.browser
def test_markup_in_texts_names_and_values_is_shown_and_never_run(opened: Any) -> None:
    assert opened.title() == "FogBank report"
    assert opened.locator("#title").inner_text() == "<u>title</u>"
    assert opened.locator("main img, main u, main em, #text script").count() == 0
    pieces = opened.evaluate("[...document.querySelectorAll('#text > span')].map((p) => p.textContent).join('')")
    assert pieces == HOSTILE
    assert "<em>linear</em>" in opened.locator("table").first.inner_text()


@pytest.mark.browser
def test_a_chosen_span_shows_words_attributes_and_relations(opened: Any) -> None:
    opened.locator("button.tag", has_text="STRIKE").focus()
    opened.keyboard.press("Enter")
    panel = opened.locator("#panel").inner_text()
    assert "🚀" in panel
    assert "status: <i>x</i>" in panel
    assert "affected → " in panel
    opened.locator("#panel button").click()
    assert "← affected of" in opened.locator("#panel").inner_text()


@pytest.mark.browser
def test_a_system_shows_what_it_missed_and_what_gold_lacks(opened: Any) -> None:
    opened.select_option("#version", "<em>linear</em>")
    assert sorted(opened.locator(".tag.missed").all_inner_texts()) == ["CONTENT", "STRIKE"]
    assert opened.locator(".tag.spurious").all_inner_texts() == ["ORG"]
    opened.get_by_label("attribution").uncheck()
    assert opened.locator(".tag.missed").all_inner_texts() == ["STRIKE"]


@pytest.mark.browser
def test_a_phone_needs_no_sideways_scrolling(opened: Any) -> None:
    opened.set_viewport_size({"width": 380, "height": 800})
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
def test_a_withheld_text_is_said_to_be_withheld(browser: Any, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(page(None), encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "index.html").as_uri())
    assert "The text is withheld" in tab.locator("#text").inner_text()
    tab.close()


def test_the_page_needs_nothing_from_outside() -> None:
    made = page()
    assert "http://" not in made
    assert "https://" not in made
    assert "</script><img" not in made
