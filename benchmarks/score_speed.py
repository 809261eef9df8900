"""Measure how fast predictions are scored, and how much memory it takes.

    pip install nervaluate seqeval
    python benchmarks/score_speed.py             spans: FogBank with intervals against others without; ratios of one run
    python benchmarks/score_speed.py --growth    spans of more and more documents: time, memory, time of each
    python benchmarks/score_speed.py --tasks     all tasks with 1,000 resamples on 1,000 documents

Spans are drawn at random, 60 a document, 28 labels, without overlap, and predicted with errors; scoring begins with
`Document` values and ends with a report: digest of the data, counts, errors and 1,000 resamples.  The others begin with
what they ask for, made beforehand: tags of tokens (seqeval, in its default and in its strict mode), dictionaries
(nervaluate; it reads them first, as we read documents, and is measured without that, too).  They take time in
proportion to documents and are given a sample, whose time is scaled.  All are measured in turn, and of several rounds
the least is compared, as other load comes and goes: of the time that passes, and of the time that all processors
spend, which other load changes less.  Documents of `--tasks` are copies of the published train and test gold, predicted
with errors.
"""

import argparse
import gc
import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fogbank import SCHEME, Document, Relation, Span, load, score

SPANS = 60
SAMPLE = 500
ROUNDS = 5
WIDTH = 10
"""How many characters each token of a made document has."""


def made(number: int, draw: random.Random) -> tuple[Document, Document]:
    """Make a document and a prediction of it; spans begin and end at tokens."""
    at = 0
    gold: list[Span] = []
    predicted: list[Span] = []
    for place in range(SPANS):
        start = at + draw.randint(1, 8)
        at = start + draw.randint(1, 6)
        label = draw.choice(SCHEME.label_names)
        gold.append(Span(f"T{place}", start * WIDTH, at * WIDTH, label))
        if draw.random() < 0.85:
            longer = draw.random() < 0.15
            wrong = draw.choice(SCHEME.label_names) if draw.random() < 0.15 else label
            predicted.append(Span(f"T{place}", start * WIDTH, (at + longer) * WIDTH, wrong))
    name = f"d{number:07}"
    return Document(name, None, tuple(gold)), Document(name, None, tuple(predicted))


def documents(number: int) -> tuple[list[Document], list[Document]]:
    """Make documents and their predictions, always the same."""
    draw = random.Random(1)
    pairs = [made(i, draw) for i in range(number)]
    return [gold for gold, _ in pairs], [predicted for _, predicted in pairs]


def copies(number: int) -> tuple[list[Document], list[Document]]:
    """Copy published gold to so many documents, and predict them with errors in spans, attributes and relations."""
    draw = random.Random(1)
    gold = [*load("train"), *load("test")]
    sides: tuple[list[Document], list[Document]] = ([], [])
    for place in range(number):
        one = replace(gold[place % len(gold)], id=f"d{place:07}")
        spans = tuple(
            replace(s, end=s.end - (s.end - s.start > 1 and draw.random() < 0.1), attributes=dict(s.attributes))
            for s in one.spans
        )
        relations = [r for r in one.relations if draw.random() < 0.8]
        relations += [Relation(r.tail, r.head, r.label) for r in one.relations if draw.random() < 0.1]
        sides[0].append(one)
        sides[1].append(replace(one, spans=spans, relations=tuple(relations)))
    return sides


def tags(document: Document, length: int) -> list[str]:
    """Give the BIO tags of the tokens of a made document."""
    found = ["O"] * length
    for span in document.spans:
        start, end = span.start // WIDTH, span.end // WIDTH
        found[start:end] = [f"B-{span.label}", *[f"I-{span.label}"] * (end - start - 1)]
    return found


def seconds(run: Callable[[], Any]) -> tuple[float, float]:
    """Time one run: what passes, and what all processors take."""
    gc.collect()
    start, used = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - used


def peak() -> float:
    """Give the peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6  # Linux counts in KiB


def compare_speed(number: int) -> None:
    from nervaluate import Evaluator  # noqa: PLC0415
    from seqeval.metrics import classification_report  # noqa: PLC0415
    from seqeval.scheme import IOB2  # noqa: PLC0415

    gold, predicted = documents(number)
    sample = gold[:SAMPLE], predicted[:SAMPLE]
    entities = [
        [[{"label": s.label, "start": s.start, "end": s.end - 1} for s in one.spans] for one in side] for side in sample
    ]

    def evaluator() -> Evaluator:
        return Evaluator(*entities, tags=list(SCHEME.label_names), loader="dict")

    lengths = [max(s.end for s in (*g.spans, *p.spans)) // WIDTH for g, p in zip(*sample, strict=True)]
    tagged = [[tags(one, length) for one, length in zip(side, lengths, strict=True)] for side in sample]
    runs: dict[str, tuple[int, Callable[[], Any]]] = {
        "FogBank, with intervals": (number, lambda: score(gold, predicted, tasks=["spans"])),
        "nervaluate": (SAMPLE, lambda: evaluator().evaluate()),
        "nervaluate, read before": (SAMPLE, evaluator().evaluate),
        "seqeval": (SAMPLE, lambda: classification_report(*tagged, output_dict=True, zero_division=0)),
        "seqeval, strict": (
            SAMPLE,
            lambda: classification_report(*tagged, mode="strict", scheme=IOB2, output_dict=True, zero_division=0),
        ),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (_, run) in runs.items():
            taken[name].append(seconds(run))
    best = {
        name: [min(one) * number / size for one in zip(*taken[name], strict=True)] for name, (size, _) in runs.items()
    }
    ours = best["FogBank, with intervals"]
    print(f"{number:,} documents, {SPANS} spans each; peak memory {peak():.0f} MB")
    print(f"{'':26}{'documents':>10}{'seconds':>10}{'ratio':>9}{'processor':>12}{'ratio':>9}")
    for name, (size, _) in runs.items():
        shown = (
            f"{one:{width}.1f}{one / our:9.1f}" for one, our, width in zip(best[name], ours, (10, 12), strict=True)
        )
        print(f"{name:26}{size:10,}{''.join(shown)}")


def show_growth(number: int) -> None:
    print(f"{'documents':>10}{'seconds':>10}{'processor':>12}{'ms each':>10}{'peak MB':>10}")
    for size in (number // 8, number // 4, number // 2, number):
        gold, predicted = documents(size)
        rounds = [seconds(lambda g=gold, p=predicted: score(g, p, tasks=["spans"])) for _ in range(ROUNDS)]  # type: ignore[misc]
        passed, used = map(min, zip(*rounds, strict=True))
        print(f"{size:10,}{passed:10.2f}{used:12.2f}{1000 * used / size:10.3f}{peak():10.0f}")


def time_tasks(number: int) -> None:
    gold, predicted = copies(number)
    total = 0.0
    print(
        f"{number:,} documents, {sum(len(d.spans) for d in gold):,} spans, 1,000 resamples\n{'task':14}{'seconds':>10}"
    )
    for task in score(gold[:1], predicted[:1], resamples=1).scores:
        taken, _ = seconds(lambda name=task: score(gold, predicted, tasks=[name]))  # type: ignore[misc]
        total += taken
        print(f"{task:14}{taken:10.1f}")
    print(f"{'together':14}{total:10.1f}\npeak memory {peak():.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--tasks", action="store_true")
    parser.add_argument("--documents", type=int, help="10,000; 1,000 with --tasks; 40,000 with --growth")
    asked = parser.parse_args()
    if asked.tasks:
        time_tasks(asked.documents or 1000)
    elif asked.growth:
        show_growth(asked.documents or 40_000)
    else:
        compare_speed(asked.documents or 10_000)
    return 0


if __name__ == "__main__":
    sys.exit(main())
