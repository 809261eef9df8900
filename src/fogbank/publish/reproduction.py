"""The whole path in one go: articles, Label Studio, checked exports, gold, dataset, baselines, scores, report page.

Every step can be run again: what is there is left alone, so a second run is quick and a killed one continues.  Only
`build/` is written, and the generated files and the baselines' entries of the leaderboard where they are not current
(then the run says which).
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from fogbank.check.files import check_corpus, check_paths
from fogbank.check.problem import Problem
from fogbank.compare.measure import ALL
from fogbank.compare.report import Report, shown, shown_figure
from fogbank.curate.articles import restore
from fogbank.curate.rounds import read_rounds
from fogbank.errors import DataError
from fogbank.model.corpus import WIRE, Corpus
from fogbank.model.document import Document
from fogbank.model.storage import pretty_json_bytes, write_bytes
from fogbank.model.system import System
from fogbank.publish.dataset.documents import load_articles
from fogbank.publish.leaderboard.board import read_board
from fogbank.publish.leaderboard.entries import entry_path
from fogbank.publish.leaderboard.submission import submit
from fogbank.publish.pages.report import write_page
from fogbank.publish.release.generated import build, build_board
from fogbank.publish.systems.predictions import predict, read_predictions, write_predictions
from fogbank.publish.systems.training import is_trained, train, trained

Tell = Callable[[str], None]
SYSTEMS = ("floor", "gazetteer", "linear", "crf")


def reproduce(corpus: Corpus, *, studio: bool = True, texts: Path | None = None, tell: Tell = print) -> list[Report]:
    """Run all steps and return the reports; the page is `build/report/index.html`.

    `texts` is a folder with a reader's own copies of withheld texts; without them, and without earlier restored ones,
    their documents are left out of Label Studio and out of the scores, and the run says so.  Raises DataError where an
    export differs from the committed record or a check finds problems.
    """
    corpus = _restore(corpus, texts, tell)
    if studio:
        exports = _replay(corpus, tell)
    else:
        exports = corpus.exports
        tell("Label Studio skipped: starting from the committed exports")
    _demand_none(check_paths([exports], corpus), "the exports have problems:")
    tell("check: the exports have no problems (JSON Schema, then rules)")
    changed = build(corpus)
    for path in changed:
        tell(f"build: {path.relative_to(corpus.root)} was not current and is written")
    if not changed:
        tell("build: gold, dataset, schemas and tables are current")
    _demand_none(check_corpus(corpus), "the corpus has problems:")
    tell("check: gold, sheets, manifest and splits have no problems")
    reports: list[Report] = []
    predictions: dict[tuple[str, str], list[Document]] = {}
    for name in SYSTEMS:
        if is_trained(corpus, name):
            tell(f"{name}: trained before on the same data")
        else:
            tell(f"{name}: training")
            train(corpus, name)
        system = trained(corpus, name)
        for split in _splits(corpus, tell if name == SYSTEMS[0] else None):
            predictions[name, split] = _predicted(corpus, system, name, split)
            report = _enter(corpus, name, split, tell)
            write_bytes(corpus.root / "build" / "reports" / f"{name}.{split}.json", pretty_json_bytes(report.to_json()))
            reports.append(report)
    for path in build_board(corpus, read_board(corpus)):  # the entries are all that changed since
        tell(f"build: {path.relative_to(corpus.root)} was not current and is written")
    tell("")
    for line in summary(reports):
        tell(line)
    page = write_page(corpus, reports, predictions, corpus.root / "build" / "report")
    tell(f"\nreport: {page}")
    return reports


def summary(reports: Sequence[Report]) -> list[str]:
    """Give the table that is printed at the end: the headline of each task with its interval, by split and system."""
    lines = [f"{'split':12}{'system':12}{'task':14}{'F1':>8}  95 % interval"]
    for report in sorted(reports, key=lambda r: r.signature.split):
        for task, rows in report.scores.items():
            where = f"{report.signature.split:12}{report.system:12}" if task == next(iter(report.scores)) else " " * 24
            lines.append(f"{where}{task:14}{shown_figure(rows[ALL].value):>8}  {shown(rows[ALL].interval)}")
    return lines


def _restore(corpus: Corpus, texts: Path | None, tell: Tell) -> Corpus:
    tell(f"articles: {len(corpus.articles)} registered, texts verified by SHA-256")
    if texts is not None and texts.is_dir():
        done = restore(corpus, texts)
        tell(f"restore: {len(done.restored)} withheld texts joined from {texts}, {len(done.present)} were there")
    fresh = Corpus(corpus.root)
    without = [article.id for article in fresh.articles.values() if article.text is None]
    if without:
        tell(
            f"restore: no text of {', '.join(without)}: skipped where words are needed (`fogbank restore --texts DIR`)"
        )
    return fresh


def _replay(corpus: Corpus, tell: Tell) -> Path:
    """Send the committed annotations through a real server, prove that its exports agree with the record, name them."""
    from fogbank.curate.studio.record import (  # noqa: PLC0415  an optional package, needed only here
        compare_round,
        enter_round,
        pull_round,
        recorded_documents,
    )
    from fogbank.curate.studio.server import Server  # noqa: PLC0415

    folder = corpus.root / "build" / "exports"
    with Server(corpus.root / "build" / "studio").start(progress=tell) as server:
        tell(f"Label Studio: running at {server.url}")
        for one in read_rounds(corpus):
            entered = enter_round(server, corpus, one, recorded_documents(corpus, one))
            pull_round(server, corpus, one, folder)
            found = compare_round(corpus, one, folder)
            if found:
                raise DataError("\n".join([f"{one.name}: the export differs from the committed record:", *found]))
            tell(
                f"{one.name}: {len(one.assignments)} projects, {entered.added} annotations entered "
                f"({entered.there} were there); the exports agree with the record"
            )
    tell("Label Studio: stopped")
    return folder


def _demand_none(problems: Iterable[Problem], what: str) -> None:
    if found := list(map(str, problems)):
        raise DataError("\n".join([what, *found]))


def _splits(corpus: Corpus, tell: Tell | None) -> list[str]:
    """The splits that can be scored: `wire` only with the texts of all its articles."""
    if all(corpus.articles[document_id].text is not None for document_id in corpus.split(WIRE)):
        return ["validation", "test", WIRE]
    if tell:
        tell("score: wire skipped, its texts are not here")
    return ["validation", "test"]


def _prediction_file(corpus: Corpus, name: str, split: str) -> Path:
    return corpus.root / "build" / "predictions" / f"{name}.{split}.jsonl"


def _enter(corpus: Corpus, name: str, split: str, tell: Tell) -> Report:
    """Score a baseline and put it on the leaderboard by its prediction file, as any other system is."""
    path = entry_path(corpus, split, name)
    before = path.read_bytes() if path.is_file() else None
    description = corpus.root / "baselines" / f"{name}.toml"
    made = submit(corpus, _prediction_file(corpus, name, split), description, system=name, split=split)
    if made.report is None:
        raise DataError("\n".join([f"{name} cannot be entered on the leaderboard:", *map(str, made.problems)]))
    if path.read_bytes() != before:
        tell(f"leaderboard: {path.relative_to(corpus.root)} was not current and is written")
    return made.report


def _predicted(corpus: Corpus, system: System, name: str, split: str) -> list[Document]:
    path = _prediction_file(corpus, name, split)
    documents = list(predict(system, load_articles(split, corpus)))
    write_predictions(path, documents)
    read, problems = read_predictions(corpus, path)
    _demand_none(problems, f"{name} made a prediction file with problems:")
    texts = {document.id: document.text for document in documents}
    return [Document(d.id, texts[d.id], d.spans, d.relations) for d in read]
