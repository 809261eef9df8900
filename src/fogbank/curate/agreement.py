"""The agreement of a round: its annotators with each other, each with gold, and what they decided differently.

Of a reading, whose documents have one version each, the pairs are gold as it was before and that version, gold first.

Gold was made from the annotators' versions, so agreement with it says how much of a version adjudication kept, not how
well that annotator would do on a text of which gold was made without them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from fogbank.compare.agreement import Agreement, Pair, agree
from fogbank.compare.confusions import Confusion, confusions
from fogbank.compare.measure import Score
from fogbank.compare.report import shown, shown_figure
from fogbank.curate.gold import collect_gold
from fogbank.curate.rounds import Round, Version, annotated_anew, read_rounds, versions
from fogbank.errors import DataError, FogbankError
from fogbank.model.corpus import Corpus, Part
from fogbank.model.scheme import SCHEME

SHOWN_CONFUSIONS = 20
_SHOWN_PLACES = 3
# what is compared in a round of each kind, and the names of its two sides
_COMPARED = {
    "annotation": ("pairs of versions", "the annotators"),
    "reading": ("pairs of gold and a reader's version", "gold / the reader"),
    "adjudication": ("pairs of earlier gold and this round's, of other annotators", "earlier gold / this"),
}
_LAYERS = frozenset(layer.name for layer in SCHEME.layers)


@dataclass(frozen=True)
class RoundAgreement:
    """What was measured of a round: of annotation, of a reading, or of gold that was made a second time.

    `gold` maps each annotator to the agreement of gold and that annotator's versions, gold first, for the documents of
    the round that are adjudicated; it is empty where none is, and where the pairs are of gold already.
    `gold_confusions` sums over all annotators.
    """

    round: Round
    agreement: Agreement
    confusions: tuple[Confusion, ...]
    gold: Mapping[str, Agreement]
    gold_confusions: tuple[Confusion, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "round": self.round.name,
            "guidelines": self.round.guidelines,
            "agreement": self.agreement.to_json(),
            "confusions": [one.to_json() for one in self.confusions],
            "gold": {annotator: one.to_json() for annotator, one in self.gold.items()},
            "gold_confusions": [one.to_json() for one in self.gold_confusions],
        }

    @property
    def pairs(self) -> str:
        """Say in a few words what is compared with what."""
        return _COMPARED[self.round.kind][0]

    @property
    def sides(self) -> str:
        """Name who differs in `confusions`."""
        return _COMPARED[self.round.kind][1]

    def table(self, *, labels: bool = False) -> str:
        """Give the round as a table of text, with layers, and with labels if asked for."""
        return "\n".join(self._lines(labels))

    def _lines(self, labels: bool) -> Iterator[str]:
        one = self.agreement
        by = f"guidelines {self.round.guidelines}"
        yield f"{self.round.name}: {one.documents} {self.pairs}, {one.groups} incidents, {by}"
        yield f"{'':42}{'first':>7}{'second':>8}{'match':>7}{'F1':>8}  95 % interval"
        for measure, rows in one.scores.items():
            for row, score in rows.items():
                if row == "all" or labels or (row in _LAYERS and measure != "attributes"):
                    yield _score_line(measure if row == "all" else f"  {row}", score)
        if one.texts:
            yield f"\nKrippendorff's alpha of attribution by token ({one.texts} pairs whose text is here)"
            yield from (_estimate_line(name, estimate) for name, estimate in one.alphas.items())
        yield "\ncoreference, F1, without singletons"
        for kind, estimates in one.coreference.items():
            yield from (_estimate_line(f"{kind} {name}", estimate) for name, estimate in estimates.items())
        if self.gold:
            yield "\ngold against each annotator (F1, alpha; intervals, precision and recall: see the page)"
            yield f"{'':42}" + "".join(f"{annotator:>10}" for annotator in self.gold)
            yield f"{'documents':42}" + "".join(f"{against.documents:10}" for against in self.gold.values())
            columns = [_figures(against) for against in self.gold.values()]
            for name in dict.fromkeys(name for column in columns for name in column):
                cells = (f"{shown_figure(column.get(name)):>10}" for column in columns)
                yield f"{name:42}{''.join(cells)}"
        for title, found in (
            (self.sides, self.confusions),
            ("gold / the annotators", self.gold_confusions),
        ):
            if found:
                yield f"\nwhere {title} differ"
            for confusion in found[:SHOWN_CONFUSIONS]:
                yield f"{len(confusion.places):5}  {confusion.kind}: {confusion.name}"
                yield from (f"         {place}" for place in confusion.places[:_SHOWN_PLACES])


def measure_round(corpus: Corpus, one: Round, part: Part | None = None) -> RoundAgreement:
    """Measure the agreement of a round from its exports, and from the gold files that there are.

    `part` takes the documents of one part only.  Raises FogbankError for an adjudication of what had no gold before,
    DataError where an export is missing, an annotator was assisted by a system, or no document has two versions.
    """
    held = [v for v in versions(corpus, one) if part in (None, corpus.articles[v.document.id].part)]
    if assisted := [f"{v.annotator} ({v.document.id})" for v in held if v.assisted]:
        raise DataError(
            f"round {one.name!r}: {len(assisted)} versions are of annotators who could see a system's predictions, "
            f"{assisted[0]} first; expected annotators who worked without, or agreement says how far they follow it"
        )
    incidents = groups(corpus)
    gold = {d.id: d for d in corpus.gold(filter(corpus.has_gold, dict.fromkeys(v.document.id for v in held)))}
    pairs = round_pairs(corpus, one, held)
    if one.kind == "adjudication" and not pairs:
        raise FogbankError(
            f"round {one.name!r} is of kind {one.kind}; expected one in which several annotate the same, or one whose "
            "documents others had annotated before, and had gold of"
        )
    against = {
        annotator: [
            (gold[v.document.id], v.document) for v in held if v.annotator == annotator and v.document.id in gold
        ]
        for annotator in one.assignments
        if one.kind == "annotation"
    }
    return RoundAgreement(
        one,
        agree(pairs, groups=incidents),
        confusions(pairs, ordered=one.kind != "annotation"),
        {annotator: agree(two, groups=incidents) for annotator, two in against.items() if two},
        confusions([pair for two in against.values() for pair in two], ordered=True),
    )


def round_pairs(corpus: Corpus, one: Round, held: Iterable[Version]) -> list[Pair]:
    """Pair what a round compares: the versions of each document, all with all, or with gold as it was before.

    Gold is what a reading found; what was mended after it, by its help, would agree with it for that reason.  For the
    same reason an adjudication is compared with earlier gold only where that came from other annotators.
    """
    if one.kind == "annotation":
        by_document: dict[str, list[Version]] = {}
        for version in held:
            by_document.setdefault(version.document.id, []).append(version)
        return [(a.document, b.document) for group in by_document.values() for a, b in combinations(group, 2)]
    ids = set(one.documents)
    if one.kind == "adjudication":
        ids &= annotated_anew(read_rounds(corpus), one)
    if not ids:  # most adjudications; nothing is read for them
        return []
    gold = {name: made.document for name, made in collect_gold(corpus, before=one.name).items() if name in ids}
    return [(gold[v.document.id], v.document) for v in held if v.document.id in gold]


def of_part(corpus: Corpus, pairs: Iterable[Pair], part: Part) -> list[Pair]:
    """Take the pairs of documents of one part."""
    return [pair for pair in pairs if corpus.articles[pair[0].id].part == part]


def groups(corpus: Corpus) -> dict[str, str]:
    """Name the incident of each document that has one: what a bootstrap draws together."""
    return {article.id: article.incident for article in corpus.articles.values() if article.incident}


def _figures(one: Agreement) -> dict[str, float]:
    return {
        **{name: score.value for name, score in one.measures.items()},
        **{f"alpha of {name}": estimate.value for name, estimate in one.alphas.items()},
        **{
            f"{k} {name}": estimates[name].value
            for k, estimates in one.coreference.items()
            for name in ("conll", "lea")
        },
    }


def _score_line(name: str, score: Score) -> str:
    gold, predicted, matched = score.counts
    return f"{name:42}{gold:7.0f}{predicted:8.0f}{matched:7.0f}{shown_figure(score.value):>8}  {shown(score.interval)}"


def _estimate_line(name: str, score: Score) -> str:
    return f"{name:64}{shown_figure(score.value):>8}  {shown(score.interval)}"
