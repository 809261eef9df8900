"""Task 3, attribution: who said what, as one unit.

A unit is a CUE with all its sources (the tails of `source`) and all its contents (the tails of `content`), each by its
offsets; a cue may lack either.  CUE spans with equal offsets are one cue with the sources and contents of all.

Criteria; counts are of units, which match if everything that is asked is equal.
- exact (the headline): cue, sources and contents.  `cue`, `cue and source`, `cue and content` ask less.
- `source by cluster`: as exact, but two mentions are one source where both versions hold them in one cluster of `same`.
  What only one version links is not enough, so that linking everything gains nothing.
- `partial`: cue and sources as exact; the contents earn what they have in common: a unit of gold earns the share of
  the tokens in its contents (see `model.text.tokens`) that are in the prediction's contents of the same cue, which is
  summed for recall; for precision the same with the roles exchanged.  Two empty contents are equal, one earns nothing.
  These are the intersection-based rates of Johansson & Moschitti 2013 (doi:10.1162/COLI_a_00141), the "partial" match
  of contents in PARC's evaluations (Pareti et al. 2013, EMNLP, D13-1101).  Without the text there are no tokens: the
  row is left out where the text of any document is withheld.
- `chain`: only nested attributions count, whose cue stands inside a CONTENT of another cue.  The chain of a cue goes
  from the outermost cue to it; at each step the innermost such content (the shortest, then the first) is taken.  It
  matches if it is the same chain of cues.
- `stance`, `source_kind`: of units that match exactly, the share with the same value on both sides (recall equals
  precision), and by value.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from fogbank.compare.coreference import mention_clusters
from fogbank.compare.measure import ALL, Rates, Rows, tally
from fogbank.model.document import Document
from fogbank.model.scheme import SCHEME
from fogbank.model.text import tokens

CRITERION = "exact-cue-source-content"
Place = tuple[int, int]
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Unit:
    """What one cue attributes: places of the cue, its sources and contents; its attributes, sorted."""

    cue: Place
    sources: frozenset[Place]
    contents: frozenset[Place]
    attributes: tuple[tuple[str, str], ...]

    @property
    def key(self) -> Hashable:
        """What makes two units the same: all but the attributes."""
        return self.cue, self.sources, self.contents


Units = Mapping[Place, Unit]


def measure(gold: Sequence[Document], predicted: Sequence[Document]) -> Rows:
    """Measure attributions as units, in part, nested, and in their attributes."""
    pairs = [(units(one), units(other)) for one, other in zip(gold, predicted, strict=True)]
    joint = [_joint_clusters(one, other) for one, other in zip(gold, predicted, strict=True)]
    rows: Rows = {ALL: _compared(pairs, lambda unit: unit.key)}
    if all(document.text is not None for document in gold):
        texts = [document.text or "" for document in gold]
        rows["partial"] = Rates.of([_partial(*sides, text) for sides, text in zip(pairs, texts, strict=True)])
    rows["source by cluster"] = Rates.of_sets(
        *(
            [
                {(u.cue, frozenset(one.get(s, s) for s in u.sources), u.contents) for u in sides[place].values()}
                for sides, one in zip(pairs, joint, strict=True)
            ]
            for place in (0, 1)
        )
    )
    rows["cue"] = _compared(pairs, lambda unit: unit.cue)
    rows["cue and source"] = _compared(pairs, lambda unit: (unit.cue, unit.sources))
    rows["cue and content"] = _compared(pairs, lambda unit: (unit.cue, unit.contents))
    rows["chain"] = Rates.of_sets(*([chains(sides[place]) for sides in pairs] for place in (0, 1)))
    return rows | _attributes(pairs)


def units(document: Document) -> Units:
    """Give the units of a document by the places of their cues."""
    known = document.by_id
    ends: dict[tuple[Place, str], set[Place]] = defaultdict(set)
    for relation in document.relations:
        cue, tail = known.get(relation.head), known.get(relation.tail)
        if cue and tail and cue.label == "CUE":
            ends[(cue.start, cue.end), relation.label].add((tail.start, tail.end))
    attributes: dict[Place, set[tuple[str, str]]] = defaultdict(set)
    for span in document.spans:
        if span.label == "CUE":
            attributes[span.start, span.end].update((name, str(value)) for name, value in span.attributes.items())
    return {
        place: Unit(place, frozenset(ends[place, "source"]), frozenset(ends[place, "content"]), tuple(sorted(given)))
        for place, given in attributes.items()
    }


def chains(held: Units) -> set[tuple[Place, ...]]:
    """Give the chains of the nested cues of a document, each from the outermost cue to it."""
    contents = sorted(
        (end - start, start, end, unit.cue) for unit in held.values() for start, end in unit.contents
    )  # the innermost first

    def chain(cue: Place) -> tuple[Place, ...]:
        found = [cue]
        while True:
            inner = found[-1]
            outer = next(
                (c for _, start, end, c in contents if start <= inner[0] and inner[1] <= end and c not in found), None
            )
            if outer is None:
                return tuple(reversed(found))
            found.append(outer)

    return {made for cue in held if len(made := chain(cue)) > 1}


def _compared(pairs: Sequence[tuple[Units, Units]], item: Callable[[Unit], Hashable]) -> Rates:
    return Rates.of_sets(*([set(map(item, sides[place].values())) for sides in pairs] for place in (0, 1)))


def _joint_clusters(one: Document, other: Document) -> dict[Hashable, Hashable]:
    """Name the cluster of each mention that both versions link, equal for those that both hold together."""
    sides = [
        {mention: number for number, held in enumerate(mention_clusters(version, "same")) for mention in held}
        for version in (one, other)
    ]
    return {mention: (sides[0][mention], sides[1][mention]) for mention in sides[0].keys() & sides[1].keys()}


def _partial(gold: Units, predicted: Units, text: str) -> tuple[float, int, float, int]:
    places = tokens(text)

    def inside(unit: Unit) -> set[Place]:
        return {(s, e) for start, end in unit.contents for s, e in places if s < end and start < e}

    earned = [0.0, 0.0]
    for cue in gold.keys() & predicted.keys():
        if gold[cue].sources == predicted[cue].sources:
            both = [inside(side[cue]) for side in (gold, predicted)]
            common = len(both[0] & both[1])
            for number, one in enumerate(both):
                earned[number] += common / len(one) if one else not any(both)
    return earned[0], len(gold), earned[1], len(predicted)


def _attributes(pairs: Sequence[tuple[Units, Units]]) -> Rows:
    """Give the rows of the attributes of units that match exactly."""
    made: Rows = {}
    for name in ("stance", "source_kind"):
        given: tuple[list[set[tuple[str, Hashable]]], ...] = ([], [])
        for sides in pairs:
            same = {cue for cue in sides[0].keys() & sides[1].keys() if sides[0][cue].key == sides[1][cue].key}
            for held, side in zip(given, sides, strict=True):
                held.append({(dict(side[cue].attributes).get(name, _ABSENT), cue) for cue in same})
        made |= tally((*SCHEME.attribute[name].names, _ABSENT), *given).rows(name)
    return made
