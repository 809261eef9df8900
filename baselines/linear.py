"""The reference baseline: linear classifiers of scikit-learn on features of the words, nothing pretrained.

In this order: entities, values, events and cues are tagged token by token (`_tagger`); each cue takes clauses that a
classifier finds likely among candidates (`_clauses`); pairs of spans are classified into relations, coreference apart
(`_pairs`); last, choices (status, stance, source_kind) are classified with the relations at hand (`_choices`), and
values are read by rule (`_figures`, `_times`).  How strongly each step is regularised, and how likely what it proposes
must be, is in `linear.json`, which `benchmarks/search.py` writes; training takes it as it is.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from baselines._classifier import Classifier
from baselines._pairs import COREFERENT
from baselines._steps import TAGGED, Known, Proposal, Steps, choose, choose_contents
from baselines._tagger import Tags
from baselines._text import Reading, settle, settled_attributes
from baselines._tokens import TokenFeatures
from fogbank import Article, Document, Span, State


class System:
    """Tags, clauses, relations and choices, each by a linear classifier."""

    chosen = Path(__file__).with_name("linear.json")

    @staticmethod
    def tags(strength: float) -> Tags:
        """Make what learns the tags of one layer."""
        return Classifier(strength)

    def __init__(self) -> None:
        held = json.loads(self.chosen.read_text())
        self._steps = Steps(held["strengths"], self.tags)
        self._thresholds: Mapping[str, float] = held["thresholds"]

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:  # noqa: ARG002
        """Learn all steps; nothing is drawn at random."""
        self._steps.fit([Known(Reading.of(a), document) for a, document in zip(articles, gold, strict=True)])

    def predict(self, article: Article) -> Document:
        """Predict spans, contents, relations and attributes, in this order."""
        reading = Reading.of(article)
        return self.complete(reading, self.spans(reading))

    def complete(self, reading: Reading, spans: Sequence[Span]) -> Document:
        """Predict all else from the spans of the tagged layers, whoever found them."""
        at = self._thresholds
        said = choose_contents(self._steps.contents(reading, spans), _cues(spans), at["content"])
        spans = _joined(spans, said)
        related = choose(self._steps.arguments(reading, spans), at["arguments"])
        for layer, label in COREFERENT.items():
            related += choose(self._steps.coreference(layer, reading, spans), at[label])
        relations = [p.relation for p in (*said, *sorted(related, key=lambda p: -p.probability))]
        choices = self._steps.choices(reading, spans, relations)
        ready = [
            Span(
                s.id,
                s.start,
                s.end,
                s.label,
                settled_attributes(s.label, _quote(reading, s), reading.article.published, choices[s.id]),
            )
            for s in spans
        ]
        return settle(reading, ready, relations)

    def spans(self, reading: Reading) -> list[Span]:
        """Find the spans of the layers that are tagged; their attributes come last of all."""
        scores = self._steps.tag_scores(TokenFeatures.of(reading))
        return [
            span
            for layer in TAGGED
            for span in self._steps.decode(layer, reading, scores[layer], self._thresholds[layer])
        ]

    def state(self) -> State:
        """Give the weights and the thresholds."""
        return {**self._steps.state(), "thresholds": dict(self._thresholds)}

    def restore(self, state: State) -> None:
        """Take up the weights and the thresholds."""
        self._steps.restore(state)
        self._thresholds = dict(state["thresholds"])


def _quote(reading: Reading, span: Span) -> str:
    return reading.text[span.start : span.end]


def _cues(spans: Iterable[Span]) -> list[Span]:
    return [span for span in spans if span.label == "CUE"]


def _joined(spans: Sequence[Span], said: Iterable[Proposal]) -> list[Span]:
    return [*spans, *{p.tail.id: p.tail for p in said}.values()]
