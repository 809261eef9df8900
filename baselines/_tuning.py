"""Choosing a threshold by the F1 of what it lets through."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

Items = AbstractSet[object]


def best_value(gold: Sequence[Items], predicted: Mapping[float, Sequence[Items]]) -> float:
    """Give the threshold whose predictions, one set for each document, have the best F1 over all; of equals the first.

    `predicted` gives for each threshold what it lets through, in the order of `gold`.
    """

    def f1(threshold: float) -> float:
        found = predicted[threshold]
        matched = sum(len(g & p) for g, p in zip(gold, found, strict=True))
        held = sum(len(g) + len(p) for g, p in zip(gold, found, strict=True))
        return 2 * matched / held if held else 0.0

    return max(predicted, key=f1)
