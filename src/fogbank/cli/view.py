"""The verb `view`: the corpus as pages to look at."""

from pathlib import Path

import click

from fogbank.curate.articles import restore
from fogbank.model.corpus import Corpus, find_corpus
from fogbank.publish.pages.view import collect, write_view


@click.command("view")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The folder to write to; by default build/view.")
@click.option("--texts", type=click.Path(path_type=Path), help="First join withheld texts with copies in a folder.")
@click.option("--no-open", is_flag=True, help="Write the pages, and open no browser.")
def view_command(output: Path | None, texts: Path | None, no_open: bool) -> None:
    """Write the corpus as static pages and open them: documents, claims, incidents, versions; no network needed."""
    corpus = find_corpus()
    if texts:
        restored = restore(corpus, texts).restored
        click.echo(f"{len(restored)} text{'s' * (len(restored) != 1)} restored")
        corpus = Corpus(corpus.root)  # texts are read once, and there are more of them now
    library = collect(corpus)
    index = write_view(library, output or corpus.root / "build" / "view")
    click.echo(f"{index}: {len(library.holdings)} documents, {len(library.by_incident)} incidents")
    if not no_open:
        click.launch(index.resolve().as_uri())
