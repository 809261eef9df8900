"""Sequence labelling: the spans of one layer as B, I and O tags of tokens, none inside another.

A classifier scores the tags of each token by itself; a Viterbi search finds the best sequence of a sentence in which no
I- tag stands without its B-.  `outside` is added to the score of O: what trades precision for recall.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from baselines._classifier import Classifier, Features, Scores
from baselines._figures import find_figures
from baselines._text import CLOSE, OPEN, Reading
from baselines._times import find_times
from fogbank import Document

Found = list[tuple[int, int, str]]  # first and last token, label
_OUTSIDE = "O"


def _shape(word: str) -> str:
    kinds = ["A" if c.isupper() else "a" if c.isalpha() else "0" if c.isdigit() else c for c in word]
    return "".join(kinds[:1] + [b for a, b in pairwise(kinds) if a != b])


@dataclass(frozen=True)
class TokenFeatures:
    """The features of each token of a text: the few that name a word (`narrow`), and those with its surroundings."""

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
                f"suffix+1={after[-3:]}", f"shapes={shapes[i]} {shapes[i + 1]} {shapes[i + 2]}",
            ])  # fmt: skip
        return cls(narrow, wide)


def _by_rule(reading: Reading) -> Iterator[tuple[int, str]]:
    for kind, places in (("number", find_figures(reading.text)), ("time", find_times(reading.text))):
        for place in places:
            if tokens := reading.range_of(*place):
                for i in range(*tokens):
                    yield i, f"{'B' if i == tokens[0] else 'I'}-{kind}"


class Tagger:
    """One layer's tags.  `is_wide`: whether a token's surroundings tell more than they mislead."""

    def __init__(self, labels: Sequence[str], *, is_wide: bool, strength: float) -> None:
        self._labels = frozenset(labels)
        self._is_wide = is_wide
        self._tags = Classifier(strength)

    def fit(self, tokens: Sequence[TokenFeatures], tags: Sequence[Sequence[str]]) -> "Tagger":
        """Learn from the features and tags of the tokens of some documents."""
        rows = [row for document in tokens for row in self._rows(document)]
        self._tags.fit(rows, [tag for document in tags for tag in document])
        return self

    def _rows(self, tokens: TokenFeatures) -> list[Features]:
        return tokens.wide if self._is_wide else tokens.narrow

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
        return self._tags.scores(self._rows(tokens))

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
        return self._tags.state(prefix)

    def restore(self, prefix: str, state: object) -> "Tagger":
        """Take up what `state` gave."""
        self._tags.restore(prefix, state)
        return self


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
