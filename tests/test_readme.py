"""What the README and the pages of docs/ show is run as it stands there."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from fogbank import find_corpus
from fogbank.cli import main

HOME = find_corpus(Path(__file__).parent)
README = (HOME.root / "README.md").read_text(encoding="utf-8")
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in (HOME.root / "CONTRIBUTING.md", *sorted((HOME.root / "docs").glob("*.md")))
}
MAKE = (HOME.root / "Makefile").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


RUN_ELSEWHERE = {"formats.md"}  # on exported files: tests/test_exchange.py


@pytest.mark.parametrize(
    "block",
    [
        block
        for page in (README, *(text for name, text in PAGES.items() if name not in RUN_ELSEWHERE))
        for block in blocks(page, "python")
    ],
)
def test_python_runs(block: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    if "datasets" in block:
        block = block.replace("load_dataset(", f"load_dataset(cache_dir={str(tmp_path)!r}, path=")
    exec(compile(block.replace("path/to/fogbank", str(HOME.root)), "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def commands(text: str) -> list[list[str]]:
    lines = [line.split("#")[0] for block in blocks(text.replace("\\\n", ""), "sh") for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith(("fogbank ", "make "))]


def test_every_command_shown_exists() -> None:
    shown = commands("\n".join([README, *PAGES.values()]))
    assert ["make", "reproduce"] in shown
    assert ["make", "test"] in shown
    for program, *words in shown:
        if program == "make":
            assert f"\n{words[0]}:" in MAKE
            continue
        command = [word for word in words if not word.startswith("-")]
        context = main.make_context("fogbank", ["--help"], resilient_parsing=True)
        group = main.get_command(context, command[0])
        assert group is not None, words
        if command[0] == "studio":
            assert group.get_command(context, command[1]) is not None, words  # type: ignore[attr-defined]


def test_the_commands_that_score_a_system_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("corpus", "data", "baselines", "annotations"):
        (tmp_path / name).symlink_to(HOME.root / name)
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    ran = 0
    # floor stands in for linear, which takes minutes to train and is trained on the whole path
    for program, *words in commands(PAGES["scoring.md"].replace("linear", "floor")):
        if program == "fogbank" and words[0] in {"train", "predict", "score", "submit", "leaderboard"}:
            result = CliRunner().invoke(main, words)
            assert result.exit_code == 0, (words, result.output)
            ran += 1
    assert ran == 6


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [path for pattern in ("*.md", "[!.b]*/*.md", "b[!u]*/*.md") for path in HOME.root.glob(pattern)]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))]
    inner = [(page, link) for page, link in links if "://" not in link]
    assert len(inner) > 30
    assert [(page.name, link) for page, link in inner if not (page.parent / link).exists()] == []
