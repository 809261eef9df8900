"""The guidelines are read by one module, shown by `fogbank guide`, and stand whole in Label Studio's instructions."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fogbank import SCHEME, DataError, FogbankError, find_corpus
from fogbank.cli import main
from fogbank.curate.studio.config import instructions
from fogbank.curate.studio.markup import to_html
from fogbank.model.corpus import Corpus
from fogbank.model.guidelines import Guidelines, read_guidelines

HOME = find_corpus(Path(__file__).parent)
GUIDELINES = read_guidelines(HOME)
NAMES = [*SCHEME.label_names, *SCHEME.relation_names, *SCHEME.attribute]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["guide", *words])


def test_every_name_of_the_scheme_has_an_entry_that_says_when_and_when_not_with_examples() -> None:
    assert list(GUIDELINES.entries) == NAMES
    for entry in GUIDELINES.entries.values():
        assert "**Not when**" in entry.words
        assert "\n- “" in entry.words or "\n- actual: “" in entry.words
        assert "\n- Not" in entry.words
        assert "#" not in entry.words
        assert "<!--" not in entry.words


def test_cases_are_numbered_without_a_gap_and_each_label_but_the_plainest_is_named_by_one() -> None:
    assert [case.number for case in GUIDELINES.cases] == list(range(1, len(GUIDELINES.cases) + 1))
    unnamed = {name for name, entry in GUIDELINES.entries.items() if entry.kind == "label" and not entry.cases}
    assert unnamed <= {"UNREST"}


TEXT = """# Guidelines
{entries}
## Decided cases

### First
1. “[Hask]PLACE” is a PLACE, and never a PLACENAME.
2. “It denies all”, he said, is `agent`; [a]STRIKE –causes→ [b]DEATH.
3. The denial itself: denies, never asserts.

## Changes
4. A change of PLACE is no case.
"""


def made(names: list[str]) -> Guidelines:
    return Guidelines(TEXT.format(entries="".join(f"### {name}\nWords of {name}.\n" for name in names)))


def test_a_case_names_what_it_rules_on_not_what_it_happens_to_say() -> None:
    entries = made(NAMES).entries
    numbers = {name: [case.number for case in entry.cases] for name, entry in entries.items() if entry.cases}
    assert numbers == {"PLACE": [1], "STRIKE": [2], "DEATH": [2], "agent": [2], "causes": [2], "stance": [3]}


def test_a_name_without_an_entry_or_with_two_is_told() -> None:
    with pytest.raises(DataError, match="no entry for CUE, time; expected a heading"):
        _ = made([name for name in NAMES if name not in ("CUE", "time")]).entries
    with pytest.raises(DataError, match="CUE has two entries"):
        _ = made([*NAMES, "CUE"]).entries


@pytest.mark.parametrize(
    ("name", "found"),
    [("CUE", ["CUE"]), ("cue", ["CUE"]), ("CONTENT", ["CONTENT"]), ("content", ["content"]),
     ("Content", ["CONTENT", "content"]), ("Same_Event", ["same_event"])],
)  # fmt: skip
def test_an_entry_is_found_in_any_letter_case(name: str, found: list[str]) -> None:
    assert [entry.name for entry in GUIDELINES.find(name)] == found


def test_guide_shows_definition_when_not_examples_and_cases() -> None:
    shown = " ".join(run("QUANTITY").output.split())
    for words in ("A count of people, things or events", "Not when", "“[at least 12]QUANTITY [houses]FACILITY burned”",
                  "43 exact: plain numbers"):  # fmt: skip
        assert words in shown
    assert "# " not in shown
    assert "**" not in shown
    assert "An election rally" not in shown


def test_guide_alone_lists_every_entry() -> None:
    lines = run().output.splitlines()
    assert [line.split()[0] for line in lines] == NAMES


def test_guide_as_json_gives_words_and_cases() -> None:
    (entry,) = [json.loads(line) for line in run("agent", "--json").output.splitlines()]
    assert (entry["name"], entry["kind"]) == ("agent", "relation")
    assert {"number", "words"} == set(entry["cases"][0])


@pytest.mark.parametrize(
    ("name", "message"),
    [("plase", "'plase' is no entry of the guidelines; expected one like PLACE"), ("§§", "a label, relation or")],
)
def test_an_unknown_name_gets_the_nearest_ones(name: str, message: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert message in result.output


def test_without_a_checkout_guide_says_that_the_package_has_no_guidelines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    result = run("CUE")
    assert result.exit_code == 2
    assert "annotations/guidelines.md of a checkout; the installed package alone does not have them" in result.output
    with pytest.raises(FogbankError, match=r"guidelines\.md: cannot be read"):
        read_guidelines(Corpus(tmp_path))


# ---------------------------------------------------------------- as HTML


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def test_the_instructions_hold_every_word_of_the_guidelines_and_the_numbers_of_all_cases() -> None:
    parser = _Words()
    parser.feed(instructions(GUIDELINES))
    rows = re.sub(r"^[-| ]+$", "", GUIDELINES.text, flags=re.MULTILINE)
    plain = re.sub(r"^#+ |^- |[*`|]", "", rows, flags=re.MULTILINE)
    assert "".join(parser.words).endswith("".join(plain.split()))


def test_label_studios_cleaner_leaves_the_instructions_as_they_are() -> None:
    bleach = pytest.importorskip("bleach")
    pytest.importorskip("label_studio")
    import importlib.util

    import label_studio

    place = Path(str(label_studio.__file__)).parent / "constants.py"
    spec = importlib.util.spec_from_file_location("label_studio_constants", place)
    assert spec is not None
    assert spec.loader is not None
    constants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(constants)
    for shown in (instructions(GUIDELINES), instructions()):
        allowed = {"tags": constants.SAFE_HTML_TAGS, "attributes": constants.SAFE_HTML_ATTRIBUTES}
        assert bleach.clean(shown, **allowed) == shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](http://example.org/x.png)",
        "<http://example.org>",
        "[x]: http://example.org\n\n[x]",
        "- <b onclick=alert(1)>x</b>",
        "| <script> |\n| --- |\n| <iframe src=x> |",
    ],
)
def test_nothing_in_the_guidelines_becomes_html_of_its_own(hostile: str) -> None:
    tags: list[tuple[str, object]] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append((tag, attrs))

    Tags().feed(to_html(hostile))
    assert {tag for tag, _ in tags} <= {"p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "br"}
    assert all(attrs == [] for _, attrs in tags)
