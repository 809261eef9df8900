"""Verbs that bring in and give out: import, export."""

import sys
from collections import Counter
from pathlib import Path

import click

from fogbank.curate.articles import read_articles, register
from fogbank.curate.duplicates import duplicates
from fogbank.model.corpus import PARTS, SPLITS, WIRE, Corpus, find_corpus
from fogbank.publish.exchange.formats import CONFIGS, FORMATS, documents_of, export, import_documents
from fogbank.publish.systems.predictions import write_predictions

_READABLE = tuple(name for name, one in FORMATS.items() if one.read)


def _tell(left_out: Counter[str]) -> None:
    for kind, number in sorted(left_out.items()):
        click.echo(f"left out: {number:,} × {kind}", err=True)


@click.command("export")
@click.option("--to", "to", required=True, type=click.Choice(tuple(FORMATS)), help="The format.")
@click.option("--split", type=click.Choice((*SPLITS, WIRE)), help="One split; without it train, validation and test.")
@click.option("--config", default="documents", show_default=True, type=click.Choice(CONFIGS), help="Gold, or versions.")
@click.argument("out", type=click.Path(path_type=Path))
def export_command(to: str, split: str | None, config: str, out: Path) -> None:
    """Write documents to the new folder OUT in the format of another tool, and say what it cannot carry."""
    corpus = find_corpus()
    splits = {name: documents_of(corpus, config, name) for name in ([split] if split else SPLITS)}
    done = export(to, splits, out)
    click.echo(f"{out}: {done.documents:,} documents, {done.spans:,} spans, {done.relations:,} relations")
    _tell(done.left_out)


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--from", "from_", type=click.Choice(_READABLE), help="Read annotated documents in this format instead.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="With --from: the .jsonl file to write.")
@click.option("--part", type=click.Choice(PARTS), help="The part of all that do not say it.")
@click.option("--licence", help="The licence of all that do not say it.")
@click.option("--published", help="When all that do not say it were published.")
@click.option("--provenance", help="Where all that do not say it come from.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=NAME", help="Which column of a table holds a field.")
@click.option("--skip-duplicates", is_flag=True, help="Do not register what repeats another text, exactly or nearly.")
def import_command(
    paths: tuple[Path, ...],
    from_: str | None,
    output: Path | None,
    *,
    part: str | None,
    licence: str | None,
    published: str | None,
    provenance: str | None,
    columns: tuple[str, ...],
    skip_duplicates: bool,
) -> None:
    """Register raw articles: .txt and .html files or folders of them, or the rows of .jsonl, .csv and .parquet files.

    A file has its fields (published, licence, part, …) in a .toml file beside it, a row in columns of their names.
    With --from, PATHS hold documents that were annotated in another tool; they are checked and written as predictions.
    """
    corpus = find_corpus()
    if from_ is not None:
        if output is None:
            raise click.UsageError("--from needs -o, the file to write the documents to")
        _import_documents(corpus, from_, paths, output)
        return
    if output is not None:
        raise click.UsageError("-o goes with --from; articles are registered in the corpus")
    if wrong := [pair for pair in columns if "=" not in pair]:
        raise click.UsageError(f"--column {wrong[0]}: expected FIELD=NAME, for example text=body")
    given = {"part": part, "licence": licence, "published": published, "provenance": provenance}
    _import_articles(
        corpus,
        paths,
        {name: value for name, value in given.items() if value is not None},
        dict(pair.split("=", 1) for pair in columns),
        skip_duplicates=skip_duplicates,
    )


def _import_articles(
    corpus: Corpus, paths: tuple[Path, ...], defaults: dict[str, str], columns: dict[str, str], *, skip_duplicates: bool
) -> None:
    intake = read_articles(corpus, paths, defaults, columns)
    repeated = duplicates(intake.articles, corpus.articles)
    for one in repeated:
        how = "the same text as" if one.exact else f"{one.share:.0%} of the shorter text is also in"
        click.echo(f"duplicate: {one.article}: {how} {one.other}", err=True)
    skipped = {one.article for one in repeated} if skip_duplicates else set()
    for article, new in register(corpus, [a for a in intake.articles if a.id not in skipped]):
        click.echo(f"{article.id}: {'registered' if new else 'unchanged'} ({article.sha256[:12]})")
    _tell(Counter({f"cell of the column {name!r}": number for name, number in intake.unused.items()}))
    if skipped:
        _tell(Counter({"article that repeats another": len(skipped)}))


def _import_documents(corpus: Corpus, format_name: str, paths: tuple[Path, ...], output: Path) -> None:
    done = import_documents(corpus, format_name, paths)
    for problem in done.problems:
        click.echo(str(problem), err=True)
    write_predictions(output, done.documents)
    click.echo(f"{output}: {len(done.documents):,} documents")
    _tell(done.left_out)
    sys.exit(1 if done.problems else 0)


COMMANDS = (import_command, export_command)
