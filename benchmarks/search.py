"""Search the settings of the linear system and of `crf`, on train and validation, by nothing else.

    python benchmarks/search.py linear        writes baselines/linear.json
    python benchmarks/search.py crf           writes baselines/crf.json

Step by step, each seeing what the steps before it predict, and for every strength in a short list: validation is
predicted by the step fitted to train, and train by the step fitted to the other folds of it, which keep incidents
together.  Of all pairs of a strength and a threshold the one with the best F1 over both is kept (of equals the first);
validation alone has too few incidents to choose by.
A step's F1 counts what it proposes: the spans of a layer, or relations with both ends as predicted.  The choices have
no threshold and are left at strength 1.  The file holds the chosen settings, the F1 of every strength at its best
threshold, and the digests of the data.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from baselines._pairs import ARGUMENTS, COREFERENT
from baselines._steps import TAGGED, Known, Steps, choose, choose_contents
from baselines._text import Reading

from fogbank import Document, Span, find_corpus, load, load_articles
from fogbank.compare.score import data_digest
from fogbank.model.storage import pretty_json_bytes, write_bytes

SEED = 20220504
FOLDS = 3
STRENGTHS = {
    **dict.fromkeys(TAGGED, (0.1, 0.3, 1.0, 3.0)),
    "content": (0.3, 1.0, 3.0),
    "arguments": (0.5, 1.5, 5.0),
    **dict.fromkeys(COREFERENT.values(), (0.02, 0.05, 0.2, 0.6)),
}
OUTSIDE = tuple(x / 4 for x in range(-12, 5))
SHARES = tuple(x / 20 for x in range(2, 17))
START = {**dict.fromkeys(STRENGTHS, 0.5), "choices": 1.0}

Found = list[set[Any]]  # what is found in each document
Fitted = Sequence[Steps]  # the step that has not seen it, for each document


def f1(gold: Found, predicted: Found) -> float:
    held = sum(map(len, gold)) + sum(map(len, predicted))
    return 2 * sum(len(g & p) for g, p in zip(gold, predicted, strict=True)) / held if held else 0.0


def related(document: Document, labels: Sequence[str]) -> set[Any]:
    span = document.by_id
    return {(span[r.head].key, span[r.tail].key, r.label) for r in document.relations if r.label in labels}


class Search:
    """What has been chosen so far, and what the steps so chosen predict.

    `documents` are those of train and validation; `folds` gives the number of each one's fold, that of validation last.
    """

    def __init__(self, tags: Any, documents: Sequence[Known], folds: Sequence[int]) -> None:
        self.tags, self.documents, self.folds = tags, documents, folds
        self.strengths, self.thresholds = dict(START), dict[str, float]()
        self.trials: dict[str, list[dict[str, float]]] = {}
        self.spans: list[list[Span]] = [[] for _ in documents]

    def fit(self, name: str, strength: float) -> list[Steps]:
        """Give for each document a step that has seen neither its fold nor validation."""
        fitted = []
        for fold in sorted(set(self.folds)):
            seen = [d for d, n in zip(self.documents, self.folds, strict=True) if n not in (fold, FOLDS)]
            fitted.append(Steps({**self.strengths, name: strength}, self.tags).fit(seen, only=name))
        return [fitted[fold] for fold in self.folds]

    def choose(
        self, name: str, gold: Found, grid: Sequence[float], predicted: Callable[[Fitted], Callable[[float], list[Any]]]
    ) -> list[Any]:
        """Choose strength and threshold of a step; `predicted` gives of fitted steps what each threshold lets through.

        What is let through is a list for each document of spans or proposals.
        """
        best: tuple[float, list[Any]] = -1.0, []
        for strength in STRENGTHS[name]:
            let = predicted(self.fit(name, strength))
            scored = [(f1(gold, [set(map(_key, d)) for d in found]), t, found) for t in grid for found in [let(t)]]
            score, threshold, found = max(scored, key=lambda one: one[0])
            trial = {"strength": strength, "threshold": threshold, "f1": round(score, 4)}
            self.trials.setdefault(name, []).append(trial)
            print(name, trial, flush=True)
            if score > best[0]:
                best = score, found
                self.strengths[name], self.thresholds[name] = strength, threshold
        return best[1]

    def run(self) -> None:
        """Choose all settings, in the order in which the system takes its steps."""
        gold = [known.gold for known in self.documents]
        for layer, labels in TAGGED.items():
            found = self.choose(
                layer, [{s.key for s in d.spans if s.label in labels} for d in gold], OUTSIDE, self._tagged(layer)
            )
            self.spans = [[*held, *new] for held, new in zip(self.spans, found, strict=True)]
        said = self.choose("content", [related(d, ["content"]) for d in gold], SHARES, self._said)
        self.spans = [
            [*held, *{p.tail.id: p.tail for p in new}.values()] for held, new in zip(self.spans, said, strict=True)
        ]
        for name in ("arguments", *COREFERENT.values()):
            labels = ARGUMENTS if name == "arguments" else (name,)
            self.choose(name, [related(d, labels) for d in gold], SHARES, self._related(name))

    def _tagged(self, layer: str) -> Callable[[Fitted], Callable[[float], list[Any]]]:
        def predicted(steps: Fitted) -> Callable[[float], list[Any]]:
            both = list(zip(steps, self.documents, strict=True))
            scores = [one.tag_scores(known.tokens)[layer] for one, known in both]
            return lambda outside: [
                one.decode(layer, known.reading, s, outside) for (one, known), s in zip(both, scores, strict=True)
            ]

        return predicted

    def _said(self, steps: Fitted) -> Callable[[float], list[Any]]:
        held = zip(steps, self.documents, self.spans, strict=True)
        proposals = [one.contents(known.reading, spans) for one, known, spans in held]
        cues = [[s for s in spans if s.label == "CUE"] for spans in self.spans]
        return lambda share: [choose_contents(p, c, share) for p, c in zip(proposals, cues, strict=True)]

    def _related(self, name: str) -> Callable[[Fitted], Callable[[float], list[Any]]]:
        layer = {label: layer for layer, label in COREFERENT.items()}.get(name)

        def predicted(steps: Fitted) -> Callable[[float], list[Any]]:
            proposals = [
                one.coreference(layer, known.reading, spans) if layer else one.arguments(known.reading, spans)
                for one, known, spans in zip(steps, self.documents, self.spans, strict=True)
            ]
            return lambda share: [choose(p, share) for p in proposals]

        return predicted


def _key(found: Any) -> Any:
    return found.key if isinstance(found, Span) else (found.head.key, found.tail.key, found.label)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system", choices=("linear", "crf"))
    name = parser.parse_args().system
    module = import_module(f"baselines.{name}")
    gold = {split: load(split) for split in ("train", "validation")}
    articles = {split: load_articles(split) for split in gold}
    incidents = sorted({str(article.incident) for article in articles["train"]})
    order = [incidents[i] for i in np.random.default_rng(SEED).permutation(len(incidents))]
    folds = [order.index(str(article.incident)) % FOLDS for article in articles["train"]]
    documents = [
        Known(Reading.of(article), document)
        for split in gold
        for article, document in zip(articles[split], gold[split], strict=True)
    ]
    search = Search(module.System.tags, documents, [*folds, *(FOLDS for _ in gold["validation"])])
    search.run()
    path = find_corpus().root / "baselines" / f"{name}.json"
    result: Mapping[str, Any] = {
        "made_by": f"python benchmarks/search.py {name}",
        "data": {split: data_digest(documents) for split, documents in gold.items()},
        "strengths": search.strengths,
        "thresholds": search.thresholds,
        "trials": search.trials,
    }
    print(path, "written" if write_bytes(path, pretty_json_bytes(result)) else "current", json.dumps(search.thresholds))


if __name__ == "__main__":
    main()
