"""Clauses that a cue may report: one by rule, or all candidates with what a classifier may know of them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from baselines._table import Features, Naming, Table
from baselines._text import CLOSE, OPEN, STOPS, Reading
from baselines._times import read_time

Range = tuple[int, int]
LOOSE = frozenset(",;:—–-")
_SIZES = (1, 2, 4, 7, 12, 20, 10**6)


def trim(reading: Reading, first: int, last: int) -> Range:
    """Take stops, commas, a leading "that" and a pair of outer quotation marks off a clause."""
    words = reading.words
    while first < last and words[last - 1] in LOOSE | STOPS:
        if words[last - 1] == "." and last - first > 1 and words[last - 2].lower() in ("a.m", "p.m"):
            break
        last -= 1
    while first < last and (words[first] in LOOSE | STOPS or words[first].lower() == "that"):
        first += 1
    if last - first > 1 and words[first] in OPEN and words[last - 1] in CLOSE:
        return trim(reading, first + 1, last - 1)
    inside = words[first:last]
    if inside and inside[0] in OPEN and not any(w in CLOSE for w in inside[1:]):
        return trim(reading, first + 1, last)
    if inside and inside[-1] in CLOSE and not any(w in OPEN for w in inside[:-1]):
        return trim(reading, first, last - 1)
    return first, last


def clause(reading: Reading, first: int, last: int) -> Range | None:
    """Give the tokens of what a cue reports, by rule: the rest of its sentence.

    Between commas ("…, she said, …") that is the whole sentence; after a comma or a quotation ("…, she said.") what
    stands before it; else what follows the cue, from "that" if it stands near, without a time ("said Tuesday …").
    """
    start, stop = reading.sentences[reading.sentence_of[first]]
    start = max(start, min(reading.body, first))
    commas = [i for i in range(max(start, first - 8), first) if reading.words[i] in "," + CLOSE]
    rest = trim(reading, after_time(reading, last, stop), stop)
    that = next((i for i in range(last, min(last + 8, stop)) if reading.words[i].lower() == "that"), None)
    if that is not None:
        found = trim(reading, that, stop)
    elif commas and last < stop and reading.words[last] == "," and rest[1] - rest[0] > 1:
        found = trim(reading, start, stop)
    elif commas and (rest[1] - rest[0] < 5 or reading.words[commas[-1]] in CLOSE):
        found = trim(reading, start, commas[-1] + 1)
    else:
        found = rest
    return found if found[0] < found[1] else None


def after_time(reading: Reading, at: int, stop: int) -> int:
    """Give the first token after a time that stands at a token, or the token itself."""
    after = at
    while after < min(stop, at + 6) and read_time(reading.quote(at, after + 1), reading.article.published):
        after += 1
    return after


def candidates(reading: Reading, first: int, last: int) -> list[Range]:
    """Give the clauses that a cue may report.

    They stand between commas, quotation marks and conjunctions of its sentence, around the cue or beside it; the
    sentences next to it are given as a whole.
    """
    number = reading.sentence_of[first]
    start, stop = reading.sentences[number]
    start = max(start, min(reading.body, first))
    words = reading.words
    starts = {start, last, after_time(reading, last, stop)} | set(range(last, min(last + 5, stop)))
    ends = {stop, first}
    for i in range(start, stop):
        if words[i] in LOOSE or words[i] in OPEN + CLOSE:
            starts.add(i + 1)
            ends.add(i)
            if words[i] in CLOSE:
                ends.add(i + 1)
            if words[i] in OPEN:
                starts.add(i)
        elif words[i].lower() in ("that", "and", "but"):
            starts.add(i + 1)
            ends.add(i)
        elif i >= last and words[i].lower() == "to":
            starts.add(i + 1)
        elif words[i].lower() in ("at", "on", "by", "in", "until", "after", "before"):
            ends.add(i)
    found = {trim(reading, a, b) for a in starts for b in ends if a < b}
    for other in (number - 1, number + 1):
        if 0 <= other < len(reading.sentences):
            found.add(trim(reading, *reading.sentences[other]))
    inside = {(a, b) for a, b in found if a < b and not (a >= first and b <= last)}
    return sorted((a, b) for a, b in inside if b <= first or a >= last or (a <= first and last <= b))


class _Clause(NamedTuple):
    """What is told of a clause that a cue may report."""

    side: str  # of the cue, or how many sentences away
    cue: str
    begins: str
    ends: str
    first: str
    last: str
    behind: str
    size: int
    gap: int
    next: str  # behind the cue
    short_gap: str
    further: tuple[object, ...]


def _sided(side: str, cue: str, *names: str) -> Features:
    return [f"{kind} {name}" for name in names for kind in (side, f"{side} {cue}")]


_CLAUSE: tuple[Naming, ...] = (
    lambda side, cue: [side, f"{side} cue={cue}"],
    lambda side, cue, begins: [f"begins={begins}", *_sided(side, cue, f"begins={begins}")],
    lambda side, cue, ends: [f"ends={ends}", *_sided(side, cue, f"ends={ends}")],
    lambda side, cue, first: [f"first={first}", *_sided(side, cue, f"first={first}")],
    lambda side, cue, size: [f"size={size}", *_sided(side, cue, f"size={size}")],
    lambda side, cue, gap: _sided(side, cue, f"gap={gap}"),
    lambda side, cue, begins, ends: _sided(side, cue, f"both={begins} {ends}"),
    lambda side, last: [f"{side} last={last}"],
    lambda side, behind: [f"{side} behind={behind}"],
    lambda side, next: [f"{side} next={next}"],
    lambda side, short_gap: [f"{side} short gap={short_gap}"],
    lambda side, further: [
        f"{side} {name}={held}"
        for name, held in zip(("quoted", "is rule", "that", "commas", "gap time", "capital gap"), further, strict=True)
    ],
)


def clause_features(reading: Reading, cues: Iterable[tuple[Range, Sequence[Range]]]) -> Table:
    """Give the features of the clauses that each of some cues may report."""
    told = [row for cue, found in cues for row in _told(reading, cue, found)]
    return Table.of(_Clause._fields, told).with_columns(_CLAUSE)


def _told(reading: Reading, cue: Range, clauses: Iterable[Range]) -> Iterator[_Clause]:
    first, last = cue
    words, lower = reading.words, reading.lower
    number = reading.sentence_of[first]
    start, stop = reading.sentences[number]
    end = trim(reading, start, stop)[1]
    by_rule, timed = clause(reading, first, last), after_time(reading, last, stop)
    capital = next((i for i in range(last, stop) if words[i][0].isupper()), stop)
    for a, b in clauses:
        apart = reading.sentence_of[a] - number
        side = f"s{apart}" if apart else "before" if b <= first else "after" if a >= last else "around"
        before = lower[a - 1] if a else "<s>"
        behind = lower[b] if b < len(lower) else "</s>"
        gap = lower[last:a] if side == "after" else lower[b:first] if side == "before" else ()
        is_behind = side == "after" and bool(gap)
        yield _Clause(
            side=side,
            cue=" ".join(lower[first:last]),
            begins="cue" if a == last else "sentence" if a in (start, reading.body) else before,
            ends="cue" if b == first else "sentence" if b == end else behind,
            first=lower[a],
            last=lower[b - 1],
            behind=behind,
            size=_SIZES[bisect_left(_SIZES, b - a)],
            gap=min(len(gap), 6),
            next=lower[last] if last < len(lower) else "",
            short_gap=" ".join(gap) if len(gap) < 3 else "",
            further=(
                before in OPEN and behind in CLOSE,
                (a, b) == by_rule,
                "that" in gap,
                min(lower[a:b].count(","), 3),
                is_behind and timed == a,
                capital < a if is_behind else "",
            ),
        )
