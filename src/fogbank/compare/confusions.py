"""Confusions: what two versions of a document decided differently, by kind and how often, each with its places.

Only what the versions do not have in common is looked at.  Left-over spans of one layer are matched first (see
`matching`; with different labels they must share half of the characters that either has, since a CUE inside a CONTENT
is no confusion), then those of different layers with the same words:

- `label`: the same or overlapping words under two labels;
- `extent`: one label, other boundaries;
- `one-sided`: a span that nothing in the other version stands for;
- `relation`: two labels for one ordered pair of spans that both versions have;
- `one-sided relation`: such a pair that only one version joins; a link of coreference (`same`, `same_event`) is none
  where the other version has both mentions in one cluster, by whatever links.

`first` and `second` are labels, None for nothing.  Where the sides are equals, as two annotators are, their order is
dropped (`ordered=False`); gold comes first otherwise.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from fogbank.compare.matching import match, share
from fogbank.model.document import Document, Span, clusters
from fogbank.model.scheme import SCHEME

Kind = Literal["label", "extent", "one-sided", "relation", "one-sided relation"]
_LONGEST = 80
_SHARED = 0.5
_COREFERENCE = ("same", "same_event")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a confusion stands: the characters that it spans (of a relation those of its head), and the words.

    `words` is None where the text is withheld; long ones are cut in the middle.
    """

    document: str
    start: int
    end: int
    words: str | None

    def __str__(self) -> str:
        return f"{self.document}:{self.start}–{self.end}" + (f" “{self.words}”" if self.words else "")


@dataclass(frozen=True, slots=True)
class Confusion:
    """One kind of difference between two labels, with all its places in the order of the documents."""

    kind: Kind
    first: str | None
    second: str | None
    places: tuple[Place, ...]

    @property
    def name(self) -> str:
        """What was taken for what, as people read it."""
        if self.kind == "extent":
            return f"{self.first}"
        return f"{self.first or 'nothing'} / {self.second or 'nothing'}"

    def to_json(self) -> dict[str, Any]:
        """Return kind, labels, number and places as JSON values."""
        return {
            "kind": self.kind,
            "first": self.first,
            "second": self.second,
            "number": len(self.places),
            "places": [asdict(place) for place in self.places],
        }


def confusions(pairs: Iterable[tuple[Document, Document]], *, ordered: bool = False) -> tuple[Confusion, ...]:
    """Find all confusions of pairs of versions, the most frequent first."""
    found: dict[tuple[Kind, str | None, str | None], list[Place]] = defaultdict(list)
    for one, other in pairs:
        for kind, first, second, place in (*_of_spans(one, other), *_of_relations(one, other)):
            labels = (first, second) if ordered else sorted((first, second), key=lambda label: (label is None, label))
            found[kind, labels[0], labels[1]].append(place)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), *map(str, item[0])))
    return tuple(
        Confusion(*key, tuple(sorted(places, key=lambda p: (p.document, p.start, p.end)))) for key, places in ranked
    )


Finding = tuple[Kind, str | None, str | None, Place]


def _of_spans(one: Document, other: Document) -> Iterator[Finding]:
    common = {span.key for span in one.spans} & {span.key for span in other.spans}
    left, right = ([span for span in version.spans if span.key not in common] for version in (one, other))
    for a, b in counterparts(left, right):
        if a and b:
            kind: Kind = "extent" if a.label == b.label else "label"
            yield kind, a.label, b.label, locate(one, min(a.start, b.start), max(a.end, b.end))
        elif a:
            yield "one-sided", a.label, None, locate(one, a.start, a.end)
        elif b:
            yield "one-sided", None, b.label, locate(other, b.start, b.end)


def counterparts(left: Iterable[Span], right: Iterable[Span]) -> list[tuple[Span | None, Span | None]]:
    """Pair the spans that two versions do not have in common: first those that stand for each other, then the rest."""
    # in the order of the text, so that of several matchings as good the same one is found in whatever order spans come
    ours, theirs = ({span.key: span for span in sorted(side, key=lambda s: s.key)} for side in (left, right))
    pairs: list[tuple[Span | None, Span | None]] = []
    for closeness in (_in_layer, _same_words):
        for a, b in match(list(ours.values()), list(theirs.values()), closeness):
            del ours[a.key], theirs[b.key]
            pairs.append((a, b))
    return [*pairs, *((span, None) for span in ours.values()), *((None, span) for span in theirs.values())]


def _in_layer(a: Span, b: Span) -> float:
    if SCHEME.layer_of.get(a.label) != SCHEME.layer_of.get(b.label):
        return 0.0
    shared = share(a, b)
    if a.label == b.label:
        return shared
    # Of two spans equally close the one with the same label is taken.
    return 0.99 * shared if shared >= _SHARED else 0.0


def _same_words(a: Span, b: Span) -> float:
    return float((a.start, a.end) == (b.start, b.end))


def _of_relations(one: Document, other: Document) -> Iterator[Finding]:
    for (head, tail), first, second in relation_differences(one, other):
        places = [locate(one, start, end).words for start, end, _ in (head, tail)]
        words = None if None in places else " → ".join(map(str, places))
        place = Place(one.id, head[0], head[1], words)
        yield "relation" if first and second else "one-sided relation", first, second, place


Key = tuple[int, int, str]
Ends = tuple[Key, Key]


def relation_differences(one: Document, other: Document) -> Iterator[tuple[Ends, str | None, str | None]]:
    """Yield pairs of spans that both versions have and join differently: the keys of head and tail, and both labels."""
    common = {span.key for span in one.spans} & {span.key for span in other.spans}
    left, right = _joined(one, common), _joined(other, common)
    for ends in sorted(left.keys() | right.keys()):
        first, second = left.get(ends), right.get(ends)
        linked = (second or first) if not (first and second) else None
        if first != second and not (linked in _COREFERENCE and _in_one_cluster(other if first else one, linked, ends)):
            yield ends, first, second


def _in_one_cluster(document: Document, label: str, ends: Ends) -> bool:
    known = document.by_id
    return any({known[i].key for i in ids} >= set(ends) for ids in clusters(document, label))


def _joined(document: Document, common: set[Key]) -> dict[Ends, str]:
    """Map pairs of common spans to the label that joins them; of several the first by name."""
    found: dict[Ends, str] = {}
    for relation in sorted(document.relations, key=lambda r: r.label, reverse=True):
        head, tail = document.by_id.get(relation.head), document.by_id.get(relation.tail)
        if head and tail and head.key in common and tail.key in common:
            found[head.key, tail.key] = relation.label
    return found


def locate(document: Document, start: int, end: int) -> Place:
    """Give a place of a document with its words, where the text is there."""
    if document.text is None:
        return Place(document.id, start, end, None)
    words = " ".join(document.text[start:end].split())
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST // 2]} … {words[-_LONGEST // 2 :]}"
    return Place(document.id, start, end, words)
