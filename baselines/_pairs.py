"""Pairs of spans that a relation may join, and what a classifier may know of them.

Arguments are pairs of at most `WINDOW` sentences' distance that the scheme allows to relate; mentions are pairs of one
layer (entity or event) in the whole text, the head behind the tail, that may be coreferent.  `content` is not among
them: contents are found together with their cues.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from baselines._text import Reading
from fogbank import SCHEME, Span

WINDOW = 1
COREFERENCE = ("same", "same_event")
_PRONOUNS = {
    word: kind
    for kind, words in {
        "he": "he him his himself",
        "she": "she her hers herself",
        "they": "they them their theirs themselves those some",
        "we": "we us our ours",
        "it": "it its itself",
        "i": "i me my mine",
    }.items()
    for word in words.split()
}
_LINKING = "in at on of from to into near by with for against under between through over after before"
_PREPOSITIONS = frozenset(_LINKING.split())


class Place(NamedTuple):
    """A span with its layer, its tokens, its sentence, and its words in lower case."""

    span: Span
    layer: str
    first: int
    last: int
    sentence: int
    words: tuple[str, ...]

    @property
    def main(self) -> str:
        """The word that most likely names the kind: the last."""
        return self.words[-1]


def places(reading: Reading, spans: Sequence[Span]) -> list[Place]:
    """Find the tokens of spans, in the order of the text; spans that do not stand on tokens are left out."""
    found: list[Place] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.label)):
        if tokens := reading.range_of(span.start, span.end):
            lower = reading.lower[tokens[0] : tokens[1]]
            found.append(Place(span, SCHEME.layer_of[span.label], *tokens, reading.sentence_of[tokens[0]], lower))
    return found


def argument_pairs(there: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    """Give the pairs whose relation is neither `content` nor coreference."""
    for head in there:
        for tail in there:
            if tail is not head and abs(head.sentence - tail.sentence) <= WINDOW and _labels(head, tail):
                yield head, tail


def _labels(head: Place, tail: Place) -> list[str]:
    between = SCHEME.relations_between.get((head.span.label, tail.span.label), ())
    return [label for label in between if label not in ("content", *COREFERENCE)]


def mention_pairs(there: Sequence[Place], layer: str) -> Iterator[tuple[Place, Place]]:
    """Give the pairs of a layer that may be coreferent."""
    mentions = [place for place in there if place.layer == layer]
    for i, head in enumerate(mentions):
        for tail in mentions[:i]:
            if layer == "entity" or head.span.label == tail.span.label:
                yield head, tail


class Surroundings:
    """A document's places, ready for questions about what stands between two of them."""

    def __init__(self, reading: Reading, there: Sequence[Place]) -> None:
        self._reading, self._there = reading, there
        self._starts = [p.first for p in there]
        self._lower = ["<s>", *reading.lower, "</s>"]
        self._contents = [p for p in there if p.span.label == "CONTENT"]
        self._holders = {p.span.id: self._inside(p) for p in there}

    def _inside(self, place: Place) -> frozenset[str]:
        return frozenset(
            c.span.id for c in self._contents if c.first <= place.first and place.last <= c.last and c is not place
        )

    def _between(self, first: int, last: int) -> Sequence[Place]:
        return self._there[bisect_left(self._starts, first) : bisect_left(self._starts, last)]

    def argument(self, head: Place, tail: Place) -> list[str]:
        """Give the features of a pair that may be head and argument."""
        labels = f"{head.span.label} {tail.span.label}"
        layers = f"{head.layer} {tail.layer}"
        left, right = (head, tail) if head.first <= tail.first else (tail, head)
        order = "nested" if right.first < left.last else "forward" if left is head else "backward"
        apart = tail.sentence - head.sentence
        gap = max(0, right.first - left.last)
        between = self._lower[left.last + 1 : right.first + 1]
        far = f"s{apart}" if apart else f"t{next(n for n in (0, 1, 2, 3, 5, 8, 13, 10**6) if gap <= n)}"
        middle = [
            p for p in self._between(left.last, right.first) if p.last <= right.first and p.span.label != "CONTENT"
        ]
        rivals = sum(p.span.label == tail.span.label for p in middle)
        heads = sum(p.layer == head.layer for p in middle)
        before_tail, after_head = self._lower[tail.first], self._lower[head.last + 1]
        links = " ".join(w for w in between if w in _PREPOSITIONS or not w.isalnum())[:20] if gap < 12 else "far"
        same_content = self._holders[head.span.id] == self._holders[tail.span.id]
        place = f"{order} {far}"
        base = [
            place, f"rivals={min(rivals, 2)} heads={min(heads, 2)} {order}", f"before={before_tail}",
            f"after={after_head}", f"links={links} {order}", f"content={same_content}", f"tail={tail.main}",
            f"head={head.main}", f"apart={apart}", f"order={order}",
            f"between={' '.join(between) if gap < 4 else ''} {order}",
            f"stops={min(sum(w in ',;:' for w in between), 3)}",
        ]  # fmt: skip
        words = [f"{layers} {order} has={w}" for w in set(between)] if gap < 10 else []
        return [
            labels, *(f"{labels} {f}" for f in base), *(f"{layers} {f}" for f in base), *words,
            f"{head.main} {tail.span.label} {order}", f"{head.main} {order} before={before_tail}",
            f"{labels} rivals={min(rivals, 2)} {far} {same_content}", f"{head.span.label} {place}",
            f"{tail.span.label} {place}",
            f"{labels} before={before_tail} {order}", f"{head.main} {tail.main}",
        ]  # fmt: skip

    def mention(self, head: Place, tail: Place) -> list[str]:
        """Give the features of a pair that may be a mention and an earlier one of the same thing."""
        pronoun = _PRONOUNS.get(" ".join(head.words), "")
        earlier = _PRONOUNS.get(" ".join(tail.words), "")
        middle = [p for p in self._between(tail.first + 1, head.first) if p.layer == head.layer]
        rank = sum(p.span.label == tail.span.label for p in middle)
        shared = set(head.words) & set(tail.words) - _PREPOSITIONS - {"the", "and"}
        names = "".join("N" if self._reading.words[p.last - 1][0].isupper() else "n" for p in (head, tail))
        match = (
            "equal" if head.words == tail.words else "main" if head.main == tail.main
            else "inside" if shared == set(head.words) else "shared" if shared else "none"
        )  # fmt: skip
        equal_between = any(p.words == head.words for p in middle)
        apart = min(head.sentence - tail.sentence, 4)
        label = f"{head.span.label} {tail.span.label}"
        kind = f"{'pronoun ' + pronoun if pronoun else names[0]} {'pronoun ' + earlier if earlier else names[1]}"
        base = [
            f"match={match}", f"kind={kind}", f"rank={min(rank, 4)}", f"apart={apart}", f"nearer equal={equal_between}",
            f"match={match} kind={kind}", f"match={match} nearer={equal_between} rank={min(rank, 3)}",
            f"kind={kind} rank={min(rank, 3)} apart={apart}", f"the={self._lower[head.first] == 'the'} match={match}",
            f"before={self._lower[head.first]} match={match}", f"subject={self._begins(tail)} {kind}",
        ]  # fmt: skip
        return [
            label,
            *base,
            *(f"{label} {f}" for f in base),
            f"{head.main} {tail.main}",
            f"head={head.main} match={match}",
        ]

    def _begins(self, place: Place) -> bool:
        return place.first - self._reading.sentences[place.sentence][0] < 3
