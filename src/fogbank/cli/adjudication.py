"""The verb `adjudicate`: open a round for its adjudicators, or report what they overruled."""

from typing import TYPE_CHECKING

import click

from fogbank.cli.studio import ROUND, with_round
from fogbank.curate.overruling import overruled_in_round
from fogbank.curate.rounds import Round, find_round
from fogbank.model.corpus import Corpus, find_corpus
from fogbank.model.storage import pretty_json_bytes

if TYPE_CHECKING:
    from fogbank.curate.studio.server import Server


@click.command("adjudicate")
@ROUND
@click.option("--report", is_flag=True, help="Open nothing: list what both annotators held and gold drops or changes.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
def adjudicate_command(round_name: str, report: bool, as_json: bool) -> None:
    """Open the adjudication ROUND in Label Studio: both versions, what they agree on filled in, differences listed.

    With --report ROUND may be an annotation round too.
    """
    if report or as_json:
        corpus = find_corpus()
        found = overruled_in_round(corpus, find_round(corpus, round_name))
        click.echo(pretty_json_bytes(found.to_json()).decode() if as_json else found.table(), nl=not as_json)
        return

    def work(server: "Server", corpus: Corpus, one: Round) -> None:
        from fogbank.curate.studio.adjudication import open_adjudication  # noqa: PLC0415

        for opened in open_adjudication(server, corpus, one, click.echo):
            left = f", {len(opened.skipped)} without text skipped" if opened.skipped else ""
            click.echo(
                f"{opened.adjudicator}: {opened.drafts} drafts added, {opened.there} were there{left}: {opened.url}"
            )

    with_round(work, round_name, kind="adjudication")
