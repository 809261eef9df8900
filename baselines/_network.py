"""The network of the transformer system: what it learns from a document, and how it reads one.

Learning sees gold spans where it scores what depends on them; reading takes the best spans first and builds on those.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from baselines._checkpoint import Encoded, word_vectors
from baselines._scorers import (
    CHOICES,
    COREFERENCE,
    RELATIONS,
    SPANS,
    Scorers,
    loss_of,
    pair_places,
    stretches,
    surroundings,
)
from baselines._text import Reading, crosses
from fogbank import SCHEME, Document, Relation, Span, clusters

Place = tuple[int, int]
_HEADS = 256  # whose relations are scored at once
_LOOKED_AT = 8  # spans for each word, the best ones; an untrained network has no end of them


@dataclass(frozen=True)
class Lesson:
    """A gold document as it is learned from; spans that do not stand on words are left out."""

    reading: Reading
    text: Encoded
    gold: Document

    @cached_property
    def places(self) -> dict[str, Place]:
        """First and last word of each span, by its id."""
        found = ((span.id, self.reading.range_of(span.start, span.end)) for span in self.gold.spans)
        return {name: place for name, place in found if place}

    @cached_property
    def spans(self) -> list[Span]:
        """The spans that stand on words."""
        return [span for span in self.gold.spans if span.id in self.places]

    def tails(self, label: str) -> dict[str, list[str]]:
        """Give the tails of each head of a relation."""
        found: dict[str, list[str]] = {}
        for relation in self.gold.relations:
            if relation.label == label and relation.head in self.places and relation.tail in self.places:
                found.setdefault(relation.head, []).append(relation.tail)
        return found

    @cached_property
    def pairs(self) -> tuple[Tensor, Tensor, Tensor]:
        """How pairs of spans stand to each other, which relations hold, and which count.

        Two mentions of one thing that are not linked themselves are neither a link nor none, and do not count.
        """
        number = {span.id: n for n, span in enumerate(self.spans)}
        labels = [span.label for span in self.spans]
        place, counts = pair_places(self.reading, [self.places[s.id] for s in self.spans], labels, slice(None))
        for label in COREFERENCE:
            for cluster in clusters(self.gold, label):
                inside = torch.tensor([number[name] for name in cluster if name in number], dtype=torch.long)
                counts[RELATIONS.index(label), inside[:, None], inside[None, :]] = False
        holds = torch.zeros_like(counts)
        for relation in self.gold.relations:
            if relation.label in RELATIONS and relation.head in number and relation.tail in number:
                at = RELATIONS.index(relation.label), number[relation.head], number[relation.tail]
                holds[at] = counts[at] = True
        return place, holds, counts


class _Scored(NamedTuple):
    """What may hold, with its score."""

    score: float
    span: Span
    place: Place


class Network(nn.Module):
    """An encoder with the scorers on it."""

    def __init__(self, encoder: nn.Module, size: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.scorers = Scorers(size)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.parameters()).device

    # ------------------------------------------------------------ learning

    def loss(self, lesson: Lesson) -> Tensor:
        """Give the loss of one document: of its spans, contents, relations and choices together."""
        words = word_vectors(self.encoder, lesson.text, self.device)
        total = self._span_loss(lesson, words)
        if lesson.spans:
            places = [lesson.places[span.id] for span in lesson.spans]
            spans = self.scorers.span_vectors(words, places, [span.label for span in lesson.spans])
            total = total + self._content_loss(lesson, words) + self._relation_loss(lesson, spans)
            total = total + self._choice_loss(lesson, spans)
        return total

    def _span_loss(self, lesson: Lesson, words: Tensor) -> Tensor:
        parts = []
        for first, last in stretches(lesson.reading):
            scores = self.scorers.span_scores(words[first:last])
            holds = torch.zeros_like(scores, dtype=torch.bool)
            for span in lesson.spans:
                begin, end = lesson.places[span.id]
                if span.label in SPANS and first <= begin and end <= last:
                    holds[SPANS.index(span.label), begin - first, end - 1 - first] = True
            parts.append(loss_of(scores.flatten(1), holds.flatten(1)).sum())
        return torch.stack(parts).mean()

    def _content_loss(self, lesson: Lesson, words: Tensor) -> Tensor:
        said = lesson.tails("content")
        parts = []
        for cue in (span for span in lesson.spans if span.label == "CUE"):
            first, last, scores = self._said_by(lesson.reading, words, lesson.places[cue.id])
            holds = torch.zeros_like(scores, dtype=torch.bool)
            for begin, end in (lesson.places[name] for name in said.get(cue.id, ())):
                if first <= begin and end <= last:
                    holds[begin - first, end - 1 - first] = True
            parts.append(loss_of(scores.flatten(), holds.flatten() & scores.flatten().isfinite()))
        return torch.stack(parts).mean() if parts else words.new_zeros(())

    def _relation_loss(self, lesson: Lesson, spans: Tensor) -> Tensor:
        place, holds, counts = (held.to(self.device) for held in lesson.pairs)
        return loss_of(self.scorers.relation_scores(spans, spans, place), holds, counts).sum(0).mean()

    def _choice_loss(self, lesson: Lesson, spans: Tensor) -> Tensor:
        sources = _mean_tails(lesson.spans, spans, lesson.tails("source"))
        total = spans.new_zeros(())
        for attribute in CHOICES:
            there = [n for n, span in enumerate(lesson.spans) if attribute.name in span.attributes]
            if there:
                scores = self.scorers.choice_scores(attribute.name, spans[there], sources[there])
                values = [attribute.names.index(str(lesson.spans[n].attributes[attribute.name])) for n in there]
                total = total + nn.functional.cross_entropy(scores, torch.tensor(values, device=self.device))
        return total

    # ------------------------------------------------------------ reading

    @torch.no_grad()
    def read(self, reading: Reading, text: Encoded) -> tuple[list[Span], list[Relation], dict[str, dict[str, str]]]:
        """Predict spans, relations (the likeliest first) and, by the ids of the spans, their choices."""
        words = word_vectors(self.encoder, text, self.device)
        found = _settled(self._spans(reading, words), most=len(reading.words))
        links = [link for cue in found if cue.span.label == "CUE" for link in self._contents(reading, words, cue)]
        kept = _settled([*found, *(content for _, content in links)], most=2 * len(reading.words))
        held = {scored.span.id for scored in kept}
        said = [Relation(cue, content.span.id, "content") for cue, content in links if content.span.id in held]
        if not kept:
            return [], [], {}
        spans, places = [scored.span for scored in kept], [scored.place for scored in kept]
        vectors = self.scorers.span_vectors(words, places, [span.label for span in spans])
        relations = [*said, *self._relations(reading, spans, places, vectors)]
        tails: dict[str, list[str]] = {}
        for relation in relations:
            if relation.label == "source":
                tails.setdefault(relation.head, []).append(relation.tail)
        return spans, relations, self._choices(spans, vectors, tails)

    def _said_by(self, reading: Reading, words: Tensor, cue: Place) -> tuple[int, int, Tensor]:
        first, last = surroundings(reading, *cue)
        vector = torch.cat([words[cue[0]], words[cue[1] - 1]])
        return first, last, self.scorers.content_scores(vector, words[first:last], cue[0] - first, cue[1] - first)

    def _spans(self, reading: Reading, words: Tensor) -> Iterator[_Scored]:
        for first, last in stretches(reading):
            scores = self.scorers.span_scores(words[first:last]).cpu()
            best = scores.flatten().topk(min(scores.numel(), _LOOKED_AT * (last - first)))
            for at, score in zip(best.indices[best.values > 0].tolist(), best.values.tolist(), strict=False):
                label, begin, end = np.unravel_index(at, scores.shape)
                place = first + int(begin), first + int(end) + 1
                yield _Scored(score, reading.span(*place, SPANS[label]), place)

    def _contents(self, reading: Reading, words: Tensor, cue: _Scored) -> list[tuple[str, _Scored]]:
        """What a cue reports: its likeliest stretch, and others above 0 that do not overlap it."""
        first, _, scores = self._said_by(reading, words, cue.place)
        flat = scores.cpu().flatten()
        best = flat.argmax(0, keepdim=True)
        width = len(scores)
        kept: list[_Scored] = []
        above = (flat > 0).nonzero().flatten()
        for at in [*best.tolist(), *above[flat[above].argsort(descending=True, stable=True)].tolist()]:
            begin, end = first + at // width, first + at % width + 1
            if flat[at].isfinite() and not any(begin < p.place[1] and p.place[0] < end for p in kept):
                kept.append(_Scored(float(flat[at]), reading.span(begin, end, "CONTENT"), (begin, end)))
        return [(cue.span.id, content) for content in kept]

    def _relations(
        self, reading: Reading, spans: Sequence[Span], places: Sequence[Place], vectors: Tensor
    ) -> list[Relation]:
        found: list[tuple[float, Relation]] = []
        labels = [span.label for span in spans]
        for at in range(0, len(spans), _HEADS):
            heads = slice(at, at + _HEADS)
            place, allowed = pair_places(reading, places, labels, heads)
            scores = self.scorers.relation_scores(vectors[heads], vectors, place.to(self.device)).cpu()
            scores = scores.masked_fill(~allowed, -torch.inf)
            for number, name in enumerate(RELATIONS):
                held = scores[number] > 0
                if name in COREFERENCE:  # the likeliest earlier mention alone
                    held &= scores[number] == scores[number].max(dim=1, keepdim=True).values
                for head, tail in held.nonzero().tolist():
                    relation = Relation(spans[at + head].id, spans[tail].id, name)
                    found.append((float(scores[number, head, tail]), relation))
        return [relation for _, relation in sorted(found, key=lambda pair: -pair[0])]

    def _choices(
        self, spans: Sequence[Span], vectors: Tensor, tails: Mapping[str, Sequence[str]]
    ) -> dict[str, dict[str, str]]:
        sources = _mean_tails(spans, vectors, tails)
        found: dict[str, dict[str, str]] = {span.id: {} for span in spans}
        for attribute in CHOICES:
            there = [n for n, span in enumerate(spans) if span.label in attribute.labels]
            if there:
                best = self.scorers.choice_scores(attribute.name, vectors[there], sources[there]).argmax(dim=-1)
                for n, value in zip(there, best.tolist(), strict=True):
                    found[spans[n].id][attribute.name] = attribute.names[value]
        return found


def _mean_tails(spans: Sequence[Span], vectors: Tensor, tails: Mapping[str, Sequence[str]]) -> Tensor:
    """Give for each span the mean vector of the tails that are named for it, zeros where there is none."""
    number = {span.id: n for n, span in enumerate(spans)}
    rows = [[number[name] for name in tails.get(span.id, ()) if name in number] for span in spans]
    nothing = vectors.new_zeros(vectors.shape[1])
    return torch.stack([vectors[row].mean(dim=0) if row else nothing for row in rows])


def _settled(scored: Iterable[_Scored], most: int) -> list[_Scored]:
    """Keep the likeliest spans that do not cross one of their layer that is kept, one label a place and layer."""
    kept: dict[str, dict[Place, _Scored]] = {layer.name: {} for layer in SCHEME.layers}
    for one in sorted(scored, key=lambda s: (-s.score, s.span.key)):
        there = kept[SCHEME.layer_of[one.span.label]]
        if one.place not in there and not any(crosses(other.span, one.span) for other in there.values()):
            there[one.place] = one
            if sum(map(len, kept.values())) == most:
                break
    return [one for there in kept.values() for one in there.values()]
