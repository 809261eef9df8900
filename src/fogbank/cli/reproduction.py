"""The verb `reproduce`: from the articles to the scores in one go."""

from pathlib import Path

import click

from fogbank.model.corpus import find_corpus
from fogbank.publish.reproduction import reproduce as run


@click.command("reproduce")
@click.option("--skip-studio", is_flag=True, help="Start from the committed exports, without Label Studio.")
@click.option("--texts", type=click.Path(path_type=Path), help="A folder with your copies of the withheld texts.")
def reproduce(skip_studio: bool, texts: Path | None) -> None:
    """Run the whole path: Label Studio, checks, gold, dataset, baselines, scores, report page."""
    run(find_corpus(), studio=not skip_studio, texts=texts, tell=click.echo)
