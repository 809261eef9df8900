"""The report page in a real browser, with texts that contain markup."""

from pathlib import Path
from typing import Any

import pytest

from fogbank import Article, Document, Relation, Span, score
from fogbank.publish.pages.report import document_data, render

HOSTILE = "<script>document.title='run'</script> 🚀 Hask & “<b>men</b>” </script><img src=x onerror=alert(1)>"

SYSTEM = "<em>linear</em>"


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
    predicted = Document("d", text, (spans()[0], Span("T9", 0, 3, "ORG"), Span("T8", 4, len(HOSTILE), "CONTENT")))
    report = score([gold], [predicted], system=SYSTEM, split="test", resamples=10)
    return render(
        [report], [document_data(article, "test", gold, {SYSTEM: predicted})], {(SYSTEM, "test"): [(gold, predicted)]}
    )


@pytest.fixture
def opened(tab: Any, tmp_path: Path) -> Any:
    (tmp_path / "index.html").write_text(page(), encoding="utf-8")
    tab.goto((tmp_path / "index.html").as_uri())
    tab.wait_for_selector(".tag")
    return tab


@pytest.mark.browser
def test_markup_in_texts_names_and_values_is_shown_and_never_run(opened: Any) -> None:
    assert opened.title() == "FogBank report"
    assert opened.locator("#title").inner_text() == "<u>title</u>"
    assert opened.locator("main img, main u, main em, .words script").count() == 0
    for pane in range(2):
        cut = opened.locator(".words").nth(pane).locator("> span").all_text_contents()
        assert "".join(cut) == HOSTILE
    assert opened.locator(".pane > .name").all_inner_texts() == ["gold", SYSTEM]
    opened.locator("summary", has_text="headlines as a table").click()
    assert SYSTEM in opened.locator("table").last.inner_text()


@pytest.mark.browser
def test_a_chosen_span_shows_words_attributes_and_relations(opened: Any) -> None:
    opened.locator(".pane").first.locator("button.tag", has_text="STRIKE").focus()
    opened.keyboard.press("Enter")
    panel = opened.locator("#panel").inner_text()
    assert "🚀" in panel
    assert "status: <i>x</i>" in panel
    assert "affected → " in panel
    assert opened.locator(".arcs").first.locator("text").all_text_contents() == ["affected"]
    assert opened.locator(".arcs").nth(1).locator("path.chosen").count() == 0
    opened.locator("#panel button").click()
    assert "← affected of" in opened.locator("#panel").inner_text()


@pytest.mark.browser
def test_all_relations_are_drawn_on_request(opened: Any) -> None:
    drawn = opened.locator(".arcs > path")
    assert drawn.count() == 0
    opened.get_by_label("draw all relations").check()
    assert drawn.count() == 1
    opened.get_by_label("event", exact=True).uncheck()
    assert drawn.count() == 0


@pytest.mark.browser
def test_gold_shows_what_was_missed_and_the_system_what_gold_lacks(opened: Any) -> None:
    assert opened.locator(".tag.missed").all_inner_texts() == ["STRIKE"]
    assert opened.locator(".tag.spurious").all_inner_texts() == ["ORG"]
    assert opened.locator(".tag.differs").all_inner_texts() == ["CONTENT", "CONTENT"]
    opened.get_by_label("attribution", exact=True).uncheck()
    assert opened.locator(".tag.differs").count() == 0


@pytest.mark.browser
def test_errors_are_filtered_by_kind_and_lead_to_their_place(opened: Any) -> None:
    assert opened.locator("#errors li").count() == 3
    opened.select_option("#kind", "wrong boundary")
    assert opened.locator("#number").inner_text() == f"1 error of {SYSTEM}"
    opened.locator("#errors button").click()
    assert opened.locator("#panel strong").inner_text() == "CONTENT (wrong boundary)"
    assert opened.evaluate("document.activeElement.textContent") == "CONTENT"
    opened.locator("#panel button", has_text="linear").click()
    assert "in <em>linear</em>" in opened.locator("#panel").inner_text()
    opened.select_option("#kind", "any")
    opened.select_option("#label", "ORG")
    assert "spurious: nothing → ORG" in opened.locator("#errors").inner_text()


@pytest.mark.browser
def test_a_report_has_plots_with_intervals_and_a_confusion_matrix(opened: Any) -> None:
    opened.locator("details.report > summary").click()
    report = opened.locator("details.report")
    assert "F1 by label" in report.inner_text()
    names, shown = report.locator(".plot bdi").all_inner_texts(), report.locator(".plot svg")
    assert shown.nth(names.index("PLACE")).get_attribute("aria-label") == "1.000, interval –"
    assert shown.nth(names.index("STRIKE")).locator("circle").get_attribute("cx") == "0.00%"
    titles = report.locator(".matrix title").all_text_contents()
    assert "STRIKE in gold, none predicted: 1" in titles
    assert "CONTENT in gold, CONTENT predicted: 1" in titles


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_needs_no_sideways_scrolling_and_ink_differs_from_paper(opened: Any, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme)
    opened.set_viewport_size({"width": 380, "height": 800})
    opened.locator("details.report > summary").click()
    assert opened.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    ink, paper = (opened.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
    assert ink != paper


@pytest.mark.browser
def test_a_withheld_text_is_said_to_be_withheld(tab: Any, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(page(None), encoding="utf-8")
    tab.goto((tmp_path / "index.html").as_uri())
    assert "The text is withheld" in tab.locator("#panes").inner_text()


def test_the_page_needs_nothing_from_outside() -> None:
    made = page().replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert "http://" not in made
    assert "https://" not in made
    assert "</script><img" not in made
