"""A round on the server and its committed record: projects filled, annotations entered, exports pulled and compared.

Every annotator of a round has a project of their own, so that none is shown another's work.  The record of a round
is `annotations/exports/<round>/<annotator>.json`: the project's export as Label Studio gave it, one task a line; of a
withheld article the words are taken out, of an adjudication the list of differences; all else stays as exported.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fogbank.check.files import check_file
from fogbank.check.problem import Level
from fogbank.curate.inference import Inference, infer_in_task
from fogbank.curate.rounds import Round
from fogbank.curate.studio.annotators import address, ensure_annotator
from fogbank.curate.studio.config import DIFFERENCES, instructions, label_config
from fogbank.curate.studio.differences import differences
from fogbank.curate.studio.entry import Counts, enter, push_articles
from fogbank.curate.studio.project import Project, ensure_project, export_each, project_title
from fogbank.curate.studio.server import Progress, Server
from fogbank.errors import DataError
from fogbank.model.corpus import WIRE, Corpus
from fogbank.model.document import Document
from fogbank.model.guidelines import read_guidelines
from fogbank.model.regions import read_result, without_words
from fogbank.model.storage import json_bytes, read_json, write_pieces

Export = list[dict[str, Any]]


class Pushed(NamedTuple):
    """What `push_round` did for one annotator; `skipped` are documents whose text is withheld and not restored."""

    annotator: str
    counts: Counts
    skipped: tuple[str, ...]


def push_round(server: Server, corpus: Corpus, one: Round, progress: Progress | None = None) -> list[Pushed]:
    """Make the users, the projects and the tasks of a round; what is there already is left alone."""
    pushed: list[Pushed] = []
    for name, ids in one.assignments.items():
        ensure_annotator(server, name)
        articles = [corpus.articles[document_id] for document_id in ids]
        there = [article for article in articles if article.text is not None]
        counts = push_articles(round_project(server, corpus, one, name), there, progress)
        pushed.append(Pushed(name, counts, tuple(a.id for a in articles if a.text is None)))
    return pushed


def enter_round(
    server: Server,
    corpus: Corpus,
    one: Round,
    documents: Mapping[str, Sequence[Document]],
    progress: Progress | None = None,
) -> Counts:
    """Enter documents as their annotators' own annotations, with their tasks where these are not there yet.

    Documents without text are left out.  See `enter`.
    """
    total = Counts(0, 0)
    for name, versions in documents.items():
        annotator = ensure_annotator(server, name)
        with_text = [document for document in versions if document.text is not None]
        project = round_project(server, corpus, one, name)
        counts = enter(project, annotator, with_text, articles=corpus.articles, progress=progress)
        total = Counts(*(a + b for a, b in zip(total, counts, strict=True)))
    return total


def pull_round(server: Server, corpus: Corpus, one: Round, folder: Path) -> list[Path]:
    """Export every project of a round into `folder/<round>/`; return the files."""
    withheld = {article.id for article in corpus.articles.values() if article.part == WIRE}
    paths: list[Path] = []
    for name in one.assignments:
        path = folder / one.name / f"{name}.json"
        tasks = export_each(round_project(server, corpus, one, name))
        write_export(path, (_redacted(task, withheld) for task in tasks))
        paths.append(path)
    return paths


def record(corpus: Corpus, one: Round, annotator: str) -> Export:
    """Read the committed export of one annotator."""
    return list(read_json(corpus.exports / one.name / f"{annotator}.json"))


def recorded_documents(corpus: Corpus, one: Round) -> dict[str, list[Document]]:
    """Read the annotations of a committed round as documents, by annotator, with the span ids of the record."""
    return {
        name: [
            read_result(task["data"]["id"], corpus.articles[task["data"]["id"]].text, annotation["result"])
            for task in record(corpus, one, name)
            for annotation in task["annotations"]
            if not annotation["was_cancelled"]
        ]
        for name in one.assignments
    }


def compare_round(corpus: Corpus, one: Round, folder: Path) -> list[str]:
    """List where the exports in `folder/<round>/` differ from the committed record; see `differences`.

    Documents whose text is withheld and not restored are left out of the record, since the server could not have them.
    """
    found: list[str] = []
    for name in one.assignments:
        exported: Export = read_json(folder / one.name / f"{name}.json")
        committed = [t for t in record(corpus, one, name) if corpus.articles[t["data"]["id"]].text is not None]
        found.extend(f"{one.name}/{name}: {difference}" for difference in differences(committed, exported))
    return found


def strangers(folder: Path, one: Round) -> list[str]:
    """List the annotations in the pulled exports that another user than the project's annotator made or changed.

    Label Studio lets every user do that, so blindness is looked after here.
    """
    found: list[str] = []
    for name in one.assignments:
        for task in read_json(folder / one.name / f"{name}.json"):
            for annotation in task["annotations"]:
                who, last, document_id = annotation["completed_by"], annotation.get("updated_by"), task["data"]["id"]
                if who["email"] != address(name):
                    found.append(f"{document_id}: {who['email']} has an annotation in the project of {name}")
                if last not in (None, who["id"]):
                    found.append(f"{document_id}: the annotation of {who['email']} was changed by user {last}")
    return found


def infer_round(one: Round, folder: Path, output: Path) -> list[Inference]:
    """Write the exports in `folder/<round>/` to `output/<round>/` with the relation types that their ends decide.

    Return every relation that came without a type.  Raises DataError, naming what is wrong, for an export that has
    problems of syntax or integrity, since these say that it cannot be read as meant.
    """
    found: list[Inference] = []

    def typed(path: Path) -> Iterator[Mapping[str, Any]]:
        for task in read_json(path):
            inferred, inferences = infer_in_task(task)
            found.extend(inferences)
            yield inferred

    for name in one.assignments:
        path = folder / one.name / f"{name}.json"
        if broken := [p for p in check_file(path) if p.level in {Level.SYNTAX, Level.INTEGRITY}]:
            raise DataError("\n".join([f"{path} cannot be read, so no relations are inferred:", *map(str, broken)]))
        write_export(output / one.name / f"{name}.json", typed(path))
    return found


def write_export(path: Path, tasks: Iterable[Mapping[str, Any]]) -> bool:
    """Write an export as JSON with one task a line; return whether anything changed."""
    return write_pieces(path, _lines(tasks))


def _lines(tasks: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    before = b"[\n"
    for task in tasks:
        yield before + json_bytes(task).rstrip(b"\n")
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[\n\n]\n"


def _redacted(task: dict[str, Any], withheld: set[str]) -> dict[str, Any]:
    """Take out what no record keeps: the words of withheld articles, and the differences, made from other records."""
    task["data"].pop(DIFFERENCES, None)
    return without_words([task])[0] if task["data"]["id"] in withheld else task


def round_project(server: Server, corpus: Corpus, one: Round, annotator: str) -> Project:
    """Find or make the project of one annotator or adjudicator of a round, as its kind needs it."""
    kind = one.kind == "adjudication"
    rules = instructions(read_guidelines(corpus), adjudication=kind)
    return ensure_project(server, project_title(one.name, annotator), label_config(adjudication=kind), rules)
