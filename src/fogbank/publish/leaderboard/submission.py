"""Submissions: a prediction file and its description are checked, scored, and become one entry of the leaderboard.

Nothing in either is trusted: files have bounds (`leaderboard.LARGEST`, and `MOST_SPANS` and `MOST_RELATIONS` in one
document, since matching takes time with their product), the description keeps its schema, nothing is ever executed, and
the name of the system, which becomes a file's, is a plain one.  Gold documents that are not predicted count as empty;
unknown and repeated ones are refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from fogbank.check.files import name_of
from fogbank.check.problem import Problem
from fogbank.check.syntax import parse_toml
from fogbank.check.validation import explain
from fogbank.compare.report import Report
from fogbank.errors import DataError, MissingTextError
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.storage import pretty_json_bytes, read_bytes, write_bytes
from fogbank.publish.dataset.documents import load
from fogbank.publish.leaderboard.entries import demand_size, entry_path
from fogbank.publish.systems.evaluation import score_file
from fogbank.publish.systems.predictions import read_predictions

MOST_SPANS = 10_000
MOST_RELATIONS = 20_000


@dataclass(frozen=True)
class Submission:
    """What became of a submission: the file of its entry and its report, or the problems that stand against it."""

    path: Path
    report: Report | None
    problems: Sequence[Problem] = ()


def submit(corpus: Corpus, predictions: Path, description: Path, *, system: str, split: str) -> Submission:
    """Check and score a prediction file, and write its entry unless there are problems.

    Raises FogbankError for a name or split that cannot be, DataError where a file is too large, cannot be read, or
    predicts a document that is not in the split, and MissingTextError where the texts of the split are not here.
    """
    path = entry_path(corpus, split, system)
    demand_size(predictions, "prediction file")
    described, problems = read_description(corpus, description)
    if problems:
        return Submission(path, None, problems)
    predicted, problems = read_predictions(corpus, predictions)
    if problems:
        return Submission(path, None, problems)
    for document in predicted:
        _demand_few(document, predictions)
    gold = load(split, corpus)
    if without := [document.id for document in gold if document.text is None]:
        raise MissingTextError(
            f"{split}: the texts of {len(without)} documents are withheld, first {without[0]}, and scores need them; "
            "`fogbank restore --texts DIR` joins your copies"
        )
    report = score_file(corpus, gold, predicted, system=system, split=split)
    write_bytes(path, entry_bytes(described, predictions, report))
    return Submission(path, report)


def read_description(corpus: Corpus, path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Read the TOML file that describes a system; where there are problems the description is not to be used."""
    demand_size(path, "description")
    file = name_of(path, corpus)
    value, found = parse_toml(read_bytes(path), file)
    if found is not None:
        return {}, [found]
    return value, list(explain("description", value, file))


def entry_bytes(description: Mapping[str, Any], predictions: Path, report: Report) -> bytes:
    """Make the content of an entry from a scored prediction file."""
    value = {
        "system": report.system,
        "description": dict(description),
        "predictions": sha256(read_bytes(predictions)).hexdigest(),
        "report": report.to_json(),
        "headlines": {
            task: {group: sums.tolist() for group, sums in held.items()} for task, held in report.headlines.items()
        },
    }
    return pretty_json_bytes(value)


def _demand_few(document: Document, path: Path) -> None:
    numbers = ("spans", len(document.spans), MOST_SPANS), ("relations", len(document.relations), MOST_RELATIONS)
    for what, number, most in numbers:
        if number > most:
            raise DataError(f"{path}: {document.id} has {number:,} {what}; expected at most {most:,}")
