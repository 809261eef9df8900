"""The steps of the linear system, each a classifier with what it proposes: tags, clauses, relations.

A step proposes with a probability, and `choose…` keeps what a threshold lets through, so that thresholds can be tuned
without asking the classifiers again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from baselines._choices import Choices
from baselines._classifier import Classifier, Features, Scores
from baselines._clauses import candidate_features, candidates, clause
from baselines._pairs import Place, Surroundings, argument_pairs, mention_pairs, places
from baselines._tagger import Tagger, Tags, TokenFeatures
from baselines._text import Reading, crosses, may_relate
from fogbank import SCHEME, Document, Relation, Span, clusters

TAGGED = {
    "entity": SCHEME.labels_in("entity"),
    "value": SCHEME.labels_in("value"),
    "event": SCHEME.labels_in("event"),
    "cue": ("CUE",),
}
WIDE = ("entity", "cue")  # the layers where a token's surroundings tell more than they mislead
COREFERENT = {"entity": "same", "event": "same_event"}
ARGUMENTS = tuple(name for name in SCHEME.relation_names if name not in ("content", *COREFERENT.values()))
Examples = tuple[list[Features], list[str]]
_NONE, _YES = "none", "yes"


class Proposal(NamedTuple):
    """A relation that may hold, how likely it is, and its ends."""

    probability: float
    relation: Relation
    head: Span
    tail: Span


@dataclass(frozen=True)
class Known:
    """A gold document with what is computed once for all folds."""

    reading: Reading
    gold: Document

    @cached_property
    def tokens(self) -> TokenFeatures:
        """The features of the tokens."""
        return TokenFeatures.of(self.reading)

    @cached_property
    def clauses(self) -> Examples:
        """The features of the clauses that the cues may report, and whether they do."""
        linked = {(r.head, r.tail) for r in self.gold.relations if r.label == "content"}
        said = {head: {self.gold.by_id[tail].key for h, tail in linked if h == head} for head, _ in linked}
        rows, names = [], []
        for cue, content, row in _clauses(self.reading, self.gold.spans):
            rows.append(row)
            names.append(_YES if content.key in said.get(cue.id, set()) else _NONE)
        return rows, names

    @cached_property
    def arguments(self) -> dict[str, Examples]:
        """The features of the pairs that each relation may join, and whether it does."""
        labels = {(r.head, r.tail): r.label for r in self.gold.relations}
        found: dict[str, Examples] = {label: ([], []) for label in ARGUMENTS}
        for pair, row in _arguments(self.reading, self.gold.spans):
            for label in _fitting(pair):
                found[label][0].append(row)
                found[label][1].append(_YES if labels.get(_ids(pair)) == label else _NONE)
        return found

    @cached_property
    def mentions(self) -> dict[str, Examples]:
        """The features of the pairs of each layer that may corefer, and whether they are linked.

        Two mentions of one thing that are not linked themselves are neither a link nor none, and left out.
        """
        return {layer: self._mentions(layer) for layer in COREFERENT}

    def _mentions(self, layer: str) -> Examples:
        label = COREFERENT[layer]
        linked = {(r.head, r.tail) for r in self.gold.relations if r.label == label}
        cluster_of = {name: n for n, names in enumerate(clusters(self.gold, label)) for name in names}
        there = places(self.reading, self.gold.spans)
        around = Surroundings(self.reading, there)
        rows, names = [], []
        for pair in mention_pairs(there, layer):
            head, tail = _ids(pair)
            if (head, tail) in linked or head not in cluster_of or cluster_of[head] != cluster_of.get(tail):
                rows.append(around.mention(*pair))
                names.append(_YES if (head, tail) in linked else _NONE)
        return rows, names


def _ids(pair: tuple[Place, Place]) -> tuple[str, str]:
    return pair[0].span.id, pair[1].span.id


def _arguments(reading: Reading, spans: Sequence[Span]) -> Iterator[tuple[tuple[Place, Place], Features]]:
    there = places(reading, spans)
    around = Surroundings(reading, there)
    for pair in argument_pairs(there):
        yield pair, around.argument(*pair)


def _fitting(pair: tuple[Place, Place]) -> list[str]:
    between = SCHEME.relations_between.get((pair[0].span.label, pair[1].span.label), ())
    return [label for label in between if label in ARGUMENTS]


def _clauses(reading: Reading, spans: Sequence[Span]) -> Iterator[tuple[Span, Span, Features]]:
    for cue in spans:
        if cue.label == "CUE" and (tokens := reading.range_of(cue.start, cue.end)):
            by_rule = clause(reading, *tokens)
            for found in candidates(reading, *tokens):
                yield cue, reading.span(*found, "CONTENT"), candidate_features(reading, tokens, by_rule, found)


class Steps:
    """All classifiers of the system; `strengths` gives the regularisation of each (see `baselines/linear.json`)."""

    def __init__(self, strengths: Mapping[str, float], tags: Callable[[float], Tags] = Classifier) -> None:
        self._taggers = {
            layer: Tagger(labels, tags(strengths[layer]), is_wide=layer in WIDE) for layer, labels in TAGGED.items()
        }
        self._contents = Classifier(strengths["content"])
        self._arguments = {label: Classifier(strengths["arguments"]) for label in ARGUMENTS}
        self._mentions = {layer: Classifier(strengths[label]) for layer, label in COREFERENT.items()}
        self._choices = Choices(strengths["choices"])

    def fit(self, documents: Sequence[Known], only: str | None = None) -> "Steps":
        """Learn all steps from gold documents, or one alone, named as its strength is."""
        tokens = [known.tokens for known in documents]
        for layer, tagger in self._taggers.items():
            if only in (None, layer):
                tagger.fit(tokens, [tagger.tags(known.reading, known.gold) for known in documents])
        if only in (None, "content"):
            _fit(self._contents, [known.clauses for known in documents])
        for label, classifier in self._arguments.items():
            if only in (None, "arguments"):
                _fit(classifier, [known.arguments[label] for known in documents])
        for layer, classifier in self._mentions.items():
            if only in (None, COREFERENT[layer]):
                _fit(classifier, [known.mentions[layer] for known in documents])
        if only in (None, "choices"):
            self._choices.fit([(known.reading, known.gold) for known in documents])
        return self

    def tag_scores(self, tokens: TokenFeatures, layer: str) -> Scores:
        """Score the tags of a layer."""
        return self._taggers[layer].scores(tokens)

    def decode(self, layer: str, reading: Reading, scores: Scores, outside: float) -> list[Span]:
        """Find the spans of a layer."""
        found = self._taggers[layer].decode(reading, scores, outside)
        return [reading.span(first, last, label) for first, last, label in found]

    def contents(self, reading: Reading, spans: Sequence[Span]) -> list[Proposal]:
        """Propose what each cue reports, the likeliest first."""
        found = list(_clauses(reading, spans))
        scores = _probability(self._contents, [row for _, _, row in found], _YES)
        proposals = (
            Proposal(float(p), Relation(cue.id, content.id, "content"), cue, content)
            for p, (cue, content, _) in zip(scores, found, strict=True)
        )
        return sorted(proposals, key=lambda p: (-p.probability, p.relation.head, p.relation.tail))

    def arguments(self, reading: Reading, spans: Sequence[Span]) -> list[Proposal]:
        """Propose the likeliest relation of each pair that may be head and argument."""
        found = list(_arguments(reading, spans))
        best: dict[tuple[str, str], Proposal] = {}
        for label, classifier in self._arguments.items():
            fitting = [(pair, row) for pair, row in found if label in _fitting(pair)]
            scores = _probability(classifier, [row for _, row in fitting], _YES)
            for p, ((head, tail), _) in zip(scores, fitting, strict=True):
                pair = head.span.id, tail.span.id
                if pair not in best or float(p) > best[pair].probability:
                    best[pair] = Proposal(float(p), Relation(*pair, label), head.span, tail.span)
        return list(best.values())

    def coreference(self, layer: str, reading: Reading, spans: Sequence[Span]) -> list[Proposal]:
        """Propose for each mention of a layer the likeliest earlier mention of the same thing."""
        there = places(reading, spans)
        around = Surroundings(reading, there)
        pairs = [p for p in mention_pairs(there, layer) if may_relate(COREFERENT[layer], p[0].span, p[1].span)]
        scores = _probability(self._mentions[layer], [around.mention(*p) for p in pairs], _YES)
        best: dict[str, Proposal] = {}
        for p, (head, tail) in zip(scores, pairs, strict=True):
            if head.span.id not in best or float(p) >= best[head.span.id].probability:  # of equals the nearer
                relation = Relation(head.span.id, tail.span.id, COREFERENT[layer])
                best[head.span.id] = Proposal(float(p), relation, head.span, tail.span)
        return list(best.values())

    def choices(
        self, reading: Reading, spans: Sequence[Span], relations: Sequence[Relation]
    ) -> dict[str, dict[str, str]]:
        """Give the choices of each span, by its id."""
        return self._choices.predict(reading, spans, relations)

    def state(self) -> dict[str, Any]:
        """Give all that was learned."""
        named = self._named()
        return {k: v for name, part in named.items() for k, v in part.state(name).items()} | self._choices.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave."""
        for name, part in self._named().items():
            part.restore(name, state)
        self._choices.restore(state)

    def _named(self) -> dict[str, Tagger | Classifier]:
        coreference = {COREFERENT[layer]: classifier for layer, classifier in self._mentions.items()}
        return {**self._taggers, "content": self._contents, **self._arguments, **coreference}


def _fit(classifier: Classifier, parts: Sequence[Examples]) -> None:
    classifier.fit([row for rows, _ in parts for row in rows], [name for _, names in parts for name in names])


def _probability(classifier: Classifier, rows: Sequence[Features], name: str) -> Scores:
    if name not in classifier.classes:
        return np.zeros(len(rows))
    return np.exp(classifier.scores(rows)[:, classifier.classes.index(name)])


def choose_contents(proposals: Sequence[Proposal], cues: Sequence[Span], share: float) -> list[Proposal]:
    """Keep for each cue its likeliest clause, and others from a probability of `share` that do not overlap it.

    Clauses that cross a cue or one that is kept already are passed over.
    """
    kept: list[Proposal] = []
    for proposal in proposals:
        own = [p.tail for p in kept if p.head.id == proposal.head.id]
        if own and (
            proposal.probability < share
            or any(c.start < proposal.tail.end and proposal.tail.start < c.end for c in own)
        ):
            continue
        if not any(crosses(other, proposal.tail) for other in [*cues, *(p.tail for p in kept)]):
            kept.append(proposal)
    return kept


def choose(proposals: Sequence[Proposal], share: float) -> list[Proposal]:
    """Keep what is at least as likely as `share`."""
    return [proposal for proposal in proposals if proposal.probability >= share]
