"""The verb `agree`: how far the annotators of a round agree."""

from pathlib import Path

import click

from fogbank.cli.studio import ROUND
from fogbank.curate.agreement import measure_round
from fogbank.curate.rounds import find_round
from fogbank.model.corpus import PARTS, Part, find_corpus
from fogbank.model.storage import pretty_json_bytes
from fogbank.publish.pages.agreement import write_agreement_page


@click.command("agree")
@ROUND
@click.option("--part", type=click.Choice(PARTS), help="The documents of one part only.")
@click.option("--labels", is_flag=True, help="A row for each label too.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
@click.option("--page", type=click.Path(path_type=Path), help="Also write an HTML page of everything to this file.")
def agree_command(round_name: str, part: Part | None, labels: bool, as_json: bool, page: Path | None) -> None:
    """Measure how far the annotators of ROUND agree with each other and with gold, and where they differ.

    Of a reading: how far the reader agrees with gold, made without it.  Of an adjudication: how far it agrees with
    earlier gold, of other annotators.
    """
    corpus = find_corpus()
    measured = measure_round(corpus, find_round(corpus, round_name), part)
    if page:
        write_agreement_page(measured, page)
        click.echo(f"{page}: written", err=True)
    click.echo(
        pretty_json_bytes(measured.to_json()).decode() if as_json else measured.table(labels=labels), nl=not as_json
    )
