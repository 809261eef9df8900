"""Sequence labelling: the spans of one layer as B, I and O tags of tokens, none inside another.

A classifier scores the tags of each token by itself; a Viterbi search finds the best sequence of a sentence in which no
I- tag stands without its B-.  `outside` is added to the score of O: what trades precision for recall.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from baselines._classifier import Features, Scores
from baselines._figures import find_figures
from baselines._text import CLOSE, OPEN, Reading
from baselines._times import find_times
from fogbank import Document

Found = list[tuple[int, int, str]]  # first and last token, label
Table = dict[str, Counter[str]]  # how often each word is marked as what
_OUTSIDE = "O"


def _shape(word: str) -> str:
    kinds = ["A" if c.isupper() else "a" if c.isalpha() else "0" if c.isdigit() else c for c in word]
    return "".join(kinds[:1] + [b for a, b in pairwise(kinds) if a != b])


@dataclass(frozen=True)
class TokenFeatures:
    """The features of each token of a text: the few that name a word (`narrow`), and those with its surroundings."""

    lower: tuple[str, ...]
    narrow: list[Features]
    wide: list[Features]

    @classmethod
    def of(cls, reading: Reading) -> "TokenFeatures":
        """Give the word, its shape and affixes, its neighbours, and where it stands."""
        words = reading.words
        lower = ["<s>", "<s>", *reading.lower, "</s>", "</s>"]
        shapes = ["<s>", *(_shape(word) for word in words), "</s>"]
        begins = {first for first, _ in reading.sentences}
        common = {word for word in words if word.islower()}
        elsewhere = list(_repeated(reading))
        by_rule = dict(_by_rule(reading))
        narrow: list[Features] = []
        wide: list[Features] = []
        is_quoted = False
        for i, word in enumerate(words):
            before2, before, here, after, after2 = lower[i : i + 5]
            is_quoted ^= word in OPEN if not is_quoted else word in CLOSE
            marked = f"^{here}$"
            row = [
                "any", f"w={here}", f"-1={before}", f"+1={after}", f"shape={shapes[i + 1]}", f"prefix={here[:4]}",
                *(f"suffix={here[-n:]}" for n in (2, 3, 4) if len(here) > n),
                *(f"part={marked[j : j + 4]}" for j in range(len(marked) - 3)),
                *(f"rule{n:+}={by_rule.get(i + n)}" for n in (-1, 0, 1)),
                *["quoted"] * is_quoted, *["first"] * (i in begins), *["dateline"] * (i < reading.body),
                *["also lower"] * (word[0].isupper() and here in common),
            ]  # fmt: skip
            narrow.append(row)
            wide.append([
                *row, f"-2={before2}", f"+2={after2}", f"-1,0={before} {here}", f"0,+1={here} {after}",
                f"-2,-1={before2} {before}", f"+1,+2={after} {after2}", f"suffix-1={before[-3:]}",
                f"suffix+1={after[-3:]}", *elsewhere[i], f"shapes={shapes[i]} {shapes[i + 1]} {shapes[i + 2]}",
            ])  # fmt: skip
        return cls(reading.lower, narrow, wide)


def _repeated(reading: Reading) -> Iterator[Features]:
    """Give what a text says of each token elsewhere: how often it comes, and the run of capitals that it stands in."""
    words, lower = reading.words, ["<s>", *reading.lower, "</s>"]
    begins = {first for first, _ in reading.sentences}
    often = Counter(reading.lower)
    names = Counter(word for i, word in enumerate(words) if word[0].isupper() and i not in begins)
    runs: dict[int, tuple[int, int]] = {}
    for i, word in enumerate(words):
        if word[0].isupper():
            first = runs[i - 1][0] if i - 1 in runs and i not in begins else i
            runs.update(dict.fromkeys(range(first, i + 1), (first, i + 1)))
    for i, word in enumerate(words):
        row = [f"often={min(often[word.lower()], 4)} {i in runs}", f"name={min(names[word], 2)} {i in runs}"]
        if i in runs:
            first, last = runs[i]
            row += [
                f"run={min(i - first, 3)}/{min(last - first, 4)}", f"run ends={lower[last]}",
                f"before run={lower[first]}", f"after run={lower[last + 1]}",
                f"known name={any(names[w] > 1 for w in words[first:last])}",
            ]  # fmt: skip
        yield row


def _by_rule(reading: Reading) -> Iterator[tuple[int, str]]:
    for kind, places in (("number", find_figures(reading.text)), ("time", find_times(reading.text))):
        for place in places:
            if tokens := reading.range_of(*place):
                for i in range(*tokens):
                    yield i, f"{'B' if i == tokens[0] else 'I'}-{kind}"


class Tags(Protocol):
    """What learns the tags of tokens: a `Classifier`, or what can be used as one."""

    classes: tuple[str, ...]

    def fit(self, rows: Sequence[Features], names: Sequence[str], /) -> object:
        """Learn the tags `names` of rows."""

    def scores(self, rows: Sequence[Features], /) -> Scores:
        """Give the logarithms of probabilities, one row for each row, one column for each class."""

    def state(self, prefix: str, /) -> dict[str, Any]:
        """Give all that was learned."""

    def restore(self, prefix: str, state: Any, /) -> object:
        """Take up what `state` gave."""


class Tagger:
    """One layer's tags.  `is_wide`: whether a token's surroundings tell more than they mislead."""

    def __init__(self, labels: Sequence[str], tags: Tags, *, is_wide: bool) -> None:
        self._labels = frozenset(labels)
        self._is_wide = is_wide
        self._tags = tags
        self._marked: Table = {}

    def fit(self, tokens: Sequence[TokenFeatures], tags: Sequence[Sequence[str]]) -> "Tagger":
        """Learn from the features and tags of the tokens of some documents.

        How a document itself marks a word is kept from its own features, as it will be for documents to come.
        """
        counted = [_count(document, own) for document, own in zip(tokens, tags, strict=True)]
        self._marked = {}
        for table in counted:
            for word, counts in table.items():
                self._marked.setdefault(word, Counter()).update(counts)
        rows = [row for document, own in zip(tokens, counted, strict=True) for row in self._rows(document, without=own)]
        self._tags.fit(rows, [tag for document in tags for tag in document])
        return self

    def _rows(self, tokens: TokenFeatures, without: Table | None = None) -> Iterator[Features]:
        """Add to the features of each token how train marks it and its neighbours."""
        shares = {word: self._shares(word, (without or {}).get(word)) for word in set(tokens.lower)}
        known = [[], *(shares[word] for word in tokens.lower), []]
        for i, row in enumerate(tokens.wide if self._is_wide else tokens.narrow):
            yield row + [f"marked{n - 1:+}={share}" for n in range(3) for share in known[i + n]]

    def _shares(self, word: str, without: Counter[str] | None) -> list[str]:
        counts = self._marked.get(word, Counter())
        left = counts - without if without else counts
        total = sum(left.values())
        often = "once" if total < 3 else "often"
        return [f"{label} {3 * n // total} {often}" for label, n in sorted(left.items())] or ["new"]

    def tags(self, reading: Reading, document: Document) -> list[str]:
        """Give the tags of a gold document; of spans inside each other the outermost."""
        tags = [_OUTSIDE] * len(reading.words)
        spans = [span for span in document.spans if span.label in self._labels]
        for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
            tokens = reading.range_of(span.start, span.end)
            if tokens and all(tags[i] == _OUTSIDE for i in range(*tokens)):
                tags[tokens[0] : tokens[1]] = [f"B-{span.label}"] + [f"I-{span.label}"] * (tokens[1] - tokens[0] - 1)
        return tags

    def scores(self, tokens: TokenFeatures) -> Scores:
        """Score the tags of each token of a document."""
        return self._tags.scores(list(self._rows(tokens)))

    def decode(self, reading: Reading, scores: Scores, outside: float) -> Found:
        """Find the best spans for the scores of a document."""
        tags = self._tags.classes
        if len(tags) < 2:
            return []
        biased = scores + np.array([outside if tag == _OUTSIDE else 0.0 for tag in tags])
        may_follow = np.array([[_may_follow(a, b) for b in tags] for a in tags])
        may_begin = np.array([not tag.startswith("I-") for tag in tags])
        found: Found = []
        for first, last in reading.sentences:
            path = _viterbi(biased[first:last], np.where(may_follow, 0, -np.inf), np.where(may_begin, 0, -np.inf))
            found += _chunks([tags[i] for i in path], first)
        return found

    def state(self, prefix: str) -> dict[str, object]:
        """Give all that was learned."""
        marked = {word: dict(sorted(counts.items())) for word, counts in sorted(self._marked.items())}
        return {**self._tags.state(prefix), f"{prefix}.marked": marked}

    def restore(self, prefix: str, state: Any) -> "Tagger":
        """Take up what `state` gave."""
        self._tags.restore(prefix, state)
        self._marked = {word: Counter(counts) for word, counts in state[f"{prefix}.marked"].items()}
        return self


def _count(tokens: TokenFeatures, tags: Sequence[str]) -> Table:
    table: Table = {}
    for word, tag in zip(tokens.lower, tags, strict=True):
        table.setdefault(word, Counter())[tag[2:] or _OUTSIDE] += 1
    return table


def _may_follow(before: str, tag: str) -> bool:
    return not tag.startswith("I-") or before[2:] == tag[2:]


def _viterbi(scores: Scores, step: Scores, begin: Scores) -> list[int]:
    best, back = scores[0] + begin, []
    for row in scores[1:]:
        totals = best[:, None] + step
        back.append(totals.argmax(axis=0))
        best = totals.max(axis=0) + row
    path = [int(best.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]


def _chunks(tags: Sequence[str], offset: int) -> Found:
    found: Found = []
    for i, tag in enumerate(tags):
        if tag.startswith("B-"):
            found.append((offset + i, offset + i + 1, tag[2:]))
        elif tag.startswith("I-"):
            first, last, label = found[-1]
            found[-1] = first, last + 1, label
    return found
