"""Compare FogBank's numbers with those of other scorers, on the same documents.

    pip install neleval nervaluate scikit-learn seqeval
    python benchmarks/parity.py             a table; exit status 1 if any number differs

- spans: `seqeval` (strict, IOB2, a tag for each character) and `nervaluate`, on spans that do not overlap; the labels
  of given extents: `scikit-learn`, as a classification;
- coreference: MUC, B³ and CEAFe by `neleval`, the scorer of TAC's entity linking;
- the exact randomisation test: `scipy.stats.permutation_test`.

Gold is the published train and test splits; the predictions are gold with errors drawn at random, from a fixed seed.
"""

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fogbank import SCHEME, Document, Relation, Span, load, score
from fogbank.compare.coreference import mention_clusters
from fogbank.compare.measure import Score
from fogbank.compare.significance import compare_systems

Row = tuple[str, str, float, float]
"""Who computed it, what it is, our figure, their figure."""
CLOSE = 1e-9


def flat(document: Document) -> Document:
    """Keep the spans that no earlier or longer one overlaps, with a character free between them."""
    kept: list[Span] = []
    for span in sorted(document.spans, key=lambda s: (s.start, -s.end, s.label)):
        if not kept or span.start > kept[-1].end:
            kept.append(span)
    return replace(document, spans=tuple(kept), relations=())


def with_errors(document: Document, draw: random.Random) -> Document:
    """Drop, shorten and relabel spans; none grows, so that each still overlaps one of gold at most."""
    spans = []
    for span in document.spans:
        if draw.random() < 0.15:
            continue
        end = span.end - (span.end - span.start > 1 and draw.random() < 0.15)
        label = draw.choice(SCHEME.label_names) if draw.random() < 0.15 else span.label
        spans.append(replace(span, end=end, label=label))
    return replace(document, spans=tuple(spans), relations=())


def relinked(document: Document, draw: random.Random) -> Document:
    """Drop links of coreference and add others."""
    links = [r for r in document.relations if draw.random() > 0.25]
    mentions = [span.id for span in document.spans if SCHEME.layer_of[span.label] == "entity"]
    for _ in range(len(mentions) // 10):
        head, tail = draw.sample(mentions, 2)
        links.append(Relation(head, tail, "same"))
    return replace(document, relations=tuple(links))


def rates(ours: Score, theirs: tuple[float, float, float], scorer: str, what: str) -> Iterator[Row]:
    """Give precision, recall and F1 of both."""
    for name, mine, other in zip("PRF", (ours.precision or 0.0, ours.recall or 0.0, ours.value), theirs, strict=True):
        yield scorer, f"{what} {'F1' if name == 'F' else name}", mine, float(other)


def against_seqeval(gold: Sequence[Document], predicted: Sequence[Document]) -> Iterator[Row]:
    """Compare exact spans, micro, macro and by label."""
    from seqeval.metrics import classification_report  # noqa: PLC0415
    from seqeval.scheme import IOB2  # noqa: PLC0415

    def tags(document: Document) -> list[str]:
        made = ["O"] * len(document.text or "")
        for span in document.spans:
            made[span.start : span.end] = [f"B-{span.label}", *[f"I-{span.label}"] * (span.end - span.start - 1)]
        return made

    sides = [[tags(document) for document in side] for side in (gold, predicted)]
    found = classification_report(*sides, mode="strict", scheme=IOB2, output_dict=True, zero_division=0)
    ours = score(gold, predicted, tasks=["spans"], resamples=1).scores["spans"]
    rows = {"micro avg": "all", "macro avg": "macro", **{name: name for name in found if name in SCHEME.label_names}}
    for theirs, row in rows.items():
        held = found[theirs]
        yield from rates(ours[row], (held["precision"], held["recall"], held["f1-score"]), "seqeval", f"spans {row}")


def against_nervaluate(gold: Sequence[Document], predicted: Sequence[Document]) -> Iterator[Row]:
    """Compare exact and overlapping spans, all and by label."""
    from nervaluate import Evaluator  # noqa: PLC0415

    sides = [
        [[{"label": s.label, "start": s.start, "end": s.end - 1} for s in document.spans] for document in side]
        for side in (gold, predicted)
    ]
    found = Evaluator(*sides, tags=list(SCHEME.label_names), loader="dict").evaluate()
    ours = score(gold, predicted, tasks=["spans"], resamples=1).scores["spans"]
    whole = found["overall"]["strict"]
    yield from rates(ours["all"], (whole.precision, whole.recall, whole.f1), "nervaluate", "spans all")
    for label, held in sorted(found["entities"].items()):
        for strategy, row in (("strict", label), ("ent_type", f"overlap/{label}")):
            one = held[strategy]
            yield from rates(ours[row], (one.precision, one.recall, one.f1), "nervaluate", f"spans {row}")


def against_scikit_learn(gold: Sequence[Document], predicted: Sequence[Document]) -> Iterator[Row]:
    """Compare the labels of extents that both sides have, as a classification."""
    from sklearn.metrics import precision_recall_fscore_support  # noqa: PLC0415

    labels: list[tuple[str, str]] = []
    sides: tuple[list[Document], list[Document]] = ([], [])
    for one, other in zip(gold, predicted, strict=True):
        given = {(s.start, s.end): s for s in one.spans}
        found = {(s.start, s.end): s for s in other.spans}
        common = sorted(given.keys() & found.keys())
        labels += [(given[place].label, found[place].label) for place in common]
        for side, held, document in zip(sides, (given, found), (one, other), strict=True):
            side.append(replace(document, spans=tuple(held[place] for place in common)))
    ours = score(*sides, tasks=["spans"], resamples=1).scores["spans"]
    for average, row in (("micro", "all"), ("macro", "macro")):
        held = precision_recall_fscore_support(*zip(*labels, strict=True), average=average, zero_division=0)
        yield from rates(ours[row], held[:3], "scikit-learn", f"labels {row}")


def against_neleval(gold: Sequence[Document], predicted: Sequence[Document]) -> Iterator[Row]:
    """Compare MUC, B³ and CEAFe of entities, summed over documents."""
    from neleval.coref_metrics import b_cubed, entity_ceaf, muc  # noqa: PLC0415

    ours = score(gold, predicted, tasks=["coreference"], resamples=1).scores["coreference"]
    for name, metric in (("muc", muc), ("b_cubed", b_cubed), ("ceaf_e", entity_ceaf)):
        total = np.zeros(4)
        for one, other in zip(gold, predicted, strict=True):
            total += metric(*(dict(enumerate(map(set, mention_clusters(d, "same")))) for d in (one, other)))
        precision, recall = total[0] / total[1], total[2] / total[3]
        f1 = 2 * precision * recall / (precision + recall)
        yield from rates(ours[f"entities/{name}"], (precision, recall, f1), "neleval", f"entities {name}")


def against_scipy(gold: Sequence[Document], first: Sequence[Document], second: Sequence[Document]) -> Iterator[Row]:
    """Compare the exact p-value of ten documents."""
    from scipy.stats import permutation_test  # noqa: PLC0415

    gold, first, second = gold[:10], first[:10], second[:10]

    def counts(side: Sequence[Document]) -> NDArray[np.float64]:
        keys = [({s.key for s in g.spans}, {s.key for s in p.spans}) for g, p in zip(gold, side, strict=True)]
        return np.array([(len(g & p), len(g) + len(p)) for g, p in keys], dtype=np.float64)

    # One number for both counts of a document, so that SciPy exchanges them together.
    packed = [one[:, 0] + 1j * one[:, 1] for one in map(counts, (first, second))]

    def difference(a: Any, b: Any, axis: int) -> Any:
        sums = a.sum(axis=axis), b.sum(axis=axis)
        return 2 * sums[0].real / sums[0].imag - 2 * sums[1].real / sums[1].imag

    absolute = permutation_test(
        packed,
        lambda a, b, axis: abs(difference(a, b, axis)),
        permutation_type="samples",
        alternative="greater",
        n_resamples=2**10,
        vectorized=True,
    )
    one = compare_systems(gold, first, second, tasks=["spans"], resamples=2**10).differences["spans"]
    yield "SciPy", "randomised p", one.randomisation or 0.0, float(absolute.pvalue)


def rows() -> list[Row]:
    """Make the documents and compare all numbers."""
    draw = random.Random(20220504)
    whole = [*load("train"), *load("test")]
    gold = [flat(document) for document in whole]
    first, second = ([with_errors(document, draw) for document in gold] for _ in range(2))
    found: Iterable[Iterator[Row]] = (
        against_seqeval(gold, first),
        against_nervaluate(gold, first),
        against_scikit_learn(gold, first),
        against_neleval(whole, [relinked(document, draw) for document in whole]),
        against_scipy(gold, first, second),
    )
    return [row for part in found for row in part]


def main() -> int:
    compared = rows()
    print(f"{'scorer':14}{'figure':34}{'FogBank':>14}{'theirs':>14}")
    differing = 0
    for scorer, what, ours, theirs in compared:
        differs = abs(ours - theirs) > CLOSE
        differing += differs
        print(f"{scorer:14}{what:34}{ours:14.9f}{theirs:14.9f}{'  DIFFERS' if differs else ''}")
    print(f"\n{len(compared)} figures, {differing} differ by more than {CLOSE}")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
