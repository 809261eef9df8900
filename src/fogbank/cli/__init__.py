"""The command line: each verb turns words into paths and values, calls the library, and prints what it returns.

Exit status 0: fine.  1: the data has problems.  2: wrong use, or something needed is missing; the message says what.
"""

import sys
from typing import Any

import click

from fogbank.cli import (
    adjudication,
    agreement,
    assistance,
    claims,
    corpus,
    exchange,
    guide,
    leaderboard,
    release,
    reproduction,
    studio,
    systems,
    variation,
    view,
)
from fogbank.errors import FogbankError

WRONG_USE = 2


class _Group(click.Group):
    """Prints a user's mistake as one line, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except FogbankError as error:
            click.echo(f"fogbank: {error}", err=True)
            sys.exit(WRONG_USE)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fogbank")
def main() -> None:
    """FogBank: conflict reporting annotated for who says that what happened, to whom and how many."""


for command in (
    *corpus.COMMANDS,
    *exchange.COMMANDS,
    *claims.COMMANDS,
    *systems.COMMANDS,
    *leaderboard.COMMANDS,
    *release.COMMANDS,
    agreement.agree_command,
    adjudication.adjudicate_command,
    guide.guide,
    variation.variation,
    view.view_command,
    studio.group,
    reproduction.reproduce,
):
    main.add_command(command)
for command in assistance.COMMANDS:
    studio.group.add_command(command)
