"""Rounds of annotation: who annotated what, by which guidelines, and the versions that the exports hold.

`annotations/rounds.toml` lists the annotators and the rounds with their assignments; a round is of kind "annotation" or
"adjudication".  `annotations/exports/<round>/<annotator>.json` is the export of that annotator's Label Studio project.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from fogbank.curate.articles import read_sheet
from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.regions import read_result
from fogbank.model.storage import read_json


@dataclass(frozen=True, slots=True)
class Round:
    """One round: its assignments map an annotator to document ids, in the order of work."""

    name: str
    kind: Literal["annotation", "adjudication"]
    guidelines: str
    assignments: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """One annotator's document of one round."""

    round: Round
    annotator: str
    document: Document


def read_rounds(corpus: Corpus) -> tuple[Round, ...]:
    """Read all rounds, in order."""
    path = corpus.root / "annotations" / "rounds.toml"
    try:
        return tuple(
            Round(
                entry["name"],
                entry["kind"],
                entry["guidelines"],
                {annotator: tuple(ids) for annotator, ids in entry["assignments"].items()},
            )
            for entry in read_sheet(path).get("rounds", ())
        )
    except KeyError as error:
        raise DataError(f"{path}: a round lacks {error}; expected name, kind, guidelines and assignments") from None


def find_round(corpus: Corpus, name: str) -> Round:
    """Find a round by its name.  Raises FogbankError where there is none."""
    rounds = {one.name: one for one in read_rounds(corpus)}
    if name not in rounds:
        raise FogbankError(f"round {name!r} does not exist; expected one of {', '.join(rounds) or 'none yet'}")
    return rounds[name]


def versions(corpus: Corpus, one: Round) -> Iterator[Version]:
    """Yield the versions that a round's exports hold, by annotator and then in the order of the assignment.

    Raises DataError where an export lacks an assigned document or holds more than one annotation of it.
    """
    for annotator, ids in one.assignments.items():
        path = corpus.exports / one.name / f"{annotator}.json"
        held: dict[str, list[Any]] = {}
        for task in read_json(path):
            kept = [a for a in task["annotations"] if not a["was_cancelled"]]
            held.setdefault(task["data"]["id"], []).extend(kept)
        for document_id in ids:
            found = held.get(document_id, [])
            if len(found) != 1:
                raise DataError(f"{path}: {document_id} has {len(found)} annotations; expected one")
            text = corpus.articles[document_id].text
            yield Version(one, annotator, read_result(document_id, text, found[0]["result"]))
