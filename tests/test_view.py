"""`fogbank view` in a real browser, with texts, titles, names and sheets that contain markup."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fogbank import Article, Document, FogbankError, Interval, Relation, Span
from fogbank.cli import main
from fogbank.model.claim import Figure
from fogbank.model.document import Dateline
from fogbank.model.ledger import Entry, account
from fogbank.publish.pages.account_plot import plot
from fogbank.publish.pages.html import range_words
from fogbank.publish.pages.view import GOLD, Holding, Library, collect, write_document_view, write_view

BAD = "</script><script>document.title='run'</script><img src=x onerror=alert(1)>"
TEXT = f"🚀 Dr Orēth said 12 miners died in Hask. {BAD} & “<b>end</b>”"
Bounds = tuple[int | None, int | None, int | None]
ANNOTATOR = "<u>ann-1</u> (round-1)"


def place(words: str, name: str, label: str, **attributes: str | int) -> Span:
    start = TEXT.index(words)
    return Span(name, start, start + len(words), label, attributes)


def marked(name: str, *, text: str | None = TEXT, value: int = 12) -> Document:
    """Who says that how many died where; the place name is attributed markup."""
    return Document(
        name,
        text,
        (
            place("Orēth", "T1", "PERSON"),
            place("said", "T2", "CUE", stance="asserts", source_kind="medical"),
            place("12 miners died in Hask", "T3", "CONTENT"),
            place("12", "T4", "QUANTITY", modifier="at_least", value=value),
            place("miners", "T5", "PEOPLE"),
            place("died", "T6", "DEATH", status="<i>actual</i>"),
            place("Hask", "T7", "PLACE"),
        ),
        (
            Relation("T2", "T1", "source"),
            Relation("T2", "T3", "content"),
            Relation("T5", "T4", "quantity"),
            Relation("T6", "T5", "affected"),
            Relation("T6", "T7", "place"),
        ),
        dateline=Dateline("abc-01", "2030-03-05T10:00", "abc-out", {"killed": 14}),
    )


def holding(name: str, published: str = "2030-03-05T10:00", **known: Any) -> Holding:
    """An article, with gold and a version that has another place and figure."""
    fields: dict[str, Any] = {
        "part": "dispatches", "licence": "x", "text": TEXT, "title": f"{BAD} title {name}", "outlet": "abc-out",
        "genre": "update", "theatre": "abc", "incident": "abc-01", **known,
    }  # fmt: skip
    article = Article(id=name, published=published, sha256="0", **fields)
    gold = replace(
        marked(name, text=article.text), dateline=Dateline(article.incident or name, published, truth={"killed": 14})
    )
    other = replace(gold, spans=(*gold.spans[:-1], place("Hask", "T7", "FACILITY")))
    return Holding(article, "train", {GOLD: gold, ANNOTATOR: other}, [(GOLD, ANNOTATOR)])


def library() -> Library:
    """Three articles; the last is a real one whose text is withheld, with an id that is no name of a file."""
    wire = holding("../real?", part="wire", text=None, title=None, theatre=None, incident=None, outlet="<b>W</b>")
    figures = [{"measure": "killed", "group": BAD, "value": 14}]
    truth = {
        "start": datetime(2030, 3, 5, 8), "end": datetime(2030, 3, 5, 9), "place": BAD, "label": "STRIKE",
        "agent": BAD, "summary": BAD, "figures": figures,
    }  # fmt: skip
    said = {"time": datetime(2030, 3, 5, 9), "source": BAD, "source_kind": "medical", "stance": "asserts", "says": BAD}
    incident = {"title": f"{BAD} incident", "truth": truth, "statements": [said]}
    named = {"id": "abc-out", "name": "<em>Outlet</em>", "side": BAD, "note": BAD}
    theatre = {"name": "<i>Theatre</i>", "kind": "war", "years": "2030", "summary": BAD, "outlets": [named],
               "parties": [named]}  # fmt: skip
    quiet = holding("abc-01-b", text="Nothing happened.", genre="feature")
    return Library(
        [holding("abc-01-a"), replace(quiet, versions={}, compared=()), wire], {"abc-01": incident}, {"abc": theatre}
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("view") / "pages"
    write_view(library(), folder)
    return folder


def is_clean(tab: Any) -> bool:
    """Whether nothing of what was put in became an element or was run."""
    return bool(tab.title() != "run" and tab.locator("main img, main b, main u, main i, h1 script").count() == 0)


@pytest.mark.browser
def test_the_list_is_searched_by_words_of_texts_and_names_without_accents(tab: Any, pages: Path) -> None:
    tab.goto((pages / "index.html").as_uri())
    rows = tab.locator("#documents .items li:visible")
    assert tab.locator("#number").inner_text() == "3 documents, 2 incidents, 1 theatres"
    assert rows.first.locator("a").inner_text() == f"{BAD} title abc-01-a"
    tab.keyboard.press("Tab")  # the skip link, then the search
    tab.keyboard.press("Tab")
    tab.keyboard.type("ORETH miners")
    tab.locator("#number", has_text="1 document,").wait_for()
    assert rows.locator("mark").inner_text() == "Orēth"
    assert "🚀 Dr Orēth said 12 miners" in rows.inner_text()
    tab.get_by_label("words in titles").fill("")
    tab.get_by_label("genre").select_option("feature")
    tab.locator("#number", has_text="1 document, 1 incident, 1 theatre").wait_for()
    assert "title abc-01-b" in rows.inner_text()
    assert tab.locator("#theatres li:visible").count() == 1
    tab.get_by_label("words in titles").fill("nowhere")
    tab.locator("#documents > p", has_text="None.").wait_for()
    assert is_clean(tab)


@pytest.mark.browser
def test_a_claim_leads_to_its_spans_and_a_span_to_its_claims_by_keyboard(tab: Any, pages: Path) -> None:
    tab.goto((pages / "documents" / "abc-01-a.html").as_uri() + "#C1")
    tab.locator("#C1 button:focus").wait_for()
    assert "≥ 12" in tab.locator("#C1").inner_text()
    assert [*tab.locator(".piece.chosen").all_inner_texts()] == ["Orēth", "said", "12", "miners", "died", "Hask"]
    drawn = {*tab.locator(".arcs text").all_text_contents()}
    assert drawn == {"source", "content", "quantity", "affected", "place"}
    tab.locator(".pane .tag").first.focus()
    tab.keyboard.press("End")
    tab.keyboard.press("ArrowLeft")
    tip = tab.get_by_role("tooltip")
    assert "DEATH" in tip.inner_text()
    assert "status: <i>actual</i>" in tip.inner_text()
    tab.keyboard.press("Escape")
    assert not tip.is_visible()
    tab.keyboard.press("Enter")
    assert tab.locator("tr.chosen").count() == 1
    tab.locator("#panel button", has_text="C1").press("Enter")
    assert tab.evaluate("document.activeElement.textContent") == "C1"
    assert "".join(tab.locator(".words > span").all_text_contents()) == TEXT
    assert is_clean(tab)


@pytest.mark.browser
def test_what_hovers_names_the_nested_spans_innermost_first(tab: Any, pages: Path) -> None:
    tab.goto((pages / "documents" / "abc-01-a.html").as_uri())
    tab.locator(".piece", has_text="miners").hover()
    assert tab.get_by_role("tooltip").locator("strong").all_inner_texts() == ["PEOPLE", "CONTENT"]
    tab.locator(".piece", has_text="12").hover()
    assert "modifier: at_least · value: 12" in tab.get_by_role("tooltip").inner_text()


@pytest.mark.browser
def test_two_versions_stand_side_by_side_with_their_differences(tab: Any, pages: Path) -> None:
    tab.goto((pages / "documents" / "abc-01-a.html").as_uri())
    tab.select_option("#shown", "0")
    assert tab.locator(".pane > .name").all_inner_texts() == [GOLD, ANNOTATOR]
    assert not tab.locator("#claims").is_visible()
    assert tab.locator(".tag.differs").all_inner_texts() == ["PLACE", "FACILITY"]
    row = tab.locator("#differences tbody tr").first
    assert row.locator("td").all_inner_texts() == ["", "PLACE “Hask”", "FACILITY “Hask”"]
    row.locator("button").press("Enter")
    assert tab.evaluate("document.activeElement.textContent") == "PLACE"
    tab.locator("#panel button", has_text="FACILITY").click()
    assert f"in {ANNOTATOR}" in tab.locator("#panel").inner_text()
    assert is_clean(tab)


@pytest.mark.browser
def test_an_incident_plots_every_figure_beside_the_range_and_what_is_true(tab: Any, pages: Path) -> None:
    tab.goto((pages / "incidents" / "abc-01.html").as_uri())
    assert tab.locator("#killed").inner_text() == "killed: 12, best 12; true 14"
    mark = tab.locator(".mark a")
    assert "Orēth (medical): ≥ 12, stands" in mark.locator("title").text_content()
    lines = {name: float(tab.locator(f".field line.{name}").get_attribute("y1")) for name in ("best", "true")}
    assert lines["true"] < lines["best"] == float(tab.locator(".mark").get_attribute("y"))
    assert float(tab.locator(".field .band").get_attribute("y")) == lines["best"]
    mark.focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.querySelector(':target').id") == "killed-1"
    tab.locator("#killed-1 a").click()
    tab.wait_for_selector("#C1.chosen")
    assert is_clean(tab)


@pytest.mark.browser
def test_a_withheld_text_is_named_with_the_way_to_restore_it(tab: Any, pages: Path) -> None:
    tab.goto((pages / "index.html").as_uri())
    tab.get_by_role("link", name="../real?").first.click()
    assert "text is withheld; “fogbank restore --texts DIR”" in tab.locator("#panes").inner_text()
    assert "characters 5–10" in tab.locator("#C1").inner_text()
    tab.get_by_role("navigation").get_by_role("link", name="../real?").click()
    assert "killed: 12" in tab.locator("main").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_a_phone_and_each_has_landmarks(tab: Any, pages: Path, scheme: str) -> None:
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 380, "height": 800})
    for page in ("index.html", "documents/abc-01-a.html", "incidents/abc-01.html", "theatres/abc.html"):
        tab.goto((pages / page).as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page
        assert tab.get_by_role("main").count() == tab.get_by_role("heading", level=1).count() == 1
        assert tab.evaluate("[...document.querySelectorAll('input, select')].every((e) => e.labels.length)"), page
        paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
        assert is_clean(tab)


@pytest.mark.browser
def test_one_predicted_document_has_a_page_of_its_own(tab: Any, tmp_path: Path) -> None:
    mine = marked("<b>mine</b>")
    odd = replace(mine, spans=(*mine.spans, place("end", "T8", "<i>NEW</i>")))
    path = write_document_view(odd, tmp_path / "out")
    assert path == tmp_path / "out" / "index.html"
    assert write_document_view(marked("mine"), tmp_path / "mine.html") == tmp_path / "mine.html"
    tab.goto(path.as_uri())
    assert "1 claim" in tab.locator("#claims caption").inner_text()
    assert tab.locator(".pane > .name").inner_text() == "predicted"
    assert tab.locator(".tag").last.inner_text() == "<i>NEW</i>"
    assert is_clean(tab)


def test_pages_need_nothing_from_outside_and_run_only_their_own_script(pages: Path) -> None:
    made = {path.relative_to(pages).as_posix(): path.read_text() for path in pages.rglob("*.html")}
    assert {unquote(name) for name in made} == {
        "index.html", "documents/abc-01-a.html", "documents/abc-01-b.html", "documents/../real?.html",
        "incidents/abc-01.html", "incidents/../real?.html", "theatres/abc.html",
    }  # fmt: skip
    assert sorted(path.name for path in pages.parent.iterdir()) == ["pages"]
    for name, page in made.items():
        inside = page.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
        assert "://" not in inside, name
        assert "default-src 'none'" in page
        policy = page.split("script-src ")[1].split('"')[0]
        assert policy == "'none'" or (policy.startswith("'sha256-") and "unsafe" not in policy), name


def test_a_folder_of_others_is_refused_and_old_pages_go(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FogbankError, match="holds other files"):
        write_view(library(), tmp_path)
    write_view(library(), tmp_path / "view")
    fewer = Library(library().holdings[:1], library().incidents, library().theatres)
    write_view(fewer, tmp_path / "view")
    assert [path.name for path in (tmp_path / "view" / "documents").iterdir()] == ["abc-01-a.html"]


def test_the_command_shows_the_corpus_with_its_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOGBANK_HOME", str(Path(__file__).parent / "cases" / "corpus"))
    result = CliRunner().invoke(main, ["view", "--no-open", "--output", str(tmp_path / "view")])
    assert result.exit_code == 0, result.output
    assert "4 documents, 3 incidents" in result.output
    page = (tmp_path / "view" / "documents" / "abc-01-a.html").read_text()
    assert "gold beside ann-1 (round-1)" in page


def test_two_annotators_of_one_round_are_compared_with_gold_and_each_other() -> None:
    held = [one for one in collect(home()).holdings if len(one.versions) == 3]
    assert held
    for one in held[:3]:
        gold, first, second = one.versions
        assert {*one.compared} == {(gold, first), (gold, second), (first, second)}


def home() -> Any:
    from fogbank import find_corpus

    return find_corpus(Path(__file__).parent)


times = st.integers(0, 23).map(lambda hour: f"2030-03-05T{hour:02}:00")
bound = st.none() | st.integers(0, 5000)
bounds = st.tuples(bound, bound, bound).filter(lambda held: held != (None, None, None))


@given(st.lists(st.tuples(times, bounds, st.sampled_from(["medical", "police", "military"])), min_size=1, max_size=12))
def test_no_mark_covers_another_on_a_phone_or_a_desk(told: list[tuple[str, Bounds, str]]) -> None:
    entries = [
        Entry("i", "killed", "d", number, time, None, kind, "asserts", None, Figure(*held), key=str(number))
        for number, (time, held, kind) in enumerate(told)
    ]
    made = plot(account(entries, "i", "killed", 7))
    assert made is not None
    assert len(made.marks) == len(entries)
    for width in (250, 1100):
        at = [(mark.x / 100 * width + mark.shift, mark.y) for mark in made.marks]
        for number, (x, y) in enumerate(at):
            assert all(abs(x - a) > 19 or abs(y - b) > 19 for a, b in at[:number])
    for mark in made.marks:
        assert 5 <= mark.x <= 95
        assert 0 <= mark.y <= 260


@pytest.mark.parametrize(
    ("held", "words"),
    [((5, 5, 5), "5"), ((1200, 1200, None), "≥ 1,200"), ((None, 9, 9), "≤ 9"), ((3, 5, 19), "3–19"),
     ((None, 5, None), "about 5"), ((None, None, None), "?")],
)  # fmt: skip
def test_a_range_is_given_in_words(held: Bounds, words: str) -> None:
    assert range_words(Interval(*held)) == words
