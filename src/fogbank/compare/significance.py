"""Significance: whether two systems that predicted the same documents can be told apart.

Both are measured on the same gold, and what is compared is the difference of a figure, first minus second.

- Paired bootstrap: both figures over the same resamples of incidents; the 95 % percentile interval of their difference,
  and p = 2 · min((1 + resamples with difference ≤ 0), (1 + those with difference ≥ 0)) / (1 + resamples), at most 1.
  Sources: Koehn 2004 (W04-3250); for counting the observed one in, Davison & Hinkley 1997, section 4.2.
- Approximate randomisation: were the two systems the same, it would not matter which of them made the predictions of an
  incident.  These are exchanged for each incident or not, at random, and p is the share of such assignments whose
  difference is at least as large in size as the observed one, which is counted in.  Where there are no more than
  `resamples` assignments in all, each is tried once and p is exact.  Sources: Noreen 1989; Yeh 2000 (C00-2137).

Incidents are what is drawn and exchanged, since reports of one are not independent.  With few incidents no p can be
small: n of them have 2ⁿ assignments, of which two (the observed one and its mirror image) always count.  A
bootstrap over so few is too sure of itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fogbank.compare.bootstrap import RESAMPLES, SEED, Resamples, interval, resample
from fogbank.compare.measure import ALL, Interval, Measure
from fogbank.compare.report import Signature, shown_figure
from fogbank.compare.score import align, groups_of, measure, sign
from fogbank.compare.tasks import TASKS
from fogbank.model.document import Document

_SLACK = 1e-12
"""How far two equal figures may lie apart when added up in another order."""
_LEAST = 2
_FEW = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of two systems, their difference (first minus second), its interval, and two p-values.

    The p-values and the interval are None where all documents are of one incident.
    """

    first: float
    second: float
    difference: float
    interval: Interval
    bootstrap: float | None
    randomisation: float | None


@dataclass(frozen=True)
class Comparison:
    """Two systems on the same gold: the headline of each task."""

    systems: tuple[str, str]
    signature: Signature
    documents: int
    groups: int
    differences: Mapping[str, Difference]

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as JSON values, rounded to six places."""
        return {
            "systems": list(self.systems),
            "signature": asdict(self.signature),
            "documents": self.documents,
            "groups": self.groups,
            "differences": {task: _rounded(asdict(one)) for task, one in self.differences.items()},
        }

    def table(self) -> str:
        """Give the comparison as a table of text."""
        first, second = self.systems
        lines = [
            f"{first} and {second} on {self.signature.split}: {self.documents} documents, {self.groups} incidents",
            f"{'':14}{first[:12]:>12}{second[:12]:>12}{'difference':>12}  {'95 % interval':18}{'p (bootstrap)':>14}"
            f"{'p (randomised)':>16}",
        ]
        for task, one in self.differences.items():
            between = f"{one.interval[0]:+.3f} to {one.interval[1]:+.3f}" if one.interval else "–"
            lines.append(
                f"{task:14}{one.first:12.3f}{one.second:12.3f}{one.difference:+12.3f}  {between:18}"
                f"{shown_figure(one.bootstrap):>14}{shown_figure(one.randomisation):>16}"
            )
        if self.groups <= _FEW:
            lines.append(
                f"with {self.groups} incidents no randomised p can be below {min(1, 2 / 2**self.groups):.3f}, "
                "and the bootstrap is surer than it should be"
            )
        return "\n".join([*lines, f"signature {self.signature}"])


def compare_systems(
    gold: Sequence[Document],
    first: Iterable[Document],
    second: Iterable[Document],
    *,
    systems: tuple[str, str] = ("first", "second"),
    split: str = "unnamed",
    groups: Mapping[str, str] | None = None,
    tasks: Sequence[str] = tuple(TASKS),
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """Compare two systems' predictions in the headline of each task; arguments and errors are those of `score`."""
    one, other = (measure(gold, align(gold, side, split)[0], tasks) for side in (first, second))
    drawn = resample(groups_of(gold, groups), resamples, seed)
    exchanges = assignments(drawn.groups, resamples, seed)
    differences = {task: _difference(one[task][ALL], other[task][ALL], drawn, exchanges) for task in tasks}
    signature = sign(gold, split, tasks, resamples, seed)
    return Comparison(systems, signature, len(gold), drawn.groups, differences)


def _difference(first: Measure, second: Measure, drawn: Resamples, exchanges: NDArray[np.float64]) -> Difference:
    a, b = first.score(None).value, second.score(None).value
    if drawn.groups < _LEAST:
        return Difference(a, b, a - b, None, None, None)
    resampled = _figures(first, drawn.sums(first.sums)) - _figures(second, drawn.sums(second.sums))
    number = len(resampled)
    sides = [(1 + np.count_nonzero(side)) / (1 + number) for side in (resampled <= _SLACK, resampled >= -_SLACK)]
    held = [replace(one, sums=drawn.grouped(one.sums)) for one in (first, second)]
    return Difference(
        a, b, a - b, interval(resampled), float(min(1.0, 2 * min(sides))), randomised(held[0], held[1], exchanges)
    )


def randomised(first: Measure, second: Measure, exchanges: NDArray[np.float64]) -> float:
    """Give p of approximate randomisation for two measures of the same groups; `exchanges` are `assignments`."""
    own, other = first.sums.sum(axis=0), second.sums.sum(axis=0)
    moved = np.tensordot(exchanges, second.sums - first.sums, axes=1)
    observed, exchanged = (
        np.abs(_figures(first, own + change) - _figures(second, other - change)) for change in (moved[:1] * 0, moved)
    )
    return float(np.count_nonzero(exchanged >= observed - _SLACK) / len(exchanged))


def assignments(groups: int, number: int, seed: int) -> NDArray[np.float64]:
    """Say which groups are exchanged, 0 or 1, shape (assignments, groups): all assignments, or the observed and some.

    Drawn with a seed of their own, so that they do not depend on how the resamples are drawn.
    """
    if groups < number.bit_length() and 2**groups <= number:
        every: NDArray[np.float64] = (np.arange(2**groups)[:, None] >> np.arange(groups) & 1).astype(np.float64)
        return every
    drawn = np.random.default_rng([seed, 1]).integers(0, 2, size=(number, groups))
    return np.concatenate([np.zeros((1, groups)), drawn])


def _figures(one: Measure, summed: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the headline figure; where there is nothing in a resample, neither system is ahead."""
    return np.nan_to_num(one.figures(summed)[..., 0], nan=1.0)


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: None if value is None else [round(bound, 6) for bound in value] if name == "interval" else round(value, 6)
        for name, value in values.items()
    }
