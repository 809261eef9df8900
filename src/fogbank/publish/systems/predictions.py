"""Predictions: made by a system, written as a prediction file, and read from one."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fogbank.check.files import check_file
from fogbank.check.problem import Problem
from fogbank.errors import MissingTextError
from fogbank.model.corpus import Article, Corpus
from fogbank.model.document import Document
from fogbank.model.storage import read_json_lines, write_json_lines, write_text
from fogbank.model.system import Concurrent, Describing, System


def predict(system: System, articles: Iterable[Article]) -> Iterator[Document]:
    """Predict a document for each article, as they come.  Raises MissingTextError where a text is withheld."""
    there = map(_with_text, articles)
    yield from system.predict_all(there) if isinstance(system, Concurrent) else map(system.predict, there)


def _with_text(article: Article) -> Article:
    if article.text is None:
        raise MissingTextError(
            f"{article.id}: the text is withheld; `fogbank restore --texts DIR` joins your copy of it"
        )
    return article


def write_predictions(path: Path, documents: Iterable[Document]) -> int:
    """Write a prediction file: one document a line as it comes, in canonical order; return how many there were."""
    written = 0

    def lines() -> Iterator[dict[str, Any]]:
        nonlocal written
        for written, document in enumerate(documents, start=1):  # noqa: B007
            yield document.canonical().to_json()

    write_json_lines(path, lines())
    return written


def read_predictions(corpus: Corpus, path: Path) -> tuple[list[Document], list[Problem]]:
    """Read a prediction file; where the check finds problems there are no documents."""
    problems = list(check_file(path, corpus))
    if problems:
        return [], problems
    return [Document.from_json({"spans": [], **value}) for value in read_json_lines(path)], []


def write_description(path: Path, system: System) -> bool:
    """Write what a system says of itself as the TOML file that a submission needs; False where it says nothing.

    A system that names no date gets today's, in UTC.
    """
    if not isinstance(system, Describing):
        return False
    fields = {"authors": ["The FogBank authors"], "date": f"{datetime.now(UTC):%Y-%m-%d}", **system.describe()}
    # a JSON string is a TOML string, but for DEL, which TOML wants escaped
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items()]
    write_text(path, "".join(lines).replace("\x7f", "\\u007f"))
    return True
