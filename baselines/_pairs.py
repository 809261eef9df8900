"""Pairs of spans that a relation may join.

Arguments are pairs of at most `WINDOW` sentences' distance that the scheme allows to relate; mentions are pairs of one
layer (entity or event) in the whole text, the head behind the tail, that may be coreferent.  `content` is not among
them: contents are found together with their cues.
"""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from baselines._table import Coded, Numbers
from baselines._text import Reading
from fogbank import SCHEME, Span

WINDOW = 1
COREFERENT = {"entity": "same", "event": "same_event"}
ARGUMENTS = tuple(name for name in SCHEME.relation_names if name not in ("content", *COREFERENT.values()))
Pairs = tuple[Numbers, Numbers]  # the numbers of the heads and of the tails, among some places
_LINKING = "in at on of from to into near by with for against under between through over after before"
PREPOSITIONS = frozenset(_LINKING.split())


class Paired(NamedTuple):
    """The labels and the layers of a pair, together and apart."""

    both: str
    layers: str
    head: str
    tail: str


PAIRED = [
    Paired(f"{head} {tail}", f"{SCHEME.layer_of[head]} {SCHEME.layer_of[tail]}", head, tail)
    for head, tail in product(SCHEME.label_names, repeat=2)
]


def _allowing(relation: str) -> NDArray[np.bool_]:
    return np.array([[SCHEME.allows(relation, h, t) for t in SCHEME.label_names] for h in SCHEME.label_names])


_ARGUMENTS_ALLOWED = np.stack([_allowing(name) for name in ARGUMENTS])
_ANY_ALLOWED = np.logical_or.reduce(_ARGUMENTS_ALLOWED)
_COREFERENCE_ALLOWED = {layer: _allowing(name) for layer, name in COREFERENT.items()}


class Place(NamedTuple):
    """A span with its label, its layer, its tokens, its sentence, and its words in lower case."""

    span: Span
    label: str
    layer: str
    first: int
    last: int
    sentence: int
    words: tuple[str, ...]


def places(reading: Reading, spans: Sequence[Span]) -> list[Place]:
    """Find the tokens of spans, in the order of the text; spans that do not stand on tokens are left out."""
    found: list[Place] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end, s.label)):
        if tokens := reading.range_of(span.start, span.end):
            layer, lower = SCHEME.layer_of[span.label], reading.lower[tokens[0] : tokens[1]]
            found.append(Place(span, span.label, layer, *tokens, reading.sentence_of[tokens[0]], lower))
    return found


class Ends(NamedTuple):
    """Places by columns: numbers of labels, tokens and sentences."""

    label: Numbers
    first: Numbers
    last: Numbers
    sentence: Numbers

    @classmethod
    def of(cls, there: Sequence[Place]) -> "Ends":
        number = SCHEME.label_names.index
        held = [(number(p.label), p.first, p.last, p.sentence) for p in there]
        return cls(*np.array(held, np.int64).reshape(-1, 4).T)


def argument_pairs(there: Sequence[Place]) -> Pairs:
    """Give the pairs whose relation is neither `content` nor coreference."""
    label, _, _, sentence = Ends.of(there)
    may = _ANY_ALLOWED[label[:, None], label] & (abs(sentence[:, None] - sentence) <= WINDOW)
    np.fill_diagonal(may, val=False)
    return _pairs(may)


def mention_pairs(mentions: Sequence[Place]) -> Pairs:
    """Give the pairs of the mentions of a layer that may be coreferent, in the order of the text."""
    label = Ends.of(mentions).label
    may = np.tri(len(mentions), k=-1, dtype=bool)
    return _pairs(may if all(p.layer == "entity" for p in mentions) else may & (label[:, None] == label))


def _pairs(may: NDArray[np.bool_]) -> Pairs:
    heads, tails = np.nonzero(may)
    return heads.astype(np.int64), tails.astype(np.int64)


def fitting(there: Sequence[Place], pairs: Pairs) -> NDArray[np.bool_]:
    """Whether the scheme lets each of the `ARGUMENTS` (rows) stand between each of some pairs (columns)."""
    label = Ends.of(there).label
    return _ARGUMENTS_ALLOWED[:, label[pairs[0]], label[pairs[1]]]


def allowed(layer: str, mentions: Sequence[Place], pairs: Pairs) -> Pairs:
    """Give those pairs of mentions whose coreference the scheme allows: of its labels, and backwards."""
    heads, tails = pairs
    label, first, last, _ = Ends.of(mentions)
    is_forward = (first[tails] == first[heads]) & (last[tails] > last[heads])
    may = _COREFERENCE_ALLOWED[layer][label[heads], label[tails]] & ~is_forward
    return heads[may], tails[may]


def labels_of(there: Sequence[Place], pairs: Pairs) -> Coded:
    """Tell the labels of pairs, as places in `PAIRED`."""
    label = Ends.of(there).label
    return Coded.among(label[pairs[0]] * len(SCHEME.label_names) + label[pairs[1]], len(PAIRED))


def up_to(most: int, numbers: Numbers) -> Coded:
    return Coded(np.minimum(numbers, most), range(most + 1))


def truth(holds: NDArray[np.bool_]) -> Coded:
    return Coded(holds.astype(np.int64), (False, True))
