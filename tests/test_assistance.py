"""How much of a round's pre-annotations was kept, told from exports."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fogbank.cli import main
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document, Relation, Span
from fogbank.model.regions import write_result
from fogbank.model.text import digest

TEXT = "Ansa Reteval said that 27 people were safe.\n"


def span(key: str, words: str, label: str, **attributes: str | int) -> Span:
    return Span(key, TEXT.index(words), TEXT.index(words) + len(words), label, attributes)


PREDICTED = Document(
    "d-1",
    TEXT,
    (
        span("T1", "Ansa Reteval", "ORG"),
        span("T2", "27", "QUANTITY", modifier="exact", value=27),
        span("T3", "safe", "PLACE"),
        span("T4", "people", "PEOPLE"),
    ),
    (Relation("T4", "T2", "quantity"),),
)
ANNOTATED = Document(
    "d-1",
    TEXT,
    (span("T1", "Ansa Reteval", "PERSON"), *PREDICTED.spans[1:2], PREDICTED.spans[3]),
    (Relation("T4", "T2", "quantity"),),
)


def annotation(annotated: Document, predicted: Document | None, **changed: Any) -> dict[str, Any]:
    begun = {"model_version": "linear|seed:1", "result": write_result(predicted)} if predicted else {}
    return {"was_cancelled": False, "result": write_result(annotated), "prediction": begun, **changed}


def task(*annotations: dict[str, Any], text: str | None = TEXT) -> dict[str, Any]:
    data = {"id": "d-1", "sha256": digest(TEXT), "published": "2031-05-04", **({"text": text} if text else {})}
    return {"data": data, "annotations": list(annotations), "predictions": [{"result": []}], "drafts": []}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "annotations").mkdir()
    (tmp_path / "corpus/manifest.jsonl").write_text("")
    (tmp_path / "annotations/rounds.toml").write_text(
        '[[rounds]]\nname = "r"\nkind = "annotation"\nguidelines = "3"\n[rounds.assignments]\nann-1 = ["d-1"]\n'
    )
    monkeypatch.setenv("FOGBANK_HOME", str(tmp_path))
    return Corpus(tmp_path)


def kept(checkout: Corpus, tasks: Any, *options: str, folder: Path | None = None) -> Result:
    path = (folder or checkout.exports) / "r" / "ann-1.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(tasks))
    return CliRunner().invoke(main, ["studio", "kept", "r", *options])


def test_the_verb_counts_what_was_kept(checkout: Corpus) -> None:
    skipped = annotation(ANNOTATED, PREDICTED, was_cancelled=True)
    tasks = [task(annotation(ANNOTATED, PREDICTED), skipped), task(annotation(ANNOTATED, None))]
    found = json.loads(kept(checkout, tasks, "--json").stdout)
    assert (found["round"], found["versions"], found["unassisted"]) == ("r", {"linear|seed:1": 1}, 1)
    assert found["documents"] == 1
    assert found["spans"]["all"] == {"kept": 2, "boundary": 0, "label": 1, "attribute": 0, "removed": 1, "added": 0}
    assert found["spans"]["ORG"]["label"] == found["spans"]["PLACE"]["removed"] == 1
    assert found["relations"]["all"] == {"kept": 1, "removed": 0, "added": 0}

    lines = kept(checkout, tasks).stdout.splitlines()
    assert lines[:2] == ["r: 1 annotations begun from linear|seed:1", "r: 1 begun without a prediction, not counted"]
    assert "all                    4         2         0         1         0         1         0    50.0" in lines


def test_exports_of_a_withheld_text_and_of_another_folder_are_read(checkout: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    tasks = [task(annotation(ANNOTATED, PREDICTED), text=None)]
    found = json.loads(kept(checkout, tasks, "--json", "--exports", str(folder), folder=folder).stdout)
    assert found["spans"]["all"]["kept"] == 2


BROKEN = {"model_version": "x", "result": [{"type": "labels", "id": "T1"}]}


@pytest.mark.parametrize(
    ("tasks", "told"),
    [
        ([task(annotation(ANNOTATED, None))], "no annotation was begun from a prediction; expected an assisted round"),
        ({}, "ann-1.json: expected a list of tasks"),
        ([{"annotations": []}], "$[0]: json-shape"),
        ([task(annotation(ANNOTATED, None, prediction=["x"]))], "$[0].annotations[0].prediction: expected an object"),
        ([task(annotation(ANNOTATED, None, prediction=BROKEN))], "ann-1.json::$[0].annotations[0].prediction"),
    ],
)
def test_what_cannot_be_counted_is_one_clear_line(checkout: Corpus, tasks: Any, told: str) -> None:
    result = kept(checkout, tasks)
    assert result.exit_code == 2
    assert told in result.output
    assert len(result.output.splitlines()) == 1
