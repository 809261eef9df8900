"""Clauses that a cue may report: one by rule, or all candidates with what a classifier may know of them."""

from baselines._text import CLOSE, OPEN, STOPS, Reading
from baselines._times import read_time

Range = tuple[int, int]
LOOSE = frozenset(",;:—–-")


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


def candidate_features(reading: Reading, cue: Range, by_rule: Range | None, found: Range) -> list[str]:
    """Give the features of a clause that a cue may report; `by_rule` is what `clause` gives."""
    (first, last), (a, b) = cue, found
    words, lower = reading.words, reading.lower
    number = reading.sentence_of[first]
    start, stop = reading.sentences[number]
    name = " ".join(lower[first:last])
    apart = reading.sentence_of[a] - number
    side = f"s{apart}" if apart else "before" if b <= first else "after" if a >= last else "around"
    end = trim(reading, start, stop)[1]
    before = lower[a - 1] if a else "<s>"
    behind = lower[b] if b < len(lower) else "</s>"
    gap = lower[last:a] if side == "after" else lower[b:first] if side == "before" else []
    begins = "cue" if a == last else "sentence" if a in (start, reading.body) else before
    ends = "cue" if b == first else "sentence" if b == end else behind
    size = next(n for n in (1, 2, 4, 7, 12, 20, 10**6) if b - a <= n)
    base = [
        f"begins={begins}", f"ends={ends}", f"first={lower[a]}", f"size={size}", f"gap={min(len(gap), 6)}",
        f"both={begins} {ends}", f"last={lower[b - 1]}", f"behind={behind}", f"cue={name}",
        f"quoted={before in OPEN and behind in CLOSE}", f"is rule={found == by_rule}",
        f"that={'that' in gap}", f"next={lower[last] if last < len(lower) else ''}",
        f"commas={min(lower[a:b].count(','), 3)}",
        f"short gap={' '.join(gap) if len(gap) < 3 else ''}",
        f"gap time={bool(gap) and side == 'after' and after_time(reading, last, stop) == a}",
        f"capital gap={any(w[0].isupper() for w in words[a - len(gap) : a]) if side == 'after' and gap else ''}",
    ]  # fmt: skip
    return [
        side,
        *(f"{side} {f}" for f in base),
        *(f"{side} {name} {f}" for f in base[:6]),
        *(f"{f}" for f in base[:4]),
    ]
