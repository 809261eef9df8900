"""The reference baseline: linear classifiers of scikit-learn on features of the words, nothing pretrained.

In this order: entities, values, events and cues are tagged token by token (`_tagger`); each cue takes clauses that a
classifier finds likely among candidates (`_clauses`); pairs of spans are classified into relations, coreference apart
(`_pairs`); last, choices (status, stance, source_kind) are classified with the relations at hand (`_choices`), and
values are read by rule (`_figures`, `_times`).  Each threshold is the one with the best F1 on train under
cross-validation, in which each step sees what the steps before it predicted.  Folds keep incidents together.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from baselines._steps import ARGUMENTS, COREFERENT, TAGGED, Known, Proposal, Steps, choose, choose_contents
from baselines._tagger import TokenFeatures
from baselines._text import Reading, settle, settled_attributes
from baselines._tuning import Items, best_value
from fogbank import Article, Document, Span, State

_FOLDS = 4
_OUTSIDE = tuple(float(x) for x in np.arange(-4.0, 1.01, 0.5))
_SHARES = tuple(float(x) for x in np.round(np.arange(0.1, 0.85, 0.05), 2))
_UNTUNED = {**dict.fromkeys(TAGGED, -1.0), **dict.fromkeys(("content", "arguments", *COREFERENT.values()), 0.4)}


class _Trial(NamedTuple):
    """A held-out document and the steps that have not seen it."""

    known: Known
    steps: Steps


class System:
    """Tags, clauses, relations and choices, each by a linear classifier."""

    def __init__(self) -> None:
        self._steps = Steps()
        self._settings = dict(_UNTUNED)

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:
        """Tune the thresholds by cross-validation, then learn from all documents."""
        documents = [Known(Reading.of(article), document) for article, document in zip(articles, gold, strict=True)]
        folds = _folds([article.incident or article.id for article in articles], seed)
        trials: list[_Trial] = []
        for fold in sorted(set(folds)) if len(set(folds)) > 1 else ():
            steps = Steps().fit([d for d, number in zip(documents, folds, strict=True) if number != fold])
            trials += [_Trial(d, steps) for d, number in zip(documents, folds, strict=True) if number == fold]
        self._settings = _tuned(trials) if trials else dict(_UNTUNED)
        self._steps = Steps().fit(documents)

    def predict(self, article: Article) -> Document:
        """Predict spans, contents, relations and attributes, in this order."""
        reading = Reading.of(article)
        at = self._settings
        scores = self._steps.tag_scores(TokenFeatures.of(reading))
        spans = [s for layer in TAGGED for s in self._steps.decode(layer, reading, scores[layer], at[layer])]
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
                settled_attributes(s.label, _quote(reading, s), article.published, choices[s.id]),
            )
            for s in spans
        ]
        return settle(reading, ready, relations)

    def state(self) -> State:
        """Give the weights and the thresholds."""
        return {**self._steps.state(), "settings": self._settings}

    def restore(self, state: State) -> None:
        """Take up the weights and the thresholds."""
        self._steps.restore(state)
        self._settings = dict(state["settings"])


def _quote(reading: Reading, span: Span) -> str:
    return reading.text[span.start : span.end]


def _cues(spans: Iterable[Span]) -> list[Span]:
    return [span for span in spans if span.label == "CUE"]


def _joined(spans: Sequence[Span], said: Iterable[Proposal]) -> list[Span]:
    return [*spans, *{p.tail.id: p.tail for p in said}.values()]


def _folds(groups: Sequence[str], seed: int) -> list[int]:
    """Give each document the number of its fold; documents of one group share it."""
    names = sorted(set(groups))
    order = np.random.default_rng(seed).permutation(len(names))
    number = {names[name]: place % _FOLDS for place, name in enumerate(order)}
    return [number[group] for group in groups]


def _tuned(trials: Sequence[_Trial]) -> dict[str, float]:
    """Tune one threshold after the other, each with the predictions that the earlier ones let through."""
    settings: dict[str, float] = {}
    scores = [steps.tag_scores(known.tokens) for known, steps in trials]
    spans: list[list[Span]] = [[] for _ in trials]
    for layer, labels in TAGGED.items():
        found = {
            outside: [
                t.steps.decode(layer, t.known.reading, s[layer], outside) for t, s in zip(trials, scores, strict=True)
            ]
            for outside in _OUTSIDE
        }
        gold = [{s.key for s in known.gold.spans if s.label in labels} for known, _ in trials]
        settings[layer] = best_value(
            gold, {outside: [{s.key for s in spans} for spans in held] for outside, held in found.items()}
        )
        spans = [[*before, *now] for before, now in zip(spans, found[settings[layer]], strict=True)]

    said = [t.steps.contents(t.known.reading, held) for t, held in zip(trials, spans, strict=True)]

    kept = {
        share: [choose_contents(p, _cues(held), share) for p, held in zip(said, spans, strict=True)]
        for share in _SHARES
    }
    settings["content"] = best_value(_linked(trials, ("content",)), _keys(kept))
    spans = [_joined(held, chosen) for held, chosen in zip(spans, kept[settings["content"]], strict=True)]

    both = list(zip(trials, spans, strict=True))
    proposed = {"arguments": [t.steps.arguments(t.known.reading, held) for t, held in both]}
    for layer, label in COREFERENT.items():
        proposed[label] = [t.steps.coreference(layer, t.known.reading, held) for t, held in both]
    for name, proposals in proposed.items():
        labels = ARGUMENTS if name == "arguments" else (name,)
        chosen = {share: [choose(one, share) for one in proposals] for share in _SHARES}
        settings[name] = best_value(_linked(trials, labels), _keys(chosen))
    return settings


def _linked(trials: Sequence[_Trial], labels: Sequence[str]) -> list[Items]:
    """Give the gold relations of some labels as their ends and label."""
    return [
        {(gold.by_id[r.head].key, gold.by_id[r.tail].key, r.label) for r in gold.relations if r.label in labels}
        for gold in (known.gold for known, _ in trials)
    ]


def _keys(chosen: Mapping[float, Sequence[Sequence[Proposal]]]) -> dict[float, list[Items]]:
    return {
        share: [{(p.head.key, p.tail.key, p.relation.label) for p in document} for document in documents]
        for share, documents in chosen.items()
    }
