"""The features of tokens: what names a word, and what its surroundings tell."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from baselines._figures import find_figures
from baselines._table import Coded, Features, Naming, Table
from baselines._text import CLOSE, OPEN, Reading
from baselines._times import find_times


@lru_cache(1 << 14)
def _shape(word: str) -> str:
    kinds = ["A" if c.isupper() else "a" if c.isalpha() else "0" if c.isdigit() else c for c in word]
    return "".join(kinds[:1] + [b for a, b in pairwise(kinds) if a != b])


def _form(word: str) -> Features:
    here = word.lower()
    marked = f"^{here}$"
    return [
        f"shape={_shape(word)}", f"prefix={here[:4]}", *(f"suffix={here[-n:]}" for n in (2, 3, 4) if len(here) > n),
        *(f"part={marked[j : j + 4]}" for j in range(len(marked) - 3)),
    ]  # fmt: skip


def _run(run: tuple[int, int, str, str, str, bool] | None) -> Features:
    if run is None:
        return []
    at, length, last, before, after, is_known = run
    names = [f"run={at}/{length}", f"run ends={last}", f"before run={before}", f"after run={after}"]
    return [*names, f"known name={is_known}"]


# the few that name a word: itself, its neighbours, its shape and affixes, what rules find there, and where it stands
_NARROW: tuple[Naming, ...] = (
    lambda here: ["any", f"w={here}"],
    lambda before: [f"-1={before}"],
    lambda after: [f"+1={after}"],
    _form,
    lambda rule_before, rule, rule_after: [f"rule-1={rule_before}", f"rule+0={rule}", f"rule+1={rule_after}"],
    lambda places: [*places],
)
# its surroundings, and what the text says of it elsewhere: how often it comes, and the run of capitals it stands in
_WIDE: tuple[Naming, ...] = (
    lambda before2: [f"-2={before2}"],
    lambda after2: [f"+2={after2}"],
    lambda before, here: [f"-1,0={before} {here}"],
    lambda here, after: [f"0,+1={here} {after}"],
    lambda before2, before: [f"-2,-1={before2} {before}"],
    lambda after, after2: [f"+1,+2={after} {after2}"],
    lambda before: [f"suffix-1={before[-3:]}"],
    lambda after: [f"suffix+1={after[-3:]}"],
    lambda often, name, run: [f"often={often} {run is not None}", f"name={name} {run is not None}"],
    _run,
    lambda shape_before, shape, shape_after: [f"shapes={shape_before} {shape} {shape_after}"],
)


@dataclass(frozen=True)
class TokenFeatures:
    """The features of each token of a text: the few that name a word (`narrow`), and those with its surroundings."""

    words: Coded
    narrow: Table
    wide: Table

    @classmethod
    def of(cls, reading: Reading) -> "TokenFeatures":
        """Look at the tokens of a text."""
        words, lower, by_rule = reading.words, Coded.of(reading.lower), dict(_by_rule(reading))
        values = {
            "word": Coded.of(words),
            "places": Coded.of(_places(reading)),
            **around(lower, ("before2", "before", "here", "after", "after2"), "<s>", "</s>"),
            **around(Coded.of(map(by_rule.get, range(len(words)))), ("rule_before", "rule", "rule_after"), None, None),
            **around(Coded.of(map(_shape, words)), ("shape_before", "shape", "shape_after"), "<s>", "</s>"),
            **_elsewhere(reading),
        }
        narrow = Table(values).with_columns(_NARROW)
        return cls(lower, narrow, narrow.with_columns(_WIDE))


def around(values: Coded, kinds: Sequence[str], start: object, end: object) -> dict[str, Coded]:
    """Give for each token the values of its neighbours and, in the middle, its own."""
    count, reach = len(values.numbers), len(kinds) // 2
    edges = len(values.meanings), len(values.meanings) + 1
    padded, meanings = np.pad(values.numbers, reach, constant_values=edges), [*values.meanings, start, end]
    return {kind: Coded(padded[n : n + count], meanings) for n, kind in enumerate(kinds)}


def _places(reading: Reading) -> Iterator[tuple[str, ...]]:
    begins = {first for first, _ in reading.sentences}
    common = {word for word in reading.words if word.islower()}
    is_quoted = False
    for i, (word, here) in enumerate(zip(reading.words, reading.lower, strict=True)):
        is_quoted ^= word in OPEN if not is_quoted else word in CLOSE
        is_also_lower = word[0].isupper() and here in common
        holds = {"quoted": is_quoted, "first": i in begins, "dateline": i < reading.body, "also lower": is_also_lower}
        yield tuple(name for name, held in holds.items() if held)


def _elsewhere(reading: Reading) -> dict[str, Coded]:
    words, lower = reading.words, ["<s>", *reading.lower, "</s>"]
    begins = {first for first, _ in reading.sentences}
    counts = Counter(reading.lower)
    names = Counter(word for i, word in enumerate(words) if word[0].isupper() and i not in begins)
    runs: list[tuple[int, int]] = []
    for i, word in enumerate(words):
        if word[0].isupper():
            first = runs.pop()[0] if runs and runs[-1][1] == i and i not in begins else i
            runs.append((first, i + 1))
    run_of: list[Any] = [None] * len(words)
    for first, last in runs:
        is_known = any(names[word] > 1 for word in words[first:last])
        for i in range(first, last):
            ends = lower[last], lower[first], lower[last + 1]
            run_of[i] = min(i - first, 3), min(last - first, 4), *ends, is_known
    return {
        "often": Coded.of(min(counts[here], 4) for here in reading.lower),
        "name": Coded.of(min(names[word], 2) for word in words),
        "run": Coded.of(run_of),
    }


def _by_rule(reading: Reading) -> Iterator[tuple[int, str]]:
    for kind, places in (("number", find_figures(reading.text)), ("time", find_times(reading.text))):
        for place in places:
            if tokens := reading.range_of(*place):
                for i in range(*tokens):
                    yield i, f"{'B' if i == tokens[0] else 'I'}-{kind}"
