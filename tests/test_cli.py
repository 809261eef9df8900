"""The command line: exit statuses, and messages that say what, where, and what was expected."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fogbank import Corpus, check_paths, find_corpus
from fogbank.cli import main
from fogbank.compare.tasks import TASKS
from fogbank.publish.dataset.documents import load
from fogbank.publish.systems.predictions import write_predictions

HOME = find_corpus(Path(__file__).parent)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "perfect.jsonl"
    write_predictions(path, load("test", HOME))
    return path


def test_gold_as_a_prediction_scores_one(predictions: Path) -> None:
    result = run("score", predictions, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert {task: rows["all"]["value"] for task, rows in report["scores"].items()} == dict.fromkeys(TASKS, 1.0)
    assert report["signature"]["split"] == "test"
    assert report["documents"] == len(HOME.split("test"))


def test_scores_are_printed_as_a_table(predictions: Path) -> None:
    result = run("score", predictions, "--gold", HOME.gold_folder)
    assert result.exit_code == 0, result.output
    assert "95 % interval" in result.output
    assert f"{len(HOME.articles) - len(HOME.split('test'))} not predicted" in result.output


def test_a_prediction_with_problems_is_not_scored(predictions: Path) -> None:
    lines = predictions.read_text().splitlines()
    value = json.loads(lines[0])
    value["spans"][0]["end"] = 10**6
    predictions.write_text("\n".join([json.dumps(value), *lines[1:]]))
    for words in (("check", predictions), ("score", predictions)):
        result = run(*words)
        assert result.exit_code == 1
        assert "span-outside-text" in result.output


def test_problems_come_as_json_lines(predictions: Path) -> None:
    predictions.write_text('{"id": "nowhere", "spans": []}\n')
    result = run("check", predictions, "--json")
    assert result.exit_code == 1
    [problem] = [json.loads(line) for line in result.stdout.splitlines()]
    assert set(problem) == {"file", "place", "code", "level", "message", "expected"}
    assert [one._asdict() for one in check_paths([predictions], HOME)] == [problem]


def test_problems_come_as_annotations_of_github_with_the_line_of_the_document(predictions: Path) -> None:
    lines = predictions.read_text().splitlines()
    lines[1] = '{"id": "nowhere", "spans": [], "100%, a:\\r\\n b": 1}'
    predictions.write_text("\n".join(lines))
    result = run("check", predictions, "--format", "github")
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    path = str(predictions).replace(":", "%3A").replace(",", "%2C")
    assert line.startswith(f"::error file={path},line=2,title=json-shape::$['100%25, a:\\r\\n b']: json-shape: ")
    assert run("check", predictions, "--format", "json").stdout == run("check", predictions, "--json").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("score", "missing.jsonl"), "missing.jsonl"),
        (("score", "missing.jsonl", "--gold", "nothing"), "nothing: expected a split"),
        (("train", "deep_thought"), "system 'deep_thought' does not exist; expected one of"),
        (("import", "nowhere.txt"), "nowhere.txt: does not exist"),
        (("restore", "--texts", "nowhere"), "nowhere: no folder"),
        (("predict", "linear", "--split", "dev", "-o", "x"), "'dev' is not one of"),
    ],
)
def test_a_users_mistake_is_one_clear_line(words: tuple[str, ...], message: str) -> None:
    result = run(*words)
    assert result.exit_code in {1, 2}
    assert message in result.output
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


def test_outside_a_checkout_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    result = run("stats")
    assert result.exit_code == 2
    assert "set FOGBANK_HOME" in result.output


def test_the_build_is_current_and_says_so() -> None:
    result = run("build", "--check")
    assert (result.exit_code, result.output) == (0, "everything is current\n")


def test_a_stale_file_is_named_and_build_mends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy_checkout(HOME, tmp_path)
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    gold = tmp_path / "annotations/gold" / f"{HOME.split('test')[0]}.json"
    before = gold.read_bytes()
    gold.write_bytes(before.replace(b'"T1"', b'"T0"', 1))
    (tmp_path / "annotations/gold/stray.json").write_text("{}")
    (tmp_path / "data/documents/test.parquet").unlink()
    result = run("build", "--check")
    assert result.exit_code == 1
    stale = [line.removesuffix(": stale") for line in result.output.splitlines()]
    assert stale == ["data/documents/test.parquet", str(gold.relative_to(tmp_path)), "annotations/gold/stray.json"]
    assert run("build").exit_code == 0
    assert gold.read_bytes() == before
    assert run("build", "--check").exit_code == 0


def copy_checkout(corpus: Corpus, folder: Path) -> None:
    import shutil

    for name in ("corpus", "annotations", "schema", "data", "baselines", "leaderboard", "docs"):
        shutil.copytree(corpus.root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in filter(Path.is_file, corpus.root.glob("[!.]*")):
        shutil.copy(path, folder)


def test_stats_count_what_there_is() -> None:
    counted = json.loads(run("stats", "--json").output)
    assert {name: size["documents"] for name, size in counted["splits"].items()} == {
        name: len(HOME.split(name)) for name in ("train", "validation", "test", "wire")
    }
    assert "agreement" in run("stats").output


def test_systems_are_trained_predicted_and_scored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy_checkout(HOME, tmp_path)
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    output = tmp_path / "floor.jsonl"
    untrained = run("predict", "floor", "--split", "test", "-o", output)
    assert untrained.exit_code == 2
    assert "not trained here" in untrained.output
    assert run("train", "floor").exit_code == 0
    assert run("predict", "floor", "--split", "test", "-o", output).exit_code == 0
    assert run("check", output).exit_code == 0
    test = [Corpus(tmp_path).articles[name] for name in HOME.split("test")]
    told = f"floor on test: {len(test)} documents of {len({article.incident for article in test})} incidents"
    assert told in run("score", output).output
    signature = tmp_path / "build/models/floor/signature.json"
    signature.write_text(signature.read_text().replace('"data": "', '"data": "0'))
    refused = run("predict", "floor", "--split", "test", "-o", output)
    assert refused.exit_code == 2
    assert "trained under other conditions (data '0" in refused.output
