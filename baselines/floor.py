"""The floor: rules and counts, nothing else.

Runs of capitalised words are mentions of the most frequent entity label; figures and times are found by rule; the one
most frequent expression of each event label and of CUE is looked up; what a cue reports is the rest of its clause.
A span takes, for each label pair that train links at all, the relation most frequent there to the nearest fitting span
of its sentence.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from baselines._clauses import clause
from baselines._figures import find_figures
from baselines._text import Reading, may_relate, pieces, settle, settled_attributes
from baselines._times import find_times
from fogbank import SCHEME, Article, Document, Relation, Span, State


class System:
    """Counts from train and regular rules."""

    def __init__(self) -> None:
        self._entity = SCHEME.labels_in("entity")[0]
        self._expressions: dict[str, str] = {}
        self._attributes: dict[str, str] = {}
        self._relations: dict[str, str] = {}

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:  # noqa: ARG002
        """Count labels, expressions, attribute values and the relations of label pairs."""
        entities: Counter[str] = Counter()
        expressions: dict[str, Counter[str]] = {}
        choices: dict[str, Counter[str]] = {}
        relations: dict[str, Counter[str]] = {}
        for article, document in zip(articles, gold, strict=True):
            text = Reading.of(article).text
            for span in document.spans:
                layer = SCHEME.layer_of[span.label]
                entities[span.label] += layer == "entity" and text[span.start].isupper()
                if layer == "event" or span.label == "CUE":
                    expressions.setdefault(span.label, Counter())[text[span.start : span.end].lower()] += 1
                    for name, value in span.attributes.items():
                        choices.setdefault(name, Counter())[str(value)] += 1
            for relation in document.relations:
                head, tail = document.by_id[relation.head].label, document.by_id[relation.tail].label
                relations.setdefault(f"{head} {tail}", Counter())[relation.label] += 1
        self._entity = max((n, label) for label, n in entities.items())[1] if entities else self._entity
        self._expressions = {label: _most(counts) for label, counts in sorted(expressions.items())}
        self._attributes = {name: _most(counts) for name, counts in sorted(choices.items())}
        self._relations = {pair: _most(counts) for pair, counts in sorted(relations.items())}

    def predict(self, article: Article) -> Document:
        """Apply the rules."""
        reading = Reading.of(article)
        spans = [*self._values(reading), *self._looked_up(reading)]
        spans += self._capitalised(reading, taken=[s for s in spans if s.label == "TIME"])
        relations = []
        for cue in [span for span in spans if span.label == "CUE"]:
            tokens = reading.range_of(cue.start, cue.end)
            if tokens and (found := clause(reading, *tokens)):
                content = reading.span(*found, "CONTENT")
                spans.append(content)
                relations.append(Relation(cue.id, content.id, "content"))
        return settle(reading, spans, [*relations, *self._nearest(reading, spans)])

    def state(self) -> State:
        """Give what was counted."""
        return {
            "entity": self._entity,
            "expressions": self._expressions,
            "attributes": self._attributes,
            "relations": self._relations,
        }

    def restore(self, state: State) -> None:
        """Take up what was counted."""
        self._entity = str(state["entity"])
        self._expressions = dict(state["expressions"])
        self._attributes = dict(state["attributes"])
        self._relations = dict(state["relations"])

    def _values(self, reading: Reading) -> Iterator[Span]:
        times = find_times(reading.text)
        figures = [f for f in find_figures(reading.text) if not any(a < f[1] and f[0] < b for a, b in times)]
        for label, places in (("TIME", times), ("QUANTITY", figures)):
            for start, end in places:
                tokens = reading.range_of(start, end)
                if tokens and tokens[0] >= reading.body:
                    yield self._span(reading, *tokens, label)

    def _looked_up(self, reading: Reading) -> Iterator[Span]:
        lower = [word.lower() for word in reading.words]
        for label, expression in self._expressions.items():
            size = len(pieces(expression))
            for first in range(reading.body, len(lower) - size + 1):
                if reading.quote(first, first + size).lower() == expression:
                    yield self._span(reading, first, first + size, label)

    def _capitalised(self, reading: Reading, taken: Sequence[Span]) -> Iterator[Span]:
        """Runs of words with a capital, without a word that only begins its sentence."""
        begins = {first for first, _ in reading.sentences}
        lower = {word for word in reading.words if word.islower()}
        at = reading.body
        while at < len(reading.words):
            last = at
            while last < len(reading.words) and reading.words[last][0].isupper() and (last == at or last not in begins):
                last += 1
            if at in begins and (last == at + 1 or reading.words[at].lower() in lower):
                at += 1
            if last > at:
                span = self._span(reading, at, last, self._entity)
                if not any(t.start < span.end and span.start < t.end for t in taken):
                    yield span
            at = max(last, at + 1)

    def _span(self, reading: Reading, first: int, last: int, label: str) -> Span:
        words, published = reading.quote(first, last), reading.article.published
        return reading.span(first, last, label, settled_attributes(label, words, published, self._attributes))

    def _nearest(self, reading: Reading, spans: Sequence[Span]) -> Iterator[Relation]:
        sentence = {span.id: reading.sentence_of[reading.token_at(span.start)] for span in spans}
        for head in spans:
            best: dict[str, tuple[int, Span]] = {}
            for tail in spans:
                label = self._relations.get(f"{head.label} {tail.label}", "content")
                if label == "content" or sentence[head.id] != sentence[tail.id] or not may_relate(label, head, tail):
                    continue
                gap = max(tail.start - head.end, head.start - tail.end)
                if label not in best or gap < best[label][0]:
                    best[label] = gap, tail
            yield from (Relation(head.id, tail.id, label) for label, (_, tail) in best.items())


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))
