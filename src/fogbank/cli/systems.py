"""Verbs about systems: train, predict, score."""

import sys
from pathlib import Path

import click

from fogbank.cli.corpus import shown
from fogbank.model.corpus import SPLITS, WIRE, Corpus, find_corpus
from fogbank.model.storage import pretty_json_bytes
from fogbank.publish.dataset import load_articles
from fogbank.publish.evaluation import read_gold, read_predictions, score_file
from fogbank.publish.systems import predict, train, trained, write_predictions

SPLIT = click.Choice((*SPLITS, WIRE))


@click.command("train")
@click.argument("system")
def train_command(system: str) -> None:
    """Train SYSTEM (a module of baselines/) on the published train split."""
    corpus = find_corpus()
    click.echo(f"{system}: trained, saved in {shown(train(corpus, system), corpus)}")


@click.command("predict")
@click.argument("system")
@click.option("--split", required=True, type=SPLIT)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="A .jsonl file.")
def predict_command(system: str, split: str, output: Path) -> None:
    """Predict a published split with a trained SYSTEM."""
    corpus = find_corpus()
    articles = load_articles(split, corpus)
    documents = list(predict(trained(corpus, system), articles))
    write_predictions(output, documents)
    click.echo(f"{output}: {len(documents)} documents")


@click.command("score")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--gold", default="test", show_default=True, help="A split, or a gold file or a folder of them.")
@click.option("--json", "as_json", is_flag=True, help="The whole report as JSON.")
def score_command(file: Path, gold: str, as_json: bool) -> None:
    """Score a prediction file against gold."""
    corpus: Corpus = find_corpus()
    documents, name = read_gold(corpus, gold)
    predicted, problems = read_predictions(corpus, file)
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        sys.exit(1)
    report = score_file(corpus, documents, predicted, system=file.stem, split=name)
    click.echo(pretty_json_bytes(report.to_json()).decode() if as_json else report.table())


COMMANDS = (train_command, predict_command, score_command)
