"""The notebook in examples/, run as its readers run it: what it prints agrees with the release."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fogbank import SPLITS, claims, find_corpus, ledger, load
from fogbank.compare.report import shown, shown_figure
from fogbank.compare.tasks import TASKS

HOME = find_corpus(Path(__file__).parent)
NOTEBOOK = HOME.root / "examples" / "first_look.py"


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("elsewhere")
    offline = {"HF_HOME": str(folder / "cache"), "HF_HUB_OFFLINE": "1"}
    there = {key: value for key, value in os.environ.items() if key != "FOGBANK_HOME"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(NOTEBOOK)],
        cwd=folder, env=there | offline, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(printed: str, first: str) -> list[list[str]]:
    """The rows of the table whose head begins with these words, down to what is no row of it."""
    below = printed.split(f"\n{first}", 1)[1] if not printed.startswith(first) else printed.removeprefix(first)
    return [re.split(r" {2,}", line) for line in below.split("\n\n")[0].splitlines()[1:]]


def test_it_counts_what_the_splits_hold(printed: str) -> None:
    counted = {row[0]: [int(number) for number in row[1:]] for row in rows(printed, "split")[: len(SPLITS)]}
    for split in SPLITS:
        held = load(split, HOME)
        spans, relations = (sum(len(getattr(one, name)) for one in held) for name in ("spans", "relations"))
        assert counted[split][0] == len(held)
        assert counted[split][2:] == [spans, relations]


def test_it_shows_a_source_behind_a_source(printed: str) -> None:
    [name] = re.findall(r"^(\S+): .*\n\nwords", printed, re.MULTILINE)
    document = next(one for one in load("train", HOME) if one.id == name)
    nested = [claim for claim in claims(document) if len(claim.sources) > 1]
    shown_chains = [line for line in printed.splitlines() if " ← " in line]
    assert len(shown_chains) == len(nested) > 0
    words = {row[0]: row[1] for row in rows(printed, "words")}
    assert "CONTENT" in words.values()
    assert any(name.startswith("· ") for name in words)


def test_it_follows_an_incident_to_what_is_true(printed: str) -> None:
    [(incident, measure, *figures)] = re.findall(
        r"^(\S+), (\w+): from (\S+) to (\S+), the best figure (\S+); true is (\d+)$", printed, re.MULTILINE
    )
    [account] = [one for one in ledger(load("train", HOME)) if (one.incident, one.measure) == (incident, measure)]
    low, best, high = account.range
    assert figures == [str(one) for one in (low, high, best, account.true)]
    assert len(rows(printed, "time")) == len(account.entries) > 5


def test_the_baseline_has_the_scores_of_the_leaderboard(printed: str) -> None:
    entry = json.loads((HOME.root / "leaderboard" / "test" / "floor.json").read_bytes())["report"]["scores"]
    scored = {row[0]: row[-2:] for row in rows(printed, "floor on test")}
    for task in TASKS:
        score = entry[task]["all"]
        assert scored[task] == [shown_figure(score["value"]), shown(score["interval"])], task


def test_it_tells_two_systems_apart(printed: str) -> None:
    compared = {row[0]: row[1:] for row in rows(printed, "floor and word list on test") if row[0] in TASKS}
    assert compared.keys() == TASKS.keys()
    first, second, difference = (float(cell) for cell in compared["spans"][:3])
    assert difference == pytest.approx(first - second, abs=0.002)
    assert difference < 0  # the words that train marks are marked again
    assert float(compared["values"][2]) == 0  # the list has no figure and no time
