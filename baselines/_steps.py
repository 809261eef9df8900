"""The steps of the linear system, each a classifier with what it proposes: tags, clauses, relations.

A step proposes with a probability, and `choose…` keeps what a threshold lets through, so that thresholds can be tuned
without asking the classifiers again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from baselines._arguments import argument_features
from baselines._choices import Choices
from baselines._classifier import Classifier, Panel, Scores
from baselines._clauses import candidates, clause_features
from baselines._mentions import mention_features
from baselines._pairs import (
    ARGUMENTS,
    COREFERENT,
    Pairs,
    Place,
    allowed,
    argument_pairs,
    fitting,
    mention_pairs,
    places,
)
from baselines._table import Features, Table
from baselines._tagger import Tagger, Tags
from baselines._text import Reading, crosses
from baselines._tokens import TokenFeatures
from fogbank import SCHEME, Document, Relation, Span, clusters

TAGGED = {
    "entity": SCHEME.labels_in("entity"),
    "value": SCHEME.labels_in("value"),
    "event": SCHEME.labels_in("event"),
    "cue": ("CUE",),
}
WIDE = ("entity", "cue")  # the layers where a token's surroundings tell more than they mislead
Examples = tuple[list[Features], list[str]]
_NONE, _YES = "none", "yes"


class Proposal(NamedTuple):
    """A relation that may hold, how likely it is, and its ends."""

    probability: float
    label: str
    head: Span
    tail: Span

    @property
    def relation(self) -> Relation:
        """The relation."""
        return Relation(self.head.id, self.tail.id, self.label)


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
        pairs, table = _clauses(self.reading, self.gold.spans)
        names = [_YES if content.key in said.get(cue.id, set()) else _NONE for cue, content in pairs]
        return table.rows(), names

    @cached_property
    def arguments(self) -> dict[str, Examples]:
        """The features of the pairs that each relation may join, and whether it does."""
        labels = {(r.head, r.tail): r.label for r in self.gold.relations}
        there, pairs, table = _arguments(self.reading, self.gold.spans)
        rows, found = table.rows(), dict[str, Examples]()
        names = [labels.get((there[head].span.id, there[tail].span.id)) for head, tail in zip(*pairs, strict=True)]
        for label, fits in zip(ARGUMENTS, fitting(there, pairs), strict=True):
            held = fits.nonzero()[0]
            found[label] = [rows[n] for n in held], [_YES if names[n] == label else _NONE for n in held]
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
        mentions = _mentions(self.reading, self.gold.spans, layer)
        heads, tails = mention_pairs(mentions)
        kept, names = [], []
        for n, pair in enumerate(zip(heads, tails, strict=True)):
            head, tail = (mentions[i].span.id for i in pair)
            if (head, tail) in linked or head not in cluster_of or cluster_of[head] != cluster_of.get(tail):
                kept.append(n)
                names.append(_YES if (head, tail) in linked else _NONE)
        return mention_features(self.reading, mentions, (heads[kept], tails[kept])).rows(), names


def _arguments(reading: Reading, spans: Sequence[Span]) -> tuple[list[Place], Pairs, Table]:
    there = places(reading, spans)
    pairs = argument_pairs(there)
    return there, pairs, argument_features(reading, there, pairs)


def _mentions(reading: Reading, spans: Sequence[Span], layer: str) -> list[Place]:
    return places(reading, [span for span in spans if SCHEME.layer_of[span.label] == layer])


def _clauses(reading: Reading, spans: Sequence[Span]) -> tuple[list[tuple[Span, Span]], Table]:
    cues = [
        (cue, tokens, candidates(reading, *tokens))
        for cue in spans
        if cue.label == "CUE" and (tokens := reading.range_of(cue.start, cue.end))
    ]
    content = {clause: reading.span(*clause, "CONTENT") for clause in {c for _, _, found in cues for c in found}}
    pairs = [(cue, content[clause]) for cue, _, found in cues for clause in found]
    return pairs, clause_features(reading, [(tokens, found) for _, tokens, found in cues])


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
        self._join()

    def _join(self) -> None:
        first, *others = [tagger.classifier for tagger in self._taggers.values()]
        self._tags = first.together(others)
        self._relations = Panel([*self._arguments.values()])

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
        self._join()
        return self

    def tag_scores(self, tokens: TokenFeatures) -> dict[str, Scores]:
        """Score the tags of each layer."""
        tables = [tagger.table(tokens) for tagger in self._taggers.values()]
        return dict(zip(TAGGED, self._tags.scores(tables), strict=True))

    def decode(self, layer: str, reading: Reading, scores: Scores, outside: float) -> list[Span]:
        """Find the spans of a layer."""
        found = self._taggers[layer].decode(reading, scores, outside)
        return [reading.span(first, last, label) for first, last, label in found]

    def contents(self, reading: Reading, spans: Sequence[Span]) -> list[Proposal]:
        """Propose what each cue reports, the likeliest first."""
        pairs, table = _clauses(reading, spans)
        probabilities = _probabilities(self._contents, self._contents.scores(table)).tolist()
        proposals = [Proposal(p, "content", *pair) for p, pair in zip(probabilities, pairs, strict=True)]
        return sorted(proposals, key=lambda p: (-p.probability, p.head.id, p.tail.id))

    def arguments(self, reading: Reading, spans: Sequence[Span]) -> list[Proposal]:
        """Propose the likeliest relation of each pair that may be head and argument."""
        there, (heads, tails), table = _arguments(reading, spans)
        scores = self._relations.scores([table] * len(ARGUMENTS))
        likely = [_probabilities(c, held) for c, held in zip(self._arguments.values(), scores, strict=True)]
        of_all = np.where(fitting(there, (heads, tails)), likely, -1)
        best = zip(of_all.max(axis=0).tolist(), of_all.argmax(axis=0).tolist(), heads, tails, strict=True)
        return [Proposal(p, ARGUMENTS[label], there[head].span, there[tail].span) for p, label, head, tail in best]

    def coreference(self, layer: str, reading: Reading, spans: Sequence[Span]) -> list[Proposal]:
        """Propose for each mention of a layer the likeliest earlier mention of the same thing."""
        label, mentions, classifier = COREFERENT[layer], _mentions(reading, spans, layer), self._mentions[layer]
        heads, tails = allowed(layer, mentions, mention_pairs(mentions))
        scores = classifier.scores(mention_features(reading, mentions, (heads, tails)))
        best: dict[int, tuple[float, int]] = {}
        found = zip(heads.tolist(), _probabilities(classifier, scores).tolist(), tails.tolist(), strict=True)
        for head, probability, tail in found:
            best[head] = max(best.get(head, (-1.0, -1)), (probability, tail))  # of equals the nearer
        return [Proposal(p, label, mentions[head].span, mentions[tail].span) for head, (p, tail) in best.items()]

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
        self._join()

    def _named(self) -> dict[str, Tagger | Classifier]:
        coreference = {COREFERENT[layer]: classifier for layer, classifier in self._mentions.items()}
        return {**self._taggers, "content": self._contents, **self._arguments, **coreference}


def _fit(classifier: Classifier, parts: Sequence[Examples]) -> None:
    classifier.fit([row for rows, _ in parts for row in rows], [name for _, names in parts for name in names])


def _probabilities(classifier: Classifier, scores: Scores) -> Scores:
    if _YES not in classifier.classes:
        return np.zeros(len(scores))
    return np.exp(scores[:, classifier.classes.index(_YES)])


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
