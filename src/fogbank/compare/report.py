"""A report: what was measured, of what, and under which conditions; the same in Python, as JSON and as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from fogbank.compare.measure import ALL, Interval, Score


@dataclass(frozen=True, slots=True)
class Signature:
    """What two reports must share for their scores to be compared.

    `data` is the digest of the gold documents that were scored against; `criteria` names, for each task, what its row
    "all" is.
    """

    fogbank: str
    scheme: str
    data: str
    split: str
    criteria: Mapping[str, str]
    resamples: int
    seed: int

    def __str__(self) -> str:
        criteria = "+".join(f"{task}={criterion}" for task, criterion in self.criteria.items())
        return "|".join(f"{key}:{value}" for key, value in {**asdict(self), "criteria": criteria}.items())


@dataclass(frozen=True)
class Report:
    """The scores of one system on one split.

    `scores` maps a task to rows, "all" first; what rows mean is said by the task's module.  `groups` counts the
    incidents that the bootstrap draws from.  `missing` lists gold documents that were not predicted; they count as
    empty predictions.
    """

    system: str
    signature: Signature
    documents: int
    groups: int
    missing: tuple[str, ...]
    scores: Mapping[str, Mapping[str, Score]]

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "system": self.system,
            "signature": asdict(self.signature),
            "documents": self.documents,
            "groups": self.groups,
            "missing": list(self.missing),
            "scores": {task: {row: s.to_json() for row, s in rows.items()} for task, rows in self.scores.items()},
        }

    @property
    def title(self) -> str:
        """What was scored, in a line."""
        lacking = f", {len(self.missing)} not predicted" if self.missing else ""
        of = f"{self.documents} documents of {self.groups} incident{'s' * (self.groups != 1)}"
        return f"{self.system} on {self.signature.split}: {of}{lacking}"

    def table(self, detailed: Iterable[str] = (), *, signed: bool = True) -> str:
        """Give the report as a table of text: a row for each task, and all rows of the tasks named in `detailed`."""
        wide = set(detailed)
        rows = [
            (task if row == ALL else f"  {row}", score)
            for task, scores in self.scores.items()
            for row, score in scores.items()
            if row == ALL or task in wide
        ]
        width = 2 + max(len(name) for name, _ in rows)
        head = f"{'':{width}}{'gold':>7}{'pred.':>7}{'match':>7}{'P':>8}{'R':>8}{'F1':>8}  95 % interval"
        lines = [self.title, head, *(f"{name:{width}}{_cells(score)}" for name, score in rows)]
        return "\n".join([*lines, f"signature {self.signature}"] if signed else lines)


def _cells(score: Score) -> str:
    """Give the cells of a row; a mean stands in the column of F1, and what it is over in that of gold."""
    gold, predicted, matched = "", "", ""
    if "gold" in score.sums:
        gold, predicted, matched = (f"{number:.0f}" for number in score.counts)
    elif "number" in score.sums:
        gold = f"{score.sums['number']:.0f}"
    rates = "".join(f"{shown_figure(figure):>8}" for figure in (score.precision, score.recall, score.value))
    return f"{gold:>7}{predicted:>7}{matched:>7}{rates}  {shown(score.interval)}"


def shown_figure(figure: float | None) -> str:
    """Give a figure as people read it."""
    return "–" if figure is None or isnan(figure) else f"{figure:.3f}"


def shown(interval: Interval) -> str:
    """Give an interval as people read it."""
    return f"{interval[0]:.3f}–{interval[1]:.3f}" if interval else "–"
