"""Verbs about the corpus itself: restore, retire, check, build, stats."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from fogbank.check.files import check_corpus, check_paths
from fogbank.check.problem import Problem
from fogbank.curate.articles import restore, retire
from fogbank.curate.gold import collect_gold
from fogbank.curate.sources import fetch
from fogbank.model.corpus import WIRE, Corpus, find_corpus
from fogbank.model.storage import json_bytes, pretty_json_bytes, write_bytes
from fogbank.publish.realism.comparison import realism
from fogbank.publish.release.generated import build
from fogbank.publish.release.statistics import statistics
from fogbank.publish.release.tables import realism_table, statistics_tables

_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


def shown(path: Path, corpus: Corpus) -> str:
    """Give a path as people read it: relative to the checkout where it lies in it."""
    return str(path.relative_to(corpus.root)) if path.is_relative_to(corpus.root) else str(path)


@click.command("restore")
@click.option("--texts", required=True, type=click.Path(path_type=Path), help="A folder with your copies of the texts.")
@click.option("--fetch", "fetching", is_flag=True, help="First download there the public files that hold the texts.")
def restore_command(texts: Path, fetching: bool) -> None:
    """Join withheld texts with your own copies, found by hash or cut out of the public files they come from."""
    corpus = find_corpus()
    if fetching:
        for path in fetch((a for a in corpus.articles.values() if a.part == WIRE and a.text is None), texts):
            click.echo(f"{path}: there")
    done = restore(corpus, texts)
    for article_id in done.restored:
        click.echo(f"{article_id}: restored")
    for article_id in done.present:
        click.echo(f"{article_id}: was there")
    for article_id in done.missing:
        if article_id in done.differing:
            click.echo(f"{article_id}: {done.differing[article_id]} has its name but another text", err=True)
        else:
            click.echo(f"{article_id}: no copy found below {texts}", err=True)
    sys.exit(1 if done.missing else 0)


_FORMS: dict[str, Callable[[Problem], str]] = {
    "text": str,
    "json": lambda problem: json_bytes(problem._asdict()).decode().rstrip(),
    "github": lambda problem: problem.github_annotation,
}


@click.command("check")
@_PATHS
@click.option("--format", "form", type=click.Choice(list(_FORMS)), default="text", help="How a problem is printed.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json: one JSON object a problem.")
def check_command(paths: tuple[Path, ...], form: str, as_json: bool) -> None:
    """Check files (exports, gold, predictions, sheets), or without PATHS the whole corpus."""
    corpus = find_corpus()
    form = "json" if as_json else form
    number = 0
    for problem in check_paths(paths, corpus) if paths else check_corpus(corpus):
        number += 1
        click.echo(_FORMS[form](problem))
    if form != "json":
        click.echo(f"{number} problem{'' if number == 1 else 's'}", err=True)
    sys.exit(1 if number else 0)


@click.command("build")
@click.option("--check", is_flag=True, help="Write nothing; name what is stale.")
def build_command(check: bool) -> None:
    """Make everything derived: schemas, gold, dataset, tables in documents."""
    corpus = find_corpus()
    changed = build(corpus, check=check)
    for path in changed:
        click.echo(f"{shown(path, corpus)}: {'stale' if check else 'written'}")
    if not changed:
        click.echo("everything is current")
    sys.exit(1 if check and changed else 0)


@click.command("stats")
@click.option("--json", "as_json", is_flag=True, help="The statistics as JSON.")
@click.option("--realism", "of_realism", is_flag=True, help="How real the dispatches read, beside real news.")
@click.option("--texts", type=click.Path(path_type=Path), help="With --realism: measure your own copies of real texts.")
@click.option("--write", is_flag=True, help="With --texts: keep what was measured in data/realism.json.")
def stats_command(as_json: bool, of_realism: bool, texts: Path | None, write: bool) -> None:
    """Count what the corpus holds, and how far annotators agreed; or measure how real its texts read."""
    corpus = find_corpus()
    if of_realism or texts or write:
        if write and not texts:
            raise click.UsageError("--write keeps measurements of real texts; expected --texts DIR with it")
        measured = realism(corpus, texts)
        if write:
            write_bytes(corpus.root / "data" / "realism.json", pretty_json_bytes(measured))
        click.echo(pretty_json_bytes(measured).decode() if as_json else realism_table(measured), nl=not as_json)
        return
    counted = statistics(corpus, {key: one.document for key, one in collect_gold(corpus).items()})
    if as_json:
        click.echo(pretty_json_bytes(counted.to_json()).decode(), nl=False)
        return
    for name, table in statistics_tables(counted).items():
        click.echo(f"{name}\n\n{table}")


@click.command("retire")
@click.argument("ids", nargs=-1, required=True)
@click.option("--why", required=True, help="Why, in a few words; it stands in the manifest.")
def retire_command(ids: tuple[str, ...], why: str) -> None:
    """Take the articles IDS out of use: out of splits and releases; texts and annotations remain as a record."""
    retire(find_corpus(), ids, why)
    click.echo(f"{len(ids)} retired; fogbank build makes everything else follow")


COMMANDS = (restore_command, retire_command, check_command, build_command, stats_command)
