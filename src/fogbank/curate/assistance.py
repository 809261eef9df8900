"""Assistance: what annotators made of the pre-annotations of a round, told from its exports.

An export holds, with every annotation that was begun from a prediction, that prediction as it was (`prediction` of the
annotation).  An annotation that was begun without one is counted, not compared: nobody corrected anything.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fogbank.check.validation import explain
from fogbank.compare.revision import Revision, revise
from fogbank.curate.rounds import Round
from fogbank.errors import DataError
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.regions import read_result
from fogbank.model.storage import read_json


@dataclass(frozen=True)
class Assistance:
    """What became of the pre-annotations of a round.

    `versions` counts the annotations begun from a prediction by the version of the system, `unassisted` those begun
    without.
    """

    round: str
    versions: Mapping[str, int]
    unassisted: int
    revision: Revision

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "round": self.round,
            "versions": dict(self.versions),
            "unassisted": self.unassisted,
            **self.revision.to_json(),
        }

    def table(self) -> str:
        """Give it as a table of text."""
        told = [f"{self.round}: {number} annotations begun from {name}" for name, number in self.versions.items()]
        if self.unassisted:
            told.append(f"{self.round}: {self.unassisted} begun without a prediction, not counted")
        return "\n".join((*told, "", self.revision.table()))


def measure_assistance(corpus: Corpus, one: Round, folder: Path) -> Assistance:
    """Compare the annotations in the exports `folder/<round>/` with the predictions that they were begun from.

    Raises DataError where an export is missing or holds what no document can, or where nobody was assisted.
    """
    pairs: list[tuple[Document, Document]] = []
    versions: Counter[str] = Counter()
    unassisted = 0
    for name in one.assignments:
        path = folder / one.name / f"{name}.json"
        for data, annotation in _annotations(read_json(path), path):
            prediction = annotation.get("prediction") or {}
            if "result" not in prediction:
                unassisted += 1
                continue
            article = corpus.articles.get(data["id"])
            text = data.get("text") or (article.text if article else None)
            read = [read_result(data["id"], text, side["result"]) for side in (annotation, prediction)]
            pairs.append((read[0], read[1]))
            versions[str(prediction.get("model_version"))] += 1
    if not pairs:
        raise DataError(f"{folder / one.name}: no annotation was begun from a prediction; expected an assisted round")
    return Assistance(one.name, dict(sorted(versions.items())), unassisted, revise(pairs))


def _annotations(tasks: Any, path: Path) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Yield the data of each task with its annotations that count.  Raises DataError for what has no such shape."""
    if not isinstance(tasks, list):
        raise DataError(f"{path}: expected a list of tasks")
    for number, task in enumerate(tasks):
        place = f"$[{number}]"
        _require(task, path, place)
        for at, annotation in enumerate(task["annotations"]):
            if annotation.get("was_cancelled"):
                continue
            prediction = annotation.get("prediction") or {}
            if not isinstance(prediction, Mapping):
                raise DataError(f"{path}::{place}.annotations[{at}].prediction: expected an object")
            if "result" in prediction:
                asked = {"data": task["data"], "annotations": [{"result": prediction["result"]}]}
                _require(asked, path, f"{place}.annotations[{at}].prediction")
            yield task["data"], annotation


def _require(task: Any, path: Path, place: str) -> None:
    for problem in explain("task", task, str(path), place):
        raise DataError(str(problem))
