"""Verbs about systems: train, predict, score, compare."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn, TimeRemainingColumn

from fogbank.cli.corpus import shown
from fogbank.compare.slices import BY, By
from fogbank.compare.tasks import TASKS
from fogbank.model.corpus import SPLITS, WIRE, Article, Corpus, find_corpus
from fogbank.model.document import Document
from fogbank.model.storage import pretty_json_bytes
from fogbank.publish.dataset.documents import load_articles
from fogbank.publish.systems.evaluation import compare_files, read_gold, score_file, score_slices
from fogbank.publish.systems.own_articles import own_articles
from fogbank.publish.systems.predictions import predict, read_predictions, write_description, write_predictions
from fogbank.publish.systems.training import train, trained

SPLIT = click.Choice((*SPLITS, WIRE))
GOLD = click.option("--gold", default="test", show_default=True, help="A split, or a gold file or a folder of them.")
JSON = click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")


def _read_setting(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [setting.partition("=") for setting in given]
    for key, equals, value in pairs:
        if not (key and equals):
            raise click.BadParameter(f"{key + value!r}; expected NAME=VALUE")
    return {key: value for key, _, value in pairs}


SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_read_setting,
    help="A setting of the system, as baselines/README.md lists them; may be repeated.",
)


@click.command("train")
@click.argument("system")
@SETTINGS
def train_command(system: str, settings: dict[str, str]) -> None:
    """Train SYSTEM (a module of baselines/) on the published train split."""
    corpus = find_corpus()
    click.echo(f"{system}: trained, saved in {shown(train(corpus, system, settings=settings), corpus)}")


@click.command("predict")
@click.argument("system")
@click.argument("inputs", nargs=-1, type=click.Path(path_type=Path))
@SETTINGS
@click.option("--split", type=SPLIT, help="A published split instead of articles of your own.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .jsonl file.")
@click.option("--published", help="When articles that do not say so were published (ISO 8601); by default today.")
@click.option("--view", is_flag=True, help="Open the page of the result in a browser; one article only.")
def predict_command(
    system: str,
    inputs: tuple[Path, ...],
    *,
    settings: dict[str, str],
    split: str | None,
    output: Path | None,
    published: str | None,
    view: bool,
) -> None:
    """Predict with a trained SYSTEM: a published split, or INPUTS.

    INPUTS are .txt and .html files, folders of them, or tables (.jsonl, .csv, .parquet), whose rows have `id`,
    `text`, and if known `title` and `published`.
    """
    if bool(inputs) == bool(split):
        raise click.UsageError("expected either articles (files or folders) or --split")
    if not output and not view:
        raise click.UsageError("expected -o FILE.jsonl, or --view")
    corpus = find_corpus()
    articles: Iterable[Article]
    if split:
        articles, total = load_articles(split, corpus), len(corpus.split(split))
    else:
        articles, total = own_articles(inputs, published or date.today().isoformat()), None
    if view:
        articles = list(islice(articles, 2))
        if len(articles) != 1:
            raise click.UsageError(f"--view shows one article; {'several' if articles else 'none'} were given")
    loaded = trained(corpus, system, settings)
    documents: Iterable[Document] = _counted(predict(loaded, articles), total)
    if view:
        documents = list(documents)
        _show(documents[0], corpus.root / "build" / "predictions" / f"{system}.view.html")
    if output:
        click.echo(f"{output}: {write_predictions(output, documents)} documents")
        if split and write_description(output.with_suffix(".toml"), loaded):
            click.echo(f"{output.with_suffix('.toml')}: what a submission says of the system; name its authors")


def _show(document: Document, path: Path) -> None:
    from fogbank.publish.pages.view import write_document_view  # noqa: PLC0415  all pages are read for it, and seldom needed

    page = write_document_view(document, path)
    click.echo(page)
    click.launch(page.resolve().as_uri())


def _counted(documents: Iterator[Document], total: int | None) -> Iterator[Document]:
    """Pass documents on and show how many there have been, where someone watches."""
    console = Console(stderr=True)
    columns = SpinnerColumn(), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield from progress.track(documents, total=total)


def _read(corpus: Corpus, file: Path) -> list[Document]:
    """Read a prediction file; where it has problems they are printed and the command ends."""
    predicted, problems = read_predictions(corpus, file)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        sys.exit(1)
    return predicted


@click.command("score")
@click.argument("file", type=click.Path(path_type=Path))
@GOLD
@click.option("--by", type=click.Choice(BY), help="Scores of each part of the split instead.")
@click.option("--task", "detailed", multiple=True, type=click.Choice(tuple(TASKS)), help="All rows of this task too.")
@click.option("--all", "everything", is_flag=True, help="All rows of all tasks.")
@JSON
def score_command(
    file: Path, gold: str, *, by: By | None, detailed: tuple[str, ...], everything: bool, as_json: bool
) -> None:
    """Score a prediction file against gold."""
    corpus = find_corpus()
    documents, name = read_gold(corpus, gold)
    predicted = _read(corpus, file)
    if by:
        reports = score_slices(corpus, documents, predicted, by, system=file.stem, split=name)
    else:
        reports = [score_file(corpus, documents, predicted, system=file.stem, split=name)]
    if as_json:
        values = [report.to_json() for report in reports]
        click.echo(pretty_json_bytes(values if by else values[0]).decode(), nl=False)
    else:
        click.echo("\n\n".join(report.table(TASKS if everything else detailed, signed=not by) for report in reports))


@click.command("compare")
@click.argument("first", type=click.Path(path_type=Path))
@click.argument("second", type=click.Path(path_type=Path))
@GOLD
@JSON
def compare_command(first: Path, second: Path, gold: str, as_json: bool) -> None:
    """Ask whether two prediction files can be told apart: the difference in each task, with interval and p-values."""
    corpus = find_corpus()
    documents, name = read_gold(corpus, gold)
    predicted = _read(corpus, first), _read(corpus, second)
    compared = compare_files(corpus, documents, predicted, systems=(first.stem, second.stem), split=name)
    click.echo(pretty_json_bytes(compared.to_json()).decode() if as_json else compared.table(), nl=not as_json)


COMMANDS = (train_command, predict_command, score_command, compare_command)
