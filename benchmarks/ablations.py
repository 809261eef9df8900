"""Make `baselines/RESULTS.md`: what limits the linear system, in one table with intervals.

    python benchmarks/ablations.py            trains on parts of train, scores on test and wire, writes the table
    python benchmarks/ablations.py --check    says whether the table is of the data and settings that are here

The parts of the learning curve are drawn by incident and lie inside each other.  Nothing here chooses a setting.
Wire needs the withheld texts (`fogbank restore`).
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from baselines._steps import TAGGED
from baselines._text import Reading
from baselines.linear import System

from fogbank import Article, Document, MissingTextError, find_corpus, load, load_articles, score
from fogbank.compare.measure import ALL
from fogbank.compare.report import Report, shown, shown_figure
from fogbank.compare.score import data_digest
from fogbank.model.storage import read_json, write_text

SEED = 20220504
TASKS = ("spans", "relations", "attribution", "values", "coreference")
SHARES = (0.125, 0.25, 0.5, 0.75, 1.0)
ROOT = find_corpus().root
PAGE = ROOT / "baselines" / "RESULTS.md"
LABELS = frozenset(label for labels in TAGGED.values() for label in labels)
Predict = Callable[[Article, Document], Document]


@dataclass(frozen=True)
class Part:
    """A split, or some of its documents."""

    articles: Sequence[Article]
    gold: Sequence[Document]

    @classmethod
    def of(cls, split: str) -> "Part":
        return cls(load_articles(split), load(split))

    def where(self, holds: Callable[[Article], bool]) -> "Part":
        kept = [(a, d) for a, d in zip(self.articles, self.gold, strict=True) if holds(a)]
        return Part([a for a, _ in kept], [d for _, d in kept])

    @cached_property
    def incidents(self) -> list[str]:
        return sorted({article.incident or article.id for article in self.articles})

    def scored(self, predict: Predict) -> Report:
        predicted = [predict(a, d) for a, d in zip(self.articles, self.gold, strict=True)]
        groups = {article.id: article.incident or article.id for article in self.articles}
        return score(self.gold, predicted, groups=groups, tasks=TASKS, seed=SEED)


def trained(part: Part) -> System:
    system = System()
    system.train(part.articles, part.gold, SEED)
    return system


def predicting(system: System) -> Predict:
    return lambda article, _: system.predict(article)


def given_spans(system: System) -> Predict:
    def predict(article: Article, gold: Document) -> Document:
        return system.complete(Reading.of(article), [span for span in gold.spans if span.label in LABELS])

    return predict


def lines() -> Iterator[str]:
    train, test, wire = Part.of("train"), Part.of("test"), Part.of("wire")
    if any(article.text is None for article in wire.articles):
        raise MissingTextError("wire: texts are withheld; `fogbank restore --texts DIR` joins your copies of them")
    order = [train.incidents[i] for i in np.random.default_rng(SEED).permutation(len(train.incidents))]
    yield "| learned on | scored on | documents, incidents | " + " | ".join(TASKS) + " |"
    yield "| --- " * (len(TASKS) + 3) + "|"
    for share in SHARES:
        kept = set(order[: max(1, round(share * len(order)))])
        part = train.where(partial(_is_of, kept))
        system = trained(part)
        yield _row(f"{len(part.gold)} documents of train", "test", test, test.scored(predicting(system)))
    theatres = {article.theatre for article in train.articles}
    for name, part in (
        ("test, theatres of train", test.where(lambda article: article.theatre in theatres)),
        ("test, another theatre", test.where(lambda article: article.theatre not in theatres)),
        ("wire", wire),
    ):
        yield _row("train", name, part, part.scored(predicting(system)))
    for name, part in (("test", test), ("wire", wire)):
        yield _row("train", f"{name}, gold's spans given but CONTENT", part, part.scored(given_spans(system)))
    for name, held in read_json(ROOT / "data" / "statistics.json")["agreement"].items():
        if not name.startswith("round-") or "," in name:  # readings, and rounds by part
            continue
        figures = [_figure(held[task]["f1"], held[task]["interval"]) for task in ("spans", "relations")]
        yield f"| two annotators | {name} | {held['documents']} | {' | '.join(figures)} |" + " |" * (len(TASKS) - 2)


def _is_of(incidents: set[str], article: Article) -> bool:
    return (article.incident or article.id) in incidents


def _row(learned: str, scored: str, part: Part, report: Report) -> str:
    rows = [report.scores[task][ALL] for task in TASKS]
    figures = [f"{shown_figure(row.value)} ({shown(row.interval)})" for row in rows]
    return f"| {learned} | {scored} | {len(part.gold)}, {len(part.incidents)} | {' | '.join(figures)} |"


def _figure(value: float, interval: Sequence[float]) -> str:
    return f"{shown_figure(value)} ({shown((interval[0], interval[1]))})"


def signature() -> str:
    """Name the data, and the settings of the system, that the table is of."""
    digests = [f"{split}:{data_digest(load(split))}" for split in ("train", "test", "wire")]
    return "|".join(
        [*digests, f"settings:{sha256((ROOT / 'baselines' / 'linear.json').read_bytes()).hexdigest()[:16]}"]
    )


HEAD = """# What limits the linear system

GENERATED by `python benchmarks/ablations.py`. F1 (coreference: the mean of three) with 95 % intervals of a bootstrap
over incidents. The learning curve comes first, each part inside the next; then theatres that train has against one that
it has not, and invented dispatches against real articles; then gold's spans in place of predicted ones, which shows
how much of each task is lost with the spans; last, how far two annotators agree before adjudication: the ceiling.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        sys.exit(None if is_current() else f"{PAGE}: of other data or settings; run python benchmarks/ablations.py")
    write_text(PAGE, HEAD + "\n".join(lines()) + f"\n\nOf `{signature()}`.\n")
    print(PAGE)


def is_current() -> bool:
    """Whether the committed table is of the data and settings that are here."""
    return PAGE.is_file() and f"`{signature()}`" in PAGE.read_text()


if __name__ == "__main__":
    main()
