"""One measure of an incident as a plot: every source's figures over time, the range that they leave, what is true.

Conventions: `x` is in per cent of the width, so that a plot fits any screen, `y` and `shift` are in pixels, downwards
and to the right.  An entry is drawn at its best figure, with a line from low to high; a bound that is open ends in an
arrow.  The axis of figures is logarithmic where they differ by more than `SPREAD` times.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from fogbank.model.ledger import TIERS, Account, Entry

HEIGHT = 260
SPREAD = 60
_MARGIN = 22  # px above the largest and below the smallest figure
_EDGE = 5.0  # per cent left and right of the first and last entry
_NEAR = 20.0  # px; marks nearer than this, across and down, would cover each other
_STEP = 21
_LINE = 14  # px; the height of a name
_WIDTHS = (250, 1100)  # px; what is wide enough on a phone and on a desk, is between them
_STEPS = [timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 2160, 8760)]


class Tick(NamedTuple):
    """A line of the grid: where it is, in the unit of its axis, and what it says."""

    at: float
    label: str


class Mark(NamedTuple):
    """One entry: its number in the table, its place, the ends of its line, what is open, and its tier (0 to 2)."""

    number: int
    entry: Entry
    x: float
    y: float
    top: float
    bottom: float
    opens: str
    shift: int
    tier: int


class Course(NamedTuple):
    """A source's way from one figure to its next."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class AccountPlot:
    """What is drawn of an account; `band` is the range's top and bottom, `best` and `true` heights, `names` theirs."""

    account: Account
    marks: tuple[Mark, ...]
    courses: tuple[Course, ...]
    figures: tuple[Tick, ...]
    times: tuple[Tick, ...]
    band: tuple[float, float] | None
    best: float | None
    true: float | None
    names: tuple[Tick, ...]
    logarithmic: bool


def plot(account: Account) -> AccountPlot | None:
    """Lay out an account; None where no source gave a figure."""
    if not account.entries:
        return None
    bounds = [b for e in account.entries for b in e.figure.interval if b is not None]
    known = [*bounds, *(b for b in (*account.range, account.true) if b is not None)]
    axis = _Axis(known)
    moments = [datetime.fromisoformat(entry.time) for entry in account.entries]
    start, end = min(moments), max(moments)
    width = max(end - start, timedelta(hours=1))

    def across(moment: datetime) -> float:
        share = (moment - start) / width if end > start else 0.5
        return _EDGE + (100 - 2 * _EDGE) * share

    marks = tuple(_marks(account.entries, [across(moment) for moment in moments], axis))
    low, best, high = account.range
    heights = {n: None if f is None else axis.height(f) for n, f in (("best", best), ("true", account.true))}
    return AccountPlot(
        account,
        marks,
        tuple(_courses(marks)),
        tuple(Tick(axis.height(value), f"{value:,}") for value in axis.ticks()),
        tuple(Tick(across(moment), label) for moment, label in _times(start, end)),
        None
        if low is None and high is None
        else (0 if high is None else axis.height(high), HEIGHT if low is None else axis.height(low)),
        heights["best"],
        heights["true"],
        tuple(_names({name: height for name, height in heights.items() if height is not None})),
        axis.logarithmic,
    )


class _Axis:
    """From figures to heights."""

    def __init__(self, figures: Iterable[int]) -> None:
        held = list(figures)
        self._most = max(*held, 1)
        self.logarithmic = self._most > SPREAD * max(1, min((f for f in held if f), default=1))

    def height(self, figure: int) -> float:
        scaled = math.log1p(figure) / math.log1p(self._most) if self.logarithmic else figure / self._most
        return round(HEIGHT - _MARGIN - scaled * (HEIGHT - 2 * _MARGIN), 1)

    def ticks(self) -> list[int]:
        if self.logarithmic:
            powers = [10**power for power in range(len(str(self._most)))]
            return [0, *powers[:: max(1, len(powers) // 4)]]
        step = 10 ** max(0, len(str(self._most)) - 2)
        step = next(step * times for times in (1, 2, 5, 10, 20, 50) if self._most / (step * times) <= 5)
        return list(range(0, self._most + 1, step))


def _marks(entries: Iterable[Entry], places: Iterable[float], axis: _Axis) -> Iterator[Mark]:
    taken: list[tuple[float, float, int]] = []
    for number, (entry, x) in enumerate(zip(entries, places, strict=True), start=1):
        low, best, high = entry.figure.interval
        middle = next(bound for bound in (best, low, high) if bound is not None)
        y = axis.height(middle)
        step = -_STEP if x > 60 else _STEP
        shift = 0
        while any(_covers(x - a, y - b, shift - c) for a, b, c in taken):
            shift += step
        taken.append((x, y, shift))
        ends = [axis.height(middle if bound is None else bound) for bound in (high, low)]
        opens = " ".join(name for name, bound in (("up", high), ("down", low)) if bound is None)
        yield Mark(number, entry, round(x, 2), y, ends[0], ends[1], opens, shift, _tier(entry.kind))


def _covers(across: float, down: float, shift: int) -> bool:
    return abs(down) < _NEAR and any(abs(across / 100 * width + shift) < _NEAR for width in _WIDTHS)


def _tier(kind: str) -> int:
    return next((number for number, kinds in enumerate(TIERS) if kind in kinds), len(TIERS) - 1)


def _courses(marks: Iterable[Mark]) -> Iterator[Course]:
    """Join the figures of one source that stand for each other; a part or another event is no earlier figure."""
    before: dict[str, Mark] = {}
    for mark in marks:
        if mark.entry.standing in ("stands", "replaced"):
            if (one := before.get(mark.entry.key)) and one.x != mark.x:
                yield Course(one.x, one.y, mark.x, mark.y)
            before[mark.entry.key] = mark


def _names(heights: dict[str, float]) -> Iterator[Tick]:
    """Give the places of the lines' names, so far apart that both can be read."""
    ordered = sorted(heights, key=lambda name: heights[name])
    apart = heights[ordered[-1]] - heights[ordered[0]] if ordered else 0.0
    for name in ordered:
        push = 0.0 if len(ordered) < 2 else max(0.0, _LINE - apart) / 2 * (-1 if name == ordered[0] else 1)
        yield Tick(heights[name] + push, name)


def _times(start: datetime, end: datetime) -> list[tuple[datetime, str]]:
    """Give up to six round times between the first and the last entry, or the only time that there is."""
    most = {step: 3 if step < timedelta(days=1) else 5 for step in _STEPS}  # the names of hours are longer
    longest = _STEPS[-1] * (1 + (end - start) // _STEPS[-1])
    step = next((step for step in _STEPS if (end - start) / step <= most[step]), longest)
    midnight = start.replace(hour=0, minute=0)
    at = midnight + -((midnight - start) // step) * step
    found = []
    while at <= end and end > start:
        found.append(at)
        at += step
    found = found or [start]
    hours = "" if step >= timedelta(days=1) and end > start else " %H:%M"
    return [(moment, f"{moment.day} {moment.strftime(f'%b{hours}')}") for moment in found]
