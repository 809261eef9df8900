"""What adjudication did with a round: of each document how much its annotators agreed on, and what gold changed of it.

An adjudicator may overrule both annotators, who can make the same mistake; this says where that was done, so that
nothing is lost unnoticed.  Counted are spans, attribute values of common spans, and relations.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fogbank.curate.adjudication import Overruled, overruled
from fogbank.curate.comparison import Comparison, compare
from fogbank.curate.gold import collect_gold
from fogbank.curate.rounds import Round, two_versions, versions
from fogbank.model.corpus import Corpus
from fogbank.model.document import Document

KINDS = ("span", "attribute", "relation")


@dataclass(frozen=True, slots=True)
class Adjudicated:
    """One adjudicated document: by whom, what both annotators held by kind, what was in dispute, what was overruled."""

    id: str
    annotators: tuple[str, str]
    adjudicator: str
    agreed: Mapping[str, int]
    disputed: Mapping[str, int]
    overruled: tuple[Overruled, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values; `became` is null for what was dropped."""
        return {
            "id": self.id,
            "annotators": list(self.annotators),
            "adjudicator": self.adjudicator,
            "agreed": dict(self.agreed),
            "disputed": dict(self.disputed),
            "overruled": [one._asdict() for one in self.overruled],
        }


@dataclass(frozen=True, slots=True)
class RoundOverruled:
    """The adjudicated documents of a round, and the ids of those of which there is no gold yet."""

    round: Round
    documents: tuple[Adjudicated, ...]
    open: tuple[str, ...]

    @property
    def overruled(self) -> tuple[tuple[str, Overruled], ...]:
        """Everything that was overruled, each with the id of its document."""
        return tuple((one.id, finding) for one in self.documents for finding in one.overruled)

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        documents = [one.to_json() for one in self.documents]
        return {"round": self.round.name, "documents": documents, "open": list(self.open)}

    def table(self) -> str:
        """Give a line for each document with the sums, then everything that was overruled."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"{self.round.name}: what both annotators held, and what of it gold drops or changes"
        yield f"{'':24}{'agreed':>28}{'in dispute':>28}{'overruled':>20}"
        yield f"{'document':24}" + 2 * f"{'spans':>8}{'attr.':>8}{'relations':>12}" + f"{'dropped':>11}{'changed':>9}"
        for one in self.documents:
            yield _row(one.id, one.agreed, one.disputed, one.overruled)
        agreed, disputed = (
            Counter({kind: sum(getattr(one, side)[kind] for one in self.documents) for kind in KINDS})
            for side in ("agreed", "disputed")
        )
        yield _row(f"all {len(self.documents)}", agreed, disputed, tuple(finding for _, finding in self.overruled))
        if self.overruled:
            yield "\noverruled"
        yield from (f"{document_id}: {finding}" for document_id, finding in self.overruled)
        if self.open:
            yield f"\nno gold yet: {', '.join(self.open)}"


def overruled_in_round(corpus: Corpus, one: Round) -> RoundOverruled:
    """Compare what two annotators agreed on with gold, for the documents of a round of either kind.

    Gold of an adjudication round is what its own exports hold so far, of an annotation round what is gold now.  Raises
    FogbankError where a document has not two versions, DataError where an annotator's export lacks one.
    """
    pairs = two_versions(corpus, one)
    if one.kind == "adjudication":
        held = versions(corpus, one, partial=True)
        gold = {version.document.id: (version.document, version.annotator) for version in held}
    else:
        gold = {key: (made.document, made.adjudicator) for key, made in collect_gold(corpus).items()}
    documents = tuple(
        adjudicated(compare(first.document, second.document), (first.annotator, second.annotator), *gold[document_id])
        for document_id, (first, second) in pairs.items()
        if document_id in gold
    )
    return RoundOverruled(one, documents, tuple(document_id for document_id in pairs if document_id not in gold))


def adjudicated(comparison: Comparison, annotators: tuple[str, str], gold: Document, adjudicator: str) -> Adjudicated:
    """Count what two versions of a document agree on and differ on, and find what gold overrules."""
    agreed = comparison.agreed
    attributes = sum(len(span.attributes) for span in agreed.spans)
    single = sum(one.holder != "both" for one in comparison.relations)
    return Adjudicated(
        comparison.id,
        annotators,
        adjudicator,
        dict(zip(KINDS, (len(agreed.spans), attributes, len(agreed.relations)), strict=True)),
        dict(zip(KINDS, (len(comparison.disputed_spans), len(comparison.attributes), single), strict=True)),
        overruled(comparison, gold),
    )


def _row(name: str, agreed: Mapping[str, int], disputed: Mapping[str, int], found: tuple[Overruled, ...]) -> str:
    cells = "".join(f"{side['span']:8}{side['attribute']:8}{side['relation']:12}" for side in (agreed, disputed))
    dropped = sum(one.became is None for one in found)
    return f"{name:24}{cells}{dropped:11}{len(found) - dropped:9}"
