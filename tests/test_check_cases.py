"""Every problem that FogBank can find has a case in `tests/cases/<code>/`; adding a case is adding files.

`bad.<ext>` (or, laid over the small corpus of `tests/cases/corpus`, the folder `bad`) has exactly the problems that
`expected.txt` lists, one `file::place: code` a line; `good` comes near and has none.  In a folder, an empty file whose
name ends in `.absent` stands for a file that is taken away.

`….ann` is a file of brat, with its text beside it; `….answer.json` is an annotation by quotation of `abc-01-b`;
`….decisions.json` are decisions between its gold document and the `second.json` beside it.
"""

import ast
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

import fogbank
from fogbank.check.files import check_corpus, check_file
from fogbank.check.problem import Problem
from fogbank.check.table import TABLE
from fogbank.curate.adjudication import settle
from fogbank.curate.comparison import compare
from fogbank.curate.quotes import resolve
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.storage import read_json
from fogbank.publish.exchange import brat

CASES = Path(__file__).parent / "cases"
CORPUS = CASES / "corpus"
ARTICLE = Corpus(CORPUS).articles["abc-01-b"]
CODES = sorted(path.name for path in CASES.iterdir() if path != CORPUS)


def told(problems: Iterable[Problem]) -> list[str]:
    return [f"{problem.file}::{problem.place}: {problem.code}" for problem in problems]


def check(case: Path, scratch: Path) -> list[Problem]:
    """Check a file beside the small corpus, or the small corpus with a folder laid over it."""
    if case.suffixes == [".answer", ".json"]:
        return list(resolve(read_json(case), "abc-01-b", ARTICLE.text or "", case.name).problems)
    if case.suffixes == [".decisions", ".json"]:
        gold = CORPUS / "annotations/gold/abc-01-b.json"
        one, other = (Document.from_json(read_json(path), ARTICLE.text) for path in (gold, case.parent / "second.json"))
        return list(settle(compare(one, other), read_json(case), case.name).problems)
    if case.is_file():
        prefix = f"{case.parent}/"
        problems: Iterable[Problem] = check_file(case, Corpus(CORPUS))
        if case.suffix == ".ann":
            problems = (one.problem for one in brat.read(case) if one.problem)
        return [problem._replace(file=problem.file.removeprefix(prefix)) for problem in problems]
    root = Path(shutil.copytree(CORPUS, scratch / "corpus"))
    for path in case.rglob("*"):
        target = root / path.relative_to(case)
        if path.suffix == ".absent":
            target.with_suffix("").unlink()
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return list(check_corpus(Corpus(root)))


def find(code: str, name: str) -> Path | None:
    return next(iter(sorted((CASES / code).glob(f"{name}*"))), None)


def test_the_small_corpus_has_no_problems() -> None:
    assert told(check_corpus(Corpus(CORPUS))) == []


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    assert sorted(TABLE) == CODES


@pytest.mark.parametrize("code", CODES)
def test_the_bad_one_has_exactly_the_problems_expected(code: str, tmp_path: Path) -> None:
    bad = find(code, "bad")
    assert bad is not None
    problems = check(bad, tmp_path)
    expected = (CASES / code / "expected.txt").read_text().splitlines()
    assert sorted(told(problems)) == sorted(expected)
    assert any(line.endswith(f": {code}") for line in expected)
    for problem in problems:
        assert problem.level == TABLE[problem.code].level
        assert problem.message
        assert problem.expected


@pytest.mark.parametrize("code", [code for code in CODES if find(code, "good")])
def test_the_good_one_has_none(code: str, tmp_path: Path) -> None:
    good = find(code, "good")
    assert good is not None
    assert told(check(good, tmp_path)) == []


def test_what_has_no_good_one_of_its_own_is_laid_over_the_small_corpus_which_is_good() -> None:
    bad = [find(code, "bad") for code in CODES if not find(code, "good")]
    assert bad
    assert all(path and path.is_dir() for path in bad)


def test_no_module_makes_a_problem_of_a_code_that_is_not_in_the_table() -> None:
    """`problem` looks its code up; whoever builds a `Problem` directly must take the code from a rule or a row."""
    named: set[str] = set()
    for path in Path(fogbank.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "Problem":
                code = node.args[2]
                assert not isinstance(code, ast.Constant), f"{path}:{node.lineno}"
            elif node.func.id == "problem" and isinstance(node.args[0], ast.Constant):
                named.add(str(node.args[0].value))
    assert len(named) > 40
    assert named <= TABLE.keys()
