"""Rounds of annotation: who annotated what, by which guidelines, and the versions that the exports hold.

`annotations/rounds.toml` lists the annotators and the rounds with their assignments.  A round is of kind "annotation"
(two annotators for each document), "adjudication" (one, who settles their differences: gold), or "reading" (one more
annotator, who saw neither version nor gold, as a check of gold; nothing is made from it).
`annotations/exports/<round>/<annotator>.json` is the export of that annotator's Label Studio project.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fogbank.curate.inference import infer_relations
from fogbank.curate.intake import read_sheet
from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document
from fogbank.model.regions import read_result
from fogbank.model.storage import read_json


@dataclass(frozen=True, slots=True)
class Round:
    """One round: its assignments map an annotator to document ids, in the order of work."""

    name: str
    kind: Literal["annotation", "adjudication", "reading"]
    guidelines: str
    assignments: Mapping[str, tuple[str, ...]]

    @property
    def is_blind(self) -> bool:
        """Whether its annotators saw texts and guidelines only, and nobody's version."""
        return self.kind != "adjudication"

    @property
    def documents(self) -> tuple[str, ...]:
        """The ids of its documents, each once, in the order of the assignments."""
        return tuple(dict.fromkeys(document_id for held in self.assignments.values() for document_id in held))


@dataclass(frozen=True, slots=True)
class Version:
    """One annotator's document of one round; `assisted` is one whose annotator could see a system's prediction."""

    round: Round
    annotator: str
    document: Document
    assisted: bool = False


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


def find_round(corpus: Corpus, name: str, kind: str | None = None) -> Round:
    """Find a round by its name.  Raises FogbankError where there is none, or it is not of `kind`."""
    rounds = {one.name: one for one in read_rounds(corpus)}
    if name not in rounds:
        raise FogbankError(f"round {name!r} does not exist; expected one of {', '.join(rounds) or 'none yet'}")
    if kind not in (None, rounds[name].kind):
        raise FogbankError(f"round {name!r} is of kind {rounds[name].kind}; expected one of kind {kind}")
    return rounds[name]


def annotated(rounds: Iterable[Round]) -> dict[str, tuple[Round, tuple[str, ...]]]:
    """Map each document to the last of these rounds in which it was annotated, and to its annotators there."""
    found: dict[str, tuple[Round, tuple[str, ...]]] = {}
    for one in rounds:
        if one.kind == "annotation":
            for document_id in one.documents:
                names = tuple(name for name, held in one.assignments.items() if document_id in held)
                found[document_id] = (one, names)
    return found


def annotated_anew(rounds: Sequence[Round], one: Round) -> set[str]:
    """Name the documents that were adjudicated before this adjudication, and annotated by others in between."""
    before = rounds[: rounds.index(one)]
    sources = annotated(before)
    earlier: dict[str, tuple[str, ...]] = {}
    for number, held in enumerate(before):
        if held.kind == "adjudication":
            at_that_time = annotated(before[:number])
            earlier |= {name: at_that_time[name][1] for name in held.documents if name in at_that_time}
    return {document_id for document_id, names in earlier.items() if sources[document_id][1] != names}


def two_versions(corpus: Corpus, one: Round) -> dict[str, tuple[Version, Version]]:
    """Map each document of a round to the two versions that are (to be) adjudicated, in the order of the round.

    Those are of an annotation round its own, of an adjudication round those of the last annotation round before it.
    Raises FogbankError where a document has not two versions (as in a reading), DataError where an export lacks one.
    """
    rounds = read_rounds(corpus)
    before = rounds[: [held.name for held in rounds].index(one.name)]
    sources = annotated(before if one.kind == "adjudication" else [one])
    ids = one.documents
    for document_id in ids:
        names = sources[document_id][1] if document_id in sources else ()
        if len(names) != 2:
            who = ", ".join(names) or "nobody"
            raise FogbankError(f"{one.name}: {document_id} was annotated by {who}; expected two annotators")
    held: dict[tuple[str, str, str], Version] = {}
    for source in {sources[document_id][0].name: sources[document_id][0] for document_id in ids}.values():
        for version in versions(corpus, source):
            held[source.name, version.annotator, version.document.id] = version
    found: dict[str, tuple[Version, Version]] = {}
    for document_id in ids:
        source, (first, second) = sources[document_id]
        found[document_id] = (held[source.name, first, document_id], held[source.name, second, document_id])
    return found


def versions(corpus: Corpus, one: Round, *, partial: bool = False, infer: bool = False) -> Iterator[Version]:
    """Yield the versions that a round's exports hold, by annotator and then in the order of the assignment.

    `infer`: relations drawn without a type have the one that their ends decide; see `fogbank.curate.inference`.
    Raises DataError where an export lacks an assigned document or holds more than one annotation of it; with `partial`,
    as while a round is worked on, what is lacking is left out.
    """
    for annotator, ids in one.assignments.items():
        path = corpus.exports / one.name / f"{annotator}.json"
        held: dict[str, list[Any]] = {}
        assisted: set[str] = set()
        for task in () if partial and not path.exists() else read_json(path):
            kept = [a for a in task["annotations"] if not a["was_cancelled"]]
            held.setdefault(task["data"]["id"], []).extend(kept)
            if task.get("predictions") or any(annotation.get("prediction") for annotation in kept):
                assisted.add(task["data"]["id"])
        for document_id in ids:
            found = held.get(document_id, [])
            if partial and not found:
                continue
            if len(found) != 1:
                raise DataError(f"{path}: {document_id} has {len(found)} annotations; expected one")
            text = corpus.articles[document_id].text
            document = read_result(document_id, text, found[0]["result"])
            if infer:
                document = infer_relations(document).document
            yield Version(one, annotator, document, document_id in assisted)
