"""Task 6, claims: who says that what happened, to whom and how many, with or without offsets.

Claims are those that a prediction gives, else those that its spans make (`fogbank.model.claims`).  Gold and predicted
claims of one document are aligned one to one so that the sum of their similarities is greatest (an optimum of the
assignment problem, found by SciPy), as CEAF-RME aligns templates (Chen et al. 2022, arXiv:2210.06600; Chen et al. 2023,
arXiv:2310.13793): each claim counts once, and partly right is partly counted.

**Slots**, each with a similarity from 0 to 1; a slot that neither claim fills is not asked:

- `sources`: the chains, innermost first, name by name: the mean over the longer chain; two empty chains (the writer's
  own voice) are 1.  An unnamed source is like an unnamed one only.
- `stance`, `kind`, `status`: equal or not; those of the innermost source.
- `affected`, `agent`, `place`: names.
- `quantity`: 1 for equal low, best and high; else 1 − |ln((a + 1) / (b + 1))| of the best figures, but not below 0; 0
  where a best figure is not known.
- `time`: minutes in both intervals as a share of those in either; a day is all its minutes, an absent end is the start.

**Names** are compared without accents, case, articles and punctuation (`fogbank.model.ledger.normalised`): the best
Dice coefficient of words over all pairs of words that either document has for it.  Where a text is withheld, so that a
name has no words, two mentions are as similar as their characters overlap.

**Similarity** of two claims: 0 if their event labels differ, else the mean over the slots that either fills.

Rows.  "all": the sum of similarities over the number of claims in gold (recall) and in the prediction (precision).
`exact`: pairs that are alike in every slot.  `slot/NAME`: the sum of that slot's similarities over the claims that fill
it.  `stance/NAME` and `event/LABEL`: as "all", for claims of that stance (`writer` for no source) or event.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from math import log

import numpy as np
from scipy.optimize import linear_sum_assignment

from fogbank.compare.measure import ALL, Rates, Rows, Sums, row_name
from fogbank.model.claim import Claim, Mention
from fogbank.model.claims import claims
from fogbank.model.document import Document
from fogbank.model.ledger import normalised
from fogbank.model.storage import json_bytes

CRITERION = "aligned-slots"
WRITER = "writer"
_SAME = 1 - 1e-9
Similarities = dict[str, float]
Pair = tuple[Claim, Claim, Similarities]


def measure(gold: Sequence[Document], predicted: Sequence[Document]) -> Rows:
    """Measure aligned claims: as a whole, exact, by slot, stance and event."""
    sums: defaultdict[str, Sums] = defaultdict(lambda: np.zeros((len(gold), 4)))
    sums[ALL], sums["exact"] = np.zeros((len(gold), 4)), np.zeros((len(gold), 4))
    for row, (one, other) in enumerate(zip(gold, predicted, strict=True)):
        text = one.text if one.text is not None else other.text
        held = [claims(replace(document, text=text)) for document in (one, other)]
        for place, side in ((1, held[0]), (3, held[1])):
            for claim in side:
                for name in (ALL, "exact", *_classes(claim), *(row_name("slot", slot) for slot in filled(claim))):
                    sums[name][row, place] += 1
        for first, second, similar in align(*held):
            whole = _mean(similar)
            sums[ALL][row, [0, 2]] += whole
            sums["exact"][row, [0, 2]] += min(similar.values()) >= _SAME
            for place, claim in ((0, first), (2, second)):
                for name in _classes(claim):
                    sums[name][row, place] += whole
            for slot, value in similar.items():
                sums[row_name("slot", slot)][row, [0, 2]] += value
    head = [ALL, "exact", *(row_name("slot", slot) for slot in SLOTS)]
    names = [*(name for name in head if name in sums), *sorted(sums.keys() - set(head))]
    return {name: Rates.of(sums[name]) for name in names}


def align(gold: Sequence[Claim], predicted: Sequence[Claim]) -> list[Pair]:
    """Align claims one to one for the greatest sum of similarities; pairs without any are left out.

    The order of claims, and which side is gold, never decides between alignments of one sum.
    """
    found: list[Pair] = []
    sides = [_by_label(gold), _by_label(predicted)]
    for label in sorted(sides[0].keys() & sides[1].keys()):
        first, second = sides[0][label], sides[1][label]
        turned = [_sort_key(c) for c in second] < [_sort_key(c) for c in first]
        rows, columns = (second, first) if turned else (first, second)
        similar = [[similarities(a, b) for b in columns] for a in rows]
        values = np.array([[_mean(one) for one in line] for line in similar])
        for i, j in zip(*linear_sum_assignment(values, maximize=True), strict=True):
            if values[i, j] > 0:
                pair = (columns[j], rows[i]) if turned else (rows[i], columns[j])
                found.append((*pair, similar[i][j]))
    return found


def similarities(a: Claim, b: Claim) -> Similarities:
    """Give the similarity of two claims in each slot that either fills."""
    asked = filled(a) | filled(b)
    return {slot: SLOTS[slot](a, b) for slot in SLOTS if slot in asked}


def filled(claim: Claim) -> frozenset[str]:
    """Name the slots that a claim fills; sources, stance and status always."""
    held = {
        "kind": claim.kind,
        "affected": claim.affected,
        "agent": claim.agent,
        "place": claim.place,
        "quantity": claim.quantity,
        "time": claim.start or claim.end,
    }
    return frozenset(("sources", "stance", "status", *(slot for slot, value in held.items() if value is not None)))


def _classes(claim: Claim) -> tuple[str, str]:
    return row_name("stance", claim.stance if claim.sources else WRITER), row_name("event", claim.label)


def _by_label(held: Sequence[Claim]) -> dict[str, list[Claim]]:
    found: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(held, key=_sort_key):
        found[claim.label].append(claim)
    return found


def _sort_key(claim: Claim) -> bytes:
    mentions = (claim.affected, claim.agent, claim.place, *(m for s in claim.sources for m in s.mentions))
    return json_bytes([claim.to_json(), [(m.start, m.end, m.names) for m in mentions if m is not None]])


def _mean(similar: Similarities) -> float:
    return sum(similar.values()) / len(similar)


# ---------------------------------------------------------------- slots


def _equal(name: str) -> Callable[[Claim, Claim], float]:
    return lambda a, b: float(getattr(a, name) == getattr(b, name))


def _named(name: str) -> Callable[[Claim, Claim], float]:
    def compare(a: Claim, b: Claim) -> float:
        one, other = getattr(a, name), getattr(b, name)
        return 0.0 if one is None or other is None else name_similarity(one, other)

    return compare


def name_similarity(a: Mention, b: Mention) -> float:
    """Give the likeness of two names, from 0 to 1; see the module."""
    if a.names and b.names:
        return max(_dice(_words(one), _words(other)) for one in a.names for other in b.names)
    if a.start is None or a.end is None or b.start is None or b.end is None:
        return 0.0
    common = min(a.end, b.end) - max(a.start, b.start)
    return max(0, common) / (max(a.end, b.end) - min(a.start, b.start))


@lru_cache(maxsize=2**16)
def _words(name: str) -> frozenset[str]:
    return frozenset(normalised(name).split()) or frozenset((name,))


def _dice(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b))


def _sources(a: Claim, b: Claim) -> float:
    longer = max(len(a.sources), len(b.sources))
    if not longer:
        return 1.0
    likeness = 0.0
    for one, other in zip(a.sources, b.sources, strict=False):
        if one.mentions and other.mentions:
            likeness += max(name_similarity(x, y) for x in one.mentions for y in other.mentions)
        else:
            likeness += float(not one.mentions and not other.mentions)
    return likeness / longer


def _quantity(a: Claim, b: Claim) -> float:
    one, other = a.quantity, b.quantity
    if one is None or other is None:
        return 0.0
    if one.interval == other.interval:
        return 1.0
    if one.best is None or other.best is None:
        return 0.0
    return max(0.0, 1 - abs(log((one.best + 1) / (other.best + 1))))


def _time(a: Claim, b: Claim) -> float:
    (low, high), (other_low, other_high) = _minutes(a), _minutes(b)
    if low is None or high is None or other_low is None or other_high is None:
        return float((a.start, a.end) == (b.start, b.end) and (a.start or a.end) is not None)
    common = min(high, other_high) - max(low, other_low) + 1
    return max(0.0, common / (max(high, other_high) - min(low, other_low) + 1))


def _minutes(claim: Claim) -> tuple[float | None, float | None]:
    """Give the first and last minute of a claim's time; None where it has none, or none that can be read."""
    start, end = claim.start or claim.end, claim.end or claim.start
    if start is None or end is None:
        return None, None
    return _minute(start, "T00:00"), _minute(end, "T23:59")


@lru_cache(maxsize=2**16)
def _minute(value: str, time: str) -> float | None:
    try:
        read = datetime.fromisoformat(value if "T" in value else f"{value}{time}").replace(tzinfo=None)
    except ValueError:
        return None
    return (read - datetime(1, 1, 1)).total_seconds() // 60


SLOTS: dict[str, Callable[[Claim, Claim], float]] = {
    "sources": _sources,
    "stance": _equal("stance"),
    "kind": _equal("kind"),
    "status": _equal("status"),
    "affected": _named("affected"),
    "quantity": _quantity,
    "agent": _named("agent"),
    "place": _named("place"),
    "time": _time,
}
"""The slots in the order in which they are shown, each with its similarity."""
