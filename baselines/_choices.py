"""The attributes that are choices (status, stance, source_kind), classified with the relations at hand."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from baselines._classifier import Classifier
from baselines._table import Features, Table
from baselines._text import Reading
from fogbank import SCHEME, Document, Relation, Span

# not the modifier of a figure: its words say it, and are read by rule
CLASSIFIED = tuple(a for a in SCHEME.attributes if a.required and a.name != "modifier")
_HOPS = ("source", "same", "member_of")  # from a cue to its source, to other mentions of it, to where it belongs


class _Context:
    """A document's spans and relations, ready for questions."""

    def __init__(self, reading: Reading, spans: Sequence[Span], relations: Sequence[Relation]) -> None:
        self._reading = reading
        self._spans = spans
        self._by_id = {span.id: span for span in spans}
        self._lower = reading.lower
        self._tails: dict[tuple[str, str], list[str]] = {}
        for relation in relations:
            self._tails.setdefault((relation.head, relation.label), []).append(relation.tail)

    def features(self, name: str, span: Span) -> Features:
        """Give what a classifier of the attribute `name` may know of a span."""
        first, last = self._reading.range_of(span.start, span.end) or (0, 0)
        before, after = self._lower[max(0, first - 6) : first], self._lower[last : last + 4]
        words = self._lower[first:last]
        row = [
            "any", span.label, f"is={' '.join(words)}", *(f"has={w}" for w in words), *(f"before={w}" for w in before),
            *(f"-{n}={w}" for n, w in enumerate(reversed(before), start=1) if n < 4),
            *(f"+{n}={w}" for n, w in enumerate(after, start=1) if n < 3),
        ]  # fmt: skip
        if name == "status":
            row += [f"suffix={words[-1][-3:]}"] if words else []
            row += [f"said={w}" for cue in self._cues_over(span) for w in self._words(cue)]
        elif name == "stance":
            contents = self._related(span, "content")
            inside = [s for s in self._spans if any(c.start <= s.start and s.end <= c.end for c in contents)]
            row += [f"content={s.label}" for s in inside if SCHEME.layer_of[s.label] == "event"]
            row += [f"content begins={self._words(c)[0]}" for c in contents if self._words(c)]
            row += ["no content"] * (not contents)
            row += ["with agent"] * any(self._related(s, "agent") for s in inside)
        elif name == "source_kind":
            row += list(self._source(span)) or [f"near={w}" for w in before + after] + ["no source"]
        return row

    def _words(self, span: Span) -> tuple[str, ...]:
        tokens = self._reading.range_of(span.start, span.end)
        return self._lower[tokens[0] : tokens[1]] if tokens else ()

    def _related(self, span: Span, label: str) -> list[Span]:
        return [self._by_id[tail] for tail in self._tails.get((span.id, label), ()) if tail in self._by_id]

    def _cues_over(self, span: Span) -> Iterator[Span]:
        for cue in self._spans:
            if cue.label == "CUE" and any(
                c.start <= span.start and span.end <= c.end for c in self._related(cue, "content")
            ):
                yield cue

    def _source(self, cue: Span) -> Iterator[str]:
        reached, seen = self._related(cue, "source"), set()
        while reached:
            span = reached.pop()
            if span.id not in seen:
                seen.add(span.id)
                yield f"source {span.label}"
                yield from (f"source={w}" for w in self._words(span))
                reached += [tail for label in _HOPS[1:] for tail in self._related(span, label)]


class Choices:
    """One classifier for each of these attributes."""

    def __init__(self, strength: float) -> None:
        self._classifiers = {attribute.name: Classifier(strength) for attribute in CLASSIFIED}

    def fit(self, documents: Sequence[tuple[Reading, Document]]) -> "Choices":
        """Learn from gold documents."""
        contexts = [(_Context(reading, d.spans, d.relations), d) for reading, d in documents]
        for name, classifier in self._classifiers.items():
            there = [(context, span) for context, d in contexts for span in d.spans if name in span.attributes]
            rows = [context.features(name, span) for context, span in there]
            classifier.fit(rows, [str(span.attributes[name]) for _, span in there])
        return self

    def predict(
        self, reading: Reading, spans: Sequence[Span], relations: Sequence[Relation]
    ) -> dict[str, dict[str, str]]:
        """Give the choices of each span, by its id."""
        context = _Context(reading, spans, relations)
        found: dict[str, dict[str, str]] = {span.id: {} for span in spans}
        for attribute in CLASSIFIED:
            there = [span for span in spans if span.label in attribute.labels]
            table = Table.named([context.features(attribute.name, span) for span in there])
            values = self._classifiers[attribute.name].best(table, attribute.default or "")
            for span, value in zip(there, values, strict=True):
                found[span.id][attribute.name] = value
        return found

    def state(self) -> dict[str, Any]:
        """Give all that was learned."""
        return {k: v for name, c in self._classifiers.items() for k, v in c.state(name).items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave."""
        for name, classifier in self._classifiers.items():
            classifier.restore(name, state)
