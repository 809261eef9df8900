"""Measure the linear system against spaCy's `ner` and `spancat`, trained from scratch on the same split and CPU.

    pip install 'fogbank[baselines,spacy]'
    python benchmarks/spacy_comparison.py            quality, training time and documents per second, in one run

All learn from train, in one thread.  spaCy starts from `blank("en")` with its default embedding of hashed words
(tok2vec), and sees FogBank's tokens, so that no span is lost between tokens.  `ner` finds spans that never overlap, so
there is one model for each of the layers that the linear system tags, as it has one tagger for each; `spancat` takes
all labels in one model, of spans up to 8 tokens.  Neither carries CONTENT, a clause: the second figure leaves it out.
Training goes on until F1 on validation has not risen for 6 epochs, and the best model is kept.  The linear system
predicts relations and attributes too; `spans only` is what it does for the spans of the four layers.  Times are CPU
times of the process, as other load comes and goes; what is compared is their ratio.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import spacy
from baselines._steps import TAGGED
from baselines._text import Reading
from baselines.linear import System
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch

from fogbank import SCHEME, Document, load, load_articles

SEED = 20220504
EPOCHS, PATIENCE, LONGEST = 60, 6, 8
LABELS = frozenset(label for labels in TAGGED.values() for label in labels)
SCORED = ("test", "wire")
Found = list[set[tuple[int, int, str]]]
Pair = tuple[Reading, Document]


def keys(document: Document, labels: Iterable[str] = LABELS) -> set[tuple[int, int, str]]:
    return {span.key for span in document.spans if span.label in set(labels)}


def f1(gold: Found, predicted: Found) -> float:
    held = sum(map(len, gold)) + sum(map(len, predicted))
    return 2 * sum(len(g & p) for g, p in zip(gold, predicted, strict=True)) / held if held else 0.0


class Pipeline:
    """One spaCy pipeline with one component, for some labels."""

    def __init__(self, component: str, labels: Sequence[str]) -> None:
        self.labels, self.is_ner = labels, component == "ner"
        self.nlp: Any = spacy.blank("en")
        suggester = {"@misc": "spacy.ngram_range_suggester.v1", "min_size": 1, "max_size": LONGEST}
        self.nlp.add_pipe(component, config={} if self.is_ner else {"spans_key": "sc", "suggester": suggester})

    def _doc(self, reading: Reading) -> Any:
        after = [*(o[0] for o in reading.offsets[1:]), len(reading.text)]
        return Doc(
            self.nlp.vocab,
            words=list(reading.words),
            spaces=[nxt > end for (_, end), nxt in zip(reading.offsets, after, strict=True)],
        )

    def _example(self, reading: Reading, gold: Document) -> Any:
        made, taken = self._doc(reading), set[int]()
        spans = []
        for span in sorted((s for s in gold.spans if s.label in self.labels), key=lambda s: (s.start - s.end, s.start)):
            tokens = reading.range_of(span.start, span.end)
            if tokens and not (self.is_ner and taken & set(range(*tokens))):
                taken |= set(range(*tokens))
                spans.append(spacy.tokens.Span(made, *tokens, label=span.label))
        if self.is_ner:
            made.set_ents(spans)
        else:
            made.spans["sc"] = spans
        return Example(self._doc(reading), made)

    def predict(self, readings: Sequence[Reading]) -> Found:
        found: Found = []
        for reading, done in zip(readings, self.nlp.pipe([self._doc(r) for r in readings]), strict=True):
            spans = done.ents if self.is_ner else done.spans["sc"]
            found.append({(reading.offsets[s.start][0], reading.offsets[s.end - 1][1], s.label_) for s in spans})
        return found

    def train(self, train: Sequence[Pair], validation: Sequence[Pair]) -> None:
        spacy.util.fix_random_seed(SEED)
        draw = random.Random(SEED)
        examples = [self._example(*pair) for pair in train]
        optimizer = self.nlp.initialize(lambda: examples)
        best, kept, since = -1.0, b"", 0
        for _ in range(EPOCHS):
            draw.shuffle(examples)
            for batch in minibatch(examples, 4):
                self.nlp.update(batch, sgd=optimizer, drop=0.2)
            gold = [keys(document, self.labels) for _, document in validation]
            now = f1(gold, self.predict([reading for reading, _ in validation]))
            since = since + 1 if now <= best else 0
            if now > best:
                best, kept = now, self.nlp.to_bytes()
            elif since == PATIENCE:
                break
        self.nlp.from_bytes(kept)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.process_time()
    return work(), time.process_time() - begun


@dataclass(frozen=True)
class Result:
    """What a system took and reached; F1 with and without CONTENT, on test and on wire."""

    training: float
    speed: float
    f1: tuple[float, ...]

    def __str__(self) -> str:
        return (
            f"training {self.training:.1f} s, {self.speed:.1f} documents a second, span F1 "
            "{:.3f} on test ({:.3f} without CONTENT), {:.3f} on wire ({:.3f})".format(*self.f1)
        )


def reached(read: Mapping[str, Sequence[Pair]], predicted: Mapping[str, Found]) -> tuple[float, ...]:
    figures: list[float] = []
    for split, found in predicted.items():
        for labels in ({*LABELS, "CONTENT"}, LABELS):
            gold = [keys(document, labels) for _, document in read[split]]
            figures.append(f1(gold, [{key for key in one if key[2] in labels} for one in found]))
    return tuple(figures)


def linear(read: Mapping[str, Sequence[Pair]]) -> Iterator[tuple[str, Result]]:
    """Measure the linear system: all that it predicts, then its spans alone."""
    system = System()
    articles, gold = [r.article for r, _ in read["train"]], [document for _, document in read["train"]]
    _, training = timed(lambda: system.train(articles, gold, SEED))
    whole, seconds = timed(lambda: {s: [system.predict(r.article) for r, _ in read[s]] for s in SCORED})
    number = sum(map(len, whole.values()))
    figures = reached(read, {s: [keys(d, SCHEME.label_names) for d in whole[s]] for s in SCORED})
    yield "linear", Result(training, number / seconds, figures)
    _, seconds = timed(lambda: [system.spans(Reading.of(r.article)) for s in SCORED for r, _ in read[s]])
    yield "linear, spans only", Result(training, number / seconds, figures)


def theirs(name: str, groups: Sequence[Sequence[str]], read: Mapping[str, Sequence[Pair]]) -> Result:
    """Measure a component of spaCy, one model for each group of labels."""
    pipelines = [Pipeline(name, group) for group in groups]

    def train() -> None:
        for pipeline in pipelines:
            pipeline.train(read["train"], read["validation"])

    _, training = timed(train)

    def predict() -> dict[str, Found]:
        parts = {s: [p.predict([Reading.of(r.article) for r, _ in read[s]]) for p in pipelines] for s in SCORED}
        return {s: [set().union(*found) for found in zip(*parts[s], strict=True)] for s in SCORED}

    predicted, seconds = timed(predict)
    return Result(training, sum(map(len, predicted.values())) / seconds, reached(read, predicted))


def main() -> None:
    read: dict[str, list[Pair]] = {}
    for split in ("train", "validation", *SCORED):
        pairs = zip(load_articles(split), load(split), strict=True)
        read[split] = [(Reading.of(article), document) for article, document in pairs]
    results: dict[str, Result] = {}
    for name, result in linear(read):
        results[name] = result
        print(f"{name}: {result}", flush=True)
    ours, spans = results["linear"], results["linear, spans only"]
    for name, groups in (("ner", list(TAGGED.values())), ("spancat", [sorted(LABELS)])):
        other = theirs(name, groups, read)
        print(f"spaCy {name}: {other}", flush=True)
        gained = [100 * (a - b) for a, b in zip(ours.f1, other.f1, strict=True)]
        print(
            f"linear against {name}: training {other.training / ours.training:.1f} times as fast, prediction "
            f"{ours.speed / other.speed:.1f} times, of spans only {spans.speed / other.speed:.1f} times; span F1 "
            "{:+.1f} points on test ({:+.1f} without CONTENT), {:+.1f} on wire ({:+.1f})".format(*gained),
            flush=True,
        )


if __name__ == "__main__":
    main()
