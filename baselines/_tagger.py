"""Sequence labelling: the spans of one layer as B, I and O tags of tokens, none inside another.

A classifier scores the tags of each token by itself; a search finds the best sequence of a sentence in which no I- tag
stands without its B-.  `outside` is added to the score of O: what trades precision for recall.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from baselines._classifier import Scores
from baselines._table import Coded, Features, Naming, Table
from baselines._text import Reading
from baselines._tokens import TokenFeatures, around
from fogbank import Document

Found = list[tuple[int, int, str]]  # first and last token, label
Marks = dict[str, Counter[str]]  # how often each word is marked as what
_OUTSIDE = "O"
_NEW = ("new",)


# how train marks it and its neighbours
_MARKED: tuple[Naming, ...] = (
    lambda marks_before: [f"marked-1={mark}" for mark in marks_before],
    lambda marks: [f"marked+0={mark}" for mark in marks],
    lambda marks_after: [f"marked+1={mark}" for mark in marks_after],
)


class Panel(Protocol):
    """Several `Tags` that are asked together."""

    def scores(self, tables: Sequence[Table], /) -> list[Scores]:
        """Give the scores of each for its table."""


class Tags(Protocol):
    """What learns the tags of tokens: a `Classifier`, or what can be used as one."""

    classes: tuple[str, ...]

    def fit(self, rows: Sequence[Features], names: Sequence[str], /) -> object:
        """Learn the tags `names` of rows."""

    def together(self, others: Sequence[Any], /) -> Panel:
        """Make a panel of these tags and others, as they are now."""

    def state(self, prefix: str, /) -> dict[str, Any]:
        """Give all that was learned."""

    def restore(self, prefix: str, state: Any, /) -> object:
        """Take up what `state` gave."""


class Tagger:
    """One layer's tags.  `is_wide`: whether a token's surroundings tell more than they mislead."""

    def __init__(self, labels: Sequence[str], tags: Tags, *, is_wide: bool) -> None:
        self._labels = frozenset(labels)
        self._is_wide = is_wide
        self.classifier = tags
        self._set({})

    def _set(self, marked: Marks) -> None:
        self._marked = marked
        self._shares = {word: _shares(counts) for word, counts in marked.items()}

    def fit(self, tokens: Sequence[TokenFeatures], tags: Sequence[Sequence[str]]) -> "Tagger":
        """Learn from the features and tags of the tokens of some documents.

        How a document itself marks a word is kept from its own features, as it will be for documents to come.
        """
        counted = [_count(document, own) for document, own in zip(tokens, tags, strict=True)]
        marked: Marks = {}
        for own in counted:
            for word, counts in own.items():
                marked.setdefault(word, Counter()).update(counts)
        self._set(marked)
        tables = [self.table(document, without=own) for document, own in zip(tokens, counted, strict=True)]
        self.classifier.fit(
            [row for table in tables for row in table.rows()], [tag for document in tags for tag in document]
        )
        return self

    def table(self, tokens: TokenFeatures, without: Marks | None = None) -> Table:
        """Give the features of each token, and how train, `without` these, marks it and its neighbours."""
        shares = self._shares
        if without is not None:
            shares = {word: _shares(self._marked[word] - counts) for word, counts in without.items()}
        marks = Coded.of(shares.get(word, _NEW) for word in tokens.words.meanings).at(tokens.words.numbers)
        table = tokens.wide if self._is_wide else tokens.narrow
        return table.with_columns(_MARKED, **around(marks, ("marks_before", "marks", "marks_after"), (), ()))

    def tags(self, reading: Reading, document: Document) -> list[str]:
        """Give the tags of a gold document; of spans inside each other the outermost."""
        tags = [_OUTSIDE] * len(reading.words)
        spans = [span for span in document.spans if span.label in self._labels]
        for span in sorted(spans, key=lambda s: (s.start - s.end, s.start)):
            tokens = reading.range_of(span.start, span.end)
            if tokens and all(tags[i] == _OUTSIDE for i in range(*tokens)):
                tags[tokens[0] : tokens[1]] = [f"B-{span.label}"] + [f"I-{span.label}"] * (tokens[1] - tokens[0] - 1)
        return tags

    def decode(self, reading: Reading, scores: Scores, outside: float) -> Found:
        """Find the best spans for the scores of a document."""
        tags = self.classifier.classes
        if len(tags) < 2:
            return []
        biased = scores + np.array([outside if tag == _OUTSIDE else 0.0 for tag in tags])
        alone = [n for n, tag in enumerate(tags) if not tag.startswith("I-")]
        inside = [n for n, tag in enumerate(tags) if tag.startswith("I-")]
        best, chosen = biased[:, alone].max(axis=1), biased[:, alone].argmax(axis=1)
        labels = [tags[alone[n]][2:] for n in chosen.tolist()]
        is_best = biased[:, inside] > best[:, None]
        found: Found = []
        for first, last in reading.sentences:
            here = slice(first, last)
            longer = {
                tags[n][2:]: (biased[here, tags.index(f"B-{tags[n][2:]}")].tolist(), biased[here, n].tolist())
                for n in np.array(inside)[is_best[here].any(axis=0)].tolist()
            }
            spans = _search(labels[here], best[here].tolist(), longer)
            found += [(first + start, first + end, label) for start, end, label in spans]
        return found

    def state(self, prefix: str) -> dict[str, object]:
        """Give all that was learned."""
        marked = {word: dict(sorted(counts.items())) for word, counts in sorted(self._marked.items())}
        return {**self.classifier.state(prefix), f"{prefix}.marked": marked}

    def restore(self, prefix: str, state: Any) -> "Tagger":
        """Take up what `state` gave."""
        self.classifier.restore(prefix, state)
        self._set({word: Counter(counts) for word, counts in state[f"{prefix}.marked"].items()})
        return self


def _shares(counts: Counter[str]) -> tuple[str, ...]:
    total = sum(counts.values())
    often = "once" if total < 3 else "often"
    return tuple(f"{label} {3 * n // total} {often}" for label, n in sorted(counts.items())) or _NEW


def _count(tokens: TokenFeatures, tags: Sequence[str]) -> Marks:
    table: Marks = {}
    for number, tag in zip(tokens.words.numbers, tags, strict=True):
        table.setdefault(tokens.words.meanings[number], Counter())[tag[2:] or _OUTSIDE] += 1
    return table


def _search(
    labels: Sequence[str], scores: Sequence[float], longer: Mapping[str, tuple[list[float], list[float]]]
) -> Found:
    """Find the best spans of a sentence (a Viterbi search).

    `labels` and `scores` give the best tag of each token that continues no span, with no label for O.  `longer` gives
    the scores of B and I for each label whose I is somewhere the best tag of all; no other is worth continuing.
    """
    total, back = [0.0], list[tuple[int, str]]()  # of the best sequence up to each token, and what it ends with
    going = dict.fromkeys(longer, (-np.inf, 0))  # of the best sequence that ends in a span, and where the span starts
    for i, score in enumerate(scores):
        best = total[i] + score, i, labels[i]
        for label, (begins, inside) in longer.items():
            went, start = going[label]
            going[label] = max((went + inside[i], start), (total[i] + begins[i], i))
            best = max(best, (*going[label], label))
        total.append(best[0])
        back.append(best[1:])
    found: Found = []
    end = len(labels)
    while end:
        start, label = back[end - 1]
        found += [(start, end, label)] if label else []
        end = start
    return found[::-1]
