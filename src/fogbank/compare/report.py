"""A report: what was measured, of what, and under which conditions; the same in Python, as JSON and as a table."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from fogbank.compare.counts import Counts, Interval


@dataclass(frozen=True, slots=True)
class Signature:
    """What two reports must share for their scores to be compared.

    `data` is the digest of the gold documents that were scored against, `criterion` names how items match.
    """

    fogbank: str
    scheme: str
    data: str
    split: str
    criterion: str
    resamples: int
    seed: int

    def __str__(self) -> str:
        return "|".join(f"{key}:{value}" for key, value in asdict(self).items())


@dataclass(frozen=True, slots=True)
class Score:
    """Counts with the 95 % interval of their F1; None where all documents are of one incident."""

    counts: Counts
    interval: Interval

    def to_json(self) -> dict[str, Any]:
        """Return counts, rates and interval; rates are rounded to six places."""
        counts = self.counts
        rates = {name: round(getattr(counts, name), 6) for name in ("precision", "recall", "f1")}
        return {**asdict(counts), **rates, "interval": self.interval and [round(bound, 6) for bound in self.interval]}


@dataclass(frozen=True)
class Report:
    """The scores of one system on one split.

    `scores` maps a task ("spans", "relations") to rows: "all", then each layer, then each label that gold or the
    prediction has.  `groups` counts the incidents that the bootstrap draws from.  `missing` lists gold documents that
    were not predicted; they count as empty predictions.
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

    def table(self, *, labels: bool = True) -> str:
        """Give the report as a table of text; `labels=False` leaves only the row "all" of each task."""
        lines = [
            f"{self.system} on {self.signature.split}: {self.documents} documents, {self.groups} incidents"
            + (f", {len(self.missing)} not predicted" if self.missing else ""),
            f"{'':22}{'gold':>7}{'pred.':>7}{'match':>7}{'P':>8}{'R':>8}{'F1':>8}  95 % interval",
        ]
        for task, rows in self.scores.items():
            for row, score in rows.items():
                if row != "all" and not labels:
                    continue
                c = score.counts
                name = task if row == "all" else f"  {row}"
                lines.append(
                    f"{name:22}{c.gold:7}{c.predicted:7}{c.matched:7}{c.precision:8.3f}{c.recall:8.3f}{c.f1:8.3f}"
                    f"  {shown(score.interval)}"
                )
        lines.append(f"signature {self.signature}")
        return "\n".join(lines)


def shown(interval: Interval) -> str:
    """Give an interval as people read it."""
    return f"{interval[0]:.3f}–{interval[1]:.3f}" if interval else "–"
