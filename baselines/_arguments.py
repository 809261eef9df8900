"""What a classifier may know of a pair of spans that may be head and argument."""

from collections.abc import Sequence

import numpy as np

from baselines._pairs import PAIRED, PREPOSITIONS, WINDOW, Ends, Pairs, Place, labels_of, truth, up_to
from baselines._table import Coded, Features, Naming, Numbers, Table
from baselines._text import Reading
from fogbank import SCHEME

_GAPS = (0, 1, 2, 3, 5, 8, 13, 10**6)


def _both(labels: int, *names: str) -> Features:
    both, layers, _, _ = PAIRED[labels]
    return [f"{kind} {name}" for name in names for kind in (both, layers)]


# places and labels; spans of the tail's label and of the head's layer between them; whether they stand in one content;
# the words before the tail and behind the head; the words between; the last words of both
_ARGUMENT: tuple[Naming, ...] = (
    lambda labels, order, apart, far: [
        PAIRED[labels].both, *_both(labels, f"{order} {far}", f"apart={apart}", f"order={order}"),
        f"{PAIRED[labels].head} {order} {far}", f"{PAIRED[labels].tail} {order} {far}",
    ],
    lambda labels, rivals, heads, order: _both(labels, f"rivals={rivals} heads={heads} {order}"),
    lambda labels, in_one, rivals, far: [
        *_both(labels, f"content={in_one}"), f"{PAIRED[labels].both} rivals={rivals} {far} {in_one}",
    ],
    lambda labels, before, order: [
        *_both(labels, f"before={before}"), f"{PAIRED[labels].both} before={before} {order}",
    ],
    lambda labels, after: _both(labels, f"after={after}"),
    lambda labels, links, order: _both(labels, f"links={links} {order}"),
    lambda labels, near, order: _both(labels, f"between={near} {order}"),
    lambda labels, between, order: [f"{PAIRED[labels].layers} {order} has={word}" for word in between],
    lambda labels, stops: _both(labels, f"stops={stops}"),
    lambda labels, tail: _both(labels, f"tail={tail}"),
    lambda labels, head, order: [*_both(labels, f"head={head}"), f"{head} {PAIRED[labels].tail} {order}"],
    lambda head, order, before: [f"{head} {order} before={before}"],
    lambda head, tail: [f"{head} {tail}"],
)  # fmt: skip


def argument_features(reading: Reading, there: Sequence[Place], pairs: Pairs) -> Table:
    """Give the features of pairs of places that may be head and argument."""
    heads, tails = pairs
    label, first, last, sentence = Ends.of(there)
    layer, main = Coded.of(p.layer for p in there).numbers, Coded.of(p.words[-1] for p in there)
    lower = ["<s>", *reading.lower, "</s>"]
    is_left = first[heads] <= first[tails]
    left_last, right_first = np.where(is_left, last[heads], last[tails]), np.where(is_left, first[tails], first[heads])
    apart, gap = sentence[tails] - sentence[heads], np.maximum(right_first - left_last, 0)
    is_middle = (first >= left_last[:, None]) & (last <= right_first[:, None])
    is_middle &= label != SCHEME.label_names.index("CONTENT")
    holder = _holders(there)
    stops = np.cumsum([0, *(word in ",;:" for word in reading.lower)])
    values = {
        "labels": labels_of(there, pairs),
        "order": Coded(np.select([right_first < left_last, is_left], [0, 1], 2), ("nested", "forward", "backward")),
        "apart": Coded(apart + WINDOW, range(-WINDOW, WINDOW + 1)),
        "far": _far(apart, gap),
        "rivals": up_to(2, (is_middle & (label == label[tails, None])).sum(axis=1)),
        "heads": up_to(2, (is_middle & (layer == layer[heads, None])).sum(axis=1)),
        "in_one": truth(holder[heads] == holder[tails]),
        "before": Coded.of(lower[p.first] for p in there).at(tails),
        "after": Coded.of(lower[p.last + 1] for p in there).at(heads),
        "stops": up_to(3, np.where(gap, stops[right_first] - stops[left_last], 0)),
        "head": main.at(heads),
        "tail": main.at(tails),
    }
    return Table({**values, **_between(reading, left_last, gap)}).with_columns(_ARGUMENT)


def _far(apart: Numbers, gap: Numbers) -> Coded:
    """Tell how many sentences a pair is apart, or else about how many words."""
    words = np.searchsorted(_GAPS, gap)
    names = [*(f"s{n}" for n in range(-WINDOW, WINDOW + 1)), *(f"t{n}" for n in _GAPS)]
    return Coded(np.where(apart, apart + WINDOW, words + 2 * WINDOW + 1), names)


def _holders(there: Sequence[Place]) -> Numbers:
    """Number for each place the set of the contents that hold it."""
    contents = [p for p in there if p.label == "CONTENT"]
    return Coded.of(
        frozenset(c.span.id for c in contents if c.first <= p.first and p.last <= c.last and c is not p) for p in there
    ).numbers


def _between(reading: Reading, first: Numbers, size: Numbers) -> dict[str, Coded]:
    """Give the words that link what stands between pairs, those of a short stretch, and those of one not too long."""
    stretches = Coded.of(zip(first.tolist(), np.minimum(size, 12).tolist(), strict=True))
    words = [reading.lower[at : at + n] for at, n in stretches.meanings]
    links = Coded.of(
        " ".join([w for w in held if w in PREPOSITIONS or not w.isalnum()])[:20] if len(held) < 12 else "far"
        for held in words
    )
    near = Coded.of(" ".join(held) if len(held) < 4 else "" for held in words)
    between = Coded.of(held if len(held) < 10 else () for held in words)
    return {
        kind: Coded(coded.numbers[stretches.numbers], coded.meanings)
        for kind, coded in (("links", links), ("near", near), ("between", between))
    }
