"""The gazetteer: what train marked is marked again.

Every expression that train marks is looked up, without regard to case, the longest first, and takes its most frequent
label of the layer, if the share of its occurrences in train that are marked so reaches a threshold.  Choices are those
most frequent for the expression, values are read by rule, and what a cue reports is the rest of its clause.

A relation is predicted where its share among all pairs of its kind in train reaches a threshold.  The kind of a pair
is the labels of head and tail, how far and in which order they stand, and whether their words are equal.  Both
thresholds are those with the best F1 on train when each document is predicted from the counts of the others.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from baselines._clauses import clause
from baselines._text import Reading, may_relate, pieces, settle, settled_attributes
from baselines._tuning import best_value
from fogbank import SCHEME, Article, Document, Relation, Span, State

Table = dict[str, Counter[str]]
Match = tuple[str, int, int, str]  # the layer of an expression, its tokens, its key
Kind = tuple[str, Span, Span]  # the kind of a pair, its head, its tail
_THRESHOLDS = tuple(step / 20 for step in range(1, 20))
_NEAR = 2  # sentences; farther pairs may only be coreferent
_SEPARATOR = "\t"


class System:
    """Expressions and kinds of pairs with their counts."""

    def __init__(self) -> None:
        self._marked: Table = {}
        self._choices: Table = {}
        self._linked: Table = {}
        self._span_share = self._relation_share = 0.5

    def train(self, articles: Sequence[Article], gold: Sequence[Document], seed: int) -> None:  # noqa: ARG002
        """Count expressions and pairs, and choose both thresholds by leaving out one document at a time."""
        readings = [Reading.of(article) for article in articles]
        vocabulary = {_key(layer, document.quote(span)) for document in gold for layer, span in _layered(document)}
        matches = [list(_matches(reading, vocabulary)) for reading in readings]
        tables = [
            _count_expressions(reading, found, document)
            for reading, found, document in zip(readings, matches, gold, strict=True)
        ]
        self._marked = _sum(tables)
        self._choices = _sum([_count_choices(document) for document in gold])
        kinds = [list(_kinds(reading, document.spans)) for reading, document in zip(readings, gold, strict=True)]
        pairs = [_count_pairs(held, document) for held, document in zip(kinds, gold, strict=True)]
        self._linked = _sum(pairs)
        others = [_without(self._marked, table) for table in tables]
        self._span_share = best_value(
            [{span.key for _, span in _layered(document)} for document in gold],
            {
                threshold: [
                    {span.key for span in _look_up(reading, found, other, threshold)}
                    for reading, found, other in zip(readings, matches, others, strict=True)
                ]
                for threshold in _THRESHOLDS
            },
        )
        rest = [_without(self._linked, table) for table in pairs]
        self._relation_share = best_value(
            [{r for r in document.relations if r.label != "content"} for document in gold],
            {
                threshold: [set(_relate(held, other, threshold)) for held, other in zip(kinds, rest, strict=True)]
                for threshold in _THRESHOLDS
            },
        )

    def predict(self, article: Article) -> Document:
        """Look up expressions, add what cues report, and relate."""
        reading = Reading.of(article)
        spans: list[Span] = []
        relations: list[Relation] = []
        for found in _look_up(reading, list(_matches(reading, self._marked)), self._marked, self._span_share):
            words = reading.text[found.start : found.end]
            prefix = _key(found.label, words) + _SEPARATOR
            known = {
                a.name: _most(self._choices[prefix + a.name])
                for a in SCHEME.attributes_of[found.label]
                if prefix + a.name in self._choices
            }
            attributes = settled_attributes(found.label, words, article.published, known)
            spans.append(Span(found.id, found.start, found.end, found.label, attributes))
        for cue in [span for span in spans if span.label == "CUE"]:
            tokens = reading.range_of(cue.start, cue.end)
            if tokens and (reported := clause(reading, *tokens)):
                content = reading.span(*reported, "CONTENT")
                spans.append(content)
                relations.append(Relation(cue.id, content.id, "content"))
        relations += _relate(_kinds(reading, spans), self._linked, self._relation_share)
        return settle(reading, spans, relations)

    def state(self) -> State:
        """Give the counts and the thresholds."""
        return {
            "marked": _plain(self._marked),
            "choices": _plain(self._choices),
            "linked": _plain(self._linked),
            "span_share": self._span_share,
            "relation_share": self._relation_share,
        }

    def restore(self, state: State) -> None:
        """Take up the counts and the thresholds."""
        self._marked, self._choices, self._linked = (
            {key: Counter(counts) for key, counts in dict(state[name]).items()}
            for name in ("marked", "choices", "linked")
        )
        self._span_share, self._relation_share = float(state["span_share"]), float(state["relation_share"])


def _layered(document: Document) -> Iterator[tuple[str, Span]]:
    return ((SCHEME.layer_of[span.label], span) for span in document.spans if span.label != "CONTENT")


def _key(layer_or_label: str, words: str) -> str:
    return f"{layer_or_label}{_SEPARATOR}{' '.join(words.casefold().split())}"


def _sum(tables: Sequence[Table]) -> Table:
    total: Table = {}
    for table in tables:
        for key, counts in table.items():
            total.setdefault(key, Counter()).update(counts)
    return {key: total[key] for key in sorted(total)}


def _without(total: Table, part: Table) -> Table:
    return {key: counts - part[key] if key in part else counts for key, counts in total.items()}


def _plain(table: Table) -> dict[str, dict[str, int]]:
    return {key: dict(sorted(counts.items())) for key, counts in table.items()}


def _most(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda name: (-counts[name], name))


def _share(counts: Counter[str]) -> tuple[str, float]:
    """Give the most frequent name but "" (which counts what is not marked) and its share of all."""
    named = {name: n for name, n in counts.items() if name and n > 0}
    if not named:
        return "", 0.0
    best = _most(named)
    return best, named[best] / sum(counts.values())


def _matches(reading: Reading, vocabulary: Collection[str]) -> Iterator[Match]:
    """Give the places in a text, without its dateline, of the expressions of a vocabulary: the longest first."""
    layers = sorted({key.split(_SEPARATOR)[0] for key in vocabulary})
    sizes = sorted({len(pieces(key.split(_SEPARATOR)[1])) for key in vocabulary}, reverse=True)
    for first in range(reading.body, len(reading.words)):
        for last in (first + size for size in sizes if first + size <= len(reading.words)):
            words = reading.quote(first, last)
            yield from ((layer, first, last, key) for layer in layers if (key := _key(layer, words)) in vocabulary)


def _count_expressions(reading: Reading, matches: Iterable[Match], document: Document) -> Table:
    """Count for each expression of a layer its labels in a document, and as "" its occurrences that are not marked."""
    labels = {(layer, span.start, span.end): span.label for layer, span in _layered(document)}
    table: Table = {}
    for layer, first, last, key in matches:
        place = layer, reading.offsets[first][0], reading.offsets[last - 1][1]
        table.setdefault(key, Counter())[labels.get(place, "")] += 1
    return table


def _count_choices(document: Document) -> Table:
    table: Table = {}
    for _, span in _layered(document):
        for attribute in SCHEME.attributes_of[span.label]:
            if attribute.required and attribute.name in span.attributes:
                key = _key(span.label, document.quote(span)) + _SEPARATOR + attribute.name
                table.setdefault(key, Counter())[str(span.attributes[attribute.name])] += 1
    return table


def _look_up(reading: Reading, matches: Iterable[Match], marked: Table, threshold: float) -> list[Span]:
    """Take expressions from left to right, the longest first, none overlapping inside a layer."""
    shares = {key: _share(counts) for key, counts in marked.items()}
    reached: dict[str, int] = {}
    found: list[Span] = []
    for layer, first, last, key in matches:
        label, share = shares[key]
        if label and share >= threshold and first >= reached.get(layer, 0):
            found.append(reading.span(first, last, label))
            reached[layer] = last
    return found


def _kinds(reading: Reading, spans: Sequence[Span]) -> Iterator[Kind]:
    """Give the kind of every pair of spans that may be related."""
    words = {span.id: reading.text[span.start : span.end].casefold() for span in spans}
    tokens = {span.id: reading.token_at(span.start) for span in spans}
    ends = {span.id: reading.token_at(span.end - 1) + 1 for span in spans}
    for head in spans:
        for tail in spans:
            possible = [
                r for r in SCHEME.relations_between.get((head.label, tail.label), ()) if may_relate(r, head, tail)
            ]
            apart = abs(reading.sentence_of[tokens[head.id]] - reading.sentence_of[tokens[tail.id]])
            if "content" in possible or not possible or (apart > _NEAR and not {"same", "same_event"} & set(possible)):
                continue
            gap = max(tokens[tail.id] - ends[head.id], tokens[head.id] - ends[tail.id])
            far = f"s{min(apart, _NEAR + 1)}" if apart else f"t{sum(gap >= bound for bound in (0, 1, 2, 4, 8))}"
            order = "before" if head.start < tail.start else "after"
            equal = "equal" if words[head.id] == words[tail.id] else "other"
            yield _SEPARATOR.join((head.label, tail.label, far, order, equal)), head, tail


def _count_pairs(kinds: Iterable[Kind], document: Document) -> Table:
    linked = {(relation.head, relation.tail): relation.label for relation in document.relations}
    table: Table = {}
    for kind, head, tail in kinds:
        table.setdefault(kind, Counter())[linked.get((head.id, tail.id), "")] += 1
    return table


def _relate(kinds: Iterable[Kind], linked: Table, threshold: float) -> Iterator[Relation]:
    for kind, head, tail in kinds:
        label, share = _share(linked.get(kind, Counter()))
        if label and share >= threshold and may_relate(label, head, tail):
            yield Relation(head.id, tail.id, label)
