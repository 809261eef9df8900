"""Export to the formats of other tools, and import from them: the one list of formats, and what both ways share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from fogbank.check.problem import Problem
from fogbank.check.rules import problems as problems_of
from fogbank.check.table import problem
from fogbank.curate.rounds import read_rounds, versions
from fogbank.errors import FogbankError
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.text import digest
from fogbank.publish.dataset.documents import load
from fogbank.publish.exchange import brat, conll, docbin, webannotation, xmi
from fogbank.publish.exchange.format import Format, LeftOut

FORMATS: dict[str, Format] = {
    one.name: one for one in (brat.FORMAT, conll.FORMAT, docbin.FORMAT, webannotation.FORMAT, xmi.FORMAT)
}
CONFIGS = ("documents", "versions")
"""What can be exported: gold, or the annotators' versions of it."""


class Exported(NamedTuple):
    """How much was given to a format, and what it did not take."""

    documents: int
    spans: int
    relations: int
    left_out: LeftOut


class Imported(NamedTuple):
    """The documents that are right, in the order of their files; all problems of the others; and what was left out."""

    documents: tuple[Document, ...]
    problems: tuple[Problem, ...]
    left_out: LeftOut


def documents_of(corpus: Corpus, config: str, split: str) -> list[Document]:
    """Give the documents of a config and split; an annotator's version is named `<article>__<annotator>`.

    Raises FogbankError for an unknown config or split.
    """
    if config == "documents":
        return load(split, corpus)
    if config != "versions":
        raise FogbankError(f"config {config!r} cannot be exported; expected one of {', '.join(CONFIGS)}")
    wanted = {name: number for number, name in enumerate(corpus.split(split))}
    found = [
        (wanted[v.document.id], replace(v.document, id=f"{v.document.id}__{v.annotator}"))
        for one in read_rounds(corpus)
        if one.is_blind
        for v in versions(corpus, one)
        if v.document.id in wanted
    ]
    return [document for _, document in sorted(found, key=lambda entry: (entry[0], entry[1].id))]


def export(format_name: str, splits: Mapping[str, Sequence[Document]], folder: Path) -> Exported:
    """Write documents, by split, to a folder in a format; those whose text is withheld are left out.

    Raises FogbankError for an unknown format, a package that is not there, and a folder that holds other files.
    """
    chosen = _format(format_name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FogbankError(f"{folder}: is there and not empty; expected a new folder, so that no file is mixed in")
    left_out, written = LeftOut(), []
    for name, documents in splits.items():
        here = [document for document in documents if document.text is not None]
        left_out["document whose text is withheld"] += len(documents) - len(here)
        left_out += chosen.write(here, folder, name)
        written += here
    spans, relations = (sum(len(getattr(one, part)) for one in written) for part in ("spans", "relations"))
    return Exported(len(written), spans, relations, +left_out)


def import_documents(corpus: Corpus, format_name: str, paths: Iterable[Path]) -> Imported:
    """Read files of a format, or all below folders, and check each document as a prediction of its article.

    A document is the article's whose id it has, and must have its text.  Raises FogbankError for an unknown format, one
    that cannot be read back, a package that is not there, and a path without such files.
    """
    chosen = _format(format_name)
    if chosen.read is None:
        able = ", ".join(name for name, one in FORMATS.items() if one.read)
        raise FogbankError(f"{chosen.title} cannot be read back; expected one of {able}")
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob(f"*{chosen.suffix}")) if path.is_dir() else [path] if path.is_file() else []
        if not inside:
            raise FogbankError(f"{path}: no {chosen.suffix} file is there; expected {chosen.title}")
        files += inside
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    left_out = LeftOut()
    for file in files:
        for one in chosen.read(file):
            left_out += one.left_out
            if one.document is None:
                problems += [one.problem] if one.problem else []
            elif found := _objections(corpus, one.document, one.file, documents):
                problems += found
            else:
                documents[one.document.id] = one.document
    return Imported(tuple(documents.values()), tuple(problems), left_out)


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise FogbankError(f"format {name!r} does not exist; expected one of {', '.join(FORMATS)}")
    return FORMATS[name]


def _objections(corpus: Corpus, document: Document, file: str, earlier: Mapping[str, Document]) -> Sequence[Problem]:
    article = corpus.articles.get(document.id)
    if article is None:
        expected = "the id of an article; `fogbank import` registers texts"
        return [problem("article-unknown", file, "$", f"{document.id!r} is not in the manifest", expected)]
    if digest(document.text or "") != article.sha256:
        return [problem("text-other", file, "$", f"{document.id} has another text here", "the registered text")]
    if document.id in earlier:
        return [problem("document-repeated", file, "$", f"{document.id} is in an earlier file")]
    return problems_of(document, file, prediction=True)
