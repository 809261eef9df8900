"""The leaderboard: entries are made from files nobody vouches for, read with distrust, and shown escaped."""

import json
import shutil
import tomllib
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fogbank import Corpus, find_corpus, load, load_articles
from fogbank.cli import main
from fogbank.compare.tasks import TASKS
from fogbank.model.storage import write_bytes
from fogbank.publish.leaderboard.board import board_markdown, board_page, read_board
from fogbank.publish.leaderboard.entries import LARGEST, read_entries, series
from fogbank.publish.leaderboard.submission import entry_bytes
from fogbank.publish.pages.markdown import escaped
from fogbank.publish.systems.catalogue import make_system
from fogbank.publish.systems.evaluation import score_file
from fogbank.publish.systems.predictions import predict, write_predictions

HOME = find_corpus(Path(__file__).parent)
HOSTILE = "</td><script>alert(1)</script>|\u202e[x](javascript:alert(1)) ![i](http://e.x/i.png) `c` <img src=x>"
DESCRIPTION = """
name = "Mine"
authors = ["A. Person"]
trained_on = "train"
language_model = true
date = 2026-01-02
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    for name in ("corpus", "data", "baselines", "annotations", "schema"):
        (tmp_path / name).symlink_to(HOME.root / name)
    (tmp_path / "mine.toml").write_text(DESCRIPTION)
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    write_predictions(tmp_path / "gold.jsonl", load("test", HOME))
    return Corpus(tmp_path)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def submit(
    file: str = "gold.jsonl", system: str = "mine", split: str = "test", description: str = "mine.toml"
) -> Result:
    return run("submit", file, "--system", system, "--split", split, "--description", description)


def test_a_submission_becomes_one_entry_and_the_board_shows_it(home: Corpus) -> None:
    result = submit()
    assert result.exit_code == 0, result.output
    assert "leaderboard/test/mine.json: written" in result.output
    entries, refused = read_entries(home)
    assert [(entry.system, entry.split, refused) for entry in entries] == [("mine", "test", [])]
    assert [score.value for score in entries[0].scores.values()] == [1.0] * len(TASKS)
    held = json.loads((home.root / "leaderboard/test/mine.json").read_bytes())
    assert held["predictions"] == sha256((home.root / "gold.jsonl").read_bytes()).hexdigest()
    assert run("leaderboard").exit_code == 0
    assert "| spans | a | Mine | 1.000 |" in (home.root / "leaderboard/README.md").read_text()
    assert "Mine" in (home.root / "leaderboard/index.html").read_text()
    assert run("leaderboard").output == ""  # nothing to do twice


@pytest.mark.parametrize("system", ["../mine", "/etc/x", "a/b", "", "Mine", "a..b", "a\n", "x" * 65, "con.json", "ä"])
def test_a_name_that_could_be_a_path_is_refused(home: Corpus, system: str) -> None:
    result = submit(system=system)
    assert result.exit_code == 2
    assert "expected a name of small letters" in result.output
    assert not (home.root / "leaderboard").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('name = ""', "$.name"),
        ('url = "javascript:alert(1)"', "$.url"),
        ('authors = "me"', "$.authors"),
        ('extra = "x"', "extra"),
        (f'name = "{"x" * 81}"', "$.name"),
        ('name = "', "toml-syntax"),
    ],
)
def test_a_description_that_breaks_its_schema_is_named(home: Corpus, line: str, said: str) -> None:
    key = line.partition(" ")[0]
    kept = [held for held in DESCRIPTION.splitlines() if not held.startswith(f"{key} ")]
    (home.root / "mine.toml").write_text("\n".join([*kept, line]))
    result = submit()
    assert result.exit_code == 1
    assert said in result.output
    assert not (home.root / "leaderboard").exists()


def test_predictions_are_checked_bounded_and_of_the_split(home: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (home.root / "gold.jsonl").read_text().splitlines()

    def with_lines(*kept: str) -> Result:
        (home.root / "p.jsonl").write_text("\n".join(kept) + "\n")
        return submit("p.jsonl")

    assert "document-repeated" in with_lines(*lines, lines[0]).output
    assert "json-syntax" in with_lines(*lines, '{"spans": [').output
    unknown = json.loads(lines[0]) | {"id": HOME.split("train")[0], "spans": [], "relations": []}
    assert "predicted documents are not in test" in with_lines(*lines, json.dumps(unknown)).output
    with monkeypatch.context() as patch:
        patch.setattr("fogbank.publish.leaderboard.submission.MOST_RELATIONS", 5)
        assert "relations; expected at most 5" in with_lines(lines[0]).output
    assert not (home.root / "leaderboard").exists()
    with (home.root / "big.jsonl").open("wb") as file:
        file.truncate(LARGEST["prediction file"] + 1)
    assert "expected a prediction file of at most" in submit("big.jsonl").output
    assert "no plain file" in submit("nowhere.jsonl").output
    assert "not predicted" in with_lines(lines[0]).output  # the others count as empty
    assert read_entries(home)[0][0].missing == len(lines) - 1


def test_the_wire_is_scored_only_with_its_texts(home: Corpus) -> None:
    (home.root / "corpus").unlink()
    ignored = shutil.ignore_patterns("withheld")
    shutil.copytree(HOME.root / "corpus", home.root / "corpus", ignore=ignored)
    write_predictions(home.root / "wire.jsonl", load("wire", Corpus(home.root)))
    result = submit("wire.jsonl", split="wire")
    assert result.exit_code == 2
    assert "fogbank restore" in result.output


def first_sums(value: Any) -> Any:
    return next(iter(value["headlines"]["spans"].values()))[0]


def raise_matches(value: Any) -> None:
    first_sums(value)[0] += 5
    first_sums(value)[2] += 5


EDITS: list[tuple[Callable[[Any], Any], str]] = [
    (lambda v: v["report"]["signature"].update(data="0" * 16), "signature: data is 0000000000000000, expected"),
    (lambda v: v["report"]["signature"].update(fogbank="9.1.0"), "signature: fogbank is 9"),
    (lambda v: v["report"]["signature"].update(scheme="0"), "signature: scheme"),
    (lambda v: v["report"]["signature"].update(split="wire"), "signature: split"),
    (lambda v: v["report"]["signature"].update(seed=1), "signature: seed"),
    (lambda v: v["report"]["signature"].update(resamples=10), "signature: resamples"),
    (lambda v: v["report"]["signature"]["criteria"].update(spans="lax"), "signature: criteria"),
    (lambda v: v["report"]["scores"]["spans"]["all"].update(value=0.99), "do not follow from its sums"),
    (lambda v: v["report"]["scores"].pop("spans"), "do not follow from its sums"),
    (raise_matches, "match more than there is"),
    (lambda v: first_sums(v).__setitem__(1, 1), "count other things in gold"),
    (lambda v: first_sums(v).pop(), "json-shape"),
    (lambda v: v["headlines"]["spans"].popitem(), "are not those of the"),
    (lambda v: next(iter(v["headlines"]["spans"].values())).append([1, 1, 1, 1]), "another shape"),
    (lambda v: v["description"].update(url="javascript:alert(1)"), "url"),
    (lambda v: v.update(system="other"), "expected its own name"),
]


@pytest.fixture(scope="module")
def entry() -> bytes:
    """An entry of gold as its own prediction, made once."""
    gold = load("test", HOME)
    report = score_file(HOME, gold, gold, system="mine", split="test")
    description = {**tomllib.loads(DESCRIPTION), "date": "2026-01-02"}
    return entry_bytes(description, HOME.root / "corpus/manifest.jsonl", report)


@pytest.mark.parametrize(("edit", "said"), EDITS, ids=[said for _, said in EDITS])
def test_an_entry_that_does_not_fit_is_refused_with_the_reason(
    home: Corpus, entry: bytes, edit: Callable[[Any], Any], said: str
) -> None:
    value = json.loads(entry)
    edit(value)
    write_bytes(home.root / "leaderboard/test/mine.json", json.dumps(value).encode())
    result = run("leaderboard")
    assert result.exit_code == 1
    assert said in result.output
    table = (home.root / "leaderboard/README.md").read_text()
    assert "## Refused" in table
    assert "Mine" not in table


def test_what_an_entry_says_is_shown_escaped(home: Corpus) -> None:
    text = DESCRIPTION.replace('"Mine"', json.dumps(HOSTILE[:80])).replace('"A. Person"', json.dumps(HOSTILE))
    (home.root / "mine.toml").write_text(text)
    assert submit().exit_code == 0
    board = read_board(home)
    table, page = board_markdown(board), board_page(board)
    for made in (table, page):
        assert "<script>" not in made
        assert "<img" not in made
        assert "\u202e" not in made
    assert "[x](" not in table
    rows = [line for line in table.splitlines() if "alert" in line]
    assert len({line.replace("\\|", "").count("|") for line in rows if line.startswith("| spans")}) == 1


@pytest.mark.parametrize("text", ["a|b", "*a*", "[a](b)", "<b>", "`a`", "# a", "a\nb"])
def test_escaped_text_is_what_markdown_shows(text: str) -> None:
    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark").enable("table").render(f"| h |\n| --- |\n| {escaped(text)} |\n")
    from html import escape

    assert f"<td>{escape(' '.join(text.split()), quote=False)}</td>" in shown


def test_a_committed_entry_is_what_its_system_scores_today(home: Corpus) -> None:
    system = make_system(HOME, "floor")
    system.train(load_articles("train", HOME), load("train", HOME), 20220504)
    write_predictions(home.root / "floor.jsonl", list(predict(system, load_articles("test", HOME))))
    assert submit("floor.jsonl", "floor", description=str(HOME.root / "baselines/floor.toml")).exit_code == 0
    fresh = (home.root / "leaderboard/test/floor.json").read_bytes()
    assert fresh == (HOME.root / "leaderboard/test/floor.json").read_bytes()


def test_all_committed_entries_are_shown() -> None:
    entries, refused = read_entries(HOME)
    assert refused == []
    assert {entry.system for entry in entries} >= {"floor", "gazetteer", "linear"}


def test_a_series_is_what_can_be_compared() -> None:
    assert series("0.1.0") == series("0.1.7.dev1") != series("0.2.0")
    assert series("1.2.0") == series("1.9") != series("2.0")
